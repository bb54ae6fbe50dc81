"""Which scanners there are, which of them a profile means, and their options; each question in a process with a limit."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from app.acquisition.errors import NoProfileDevice, WhichScanner, scan_failed
from app.events import Events, Topic
from app.model.option import DeviceOption, DeviceOptions, OptionKind, RefusedOption
from app.model.profile import PRACTICE, Profile, ScannerName
from app.settings import Settings
from drivers import client, twain_names
from drivers.contract import ColorMode, Device, Fault, FaultCode, Option, ScanRequest, Source
from drivers.identity import candidates, key_of, without_doubles
from drivers.programs import TWAIN_WORKERS
from drivers.sane_identity import is_lasting

_log = logging.getLogger(__name__)

BACKENDS = ("twain" if sys.platform == "win32" else "sane", "escl", PRACTICE)
SEARCH_SECONDS = 10.0
OPTION_SECONDS = 30.0
SETTLE_SECONDS = 2.0


@dataclass(frozen=True)
class DeviceSearch:
    """What was found, and the backends that could not look (by name, with the reason)."""

    scanners: tuple[ScannerName, ...]
    failed: tuple[tuple[str, str], ...]


class Devices:
    """Asks the drivers; ``data`` is the folder that keeps pinned certificates.

    ``known`` is what the last search found; while it is ``watched`` it is right up to a second or two.
    """

    def __init__(self, events: Events, settings: Callable[[], Settings], data: Path) -> None:
        self._events = events
        self._settings = settings
        self._data = data
        self._searching = threading.Lock()
        self.known: tuple[ScannerName, ...] = ()
        self.watched = False

    def search(self, seconds: float = SEARCH_SECONDS) -> DeviceSearch:
        """Look for scanners in this thread; a backend that fails or hangs is named and does not hide the others."""
        with self._searching, ThreadPoolExecutor(len(BACKENDS)) as threads:
            answers = list(threads.map(lambda backend: self._ask(backend, seconds), BACKENDS))
        devices = without_doubles(device for found, _ in answers for device in found)
        failed = tuple((backend, why) for backend, (_, why) in zip(BACKENDS, answers, strict=True) if why)
        found = self.known = tuple(map(_name, devices))
        self._events.announce(Topic.DEVICES)
        return DeviceSearch(found, failed)

    def locate(self, profile: Profile) -> tuple[Profile, str]:
        """Give the profile with its scanner's address of today, and a label for people.

        A profile that names none gets the first that is found. Raises NoProfileDevice, NoScanner where the remembered
        one is not there, WhichScanner where several are equal.
        """
        if not profile.device:
            return self._first(profile)
        if not profile.identity or is_lasting(profile.device):
            return profile, _spoken(profile)
        # Listing all scanners takes seconds with some drivers: not before a scan, where the list is fresh.
        alike = [one for one in self.known if (one.backend, one.identity) == (profile.backend, profile.identity)]
        if self.watched and len(alike) == 1:
            return replace(profile, device=alike[0].device), alike[0].label
        return self.find_again(profile)

    def find_again(self, profile: Profile) -> tuple[Profile, str]:
        """Look where the scanner that the profile remembers is now. Raises NoScanner or WhichScanner."""
        found, _ = self._ask(profile.backend, SEARCH_SECONDS)
        meant = candidates(profile.identity, ((device.identity, device) for device in found))
        if not meant:
            raise scan_failed(Fault(FaultCode.NO_DEVICE, profile.device), scanner=key_of(profile.identity), safe=0)
        if len(meant) > 1:
            raise WhichScanner(scanner=meant[0].label, count=len(meant), candidates=tuple(map(_name, meant)))
        return replace(profile, device=meant[0].name), meant[0].label

    def options(self, profile: Profile) -> DeviceOptions:
        """Give every option of the profile's scanner as it is under the profile. Raises ScanFailed."""
        profile, label = self.locate(profile)
        try:
            read = client.read_options(
                profile.backend, request_of(profile), timeout=OPTION_SECONDS, environment=self.environment({})
            )
        except client.DriverFault as error:
            raise scan_failed(error.fault, scanner=label, safe=0) from error
        refused = tuple(RefusedOption(one.name, one.why) for one in read.refused)
        return DeviceOptions(profile.device, tuple(map(_option, read.options)), refused)

    def let_settle(self, seconds: float = SETTLE_SECONDS) -> None:
        """Wait for a search that is running, at most ``seconds``: a scanner that is being looked at may say that it is busy."""
        if self._searching.acquire(timeout=seconds):
            self._searching.release()

    def watcher(self) -> client.Watcher:
        """Start a process that says when it is worth looking again. Raises DriverFault."""
        return client.Watcher(self.environment({}))

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """What drivers have to know: where pinned certificates are kept, typed addresses, where TWAIN's programs are."""
        scanning = self._settings().scanning
        given = {
            "SOHOA_ESCL_PINS": str(self._data),
            "SOHOA_ESCL_ADDRESSES": " ".join(scanning.addresses),
            TWAIN_WORKERS: scanning.twain_workers,
        }
        return {**{name: value for name, value in given.items() if value}, **extra}

    def _first(self, profile: Profile) -> tuple[Profile, str]:
        for found in self.search().scanners:
            # Practice pages must never get into a real dossier because no scanner was plugged in.
            if found.backend == profile.backend or (not profile.backend and found.backend != PRACTICE):
                return replace(profile, backend=found.backend, device=found.device), found.label
        raise NoProfileDevice

    def _ask(self, backend: str, seconds: float) -> tuple[tuple[Device, ...], str]:
        """Give a backend's scanners, and why it, or a part of it, could not be asked."""
        found = client.find_devices(backend, timeout=seconds, environment=self.environment({}))
        for fault in found.faults:
            _log.warning("backend %s cannot list scanners: %s", backend, fault.code)
        return found.devices, "; ".join(fault.detail or fault.code.value for fault in found.faults)


def request_of(profile: Profile, spool: str = "") -> ScanRequest:
    """Give what the driver is asked for."""
    width, height = profile.paper.millimetres
    return ScanRequest(
        device=profile.device,
        spool=spool,
        source=Source(profile.source.value),
        mode=ColorMode(profile.mode.value),
        dpi=profile.dpi,
        paper_width_mm=width,
        paper_height_mm=height,
        options=profile.options,
    )


def _spoken(profile: Profile) -> str:
    """Give what people call a scanner of which nothing but the address is known."""
    name = twain_names.parted(profile.device)[1] if profile.backend == "twain" else Path(profile.device).name
    return name or profile.device


def _name(device: Device) -> ScannerName:
    return ScannerName(device.backend, device.name, device.label, device.identity)


def _option(option: Option) -> DeviceOption:
    unit = "" if option.unit.value == "none" else option.unit.value
    return DeviceOption(
        option.name,
        option.title,
        option.description,
        option.group,
        OptionKind(option.type.value),
        unit,
        option.choices,
        option.low,
        option.high,
        option.step,
        option.value,
        option.active,
        option.settable,
        option.advanced,
        option.count,
    )
