"""The station's token: in the operating system's keyring, or in a file of the data folder where there is none."""

from __future__ import annotations

import logging
from pathlib import Path

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from app.errors import Text
from app.files import write_whole
from app.store.errors import translated

_log = logging.getLogger(__name__)

SERVICE = "sohoa station"
FILE_NAME = "station-token"
IN_KEYRING = Text("kho khóa của hệ điều hành", "the operating system's keyring")
IN_FILE = Text("tệp “station-token” trong thư mục dữ liệu", "the file “station-token” in the data folder")
# What the keyring library itself asks of a backend that it recommends.
_USABLE = 1


class TokenStore:
    """Keeps the token of a station id; it is never logged and never part of an error.

    Backends speak to other programs and raise errors of many libraries, so any error means: not usable now.
    """

    def __init__(self, folder: Path, backend: KeyringBackend | None = None) -> None:
        self._folder = folder
        self._given = backend

    def keep(self, station_id: str, token: str) -> None:
        """Keep the token. Raises StorageFailed or DiskFull where it can be kept nowhere."""
        backend = self._backend()
        if backend is not None:
            try:
                backend.set_password(SERVICE, station_id, token)
            except Exception as error:
                _log.warning("the keyring refused (%s); the token goes into a file", type(error).__name__)
            else:
                self._file.unlink(missing_ok=True)
                return
        with translated(self._folder):
            write_whole(self._file, f"{station_id} {token}\n".encode("ascii"))

    def get(self, station_id: str) -> str:
        """Give the token, or empty text where there is none for this station."""
        return self._from_file(station_id) or self._from_keyring(station_id)

    def forget(self, station_id: str) -> None:
        """Remove the token from wherever it is."""
        backend = self._backend()
        if backend is not None:
            try:
                backend.delete_password(SERVICE, station_id)
            except PasswordDeleteError:
                pass
            except Exception as error:
                _log.warning("the keyring refused to forget (%s)", type(error).__name__)
        with translated(self._folder):
            self._file.unlink(missing_ok=True)

    def where(self) -> Text:
        """Say where the token is, or where it would be kept."""
        return IN_FILE if self._file.exists() or self._backend() is None else IN_KEYRING

    @property
    def _file(self) -> Path:
        return self._folder / FILE_NAME

    def _backend(self) -> KeyringBackend | None:
        backend = self._given or keyring.get_keyring()
        try:
            return backend if backend.priority >= _USABLE else None
        except Exception:
            return None

    def _from_keyring(self, station_id: str) -> str:
        backend = self._backend()
        if backend is None:
            return ""
        try:
            return backend.get_password(SERVICE, station_id) or ""
        except Exception as error:
            _log.warning("the keyring cannot be read (%s)", type(error).__name__)
            return ""

    def _from_file(self, station_id: str) -> str:
        try:
            owner, _, token = self._file.read_text("ascii").strip().partition(" ")
        except (OSError, UnicodeDecodeError):
            return ""
        return token if owner == station_id else ""
