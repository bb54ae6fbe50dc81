"""A database that the first version wrote, with dossiers in every state, opened by this one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

import app.store
from app.model.dossier import DossierState, RevisionKind
from app.model.dossier_query import DossierQuery
from app.model.history import Step
from app.model.outbox import OutboxState
from app.model.page import PageState
from app.model.paper import Paper, PaperFields
from app.model.procedure import Side
from app.store.database import Database
from app.store.dossiers import DossierStore
from app.store.folder import DataFolder
from app.store.history import HistoryStore
from app.store.outbox import OutboxStore
from app.store.pages import PageStore
from app.store.papers import PaperStore
from app.store.search import SearchStore
from tests.records import NOW, opened_database

WHEN = NOW.isoformat(timespec="microseconds")
STATES = list(DossierState)


def old_database(folder: DataFolder, revision: str) -> None:
    """Make the tables of an earlier version, as its own Alembic run would."""
    folder.make()
    config = Config()
    config.set_main_option("script_location", str(Path(app.store.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{folder.database}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def fill(folder: DataFolder) -> None:
    """One dossier a state, each with two pages, one of them deleted, and an outbox entry unless it is open."""
    with closing(sqlite3.connect(folder.database)) as connection, connection:
        connection.execute("INSERT INTO counters VALUES ('provisional', ?)", (len(STATES),))
        for index, state in enumerate(STATES, start=1):
            number = f"H02.15-261123-{index:04d}" if state is DossierState.ACCEPTED else ""
            fields = (f"d{index}", f"TAM-261123-{index:05d}", number, "1.001193", "Đăng ký khai sinh", "H02.15")
            people = ("Trần Thị Thử", "024198000001", "Người quét", state, 1, WHEN, None)
            connection.execute(f"INSERT INTO dossiers VALUES ({','.join('?' * 13)})", fields + people)
            for sequence, deleted in ((1, 0), (2, 1)):
                page = (
                    f"p{index}{sequence}",
                    f"d{index}",
                    sequence - 1,
                    "aa/x.jpg",
                    "ab" * 32,
                    200,
                    280,
                    f"b{index}",
                    sequence,
                )
                scan = ("Máy thử", "feeder", "front", "color", 300, WHEN, "Người quét")
                kept = ("TP01", '[["turn",90],["blank",false]]', deleted, "ready", None, "")
                connection.execute(f"INSERT INTO pages VALUES ({','.join('?' * 22)})", page + scan + kept)
            action = (f"d{index}", 1, "delete", "{}", "{}", 0, WHEN, "Người quét")
            connection.execute(
                "INSERT INTO actions (dossier_id, serial, kind, before, after, undone, done_at, operator) "
                f"VALUES ({','.join('?' * 8)})",
                action,
            )
            if state is not DossierState.OPEN:
                outcome = {"finished": "waiting"}.get(state, state)
                entry = (f"o{index}", f"d{index}", 1, "papers/x/manifest.json", "cd" * 32, outcome, 0, WHEN, WHEN, "", "", None)
                connection.execute(f"INSERT INTO outbox VALUES ({','.join('?' * 12)})", entry)


@pytest.fixture
def migrated(folder: DataFolder) -> Database:
    old_database(folder, "0001")
    fill(folder)
    return opened_database(folder)


def test_every_dossier_page_and_entry_of_the_first_version_is_kept(migrated: Database) -> None:
    dossiers, pages, outbox = DossierStore(migrated), PageStore(migrated), OutboxStore(migrated)
    for index, state in enumerate(STATES, start=1):
        dossier = dossiers.get(f"d{index}")
        assert (dossier.state, dossier.owner_id_number, dossier.created_at) == (state, "024198000001", NOW)
        assert (dossier.side, dossier.procedure_version, dossier.competent_agency) == (Side.APPLICATION, "", "")
        (page,) = pages.of_dossier(dossier.id)
        assert (page.component, page.state, page.geometry.turn) == ("TP01", PageState.READY, 90)
        entry = outbox.of_dossier(dossier.id)
        assert (entry is None) == (state is DossierState.OPEN)
    assert outbox.count(OutboxState.WAITING) == 1
    assert dossiers.get("H02.15-261123-0003").id == "d3"
    migrated.close()


def test_what_the_first_version_wrote_is_found_and_its_history_told(migrated: Database) -> None:
    search, history = SearchStore(migrated), HistoryStore(migrated)
    while search.renew():
        pass
    assert {dossier.id for dossier in search.find(DossierQuery("024198000001"))} == {f"d{n + 1}" for n in range(len(STATES))}
    assert [dossier.id for dossier in search.find(DossierQuery("261123-0003"))] == ["d3"]
    assert [line.step for line in history.of_dossier("d1")] == [Step.BEGUN]
    assert [line.step for line in history.of_dossier("d3")][:2] == [Step.BEGUN, Step.FINISHED]
    migrated.close()


def test_work_goes_on_with_a_migrated_database(migrated: Database) -> None:
    dossiers, papers = DossierStore(migrated), PaperStore(migrated)
    paper = Paper("d1", "TP01", PaperFields(kind_code="KQ.G15.000031", number="12/2026", issued_on=NOW.date()), sheets=2)
    papers.keep(paper)
    assert papers.of_dossier("d1") == {"TP01": paper}
    accepted = dossiers.get("d3")
    opened = dossiers.open_revision("d3", RevisionKind.RESULT, "kết quả", "Người trả", NOW)
    assert (opened.revision, opened.side, opened.state) == (2, Side.RESULT, DossierState.OPEN)
    assert [item.operator for item in dossiers.revisions("d3")] == ["Người trả"]
    assert opened.number == accepted.number
    migrated.close()


def test_going_back_to_the_first_version_keeps_what_it_knew(folder: DataFolder, migrated: Database) -> None:
    migrated.close()
    config = Config()
    config.set_main_option("script_location", str(Path(app.store.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{folder.database}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(folder.database)) as connection:
        assert connection.execute("SELECT count(*) FROM dossiers").fetchone() == (len(STATES),)
        assert connection.execute("SELECT count(*) FROM pages").fetchone() == (2 * len(STATES),)
    opened_database(folder).close()
