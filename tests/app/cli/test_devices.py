"""``sohoa devices`` as a script and a person use it, on SANE's test device and the practice scanner."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import ExitCode
from app.settings import ProfileSettings, SettingsFile
from tests.scanners import draw_slips, network_scanner, sane_environment
from tests.support import sohoa


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **sane_environment(tmp_path / "sane.d", test="number_of_devices 1\n"),
        "SOHOA_DATA": str(tmp_path / "data"),
        "SOHOA_SETTINGS": str(tmp_path / "settings.toml"),
        "SOHOA_ESCL_INTERFACES": "127.0.0.1",
    }


@pytest.mark.usefixtures("sole_listener")
def test_devices_say_what_they_are_known_by(environment: dict[str, str]) -> None:
    found = sohoa("devices", "--json", environment=environment).json()
    assert found["scanners"] == [  # type: ignore[index,call-overload]
        {
            "backend": "sane",
            "device": "test:0",
            "label": "Noname frontend-tester",
            "identity": "test: Noname frontend-tester @ 0",
        }
    ]


def test_an_option_is_tried_and_saved_in_a_profile(environment: dict[str, str]) -> None:
    file = SettingsFile(Path(environment["SOHOA_SETTINGS"]))
    file.change({"profiles": [ProfileSettings(name="SANE", backend="sane").model_dump(mode="json")]})
    ran = sohoa(
        "devices", "options", "test:0", "--option", "test-picture=Grid", "--save", "sane", "--json", environment=environment
    )
    assert ran.code == 0, ran.err
    options = {one["name"]: one for one in ran.json()["options"]}  # type: ignore[index,call-overload]
    assert (options["test-picture"]["value"], options["test-picture"]["kind"]) == ("Grid", "string")
    assert file.load().profiles[0].options == {"test-picture": "Grid"}


def test_what_every_option_takes_is_printed(environment: dict[str, str]) -> None:
    wanted = ("devices", "options", "test:0", "--option", "enable-test-options=yes")
    found = sohoa(*wanted, "--json", environment=environment).json()
    takes = {one["name"]: one["allowed"] for one in found["options"]}  # type: ignore[index,call-overload]
    assert takes["mode"] == "Gray | Color"
    assert takes["resolution"] == "1 … 1200 dpi, bước 1"
    assert takes["read-limit"] == "yes (có) | no (không)"
    assert takes["int"] == "số nguyên"
    assert takes["bool-hard-select"] == "chỉ xem, không đặt được"
    assert takes["int-constraint-array-constraint-range"] == "6 số cách nhau bằng dấu cách, mỗi số: 4 … 192 dpi, bước 2"
    assert takes["int-constraint-array-constraint-word-list"].startswith("6 số cách nhau bằng dấu cách, mỗi số: -42 | -8 | 0")
    assert "1 … 1200 dpi, bước 1" in sohoa(*wanted, environment={**environment, "COLUMNS": "200"}).out


def test_the_kind_of_driver_is_guessed_from_the_address(environment: dict[str, str], tmp_path: Path) -> None:
    tray = draw_slips(tmp_path / "slips", 2)
    with network_scanner(tray) as server:
        for device in (server.url, str(tray)):
            ran = sohoa("scan", "--device", device, "--paper", "Card", "--dpi", "100", "--json", environment=environment)
            assert ran.code == 0, ran.err
    missing = sohoa("scan", "--device", str(tmp_path / "nowhere"), "--json", environment=environment)
    assert missing.code == ExitCode.SCANNER


def test_an_address_goes_before_the_scanner_that_a_profile_knows(environment: dict[str, str], tmp_path: Path) -> None:
    tray = draw_slips(tmp_path / "slips", 2)
    known = ProfileSettings(
        name="máy cũ", backend="sane", device="test:0", identity="test: Noname frontend-tester @ 0", dpi=100
    )
    SettingsFile(Path(environment["SOHOA_SETTINGS"])).change({"profiles": [known.model_dump(mode="json")]})
    with network_scanner(tray) as server:
        ran = sohoa("scan", "--profile", "máy cũ", "--device", server.url, "--dpi", "100", "--json", environment=environment)
    assert ran.code == 0, ran.err
    assert ran.json()["pages"] == 2  # type: ignore[index,call-overload]


def test_a_refused_option_is_named_and_not_saved(environment: dict[str, str]) -> None:
    file = SettingsFile(Path(environment["SOHOA_SETTINGS"]))
    file.change({"profiles": [ProfileSettings(name="SANE", backend="sane").model_dump(mode="json")]})
    ran = sohoa("devices", "options", "test:0", "--option", "depth=7", "--save", "SANE", environment=environment)
    assert (ran.code, "depth" in ran.err, file.load().profiles[0].options) == (ExitCode.INPUT, True, {})
    assert "Scan resolution" in ran.out


def test_a_device_that_is_not_there_is_an_error_of_the_scanner(environment: dict[str, str]) -> None:
    ran = sohoa("devices", "options", "test:7", "--json", environment=environment)
    assert (ran.code, ran.json()["error"]) == (ExitCode.SCANNER, "NoScanner")  # type: ignore[index,call-overload]


def test_the_practice_scanner_is_known_by_its_folder(environment: dict[str, str], tmp_path: Path) -> None:
    ran = sohoa("devices", "options", tmp_path, "--option", "fault=jam", "--json", environment=environment)
    told = ran.json()
    assert told["backend"] == "virtual"  # type: ignore[index,call-overload]
    assert told["options"][0]["value"] == "jam"  # type: ignore[index,call-overload]
