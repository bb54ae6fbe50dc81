"""Keeps the list of scanners fresh while a window is open: looks again when something changed, never during a scan."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from app.acquisition.devices import Devices
from drivers import client

_log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
RESTART_SECONDS = 30.0


class DeviceWatch:
    """A thread that lists the scanners once the watch has begun and after each change; ``Devices`` announces what it found.

    While ``is_busy`` the looking is put off: opening a scanner that another program reads from may disturb its page.
    """

    def __init__(self, devices: Devices, is_busy: Callable[[], bool]) -> None:
        self._devices = devices
        self._is_busy = is_busy
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch; once is enough."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="device-watch", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the watching, and its process."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            if not self._watch_with_one_process():
                self._closed.wait(RESTART_SECONDS)

    def _watch_with_one_process(self) -> bool:
        """Watch until closed or the settings changed; says whether it ended as it should."""
        environment = self._devices.environment({})
        try:
            watcher = self._devices.watcher()
        except client.DriverFault as error:
            _log.warning("scanners cannot be watched: %s", error.fault.detail)
            return False
        try:
            self._watch(watcher, environment)
        except client.DriverFault as error:
            _log.warning("the watch for scanners ended: %s", error.fault.detail)
            return False
        finally:
            self._devices.watched = False
            watcher.close()
        return True

    def _watch(self, watcher: client.Watcher, environment: dict[str, str]) -> None:
        """Look after each change, until closed or other addresses were typed in. Raises DriverFault."""
        listed = stale = False
        while not self._closed.is_set() and self._devices.environment({}) == environment:
            # What is known to be out of date is not relied on.
            self._devices.watched = listed and not stale
            stale = watcher.changed(TICK_SECONDS) or stale
            if stale and not self._is_busy():
                self._devices.search()
                listed, stale = True, False
