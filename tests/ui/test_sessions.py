"""Sessions at the glass in the window: what the clerk is asked, the key that goes on, and what the dossier holds then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.acquisition.session_messages import Stage
from app.settings import ProfileSettings
from ui import messages

pytestmark = pytest.mark.window


def use(desk, tray: Path, **values: object) -> None:
    """Give the desk one profile."""
    profile = ProfileSettings(name="Thử", backend="virtual", device=str(tray), dpi=100, **values)
    desk.application.change_settings({"profiles": [profile.model_dump(mode="json")]})
    desk.wait(lambda: [each.name for each in desk.window.scanning.profiles] == ["Thử"])


def asked(desk, stage: Stage) -> QWidget:
    """Wait until the session asks for something, and give the bar that says what."""
    scanning, bar = desk.window.scanning, desk.window.scan_view.prompt
    desk.wait(lambda: scanning.asking and scanning.standing.stage is stage and bar.isVisible())
    return bar


def over(desk, pages: int) -> None:
    desk.wait(lambda: not desk.window.scanning.running and not desk.window.scanning.asking)
    desk.wait(lambda: len(desk.strip.page_ids()) == pages)


def f5(desk) -> None:
    desk.bot.keyClick(desk.window, Qt.Key.Key_F5)


def shown(desk, name: str) -> None:
    desk.on_screen()
    desk.shoot(f"session-{name}")


def test_a_jam_says_which_sheet_to_put_back_and_goes_on_with_f5(open_desk, small_pages: Callable[[int], Path]) -> None:
    tray = small_pages(4)
    desk = open_desk(tray, {"fault": "jam", "fault_page": "3"})
    f5(desk)
    bar = asked(desk, Stage.PUT_BACK)
    assert bar.title.text().startswith("Kẹt giấy ở tờ 3.")
    assert "đặt lại từ tờ 3" in bar.remedy.text()
    assert bar.go_on_button.text() == "Tiếp tục quét (F5)"
    assert bar.go_on_button.text() in bar.remedy.text()
    desk.wait(bar.picture.isVisible)
    assert desk.primaries() == ["Tiếp tục quét (F5)"]
    shown(desk, "jam")
    desk.window.bar.language.click()
    desk.wait(lambda: desk.window.words.language == "en")
    assert bar.go_on_button.text() == "Go on scanning (F5)"
    for name in ("001", "002"):
        (tray / f"{name}.jpg").unlink()
    f5(desk)
    over(desk, 4)
    assert not bar.isVisible()


def test_the_glass_takes_page_after_page_with_one_key(open_desk, small_pages: Callable[[int], Path]) -> None:
    tray = small_pages(1)
    desk = open_desk(tray)
    use(desk, tray, source="flatbed")
    f5(desk)
    bar = asked(desk, Stage.NEXT)
    assert bar.go_on_button.text() == "Trang tiếp (F5)"
    shown(desk, "next-page")
    f5(desk)
    desk.wait(lambda: len(desk.strip.page_ids()) == 2)
    asked(desk, Stage.NEXT)
    desk.press(Qt.Key.Key_Escape)
    over(desk, 2)
    assert desk.window.status.note.text() == "Đã quét xong 2 trang"
    assert desk.primaries() == ["Hoàn tất hồ sơ"]


def test_fronts_then_backs_and_a_count_that_does_not_fit(open_desk, small_pages: Callable[[int], Path]) -> None:
    tray = small_pages(3)
    desk = open_desk(tray)
    use(desk, tray, way="turn_over")
    f5(desk)
    bar = asked(desk, Stage.TURN)
    assert bar.go_on_button.text() == "Quét mặt sau (F5)"
    shown(desk, "turn")
    (tray / "003.jpg").rename(tray / "003.off")
    f5(desk)
    bar = asked(desk, Stage.UNEVEN)
    assert "3 mặt trước nhưng 2 mặt sau" in bar.title.text()
    shown(desk, "uneven")
    (tray / "003.off").rename(tray / "003.jpg")
    bar.go_on_button.click()
    over(desk, 6)

    def batches() -> list[str]:
        return [page.provenance.batch for page in desk.pages]

    desk.wait(lambda: batches() == batches()[:2] * 3)  # there were six as well while the last pile came in
    assert len(set(batches())) == 2


def test_a_pile_in_hand_is_neither_finished_nor_left_by_a_wrong_key(open_desk, small_pages: Callable[[int], Path]) -> None:
    tray = small_pages(2)
    desk = open_desk(tray)
    use(desk, tray, way="turn_over")
    f5(desk)
    asked(desk, Stage.TURN)
    desk.wait(lambda: len(desk.strip.page_ids()) == 2)
    for key, modifier in (
        (Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_T, Qt.KeyboardModifier.NoModifier),
    ):
        desk.window.status.note.clear()
        desk.press(key, modifier)
        desk.wait(lambda: desk.window.status.note.text() == messages.SESSION_FIRST.vi)
        assert desk.window.scanning.standing.stage is Stage.TURN
        assert not desk.window.finish.running
    f5(desk)
    over(desk, 4)


def test_paper_is_waited_for_and_waiting_can_be_stopped(open_desk, small_pages: Callable[[int], Path], tmp_path: Path) -> None:
    tray = tmp_path / "tray"
    tray.mkdir()
    desk = open_desk(small_pages(1))
    use(desk, tray, wait_for_paper=True)
    f5(desk)
    desk.wait(lambda: "chờ giấy" in desk.window.status.note.text())
    bar = desk.window.scan_view.prompt
    desk.wait(bar.isVisible)
    assert bar.done_button.text() == "Thôi chờ (Esc)"
    assert not bar.go_on_button.isVisible()
    assert desk.window.bar.stop.isVisible()
    shown(desk, "waiting")
    desk.press(Qt.Key.Key_Escape)
    over(desk, 0)
    f5(desk)
    desk.wait(lambda: "chờ giấy" in desk.window.status.note.text())
    small_pages(1).rename(tray)
    over(desk, 1)


def test_a_page_is_inserted_and_a_page_is_replaced_from_the_strip(desk) -> None:
    desk.scan(3)
    first, second, third = desk.strip.page_ids()
    use(desk, Path(desk.window.scanning.profiles[0].device), options={"first_page": "3"})
    desk.strip.show_page(second)
    desk.press(Qt.Key.Key_I)
    over(desk, 4)
    desk.wait(lambda: desk.strip.page_ids()[0] == first and desk.strip.page_ids()[2] == second)
    desk.strip.show_page(third)
    desk.press(Qt.Key.Key_T)
    desk.wait(lambda: third not in desk.strip.page_ids())
    over(desk, 4)
    desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: third in desk.strip.page_ids())


def test_what_replaced_a_page_is_on_screen_in_its_place(desk) -> None:
    desk.scan(3)
    first, second, third = desk.strip.page_ids()
    use(desk, Path(desk.window.scanning.profiles[0].device), options={"first_page": "3"})
    desk.strip.show_page(second)
    desk.press(Qt.Key.Key_T)
    desk.wait(lambda: second not in desk.strip.page_ids())
    over(desk, 3)
    new = desk.strip.page_ids()[1]
    assert desk.strip.page_ids() == [first, new, third]
    assert desk.strip.shown == new
    assert [desk.strip.pages.cells[index.row()].key for index in desk.strip.selectedIndexes()] == [new]


def test_a_key_chooses_its_profile_and_scans(desk) -> None:
    desk.bot.keyClick(desk.window, Qt.Key.Key_F3)
    assert desk.window.scanning.profile.name == "Hai mặt 300 dpi"
    over(desk, 3)
    desk.bot.keyClick(desk.window, Qt.Key.Key_F9)
    assert not desk.window.scanning.running


def test_another_dossier_ends_a_session_that_waits(open_desk, small_pages: Callable[[int], Path]) -> None:
    tray = small_pages(1)
    desk = open_desk(tray)
    use(desk, tray, source="flatbed")
    f5(desk)
    asked(desk, Stage.NEXT)
    desk.window.new_dossier()
    over(desk, 0)
    f5(desk)
    asked(desk, Stage.NEXT)
    assert len(desk.window.scanning.standing.pages) == 1
    assert not desk.window.close()
    desk.wait(lambda: not desk.window.isVisible())


def test_the_next_scan_opens_a_new_dossier_where_the_profile_wants_it(desk) -> None:
    use(desk, Path(desk.window.scanning.profiles[0].device), after=["new_dossier"])
    desk.scan(3)
    first = desk.window.desk.dossier_id
    f5(desk)
    desk.wait(lambda: desk.window.desk.dossier_id != first)
    over(desk, 3)


def test_a_failure_with_nothing_kept_offers_to_try_again(open_desk, small_pages: Callable[[int], Path]) -> None:
    desk = open_desk(small_pages(2), {"fault": "jam", "fault_page": "1"})
    f5(desk)
    banner = desk.window.banner
    desk.wait(banner.isVisible)
    assert "tờ 1" in banner.title.text()
    banner.button.click()
    desk.wait(lambda: desk.window.scanning.running)
    desk.wait(lambda: not desk.window.scanning.running)


def test_locked_profiles_are_listed_and_profiles_come_from_a_file(
    open_desk, small_pages: Callable[[int], Path], tmp_path: Path
) -> None:
    (tmp_path / "site-profiles.toml").write_text('[[profiles]]\nname = "Chuẩn của tỉnh"\nkey = "F9"\n', "utf-8")
    desk = open_desk(small_pages(1))
    window = desk.window
    assert [profile.name for profile in window.scanning.profiles][-1] == "Chuẩn của tỉnh"
    (tmp_path / "new.toml").write_text('[[profiles]]\nname = "Thẻ căn cước"\npaper = "Card"\n', "utf-8")
    window.show_settings()
    window.screen_settings.sections.setCurrentRow(list(messages.SECTIONS).index("profiles"))
    window.preferences.files.take_in(tmp_path / "new.toml")
    listed = window.screen_settings.profiles.list
    desk.wait(lambda: listed.count() == 4)
    assert listed.item(3).text() == "Chuẩn của tỉnh"
    assert listed.item(3).flags() == Qt.ItemFlag.NoItemFlags
    desk.shoot("session-profiles")
    (tmp_path / "bad.toml").write_text("[[profiles]]\ndpi = 1\n", "utf-8")
    window.preferences.files.take_in(tmp_path / "bad.toml")
    desk.wait(window.banner.isVisible)
    assert "dòng 2" in window.banner.title.text()
    window.preferences.files.write_out(tmp_path / "out.toml")
    desk.wait((tmp_path / "out.toml").is_file)
    window.screen_settings.profiles.export_wanted.emit()
    desk.wait(window.preferences.files.dialog.isVisible)
    window.preferences.files.dialog.close()
