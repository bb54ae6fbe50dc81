"""What goes wrong ends with the code of docs/commands.md, and says what happened and what to do in the set language."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from app.cli.dossiers import BadPageList, pages_named
from app.errors import ExitCode
from app.model.page import PageState
from app.settings import SettingsFile
from app.store.dossiers import DossierStore
from app.store.folder import DataFolder, FolderLock
from app.store.pages import PageStore
from tests.commands import quickly as sohoa
from tests.records import a_dossier, a_page, opened_database

Pages = Callable[[int], Path]


def kept_pages(data: Path) -> dict[str, int]:
    """How many pages each dossier of the data folder holds, by its provisional number."""
    database = opened_database(DataFolder(data))
    pages, dossiers = PageStore(database), DossierStore(database).list(None, 10)
    found = {dossier.provisional: len(pages.of_dossier(dossier.id)) for dossier in dossiers}
    database.close()
    return found


def titles(text: str) -> tuple[str, str]:
    """The title and the remedy of an error as people see it."""
    lines = [line for line in text.splitlines() if line.startswith(("✗", "→"))]
    assert len(lines) == 2, text
    return lines[0][2:], lines[1][2:]


def test_no_scanner_at_all(data: Path, no_sane: None) -> None:
    ran = sohoa("devices", "--json")
    assert (ran.code, ran.json()["scanners"]) == (3, [])  # type: ignore[index,call-overload]
    scan = sohoa("scan")
    title, remedy = titles(scan.err)
    assert (scan.code, title) == (3, "No scanner was found")
    assert "Switch the scanner on" in remedy
    assert kept_pages(data) == {}


def test_an_empty_feeder_leaves_no_dossier_behind_and_keeps_an_older_one(data: Path, tmp_path: Path) -> None:
    (tmp_path / "trống").mkdir()
    ran = sohoa("scan", "--device", tmp_path / "trống", "--json")
    error = ran.json()
    assert ran.code == 3
    assert (error["error"], error["exit_code"]) == ("FeederEmpty", 3)  # type: ignore[index,call-overload]
    assert kept_pages(data) == {}
    number = sohoa("dossier", "new", "--json").json()["provisional"]  # type: ignore[index,call-overload]
    assert sohoa("scan", "--device", tmp_path / "trống", "--dossier", number).code == 3
    assert kept_pages(data) == {number: 0}


def test_a_jam_keeps_the_pages_before_in_either_language(data: Path, settings_file: Path, small_pages: Pages) -> None:
    jam = ("scan", "--device", small_pages(3), "--dpi", "100", "--option", "fault=jam", "--option", "fault_page=3")
    english = sohoa(*jam)
    assert english.code == 3
    assert titles(english.err)[0] == "Paper jam at sheet 3. The 2 pages before are kept."
    settings_file.write_text(settings_file.read_text("utf-8").replace('"en"', '"vi"'), "utf-8")
    vietnamese = sohoa(*jam)
    assert vietnamese.code == 3
    assert titles(vietnamese.err) == (
        "Kẹt giấy ở tờ 3. 2 trang trước đã lưu.",
        "Lấy giấy kẹt ra, đặt lại từ tờ 3, bấm Tiếp tục quét (F5).",
    )
    assert list(kept_pages(data).values()) == [2, 2]


def test_a_truncated_picture_is_named(data: Path, small_pages: Pages) -> None:
    folder = small_pages(2)
    broken = folder / "002.jpg"
    broken.write_bytes(broken.read_bytes()[:400])
    ran = sohoa("scan", "--device", folder, "--dpi", "100")
    title, remedy = titles(ran.err)
    assert ran.code == 3
    assert "sheet 2" in title
    assert "002.jpg" in title
    assert "sheet 2" in remedy
    assert "1 pages" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("dossier", "new", "--procedure", "9.999999"), 4, "9.999999"),
        (("dossier", "new", "--number", "H02.15-991332-0001"), 4, "dossier number"),
        (("dossier", "show", "TAM-000000-00001"), 4, "TAM-000000-00001"),
        (("scan", "--option", "fault"), 2, "NAME=VALUE"),
        (("scan", "--profile", "nobody"), 4, "nobody"),
        (("sync",), 7, "nrol"),
        (("settings", "set", "filing.min_dpi", "9"), 8, "filing.min_dpi"),
        (("settings", "set", "nobody", "9"), 8, "nobody"),
    ],
)
def test_what_is_not_valid_is_refused_with_its_code(data: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    ran = sohoa(*arguments)
    title, remedy = titles(ran.err)
    assert ran.code == code
    assert words in title + remedy
    assert remedy


def test_a_bad_id_number_is_masked_everywhere_and_leaves_no_dossier(data: Path) -> None:
    wrong = "0351980000027"
    ran = sohoa("dossier", "new", "--owner", "Trần Thị Thử", "--owner-id", wrong, "--json")
    assert ran.code == 4
    assert wrong not in ran.out + ran.err
    assert kept_pages(data) == {}
    log = data / "logs" / "sohoa.log"
    assert wrong not in (log.read_text("utf-8") if log.exists() else "")


@pytest.mark.parametrize("pages", ["2", "0", "1-9", "x", "3-1", "", "1,,1", "1-"])
def test_a_list_of_pages_that_cannot_be_meant_is_refused(pages: str) -> None:
    with pytest.raises(BadPageList) as refused:
        pages_named((a_page("x"),), pages)
    assert refused.value.exit_code is ExitCode.USAGE


def test_a_list_beyond_the_pages_is_wrongly_written(scanned: str) -> None:
    ran = sohoa("dossier", "delete", scanned, "2")
    assert ran.code == 2
    assert titles(ran.err) == ("The list of pages “2” cannot be understood", "Write it as 1-3,5; this dossier has 1 pages.")


@pytest.fixture
def scanned(data: Path) -> str:
    """The provisional number of a dossier with one page."""
    database = opened_database(DataFolder(data))
    dossier = DossierStore(database).add(a_dossier(procedure_code="", owner_name=""))
    PageStore(database).add(a_page(dossier.id, state=PageState.READY))
    database.close()
    return dossier.provisional


def test_an_incomplete_dossier_says_what_is_missing(scanned: str) -> None:
    ran = sohoa("dossier", "finish", scanned)
    assert ran.code == 10
    assert "no procedure is chosen; the owner's name is missing" in titles(ran.err)[0]


def test_a_broken_settings_file_is_noticed_and_the_last_good_one_used(data: Path, settings_file: Path) -> None:
    SettingsFile(settings_file).load()
    settings_file.write_text(settings_file.read_text("utf-8") + "nonsense\n", "utf-8")
    ran = sohoa("settings", "show", "--json")
    assert ran.code == 0
    assert "wrong at line 8" in ran.err
    assert ran.json()["filing"]["min_dpi"] == 100  # type: ignore[index,call-overload]
    refused = sohoa("settings", "set", "language", "vi")
    assert refused.code == 8
    assert "wrong at line 8" in titles(refused.err)[0]


def test_settings_are_shown_and_changed(data: Path, settings_file: Path) -> None:
    assert sohoa("settings", "set", "station.name", "Bàn số 9").code == 0
    assert 'name = "Bàn số 9"' in settings_file.read_text("utf-8")
    shown = sohoa("settings", "show")
    assert (shown.code, 'station.name = "Bàn số 9"' in shown.out) == (0, True)


def test_a_folder_that_is_held_is_said(data: Path) -> None:
    folder = DataFolder(data)
    folder.make()
    lock = FolderLock(folder)
    lock.take()
    ran = sohoa("dossier", "list", "--json")
    lock.release()
    assert (ran.code, ran.json()["error"]) == (9, "FolderInUse")  # type: ignore[index,call-overload]


def test_damaged_records_are_said_with_what_not_to_do(data: Path) -> None:
    folder = DataFolder(data)
    folder.make()
    folder.database.write_bytes(b"this is no database" * 300)
    ran = sohoa("dossier", "list")
    assert ran.code == 6
    assert "are damaged" in titles(ran.err)[0]
    assert "Delete nothing" in titles(ran.err)[1]


def test_the_doctor_is_content_without_a_server_and_not_with_one_that_is_away(
    data: Path, settings_file: Path, no_sane: None
) -> None:
    ran = sohoa("doctor", "--json")
    items = {item["name"]: item for item in json.loads(ran.out)}
    assert ran.code == 0, ran.out
    assert items["Central server"]["status"] == "warn"
    assert items["Records"]["finding"] == "whole, 0 pages"
    settings_file.write_text(
        settings_file.read_text("utf-8") + '\n[server]\nurl = "http://127.0.0.1:9"\nstation_id = "tram-1"\ntimeout = 2\n',
        "utf-8",
    )
    away = sohoa("doctor")
    assert away.code == 11
    assert "✗ Central server" in away.out


def test_a_page_that_a_file_does_not_have_is_not_called_damaged(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "một trang.png"
    Image.new("L", (300, 400), 255).save(path)
    ran = sohoa("page", "explain", path, "--page", "9")
    assert ran.code == 4
    assert titles(ran.err) == ("một trang.png has no page 9", "It has 1 page(s), counted from 1.")


@pytest.mark.parametrize(
    "command", [("process", "PAGE", "--out", "/proc/nowhere"), ("page", "explain", "PAGE", "--picture", "/proc/nowhere.jpg")]
)
def test_a_place_that_cannot_be_written_is_named(data: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    picture = tmp_path / "tờ khai.png"
    Image.new("L", (200, 280), 255).save(picture)
    ran = sohoa(*(str(picture) if part == "PAGE" else part for part in command))
    title, remedy = titles(ran.err)
    assert (ran.code, title) == (6, "Cannot write or read /proc: there is no such file or folder")
    assert "may be written to" in remedy


def test_a_file_that_failed_is_not_counted_among_the_pages(data: Path, tmp_path: Path) -> None:
    (tmp_path / "hỏng.jpg").write_text("no picture")
    ran = sohoa("process", tmp_path / "hỏng.jpg", "--out", tmp_path / "kết quả", "--json")
    said = ran.json()
    assert ran.code == 4
    assert (said["processed"], said["pages"], len(said["failed"])) == (1, 0, 1)  # type: ignore[index,call-overload]


def test_without_a_terminal_nothing_but_words_is_written(data: Path) -> None:
    assert sohoa("catalogue").err.startswith("✗ ")
