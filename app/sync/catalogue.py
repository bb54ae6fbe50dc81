"""Keeps the station's copy of the centre's catalogue."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from app.store.errors import translated
from app.store.folder import DataFolder, sync_folder
from app.store.procedures import load_catalogue
from app.sync.connector import Connector, Fetched

FILE_NAME = "catalogue.json"


def refresh_catalogue(folder: DataFolder, connector: Connector) -> bool:
    """Fetch the catalogue if the centre has a newer one; say whether it did.

    A catalogue that cannot be used never takes the place of one that can. Raises CatalogueBroken, StorageFailed,
    DiskFull and what the connector raises.
    """
    fetched = connector.catalogue(_kept_tag(folder))
    if fetched is None:
        return False
    with translated(folder.root):
        _replace(folder, fetched)
    return True


def _replace(folder: DataFolder, fetched: Fetched) -> None:
    # A folder of its own, so that what is said about a broken one names catalogue.json.
    part = folder.cache / "catalogue.part" / FILE_NAME
    part.parent.mkdir(parents=True, exist_ok=True)
    _write(part, fetched.content)
    load_catalogue(part)
    part.replace(folder.root / FILE_NAME)
    tag = {"etag": fetched.etag, "sha256": hashlib.sha256(fetched.content).hexdigest()}
    _write(_tag_file(folder), json.dumps(tag).encode())
    sync_folder(folder.root)


def _kept_tag(folder: DataFolder) -> str:
    """Give the tag of the copy here; empty where the file is not the one that the tag came with."""
    try:
        tag = json.loads(_tag_file(folder).read_bytes())
        current = hashlib.sha256((folder.root / FILE_NAME).read_bytes()).hexdigest()
        return str(tag["etag"]) if tag["sha256"] == current else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _tag_file(folder: DataFolder) -> Path:
    return folder.root / "catalogue.etag"


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
