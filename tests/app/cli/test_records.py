"""Import, search, reuse, correction, history and packages by commands alone."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.errors import ExitCode
from app.settings import SettingsFile, default_settings_path
from app.sync.clearing import Cleared, Kept
from app.sync.engine import SyncEngine
from app.sync.errors import NoConnection, NotEnrolled
from tests.commands import quickly

OWNER_ID = "024198000001"


def done(*arguments: str | Path, code: int = 0) -> Any:
    """Run a command that must end with this code and give its JSON."""
    ran = quickly(*arguments, "--json")
    assert ran.code == code, ran.err or ran.out
    return ran.json()


@pytest.fixture
def finished(data: Path, small_pages: Callable[[int], Path]) -> str:
    """A finished dossier, imported from files; gives its number."""
    SettingsFile(default_settings_path()).change({"filing.min_dpi": 75, "station.operator": "Lê Thị Mẫu"})
    number = done("dossier", "import", small_pages(2), "--procedure", "1.001193")["number"]
    done("dossier", "place", number, "TP01", "1")
    done("dossier", "place", number, "TP02", "2")
    done("dossier", "set", number, "--owner", "Đặng Văn Đức", "--owner-id", OWNER_ID)
    done("dossier", "finish", number)
    return str(number)


def accept(data: Path) -> None:
    """As if the centre had answered: the state alone matters here."""
    with closing(sqlite3.connect(data / "sohoa.db")) as connection, connection:
        connection.execute("UPDATE dossiers SET state = 'accepted'")
        connection.execute("UPDATE outbox SET state = 'accepted', attempts = 1")


def test_a_finished_record_is_found_exported_verified_and_corrected(finished: str, data: Path, tmp_path: Path) -> None:
    (found,) = done("dossier", "search", "dang duc", "--state", "finished")
    assert (found["provisional"], OWNER_ID in str(found)) == (finished, False)
    assert done("dossier", "search", "dang duc", "--since", "2030-01-01") == []
    package = Path(done("dossier", "export", finished, "--to", tmp_path, "--form", "bagit")["package"])
    assert (package / "bagit.txt").is_file()
    assert done("dossier", "verify", package)["whole"] is True
    next(package.glob("data/*.pdf")).write_bytes(b"")
    assert done("dossier", "verify", package, code=ExitCode.INCOMPLETE)["faults"]
    assert done("dossier", "export", finished, "--to", tmp_path, code=ExitCode.INPUT)["error"] == "PackageExists"
    accept(data)
    assert done("dossier", "correct", finished, "--reason", " ", code=ExitCode.INPUT)["error"] == "NoReason"
    assert done("dossier", "correct", finished, "--reason", "Sai tên")["state"] == "open"
    steps = [(line["revision"], line["step"], line["operator"]) for line in done("dossier", "history", finished)]
    assert steps == [(1, "begun", "Lê Thị Mẫu"), (1, "finished", "Lê Thị Mẫu"), (2, "correction", "Lê Thị Mẫu")]
    assert "Sai tên" in quickly("dossier", "history", finished).out


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(
    ("cleared", "code"),
    [
        (Cleared(30, kept=((Kept.UNASKED, 2),), error=NoConnection(host="centre.example.vn")), ExitCode.NETWORK),
        (Cleared(30, kept=((Kept.UNASKED, 2),), error=NotEnrolled()), ExitCode.SIGN_IN),
        (Cleared(30, 1, 1_500_000, ((Kept.DISPUTED, 1),)), ExitCode.INCOMPLETE),
    ],
)
def test_cleaning_ends_with_the_code_of_what_kept_files(monkeypatch, cleared: Cleared, code: ExitCode) -> None:
    """What the engine answers is the test's own: what makes it answer so is tested in tests/app/sync/test_clearing.py."""
    monkeypatch.setattr(SyncEngine, "clean", lambda _self, **_options: cleared)
    assert done("outbox", "clean", code=code)["error"] == (type(cleared.error).__name__ if cleared.error else "")
    said = quickly("outbox", "clean")
    assert (said.code, said.out) == (code, "")
    assert "Dossiers kept: " in said.err


def test_papers_are_reused_by_command(finished: str, data: Path) -> None:
    with closing(sqlite3.connect(data / "sohoa.db")) as connection:
        (manifest,) = connection.execute("SELECT manifest_path FROM outbox").fetchone()
    codes = {paper["component_code"]: paper["paper_id"] for paper in json.loads((data / manifest).read_bytes())["papers"]}
    second = done("dossier", "new", "--procedure", "1.001193", "--owner", "Đặng Văn Đức", "--owner-id", OWNER_ID)["provisional"]
    assert done("dossier", "reuse", second) == {"reused": {}, "offers": []}, "papers made for one case are not offered"
    assert set(codes) == {"TP01", "TP02"}
    refused = done("dossier", "reuse", second, "--attach", "TP01", "--code", codes["TP01"], code=ExitCode.INPUT)
    assert refused["error"] == "NothingToReuse"


def test_files_that_cannot_be_read_are_told_of_and_leave_no_dossier(data: Path, tmp_path: Path) -> None:
    (tmp_path / "hỏng.pdf").write_text("không phải PDF")
    outcome = done("dossier", "import", tmp_path / "hỏng.pdf", code=ExitCode.INPUT)
    assert (outcome["dossier"], outcome["pages"], outcome["refused"][0]["file"]) == ("", 0, "hỏng.pdf")
    assert done("dossier", "list") == []


def test_each_file_that_is_refused_has_its_own_reason_and_remedy(data: Path, tmp_path: Path) -> None:
    (tmp_path / "đơn.docx").write_text("không phải PDF")
    (tmp_path / "trống").mkdir()
    names = ["đơn.docx", "không có.pdf", "trống"]
    outcome = done("dossier", "import", *(tmp_path / name for name in names), code=ExitCode.INPUT)
    assert [refused["file"] for refused in outcome["refused"]] == names
    whys = ["no PDF", "no such file", "a folder"]
    assert all(why in refused["why"] for why, refused in zip(whys, outcome["refused"], strict=True))
    assert len({refused["remedy"] for refused in outcome["refused"]}) == 3


def test_files_go_after_their_time_and_what_went_says_where_it_is(finished: str, data: Path, tmp_path: Path) -> None:
    kept = {"days": 0, "dossiers": 0, "size": 0, "kept": {}, "error": ""}
    assert done("outbox", "clean") == kept
    SettingsFile(default_settings_path()).change({"server.keep_days": 30})
    assert done("outbox", "clean") == kept | {"days": 30}
    accept(data)
    with closing(sqlite3.connect(data / "sohoa.db")) as connection, connection:
        connection.execute("UPDATE dossiers SET finished_at = '2020-01-01T00:00:00+00:00'")
    # Without a receipt nothing goes, however old it is.
    assert done("outbox", "clean") == kept | {"days": 30, "kept": {"not_sent": 1}}
    assert "does not have yet" in quickly("outbox", "clean", "--dry-run").err
    with closing(sqlite3.connect(data / "sohoa.db")) as connection, connection:
        connection.execute("UPDATE dossiers SET cleared_at = '2030-03-01T00:00:00+00:00'")
    shutil.rmtree(data / "pages")
    assert done("dossier", "correct", finished, "--reason", "Sai tên", code=ExitCode.INPUT)["error"] == "FilesAtCentre"
    assert done("dossier", "result", finished, code=ExitCode.INPUT)["error"] == "FilesAtCentre"
    assert done("dossier", "export", finished, "--to", tmp_path, code=ExitCode.INPUT)["error"] == "FilesAtCentre"
    assert done("dossier", "show", finished)["cleared_at"]
    assert "files at the centre" in quickly("dossier", "show", finished).out
    assert done("dossier", "history", finished)[-1]["step"] == "cleared"
    records = [item for item in quickly("doctor", "--json").json() if item["name"] == "Records"]
    assert [item["status"] for item in records] == ["ok"]
