"""The keys by which receipts are checked, kept for ever: a receipt of an earlier centre or key stays provable."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from pydantic import TypeAdapter, ValidationError

from app.files import write_whole
from app.model.receipts import ReceiptKey
from app.store.errors import translated
from app.store.folder import DataFolder

_log = logging.getLogger(__name__)

FILE_NAME = "receipt-keys.json"
_FORM = TypeAdapter(dict[str, tuple[ReceiptKey, ...]])


class CentreKeys:
    """Public keys by the address of the centre that named them. Every call raises StorageFailed or DiskFull."""

    def __init__(self, folder: DataFolder) -> None:
        self._file = folder.root / FILE_NAME

    def of(self, url: str) -> dict[str, ReceiptKey]:
        """Give the keys of the centre at an address by their names."""
        return {key.key_id: key for key in self._read().get(url, ())}

    def all(self) -> dict[str, ReceiptKey]:
        """Give every key that any centre of this station ever named."""
        return {key.key_id: key for keys in self._read().values() for key in keys}

    def keep(self, url: str, keys: Iterable[ReceiptKey]) -> None:
        """Add keys of a centre; none is ever taken away."""
        kept = self._read()
        merged = {key.key_id: key for key in (*kept.get(url, ()), *keys)}
        content = _FORM.dump_json(kept | {url: tuple(merged.values())}, indent=1)
        with translated(self._file.parent):
            write_whole(self._file, content)

    def _read(self) -> dict[str, tuple[ReceiptKey, ...]]:
        with translated(self._file.parent):
            content = self._file.read_bytes() if self._file.exists() else b"{}"
        try:
            return _FORM.validate_json(content)
        except ValidationError:
            # The centre gives all its keys again; until then receipts do not verify, and nothing else is lost.
            _log.error("%s cannot be read; the keys are asked for again", FILE_NAME)
            return {}
