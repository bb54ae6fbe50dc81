"""The expert page, the question which of two equal scanners is meant, and the quiet news, on SANE's own test devices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QSpinBox

from app.settings import ProfileSettings, SettingsFile
from tests.scanners import configure, sane_environment
from ui.dialogs.scanner_options import ScannerOptions

pytestmark = pytest.mark.window


@pytest.fixture
def sane_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    environment = sane_environment(tmp_path / "sane.d", test="number_of_devices 2\n")
    monkeypatch.setenv("SANE_CONFIG_DIR", environment["SANE_CONFIG_DIR"])
    monkeypatch.setenv("SOHOA_ESCL_INTERFACES", "127.0.0.1")
    return tmp_path / "sane.d"


@pytest.fixture
def sane_desk(open_desk: Any, small_pages: Any, sane_folder: Path, tmp_path: Path) -> Any:
    """A desk whose first profile has a SANE test device."""
    desk = open_desk(small_pages(1))
    identity = "test: Noname frontend-tester @ 9"
    profile = ProfileSettings(name="SANE", backend="sane", device="test:1", dpi=100, paper="Card", options={"int": "3"})
    practice = ProfileSettings(name="Hai máy", backend="sane", device="test:7", dpi=100, paper="Card", identity=identity)
    values = [one.model_dump(mode="json") for one in (profile, practice)]
    desk.application.change_settings({"profiles": values})
    assert SettingsFile(tmp_path / "settings.toml").load().profiles[1].identity == identity
    desk.wait(lambda: len(desk.window.scanning.profiles) == 2 and desk.window.scanning.profiles[0].name == "SANE")
    return desk


@pytest.fixture
def page(sane_desk: Any) -> Any:
    """The expert page on the first profile, once it has been read."""
    sane_desk.window.show_settings()
    sane_desk.window.screen_settings.sections.setCurrentRow(6)
    sane_desk.window.screen_settings.profiles.options.click()
    shown = sane_desk.window.preferences.options
    assert isinstance(shown, ScannerOptions)
    sane_desk.wait(lambda: bool(shown.rows) and not shown._reading)
    yield shown
    if sane_desk.window.preferences.options is shown and shown._open:
        shown.close()


def settled(desk: Any, page: ScannerOptions) -> None:
    desk.wait(lambda: not page._reading and not page._stale)


def test_every_option_has_the_control_that_fits_it(sane_desk: Any, page: ScannerOptions) -> None:
    kinds = {"read-limit": QCheckBox, "test-picture": QComboBox, "read-limit-size": QSpinBox, "resolution": QDoubleSpinBox}
    assert {name: type(page.rows[name].control) for name in kinds} == kinds
    assert not page.rows["resolution"].control.isEnabled(), "the profile's own field sets it"
    assert not page.rows["read-limit-size"].control.isEnabled(), "another option rules it out"
    assert page.rows["int"].why.text() == "lúc này chưa đặt được tùy chọn 'int'"
    assert page.rows["read-limit-size"].allowed.text() == "1 … 65536, bước 1"
    assert page.rows["int-constraint-array-constraint-range"].allowed.text().startswith("6 số cách nhau bằng dấu cách")
    assert page.rows["test-picture"].allowed.text() == "", "the list itself shows them"
    sane_desk.shoot("scanner-options")


def test_a_change_is_tried_on_the_device_and_kept_in_the_profile(sane_desk: Any, page: ScannerOptions) -> None:
    page.rows["read-limit"].control.click()
    settled(sane_desk, page)
    size = page.rows["read-limit-size"].control
    assert (size.isEnabled(), size.minimum(), size.maximum()) == (True, 1, 65536)
    size.setValue(500)
    size.editingFinished.emit()
    page.rows["int"].back.click()
    settled(sane_desk, page)
    assert page.wanted == {"read-limit": "yes", "read-limit-size": "500"}
    assert page.rows["int"].why.text() == ""
    page.take.click()
    sane_desk.window.screen_settings.save.click()
    sane_desk.wait(lambda: sane_desk.application.settings().profiles[0].options == page_options())


def page_options() -> dict[str, str]:
    return {"read-limit": "yes", "read-limit-size": "500"}


def test_options_are_found_by_their_name(sane_desk: Any, page: ScannerOptions) -> None:
    page.search.setText("picture")
    assert [name for name, row in page.rows.items() if not row.isHidden()] == ["test-picture"]
    page.search.clear()
    assert page.rows["int"].isVisibleTo(page), "advanced, but the profile has a value for it"
    assert not page.rows["fixed"].isVisibleTo(page)
    page.advanced.setChecked(True)
    assert page.rows["fixed"].isVisibleTo(page)


def test_a_scanner_that_is_gone_is_told_on_the_page(sane_desk: Any, page: ScannerOptions, sane_folder: Path) -> None:
    configure(sane_folder, "test", "number_of_devices 1\n")
    page.read()
    sane_desk.wait(lambda: page.problem.text() != "")
    assert "test:1" in page.problem.text()


def test_which_of_two_equal_scanners_is_asked_and_remembered(sane_desk: Any) -> None:
    window = sane_desk.window
    window.scanning.choose(1)
    window.bar.scan.click()
    sane_desk.wait(lambda: window.banner.isVisible())
    assert "giống hệt nhau" in window.banner.title.text()
    window.banner.button.click()
    menu = window.preferences.menu
    assert [action.text()[-1] for action in menu.actions()] == ["0", "1"]
    sane_desk.shoot("which-scanner")
    menu.actions()[1].trigger()
    sane_desk.wait(lambda: sane_desk.application.settings().profiles[1].device == "test:1")
    menu.close()
    sane_desk.scan(10, 60)


def test_scanners_that_come_and_go_change_the_list_and_are_told_quietly(sane_desk: Any, sane_folder: Path) -> None:
    window = sane_desk.window
    said: list[str] = []
    window.preferences.said.connect(said.append)
    window.show_settings()
    sane_desk.application.device_watch.start()
    sane_desk.wait(lambda: bool(sane_desk.application.scanners.devices.known))
    window.screen_settings.profiles.look.click()
    scanners = window.screen_settings.profiles.scanners
    sane_desk.wait(lambda: scanners.count() == 3)
    configure(sane_folder, "test", "number_of_devices 3\n")
    sane_desk.wait(lambda: scanners.count() == 4)
    configure(sane_folder, "test", "number_of_devices 1\n")
    sane_desk.wait(lambda: scanners.count() == 2)
    assert [line.partition(":")[0] for line in said] == ["Đã thấy máy quét", "Không còn thấy máy quét"]
    assert not window.banner.isVisible(), "no more than a line at the bottom"
