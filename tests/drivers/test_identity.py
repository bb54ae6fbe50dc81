"""What a scanner is known by: serial numbers and places, other addresses the next day, doubles shown once."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.contract import Device
from drivers.identity import candidates, key_of, without_doubles, written
from drivers.sane_identity import device, is_lasting


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    """A folder like Linux' list of USB devices; a test machine has no scanner on its bus."""
    for port, bus, number, serial in (("1-2", 1, 4, ""), ("1-3.1", 1, 5, ""), ("2-1", 2, 4, "SN42")):
        folder = tmp_path / port
        folder.mkdir()
        (folder / "busnum").write_text(f"{bus}\n")
        (folder / "devnum").write_text(f"{number}\n")
        if serial:
            (folder / "serial").write_text(f"{serial}\n")
    (tmp_path / "1-2:1.0").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("plustek:libusb:001:004", "plustek: Acme Scan 1 @ 1-2"),
        ("plustek:libusb:002:004", "plustek: Acme Scan 1 no. SN42"),
        ("plustek:libusb:003:009", "plustek: Acme Scan 1 @ 003:009"),
        ("epkowa:interpreter:001:005", "epkowa: Acme Scan 1 @ 1-3.1"),
        ("brother4:bus1;dev5", "brother4: Acme Scan 1 @ 1-3.1"),
        ("avision:/dev/sg3", "avision: Acme Scan 1 @ /dev/sg3"),
        ("test:0", "test: Acme Scan 1 @ 0"),
        ("fujitsu:fi-7260:1208958", "fujitsu:fi-7260:1208958"),
        ("hpaio:/usb/HP_MFP?serial=XX1", "hpaio:/usb/HP_MFP?serial=XX1"),
        ("pixma:04A91746_000001", "pixma:04A91746_000001"),
        ("net:desk-2:plustek:libusb:001:004", "net:desk-2:plustek: Acme Scan 1 @ libusb:001:004"),
        ("net:desk-2:fujitsu:fi-7260:1208958", "net:desk-2:fujitsu:fi-7260:1208958"),
    ],
)
def test_what_sane_devices_are_known_by(usb: Path, name: str, identity: str) -> None:
    assert device(name, "Acme", "Scan 1", "flatbed scanner", usb).identity == identity
    assert is_lasting(name) is (name == identity)


def test_airscan_is_known_by_name_and_address_never_by_its_running_number() -> None:
    found = device("airscan:e0:Máy quét A", "eSCL", "Máy quét A", "ip=192.0.2.7")
    assert (found.identity, found.host, found.label) == ("airscan: Máy quét A @ 192.0.2.7", "192.0.2.7", "Máy quét A")
    assert device("airscan:w3:Máy quét A", "WSD", "Máy quét A", "ip=192.0.2.7").identity == found.identity
    assert not is_lasting("airscan:e0:Máy quét A")


def test_an_identity_is_a_key_and_maybe_a_place() -> None:
    assert key_of("a b @ 1-2") == "a b"
    assert key_of("uuid:1") == "uuid:1"
    assert written("a @ b", "c") == "a b @ c"


def test_the_place_decides_between_equal_ones_and_moving_the_only_one_does_no_harm() -> None:
    left, right = ("scan @ 1-2", "left"), ("scan @ 1-3", "right")
    assert candidates("scan @ 1-3", (left, right)) == ("right",)
    assert candidates("scan @ 9-9", (left, right)) == ("left", "right")
    assert candidates("scan @ 9-9", (left,)) == ("left",)
    assert candidates("other @ 1-2", (left, right)) == ()
    # Two that say the same of themselves in every respect.
    assert candidates("scan @ 1-2", (left, left)) == ("left", "left")


def test_a_network_scanner_seen_twice_is_shown_once_as_the_direct_one() -> None:
    direct = Device("escl", "uuid:1", "Acme Desk 5", host="192.0.2.7")
    same = Device("sane", "airscan:e0:Acme Desk 5 [000001]", "Acme Desk 5 [000001]", host="192.0.2.7")
    elsewhere = Device("sane", "airscan:e1:Acme Desk 5", "Acme Desk 5", host="192.0.2.8")
    another = Device("sane", "airscan:e2:Other", "Other", host="192.0.2.7")
    usb = Device("sane", "plustek:libusb:001:004", "Acme Desk 5")
    assert without_doubles((same, elsewhere, another, usb, direct)) == (elsewhere, another, usb, direct)
    assert without_doubles((same,)) == (same,)
