"""Made-up records for tests of store and filing: pages, dossiers and outbox entries."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.model.dossier import Dossier, DossierState
from app.model.manifest import Receipt
from app.model.outbox import OutboxEntry, OutboxFile, OutboxState
from app.model.page import Page, Provenance
from app.store.database import Database
from app.store.folder import DataFolder

NOW = datetime(2026, 11, 23, 8, 30, 15, 123456, tzinfo=UTC)


def opened_database(folder: DataFolder) -> Database:
    """A migrated database in a folder that is made where it is missing."""
    folder.make()
    database = Database(folder)
    database.migrate()
    return database


def a_dossier(**values: Any) -> Dossier:
    """An open dossier without a number."""
    usual = Dossier(
        id=str(uuid.uuid4()),
        provisional="TAM-261123-",
        number="",
        procedure_code="1.001193",
        procedure_name="Đăng ký khai sinh",
        agency_code="H02.15",
        owner_name="Trần Thị Thử",
        owner_id_number="024198000001",
        operator="Người quét",
        state=DossierState.OPEN,
        revision=1,
        created_at=NOW,
    )
    return replace(usual, **values)


def a_page(dossier_id: str, sequence: int = 1, *, batch: str = "b", dpi: int = 300, **values: Any) -> Page:
    """A page as it comes from the scanner, its id made of batch and sequence."""
    provenance = Provenance(batch, sequence, "Máy thử", "feeder", "front", "color", dpi, NOW, "Người quét")
    page_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{batch}/{sequence}"))
    usual = Page(page_id, dossier_id, 0, f"{page_id[:2]}/{page_id}.jpg", f"{sequence:064x}", 413, 583, provenance)
    return replace(usual, **values)


def an_entry(dossier: Dossier, **values: Any) -> OutboxEntry:
    """An outbox entry with two files."""
    files = tuple(OutboxFile(f"{n}.pdf", f"papers/x/{n}.pdf", f"{n:064x}", 1000 + n, "application/pdf") for n in (1, 2))
    usual = OutboxEntry(
        id=str(uuid.uuid4()),
        dossier_id=dossier.id,
        revision=dossier.revision,
        manifest_path=f"papers/{dossier.id}-r1/manifest.json",
        manifest_sha256="ab" * 32,
        state=OutboxState.WAITING,
        attempts=0,
        next_try_at=NOW,
        created_at=NOW,
        files=files,
    )
    return replace(usual, **values)


def a_receipt(entry: OutboxEntry, number: str = "H02.15-261123-0001") -> Receipt:
    """The centre's receipt for an entry."""
    return Receipt("BN-1", entry.dossier_id, entry.revision, entry.manifest_sha256, number, NOW, len(entry.files))
