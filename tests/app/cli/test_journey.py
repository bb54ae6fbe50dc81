"""A dossier from the scanner to the outbox by commands alone, as a script would do it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.commands import quickly
from tests.support import Ran, sohoa

OWNER, OWNER_ID = "Trần Thị Thử", "024198000001"


def done(*arguments: str | Path) -> Any:
    """Run a command that must succeed and give its JSON."""
    ran = quickly(*arguments, "--json")
    assert ran.code == 0, ran.err
    return ran.json()


def test_a_dossier_goes_from_scanner_to_outbox(data: Path, small_pages: Callable[[int], Path]) -> None:
    scanned = done("scan", "--device", small_pages(3), "--dpi", "100", "--procedure", "1.001193")
    assert (scanned["pages"], scanned["total"]) == (3, 3)
    number = scanned["number"]
    assert re.fullmatch(r"TAM-\d{6}-00001", number)

    placed = done("dossier", "place", number, "TP01", "1-2")
    assert [page["component"] for page in placed["pages"]] == ["TP01", "TP01", ""]
    assert [page["number"] for page in done("dossier", "delete", number, "3")["pages"]] == [1, 2]
    assert len(done("dossier", "undo", number)["pages"]) == 3
    done("dossier", "place", number, "TP02", "3")
    filled = done("dossier", "set", number, "--owner", OWNER, "--owner-id", OWNER_ID)
    assert (filled["owner"], filled["findings"][0]["severity"]) == (OWNER, "warn")
    assert OWNER_ID not in str(filled)

    entry = done("dossier", "finish", number)
    assert [file["name"] for file in entry["files"]] == [f"{number}.001.pdf", f"{number}.002.pdf"]
    for file in entry["files"]:
        assert hashlib.sha256((data / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    (waiting,) = done("outbox")
    assert (waiting["id"], waiting["state"]) == (entry["id"], "waiting")

    shown = sohoa("dossier", "show", number)
    assert (shown.code, "waiting to be sent" in shown.out) == (0, True)
    no_personal_data_in_the_log(data, shown)


def no_personal_data_in_the_log(data: Path, *ran: Ran) -> None:
    """Neither the ID number nor the name is in the log; the number in full is in no output either."""
    log = (data / "logs" / "sohoa.log").read_text("utf-8")
    assert "page " in log
    assert OWNER_ID not in log
    assert OWNER not in log
    for each in ran:
        assert OWNER_ID not in each.out + each.err


def test_procedures_are_found_without_accents(data: Path) -> None:
    found = done("procedures", "dk khai sinh")
    assert found[0]["code"] == "1.001193"
    assert found[0]["components"][0]["code"] == "TP01"


def test_names_that_look_like_markup_are_shown_as_they_are(data: Path) -> None:
    new = quickly("dossier", "new", "--owner", "Thử [/b] [red]Đỏ")
    assert (new.code, "Thử [/b] [red]Đỏ" in new.out) == (0, True)
    listed = quickly("dossier", "list")
    assert (listed.code, "Thử [/b] [red]Đỏ" in listed.out) == (0, True)
