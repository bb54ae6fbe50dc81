"""A real database in a folder of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.database import Database
from app.store.dossiers import DossierStore
from app.store.folder import DataFolder
from app.store.outbox import OutboxStore
from app.store.pages import PageStore
from tests.records import opened_database


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture
def database(folder: DataFolder) -> Iterator[Database]:
    opened = opened_database(folder)
    yield opened
    opened.close()


@pytest.fixture
def dossiers(database: Database) -> DossierStore:
    return DossierStore(database)


@pytest.fixture
def pages(database: Database) -> PageStore:
    return PageStore(database)


@pytest.fixture
def outbox(database: Database) -> OutboxStore:
    return OutboxStore(database)
