"""Papers, their sheets and slips, the second side and lists of procedures, by commands alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.errors import ExitCode
from tests.commands import quickly

OWNER_ID = "024198000001"


def done(*arguments: str | Path) -> Any:
    ran = quickly(*arguments, "--json")
    assert ran.code == 0, ran.err + ran.out
    assert OWNER_ID not in ran.out
    return ran.json()


@pytest.fixture
def number(data: Path, small_pages: Callable[[int], Path]) -> str:
    """A dossier with three pages in their places."""
    found = done("scan", "--device", small_pages(3), "--dpi", "100", "--procedure", "1.001193")["number"]
    done("dossier", "place", found, "TP01", "1")
    done("dossier", "place", found, "TP02", "2-3")
    done("dossier", "set", found, "--owner", "Trần Thị Thử", "--owner-id", OWNER_ID, "--competent-agency", "H05")
    return str(found)


def checks(number: str) -> set[str]:
    return {item["check"] for item in done("dossier", "show", number)["findings"]}


def test_papers_slips_and_reasons_are_said_by_commands(number: str) -> None:
    said = done("dossier", "paper", number, "TP02", "-f", "number=12/2026", "-f", f"owner_id={OWNER_ID}", "--sheets", "5")
    assert (said["fields"]["number"], said["fields"]["owner_id"], said["sheets"]) == ("12/2026", "0241********", 5)
    assert "sheets" in checks(number)
    done("dossier", "paper", number, "TP02", "--sheets", "1")
    done("dossier", "slip", number, "2", "with")
    assert "slips" in checks(number)
    done("dossier", "slip", number, "3", "without")
    assert not {"sheets", "slips"} & checks(number)
    accepted = done("dossier", "accept", number, "1-3")
    assert not any(page["open_warnings"] for page in accepted["pages"])
    assert done("dossier", "paper", number, "TP01", "--absent", "không có")["absence"] == "không có"
    shown = quickly("dossier", "paper", number, "TP02")
    assert "number: 12/2026" in shown.out
    assert quickly("dossier", "paper", number, "TP02", "-f", "khác=1").code == ExitCode.USAGE
    assert quickly("dossier", "paper", number, "TP02", "-f", "issued_on=hôm qua").code == ExitCode.INPUT


def test_the_result_is_begun_where_the_dossier_was_finished(number: str) -> None:
    assert quickly("dossier", "result", number).code == ExitCode.INPUT
    done("dossier", "finish", number)
    begun = done("dossier", "result", number)
    assert (begun["side"], begun["state"], begun["checklist"][0]["component"]["code"]) == ("result", "open", "KQ(1)")
    done("dossier", "place", number, "KQ(1)", "3")
    assert quickly("dossier", "number", number).code == ExitCode.SIGN_IN


def test_a_list_of_procedures_is_imported_with_what_was_refused(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "ds.csv"
    file.write_text("code,name,documents\n1.999998,Thủ tục mới,Đơn\nx,y,z\n", "utf-8")
    ran = quickly("procedures", "import", file, "--json")
    assert (ran.code, ran.json()["taken"], ran.json()["refused"][0]["row"]) == (ExitCode.INCOMPLETE, 1, 3)  # type: ignore[index]
    assert "is no procedure code" in quickly("procedures", "import", file, "--check").out
    assert "1.999998  Thủ tục mới" in quickly("procedures", "thu tuc moi").out
    assert "TP01  Đơn: on request" in quickly("procedures", "find", "1.999998").out
    assert quickly("procedures", "import", tmp_path / "none.csv").code == ExitCode.INPUT
