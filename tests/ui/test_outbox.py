"""The outbox beside sending: a sealed disk out, receipts back, kept receipts and both lists checked; and how each can fail."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFileDialog

from app.jobs import Lane
from app.model.outbox import OutboxState
from app.sync.server import CentralServer as CentralClient
from tests.support import CentralServer, central, central_server
from tests.ui.cases import filled
from ui import messages

pytestmark = pytest.mark.window


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentralServer]:
    with central_server(tmp_path_factory.mktemp("centre") / "central") as running:
        yield running


@pytest.fixture
def enrolled(desk, server):
    """A desk at an enrolled station that does not send by itself."""
    desk.application.sync.enrol(server.url, server.code()).result(60)
    desk.window.show_outbox()
    return desk


@pytest.fixture
def waiting(enrolled, small_pages):
    """The same with a dossier that waits to be sent."""
    dossier_id = filled(enrolled, small_pages)
    enrolled.application.finishing.start(dossier_id).result(90)
    enrolled.wait(lambda: len(enrolled.window.screen_outbox.model.rows) == 1)
    return enrolled


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    (tmp_path / "USB").mkdir()
    return tmp_path / "USB"


def chosen(desk, button, path: Path) -> None:
    """Press a button that asks for a file or folder, and choose it."""
    button.click()
    (dialog,) = (each for each in desk.window.findChildren(QFileDialog) if each.isVisible())
    dialog.fileSelected.emit(str(path))
    dialog.reject()


def answered(desk, seconds: float = 60.0) -> str:
    screen = desk.window.screen_outbox
    desk.wait(lambda: screen.answer.isVisible() and not screen.tools.stop.isVisible(), seconds)
    return screen.answer.title.text()


def fits(desk, size: QSize) -> None:
    desk.window.resize(size)
    desk.bot.wait(200)
    assert desk.window.size() == size, "the parts need more room than the screen has"
    tools = desk.window.screen_outbox.tools
    for button in (tools.export, tools.receipts, tools.check, tools.compare, tools.verify, tools.clear):
        assert button.width() >= button.minimumSizeHint().width() - 2, button.text()


def test_a_disk_goes_out_and_receipts_come_back(waiting, server, disk: Path) -> None:
    screen, tools = waiting.window.screen_outbox, waiting.window.screen_outbox.tools
    chosen(waiting, tools.export, disk)
    said = answered(waiting)
    (package,) = disk.iterdir()
    assert "Đã niêm phong 1 hồ sơ" in said
    assert package.name in said
    for size in (QSize(1366, 768), QSize(1000, 600)):
        fits(waiting, size)
        waiting.shoot(f"outbox-disk-{size.width()}")
    chosen(waiting, tools.check, package)
    assert answered(waiting) == f"{package.name} nguyên vẹn: 1 hồ sơ."

    central(server.data, "import", str(disk))
    (receipts,) = disk.glob("*.receipts.json")
    assert receipts.stat().st_mode & stat.S_IROTH, "the station's account is not the centre's"
    chosen(waiting, tools.receipts, package)
    waiting.wait(waiting.window.banner.isVisible)
    chosen(waiting, tools.receipts, receipts)
    assert answered(waiting).startswith("Đã nhận 1 biên nhận")
    assert not waiting.window.banner.isVisible()
    waiting.wait(lambda: screen.model.rows[0].entry.state is OutboxState.ACCEPTED)
    tools.verify.click()
    assert answered(waiting) == "1/1 biên nhận có chữ ký đúng của trung tâm."
    tools.compare.click()
    assert answered(waiting) == "So với 1 hồ sơ ở trung tâm: 0 chỗ khác, còn 0 chỗ cần người xem."


def test_a_receipt_that_was_changed_is_listed(waiting) -> None:
    application, tools = waiting.application, waiting.window.screen_outbox.tools
    assert application.sync.run_once().accepted == 1
    (entry,) = application.sync.entries()
    (application.folder.root / entry.manifest_path).write_text("{}", "utf-8")
    tools.verify.click()
    assert answered(waiting) == "0/1 biên nhận có chữ ký đúng của trung tâm."
    banner = waiting.window.screen_outbox.answer
    assert banner.property("kind") == "notice"
    banner.button.click()
    report = waiting.window.outbox.report
    waiting.wait(report.isVisible)
    assert report.table.item(0, 1).text() == messages.LINE_TO_SEE.vi
    assert "tệp kê khai" in report.table.item(0, 2).text()
    waiting.shoot("outbox-doubtful")


@pytest.mark.parametrize("file", ["bad.sealed", "bad.receipts.json"])
def test_a_file_that_is_none_of_ours_is_refused_with_a_remedy(enrolled, disk: Path, file: str) -> None:
    tools = enrolled.window.screen_outbox.tools
    (disk / file).write_text(json.dumps({"format": "x"}), "utf-8")
    chosen(enrolled, tools.check if file.endswith(".sealed") else tools.receipts, disk / file)
    enrolled.wait(enrolled.window.banner.isVisible)
    assert file in enrolled.window.banner.title.text()
    assert enrolled.window.banner.remedy.text()
    assert tools.export.isEnabled()


def test_a_station_that_is_not_enrolled_is_told_how(desk, disk: Path) -> None:
    desk.window.show_outbox()
    desk.window.outbox.export(disk)
    desk.wait(desk.window.banner.isVisible)
    assert "chưa ghi danh" in desk.window.banner.title.text()
    assert list(disk.iterdir()) == []


def test_a_station_that_is_refused_is_told_on_every_screen_until_it_is_enrolled_again(waiting, server) -> None:
    application, window, screen = waiting.application, waiting.window, waiting.window.screen_outbox
    station = application.settings().server.station_id
    central(server.data, "station", "revoke", station)
    application.sync.run_once()
    waiting.wait(lambda: "ghi danh lại trạm này" in window.status.centre.text())
    assert waiting.primaries() == ["Ghi danh trạm"]
    waiting.shoot("outbox-refused")
    application.sync.enrol(server.url, central(server.data, "enrol-code", "--station", station)).result(60)
    application.sync.run_once()
    waiting.wait(lambda: "trực tuyến" in window.status.centre.text())
    assert [row.entry.state for row in screen.model.rows] == [OutboxState.ACCEPTED]


def test_a_centre_that_is_away_leaves_the_window_usable(enrolled) -> None:
    enrolled.application.change_settings({"server.url": "http://127.0.0.1:9"})
    tools = enrolled.window.screen_outbox.tools
    tools.compare.click()
    enrolled.wait(enrolled.window.banner.isVisible, 60)
    assert "Không kết nối được" in enrolled.window.banner.title.text()
    assert tools.compare.isEnabled()


def test_an_export_can_be_stopped_and_leaves_no_file(enrolled, disk: Path) -> None:
    outbox, tools, released = enrolled.window.outbox, enrolled.window.screen_outbox.tools, threading.Event()
    enrolled.application.jobs.submit(Lane.FILES, messages.EXPORT_WHERE, lambda _job: released.wait(60))
    outbox.export(disk)
    assert not tools.compare.isEnabled()
    tools.stop.click()
    released.set()
    enrolled.wait(lambda: tools.export.isEnabled())
    assert list(disk.iterdir()) == []
    assert not enrolled.window.screen_outbox.answer.isVisible()


def test_nothing_to_send_is_said_and_no_empty_package_is_made(enrolled, disk: Path) -> None:
    enrolled.window.outbox.export(disk)
    enrolled.wait(enrolled.window.banner.isVisible)
    assert "Không có hồ sơ nào chờ gửi" in enrolled.window.banner.title.text()
    assert list(disk.iterdir()) == []


@pytest.fixture
def sent_long_ago(waiting, monkeypatch):
    """The same accepted by the centre, a month later: both clocks are the test's, for a signed receipt cannot be dated back."""
    application = waiting.application
    assert application.sync.run_once().accepted == 1
    application.change_settings({"server.keep_days": 30})
    later = datetime.now(UTC) + timedelta(days=31)
    monkeypatch.setattr(application.sync._clearing, "_clock", lambda: later)
    monkeypatch.setattr(CentralClient, "time", lambda _self: later)
    return waiting


def big_files(desk) -> list[Path]:
    folder = desk.application.folder
    return [path for root in (folder.pages, folder.papers) for path in root.rglob("*.*") if path.suffix != ".json"]


def test_room_is_made_once_the_centre_holds_all_of_it_and_the_clerk_agreed(sent_long_ago, server) -> None:
    desk, screen = sent_long_ago, sent_long_ago.window.screen_outbox
    application, before = desk.application, big_files(desk)
    room = sum(path.stat().st_size for path in before)
    (entry,) = application.sync.entries()

    def asked(about: str, *, may_go: bool = False) -> str:
        screen.tools.clear.click()
        desk.wait(lambda: screen.answer.isVisible() and about in screen.answer.title.text(), 60)
        assert screen.answer.button.isVisible() == may_go
        assert big_files(desk) == before
        return screen.answer.title.text()

    application.change_settings({"server.keep_days": 0})
    asked("server.keep_days = 0")
    application.change_settings({"server.keep_days": 30, "server.url": "http://127.0.0.1:9"})
    assert "Kiểm tra dây mạng" in asked("không hỏi được trung tâm")
    desk.shoot("outbox-clear-away")
    application.change_settings({"server.url": server.url})
    (stored,) = (server.data / "files").rglob(entry.files[0].sha256)
    stored.rename(stored.with_suffix(".gone"))
    asked("trung tâm không còn giữ đủ")
    desk.shoot("outbox-clear-kept")
    stored.with_suffix(".gone").rename(stored)

    said = asked("Có thể xóa tệp của 1 hồ sơ", may_go=True)
    assert float(said.split("hồ sơ, ")[1].split(" MB")[0].replace(",", ".")) >= room // 100_000 / 10
    for size in (QSize(1366, 768), QSize(1000, 600)):
        fits(desk, size)
        desk.shoot(f"outbox-clear-{size.width()}")
    screen.answer.button.click()
    assert answered(desk).startswith("Đã xóa tệp của 1 hồ sơ")
    assert big_files(desk) == []
    desk.shoot("outbox-cleared")
