"""Finding scanners and finding them again: renumbered, moved, alike, seen twice, hanging; and noticing that they change."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from zeroconf import ServiceInfo, Zeroconf

from app.acquisition.device_watch import DeviceWatch
from app.acquisition.devices import Devices
from app.acquisition.errors import NoScanner, WhichScanner
from app.events import Events, Topic
from app.model.profile import PaperSize, Profile, ScannerName, Source
from app.settings import ScanningSettings, Settings
from drivers import client
from drivers.virtual_escl import Server, serving
from drivers.virtual_escl_device import MODEL, Tray, VirtualScanner
from drivers.virtual_escl_faults import parse_script
from tests.scanners import airscan_configuration, configure, sane_environment
from tests.support import wait_until

LOOPBACK = "127.0.0.1"


class Bench:
    """The devices of a station whose settings can be changed."""

    def __init__(self, folder: Path) -> None:
        self.events = Events()
        self.settings = Settings()
        self.devices = Devices(self.events, lambda: self.settings, folder)
        self.announced = 0
        self.events.subscribe(self._hear)

    def _hear(self, change: Any) -> None:
        self.announced += change.topic is Topic.DEVICES

    def type_in(self, *addresses: str) -> None:
        self.settings = Settings(scanning=ScanningSettings(addresses=addresses))

    def labels(self) -> set[str]:
        return {found.label for found in self.devices.known}


@pytest.fixture
def sane_folder(sole_listener: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """SANE's settings, with two test devices that have no serial number."""
    monkeypatch.setenv("SOHOA_ESCL_INTERFACES", LOOPBACK)
    environment = sane_environment(tmp_path / "sane.d", test="number_of_devices 2\n")
    monkeypatch.setenv("SANE_CONFIG_DIR", environment["SANE_CONFIG_DIR"])
    return tmp_path / "sane.d"


@pytest.fixture
def bench(tmp_path: Path, sane_folder: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def tray(small_pages: Any) -> Path:
    return small_pages(2)


@contextlib.contextmanager
def scanner(tray: Path, *, uuid: str = "", port: int = 0) -> Iterator[Server]:
    """A network scanner, as the same device each time a uuid is given."""
    device = VirtualScanner(Tray(tray), parse_script("[]"))
    device.uuid = uuid or device.uuid
    with serving(device, port) as server:
        yield server


def profile_of(found: ScannerName) -> Profile:
    return Profile("thử", found.backend, found.device, Source.FEEDER, dpi=100, paper=PaperSize.CARD, identity=found.identity)


def test_two_equal_ones_are_told_apart_by_their_place_and_else_by_asking(bench: Bench, sane_folder: Path) -> None:
    first, second = bench.devices.search().scanners
    assert bench.devices.locate(profile_of(second))[0].device == "test:1"
    elsewhere = replace(profile_of(second), identity=second.identity.replace(" @ 1", " @ 7"))
    with pytest.raises(WhichScanner) as caught:
        bench.devices.locate(elsewhere)
    assert caught.value.values["candidates"] == (first, second)
    configure(sane_folder, "test", "number_of_devices 1\n")
    assert bench.devices.locate(elsewhere)[0].device == "test:0", "the only one of its kind is the one that was meant"
    (sane_folder / "dll.conf").write_text("pnm\n")
    with pytest.raises(NoScanner):
        bench.devices.locate(elsewhere)


def test_a_profile_of_yesterday_finds_its_scanner_under_another_number(bench: Bench, sane_folder: Path, tray: Path) -> None:
    with scanner(tray) as one, scanner(tray) as two:
        write_airscan(sane_folder, Một=one.url, Hai=two.url)
        yesterday = {found.label: profile_of(found) for found in bench.devices.search().scanners}
        write_airscan(sane_folder, Hai=two.url, Một=one.url)
        today = {found.label: found.device for found in bench.devices.search().scanners}
        assert yesterday["Một"].device != today["Một"], "the running numbers have changed"
        for label, profile in yesterday.items():
            assert bench.devices.locate(profile)[0].device == today[label]


def write_airscan(folder: Path, **scanners: str) -> None:
    (folder / "dll.conf").write_text("airscan\n")
    rows = "".join(f'"{name}" = {url}, eSCL\n' for name, url in scanners.items())
    (folder / "airscan.conf").write_text(f"[devices]\n{rows}[options]\ndiscovery = disable\nws-discovery = off\n")


def test_a_scanner_seen_through_sane_and_directly_is_shown_once(bench: Bench, sane_folder: Path, tray: Path) -> None:
    with scanner(tray) as server:
        (sane_folder / "dll.conf").write_text("airscan\n")
        configure(sane_folder, "airscan", airscan_configuration(server.url))
        assert [found.backend for found in bench.devices.search().scanners] == ["sane"]
        bench.type_in(server.url)
        (found,) = bench.devices.search().scanners
        assert (found.backend, found.label) == ("escl", MODEL)


def test_a_network_scanner_is_found_by_its_uuid_at_another_address(room: Any, tray: Path, bench: Bench) -> None:
    uuid = "0f0e0d0c-1111-2222-3333-444455556666"
    with scanner(tray, uuid=uuid) as server:
        bench.type_in(server.url)
        (found,) = [one for one in bench.devices.search().scanners if one.backend == "escl"]
        assert found.identity == f"uuid:{uuid}"
    dossier = room.dossiers.new()
    with scanner(tray, uuid=uuid) as moved:
        assert moved.url != found.device
        room.settings = Settings(scanning=ScanningSettings(addresses=(moved.url,)), filing=room.settings.filing)
        outcome = room.scanners.start(profile_of(found), dossier.id).result(60)
    assert (outcome.pages, len(room.kept(dossier.id))) == (2, 2)


def test_a_backend_that_hangs_does_not_hide_the_others(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tray: Path
) -> None:
    """The library that never answers is a stand-in: no real driver hangs when it is told to."""
    folder = tmp_path / "in front"
    folder.mkdir()
    (folder / "sane.py").write_text("import signal, time\ndef init(): pass\ndef get_devices():\n    time.sleep(300)\n")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("SOHOA_VIRTUAL_FEEDER", str(tray))
    begun = time.monotonic()
    search = bench.devices.search(4.0)
    assert time.monotonic() - begun < 15
    assert [found.backend for found in search.scanners] == ["virtual"]
    assert [backend for backend, _ in search.failed] == ["sane"]


@contextlib.contextmanager
def watching(bench: Bench, busy: Any = lambda: False) -> Iterator[DeviceWatch]:
    watch = DeviceWatch(bench.devices, busy)
    watch.start()
    try:
        wait_until(lambda: bench.announced > 0, 45, "the first list")
        yield watch
    finally:
        watch.close()


def test_scanners_that_come_and_go_are_noticed(bench: Bench, sane_folder: Path, tray: Path) -> None:
    with watching(bench):
        assert [found.device for found in bench.devices.known] == ["test:0", "test:1"]
        configure(sane_folder, "test", "number_of_devices 3\n")
        wait_until(lambda: len(bench.devices.known) == 3, 45, "SANE's third device")
        with scanner(tray) as server:
            bench.type_in(server.url)
            wait_until(lambda: MODEL in bench.labels(), 45, "the scanner that was typed in")
        wait_until(lambda: MODEL not in bench.labels(), 45, "the end of the scanner that was switched off")
        with scanner(tray, port=int(server.url.rpartition(":")[2].partition("/")[0])):
            wait_until(lambda: MODEL in bench.labels(), 45, "the scanner that was switched on again")


def test_a_scanner_that_announces_itself_is_noticed_without_being_asked_for(bench: Bench, tray: Path) -> None:
    with watching(bench), scanner(tray) as server:
        time.sleep(1.5)
        before = bench.announced
        network = Zeroconf(interfaces=[LOOPBACK])
        try:
            port = int(server.url.rpartition(":")[2].partition("/")[0])
            info = ServiceInfo(
                "_uscan._tcp.local.",
                "Máy quét mới._uscan._tcp.local.",
                port,
                properties={"rs": "eSCL", "ty": "Máy quét mới"},
                addresses=[bytes(map(int, LOOPBACK.split(".")))],
                server="new-scanner.local.",
            )
            network.register_service(info, cooperating_responders=True)
            wait_until(lambda: "Máy quét mới" in bench.labels(), 45, "the new scanner")
        finally:
            network.close()
        wait_until(lambda: "Máy quét mới" not in bench.labels(), 45, "its goodbye")
        assert bench.announced >= before + 2


def test_a_watched_list_saves_a_scan_from_looking_first(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with watching(bench):
        wait_until(lambda: bench.devices.watched, 10, "the watch")
        first, _ = bench.devices.known
        with monkeypatch.context() as patch:
            patch.setattr(client, "find_devices", None)  # whoever looks now fails
            assert bench.devices.locate(replace(profile_of(first), device="test:9"))[0].device == "test:0"
    assert not bench.devices.watched
    assert bench.devices.locate(replace(profile_of(first), device="test:9"))[0].device == "test:0"


def test_nobody_looks_while_a_scan_runs(bench: Bench, sane_folder: Path) -> None:
    busy: list[bool] = []
    with watching(bench, lambda: bool(busy)):
        busy.append(True)
        time.sleep(1.5)
        before = bench.announced
        configure(sane_folder, "test", "number_of_devices 3\n")
        time.sleep(3.5)
        assert bench.announced == before
        busy.clear()
        wait_until(lambda: len(bench.devices.known) == 3, 45, "the third device once the scan is over")
