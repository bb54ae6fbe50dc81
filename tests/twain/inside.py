"""Run by the Windows Python under Wine: what pytwain itself does, and what our backend makes of it, as one line of JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import twain
from twain.lowlevel import constants, structs

from drivers import twain_backend
from drivers.backend import DriverFault
from drivers.contract import ScanRequest
from drivers.twain_session import open_manager
from drivers.twain_windows import hidden_window

DEVICE, SPOOL = sys.argv[1], sys.argv[2]


class QuietDesk:
    """A desk that nobody sits at."""

    aborted = False

    def page_started(self) -> None:
        pass


def order(**plan: object) -> None:
    for name in [name for name in os.environ if name.startswith("SOHOA_TWAIN_")]:
        del os.environ[name]
    os.environ.update({f"SOHOA_TWAIN_{name.upper()}": str(value) for name, value in plan.items()})


def told(action: Callable[[], object]) -> str:
    try:
        return repr(action())
    except Exception as error:
        return repr(error)


def with_source(action: Callable[[Any], object]) -> str:
    with open_manager(twain) as manager:
        source = manager.open_source(DEVICE)
        found = told(lambda: action(source))
        source.close()
        return found


def fault_of(step: str, code: int) -> str:
    order(fault=code, step=step)
    request = ScanRequest(DEVICE, SPOOL, dpi=50, paper_width_mm=20.0, paper_height_mm=20.0)
    try:
        pages = list(twain_backend.load().scan(request, QuietDesk()))  # type: ignore[arg-type]
    except DriverFault as error:
        return error.fault.code.value
    return f"{len(pages)} pages"


def enable_without_window() -> str:
    order()
    with hidden_window() as window:
        manager = twain.SourceManager(window)
        manager._hwnd = 0
        source = manager.open_source(DEVICE)
        found = told(lambda: source.request_acquire(False, False))
        source.close()
        manager.close()
        return found


def counts_of_first_side() -> str:
    order(uncounted=1)

    def first(source: Any) -> int:
        source.set_capability(constants.CAP_FEEDERENABLED, constants.TWTY_BOOL, 1)
        source.request_acquire(False, False)
        source.modal_loop()
        handle, more = source.xfer_image_natively()
        source._free(handle)
        return int(more)

    return with_source(first)


def kinds_of_resolutions() -> str:
    order()
    return with_source(lambda source: type(source.get_capability(constants.ICAP_XRESOLUTION)[1][2][1]).__name__)


def range_of_resolutions() -> str:
    order(range=1)
    return with_source(lambda source: type(source.get_capability(constants.ICAP_XRESOLUTION)["MinValue"]).__name__)


def empty_tray() -> str:
    order(sheets=0)
    return with_source(
        lambda source: (
            source.set_capability(constants.CAP_FEEDERENABLED, constants.TWTY_BOOL, 1),
            source.request_acquire(0, 0),
        )
    )


def protocol_when_2_is_asked() -> str:
    order()
    with hidden_window() as window, twain.SourceManager(window, ProtocolMajor=2) as manager:
        return str(manager.identity["ProtocolMajor"])


facts = {
    "without a window": enable_without_window(),
    "empty": empty_tray(),
    "uncounted": counts_of_first_side(),
    "resolution": kinds_of_resolutions(),
    "range": range_of_resolutions(),
    "protocol": protocol_when_2_is_asked(),
    "bits": str(8 * structs.ct.sizeof(structs.ct.c_void_p)),
    "modules": sorted({name.split(".")[0] for name in sys.modules}),
    "faults": {step: {code: fault_of(step, code) for code in range(1, 40)} for step in ("open", "enable", "transfer")},
}
print(json.dumps(facts))
