"""The mishaps of the virtual network scanner: ordered by a script, each struck off when it has happened."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any

# Faults of the feeder, with the state by which the scanner tells of them.
FEEDER_STATES = {
    "jam": "ScannerAdfJam",
    "cover_open": "ScannerAdfDoorOpen",
    "double_feed": "ScannerAdfMultipickDetected",
    "mispick": "ScannerAdfMispick",
    "tray_failed": "ScannerAdfInputTrayFailed",
}
# Faults of the answer to a request for a page.
PAGE_FAULTS = {
    *("empty", "drop", "truncate", "shortjpeg", "garbage", "html", "empty_body", "tiny", "huge", "stall", "slow", "die"),
    "trickle",
    *("gone", "cancelled", "chunked", "chunked_cut"),
}
# Faults of any answer.
ANSWER_FAULTS = {"hang", "busy", "busy_forever", "http500", "denied", "redirect", "drip"}
# Faults of the answer to an order, and of the scanner's words for itself.
JOB_FAULTS = {"location_relative", "location_wrong_host", "location_missing", "refused"}
XML_FAULTS = {"not_xml", "bomb", "too_long"}
FOREVER = 1_000_000
USUAL_TIMES = {"busy": 2, "busy_forever": FOREVER}


class ScriptError(ValueError):
    """A fault script that makes no sense."""


@dataclass
class Mishap:
    """One line of the script.

    ``at`` is "page", "job" (the order), "status" or "capabilities"; ``page`` counts the sheet sides of the tray from 1;
    ``times``: how often it happens; ``seconds``: how long stall, hang, slow and trickle take; ``code``: the HTTP status by
    which a fault of the feeder is told.
    """

    fault: str
    at: str = "job"
    page: int = 0
    times: int = 1
    seconds: float = 3600.0
    code: int = 409


class Script:
    """The mishaps still to come. Any thread may ask."""

    def __init__(self, mishaps: list[Mishap]) -> None:
        self._mishaps = mishaps
        self._lock = threading.Lock()

    def strike(self, at: str, page: int = 0, fault: str = "") -> Mishap | None:
        """Give what goes wrong at this place now (only ``fault``, where it is named), and count it as happened."""
        with self._lock:
            for mishap in self._mishaps:
                if mishap.at == at and mishap.page == page and mishap.times > 0 and fault in ("", mishap.fault):
                    mishap.times -= 1
                    return mishap
        return None

    def expects(self, fault: str, page: int) -> bool:
        """Say whether this fault is still to come at a page."""
        with self._lock:
            return any(one.fault == fault and one.page == page and one.times > 0 for one in self._mishaps)


def parse_script(text: str) -> Script:
    """Read a script: a JSON list of objects with the fields of Mishap. Raises ScriptError."""
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise ScriptError(f"not JSON: {error}") from error
    if not isinstance(entries, list):
        raise ScriptError("not a list")
    return Script([_mishap(entry) for entry in entries])


def _mishap(entry: Any) -> Mishap:
    if not isinstance(entry, dict) or not isinstance(entry.get("fault"), str):
        raise ScriptError(f"no fault: {entry!r}")
    usual = {"times": USUAL_TIMES.get(entry["fault"], 1), "at": "page" if "page" in entry else "job"}
    if entry["fault"] == "slow":
        usual["seconds"] = 2
    try:
        mishap = Mishap(**{**usual, **entry})
    except TypeError as error:
        raise ScriptError(f"unknown field: {entry!r}") from error
    _check(mishap)
    return mishap


def _check(mishap: Mishap) -> None:
    known = {
        "page": {*FEEDER_STATES, *PAGE_FAULTS, *ANSWER_FAULTS},
        "job": {*FEEDER_STATES, *JOB_FAULTS, *ANSWER_FAULTS},
        "status": {*XML_FAULTS, *ANSWER_FAULTS},
        "capabilities": {*XML_FAULTS, *ANSWER_FAULTS},
    }
    if mishap.fault not in known.get(mishap.at, ()):
        can = ", ".join(sorted(known.get(mishap.at, known)))
        raise ScriptError(f"no fault {mishap.fault!r} at {mishap.at!r}; there are: {can}")
    numbers = (mishap.page, mishap.times, mishap.seconds, mishap.code)
    if not all(isinstance(number, int | float) and number >= 0 for number in numbers):
        raise ScriptError(f"numbers must not be below zero: {mishap}")
    if (mishap.at == "page") != (mishap.page >= 1):
        raise ScriptError("a fault at a page names the page, from 1; no other fault does")
