"""TLS to scanners whose certificates nobody signed: remembered when first seen, refused when they change."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import ssl
import tempfile
import threading
from pathlib import Path
from typing import Any

from requests.adapters import HTTPAdapter

from drivers.backend import failure
from drivers.contract import FaultCode

PINS_VARIABLE = "SOHOA_ESCL_PINS"
PINS_FILE = "escl-pins.json"
MAX_PINS_BYTES = 1 << 20

_lock = threading.Lock()


class PinnedAdapter(HTTPAdapter):
    """Lets requests speak TLS with the one certificate of this SHA-256 fingerprint (hex digits), and no other."""

    def __init__(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Hand the fingerprint to urllib3, which compares it before it sends anything."""
        # An empty one would mean "any": then there is no connection at all.
        options.update(ssl_context=_context(), assert_hostname=False, assert_fingerprint=self._fingerprint or "00" * 32)
        super().init_poolmanager(*arguments, **options)


class Pins:
    """The certificates seen so far, in a small JSON file in ``folder``: name of the device to SHA-256."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / PINS_FILE

    def known(self, device: str) -> str:
        """Give the fingerprint remembered for a device; empty for a new one. Raises DriverFault(IO_ERROR)."""
        return self._read().get(device, "")

    def check(self, device: str, host: str, port: int, seconds: float) -> str:
        """Give the fingerprint of the device's certificate, remembering it when it is the first.

        Raises DriverFault: CERTIFICATE_CHANGED, NO_DEVICE when nobody answers, IO_ERROR without TLS there.
        """
        seen = fingerprint_of(host, port, seconds)
        with _lock:
            pins = self._read()
            if device not in pins:
                self._write({**pins, device: seen})
            elif pins[device] != seen:
                raise failure(FaultCode.CERTIFICATE_CHANGED, self._changed(device, pins[device], seen))
        return seen

    def _changed(self, device: str, before: str, now: str) -> str:
        return (
            f"{device} shows another certificate ({now[:16]}…) than when it was first used ({before[:16]}…). "
            f"If the scanner was replaced or reset, an administrator takes its entry out of {self._path}"
        )

    def _read(self) -> dict[str, str]:
        try:
            if not self._path.exists():
                return {}
            data = self._path.read_bytes()
            pins: Any = json.loads(data)["pins"] if len(data) <= MAX_PINS_BYTES else None
            return {str(device): str(fingerprint) for device, fingerprint in pins.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            # Starting afresh would trust whoever answers now.
            raise failure(FaultCode.IO_ERROR, f"the remembered certificates cannot be read: {self._path}") from error

    def _write(self, pins: dict[str, str]) -> None:
        body = json.dumps({"version": 1, "pins": pins}, indent=1, sort_keys=True, ensure_ascii=False)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".escl-pins-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as out:
                    out.write(body)
                    out.flush()
                    os.fsync(out.fileno())
                Path(name).replace(self._path)
            except OSError:
                with contextlib.suppress(OSError):
                    Path(name).unlink()
                raise
        except OSError as error:
            raise failure(FaultCode.IO_ERROR, f"the certificate cannot be remembered: {self._path}") from error


def pins_folder(option: str | None) -> Path:
    """Give the folder for the pins: the option's, or SOHOA_ESCL_PINS. Raises DriverFault(INVALID_REQUEST) without either."""
    named = option or os.environ.get(PINS_VARIABLE, "")
    if not named or not Path(named).is_absolute():
        raise failure(FaultCode.INVALID_REQUEST, f"a scanner with TLS needs a folder for certificates: set {PINS_VARIABLE}")
    return Path(named)


def fingerprint_of(host: str, port: int, seconds: float) -> str:
    """Give the SHA-256 of the certificate that answers there. Raises DriverFault(NO_DEVICE or IO_ERROR)."""
    try:
        with socket.create_connection((host, port), timeout=seconds) as plain, _context().wrap_socket(plain) as secure:
            certificate = secure.getpeercert(binary_form=True) or b""
    except ssl.SSLError as error:
        raise failure(FaultCode.IO_ERROR, "no secure connection to the scanner") from error
    except (OSError, UnicodeError) as error:
        raise failure(FaultCode.NO_DEVICE, "the scanner cannot be reached") from error
    return hashlib.sha256(certificate).hexdigest()


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Nobody signs a scanner's certificate; the fingerprint is what is checked.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
