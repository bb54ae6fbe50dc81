"""Searching a real database: what was written, read, changed and dropped is found, or no longer found."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.dossier import Dossier, DossierState
from app.model.dossier_query import DossierQuery
from app.model.page_findings import PageText, Word
from app.model.vietnamese import fold
from app.store.database import Database
from app.store.dossiers import DossierStore
from app.store.folder import DataFolder
from app.store.pages import Arrangement, PageStore
from app.store.search import SearchStore
from tests.bench.records import LIMIT_MS, fill, measure
from tests.records import NOW, a_dossier, a_page, opened_database


class Shelf:
    """Some dossiers and the search over them."""

    def __init__(self, database: Database) -> None:
        self.dossiers, self.pages, self.search = DossierStore(database), PageStore(database), SearchStore(database)

    def owners(self, text: str = "", **values: object) -> list[str]:
        while self.search.renew():
            pass
        return [dossier.owner_name for dossier in self.search.find(replace(DossierQuery(text), **values))]

    def read(self, dossier: Dossier, words: str, sequence: int = 1) -> str:
        page = self.pages.add(a_page(dossier.id, sequence, batch=dossier.id))
        read = tuple(Word(word, (0, 0, 9, 9), 90.0, 0) for word in words.split())
        self.pages.keep_text(page, PageText(read, 413, 583, "thử"))
        return page.id


@pytest.fixture
def shelf(database: Database) -> Shelf:
    made = Shelf(database)
    made.dossiers.add(a_dossier(owner_name="Trần Thị Thử", owner_id_number="024198000001"))
    made.dossiers.add(a_dossier(owner_name="Đặng Văn Đức", number="H02.15-261123-0002", owner_id_number="027099000002"))
    made.dossiers.add(a_dossier(owner_name="Lê Mẫu", procedure_code="1.000894", procedure_name="Đăng ký kết hôn"))
    return made


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("dang van duc", ["Đặng Văn Đức"]),
        ("ĐỨC", ["Đặng Văn Đức"]),
        ("du\u031b\u0301c", ["Đặng Văn Đức"]),
        ("duck", []),
        ("tran th", ["Trần Thị Thử"]),
        ("H02.15-2611", ["Đặng Văn Đức"]),
        ("0270990", ["Đặng Văn Đức"]),
        ("ket hon", ["Lê Mẫu"]),
        ("1.000894", ["Lê Mẫu"]),
        ("dang ky mau", ["Lê Mẫu"]),
        ("dang", ["Lê Mẫu", "Đặng Văn Đức", "Trần Thị Thử"]),
        ("khong co", []),
        ('"; DROP * NEAR(', []),
        ("- * . ;", ["Lê Mẫu", "Đặng Văn Đức", "Trần Thị Thử"]),
    ],
)
def test_words_are_found_anywhere_without_accents(shelf: Shelf, text: str, owners: list[str]) -> None:
    assert shelf.owners(text) == owners


def test_a_field_is_looked_into_alone(shelf: Shelf) -> None:
    assert shelf.owners(owner="dang") == ["Đặng Văn Đức"]
    assert shelf.owners(number="tam-261123-00003") == ["Lê Mẫu"]
    assert shelf.owners(procedure="khai sinh", owner="tran") == ["Trần Thị Thử"]
    assert shelf.owners("dang", owner="mau") == ["Lê Mẫu"]


def test_words_of_pages_are_found_and_go_with_their_page(shelf: Shelf) -> None:
    dossier = shelf.dossiers.add(a_dossier(owner_name="Người có giấy"))
    assert shelf.owners("quyet dinh thu hoi") == []
    first = shelf.read(dossier, "QUYẾT ĐỊNH về việc thu hồi")
    shelf.read(dossier, "Nơi nhận", 2)
    assert shelf.owners("quyet dinh thu hoi") == ["Người có giấy"]
    assert shelf.owners("noi nhan quyet") == ["Người có giấy"]

    def gone(pages: object) -> object:
        return [replace(page, deleted=True) for page in pages if page.id == first]

    shelf.pages.arrange(dossier.id, Arrangement.DELETE, gone, operator="", now=NOW)
    assert shelf.owners("quyet dinh") == []
    assert shelf.owners("noi nhan") == ["Người có giấy"]
    shelf.pages.undo(dossier.id)
    assert shelf.owners("quyet dinh") == ["Người có giấy"]


def test_a_changed_field_is_found_at_once_and_the_old_one_no_longer(shelf: Shelf) -> None:
    assert shelf.owners("le mau") == ["Lê Mẫu"]
    (found,) = shelf.search.find(DossierQuery("le mau"))
    shelf.dossiers.change(found.id, owner_name="Phạm Nháp", number="H02.15-261123-0009")
    assert shelf.owners("le mau") == []
    assert shelf.owners("pham 0009") == ["Phạm Nháp"]


def test_a_dropped_dossier_leaves_no_words_behind(shelf: Shelf) -> None:
    assert shelf.owners("le mau") == ["Lê Mẫu"]
    (found,) = shelf.search.find(DossierQuery("le mau"))
    assert shelf.dossiers.drop_empty(found.id)
    assert shelf.owners("le mau") == []
    shelf.dossiers.add(a_dossier(owner_name="Người mới"))
    assert shelf.owners("nguoi moi") == ["Người mới"]
    assert shelf.owners("dang ky ket hon") == []


def test_state_days_and_limit(shelf: Shelf) -> None:
    old = shelf.dossiers.add(
        a_dossier(owner_name="Hồ Sơ Cũ", created_at=NOW - timedelta(days=40), state=DossierState.ACCEPTED, finished_at=NOW)
    )
    assert shelf.owners("dang ky", state=DossierState.ACCEPTED) == ["Hồ Sơ Cũ"]
    assert shelf.owners(state=DossierState.ACCEPTED) == ["Hồ Sơ Cũ"]
    assert shelf.owners("ho so", since=old.created_at, until=NOW) == ["Hồ Sơ Cũ"]
    assert shelf.owners("ho so", since=NOW) == []
    assert shelf.owners(until=old.created_at) == []
    assert len(shelf.owners("dang", limit=2)) == 2


@given(text=st.text(max_size=30))
def test_whatever_is_typed_is_a_query(search_of_nobody: SearchStore, text: str) -> None:
    found = search_of_nobody.find(DossierQuery(text, number=text))
    assert len(found) <= 1
    if not re.search(r"[^\W_]", fold(text)):
        assert found, "signs alone mean everything"


@pytest.fixture(scope="module")
def search_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> object:
    database = opened_database(DataFolder(tmp_path_factory.mktemp("data")))
    DossierStore(database).add(a_dossier())
    search = SearchStore(database)
    assert search.renew()
    assert not search.renew()
    yield search
    database.close()


@pytest.mark.alone
def test_thousands_of_dossiers_are_searched_within_the_limit(database: Database) -> None:
    """The bounded sister of tests.bench.records, which takes 50,000."""
    fill(database, 2000, words=15)
    timings = measure(database, repeats=5)
    assert {timing.name for timing in timings if not timing.found} <= {"search: nothing found", "search: common words, a day"}
    slow = [timing for timing in timings if timing.median > LIMIT_MS]
    assert not slow
