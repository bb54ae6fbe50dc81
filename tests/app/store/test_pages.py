"""Page rows: taken in once, arranged by actions that can be undone, read anew when their edits change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.model.page import Crop, MarkBlank, Page, PageState, Turn
from app.model.page_findings import PageText, Word
from app.store.database import Database
from app.store.dossiers import DossierStore
from app.store.errors import NoSuchDossier, NoSuchPage
from app.store.folder import DataFolder
from app.store.pages import Arrangement, PageStore
from tests.records import NOW, a_dossier, a_page, opened_database

QUAD = ((1.0, 2.0), (300.0, 2.5), (301.0, 400.0), (0.0, 399.0))


@pytest.fixture
def dossier_id(dossiers: DossierStore) -> str:
    return dossiers.add(a_dossier()).id


@pytest.fixture
def three(pages: PageStore, dossier_id: str) -> tuple[Page, ...]:
    return tuple(pages.add(a_page(dossier_id, sequence)) for sequence in (1, 2, 3))


def arrange(store: PageStore, dossier_id: str, page: Page, **values: object) -> bool:
    """Change one page as an action."""

    def change(seen: object) -> list[Page]:
        return [replace(store.get(page.id), **values)]  # type: ignore[arg-type]

    return store.arrange(dossier_id, Arrangement.PLACE, change, operator="Người quét", now=NOW)


def text_of_a_word() -> PageText:
    return PageText((Word("Thử", (1.0, 1.0, 9.0, 9.0), 90.0, 1),), 413, 583, "thử")


def test_a_page_comes_back_as_it_was(pages: PageStore, dossier_id: str) -> None:
    given = a_page(dossier_id, component="TP01", edits=(Turn(90), Crop(QUAD), MarkBlank(True)))
    assert pages.add(given) == given
    assert pages.get(given.id) == given


def test_pages_are_appended_and_a_page_taken_in_twice_is_one(pages: PageStore, dossier_id: str) -> None:
    first, second = pages.add(a_page(dossier_id, 1)), pages.add(a_page(dossier_id, 2))
    assert (first.position, second.position) == (0, 1)
    assert pages.add(a_page(dossier_id, 1, id="another", sha256="f" * 64)) == first
    assert pages.add(a_page("another dossier", 2)) == second
    assert pages.of_dossier(dossier_id) == (first, second)
    assert pages.add(a_page(dossier_id, 1, batch="c")).position == 2


def test_a_page_of_no_dossier_is_refused(pages: PageStore) -> None:
    with pytest.raises(NoSuchDossier):
        pages.add(a_page("nobody"))
    with pytest.raises(NoSuchPage):
        pages.get("nobody")


def test_a_page_after_a_deleted_one_gets_a_place_of_its_own(pages: PageStore, dossier_id: str, three: tuple[Page, ...]) -> None:
    arrange(pages, dossier_id, three[2], deleted=True)
    assert pages.add(a_page(dossier_id, 4)).position == 3
    assert pages.undo(dossier_id) is Arrangement.PLACE
    assert [page.provenance.sequence for page in pages.of_dossier(dossier_id)] == [1, 2, 3, 4]


def test_actions_are_undone_and_redone_in_turn_also_after_reopening(
    folder: DataFolder, pages: PageStore, dossier_id: str, three: tuple[Page, ...]
) -> None:
    arrange(pages, dossier_id, three[0], component="TP01")
    arrange(pages, dossier_id, three[1], edits=(Turn(180),))
    arrange(pages, dossier_id, three[2], deleted=True)
    after = pages.of_dossier(dossier_id)
    assert len(after) == 2

    reopened = opened_database(folder)
    store = PageStore(reopened)
    assert store.history(dossier_id) == (Arrangement.PLACE, None)
    while store.undo(dossier_id):
        pass
    assert store.of_dossier(dossier_id) == three
    assert store.history(dossier_id) == (None, Arrangement.PLACE)
    while store.redo(dossier_id):
        pass
    assert store.of_dossier(dossier_id) == after
    reopened.close()


def test_a_new_action_ends_the_way_forth(pages: PageStore, dossier_id: str, three: tuple[Page, ...]) -> None:
    arrange(pages, dossier_id, three[0], component="TP01")
    arrange(pages, dossier_id, three[1], component="TP02")
    pages.undo(dossier_id)
    arrange(pages, dossier_id, three[2], component="TP03")
    assert pages.redo(dossier_id) is None
    assert [page.component for page in pages.of_dossier(dossier_id)] == ["TP01", "", "TP03"]
    pages.undo(dossier_id)
    pages.undo(dossier_id)
    assert pages.of_dossier(dossier_id) == three


def test_an_action_that_changes_nothing_is_none(pages: PageStore, dossier_id: str, three: tuple[Page, ...]) -> None:
    arrange(pages, dossier_id, three[0], component="TP01")
    pages.undo(dossier_id)
    assert not arrange(pages, dossier_id, three[0], component="")
    assert pages.history(dossier_id) == (None, Arrangement.PLACE)


def test_an_action_on_a_page_of_elsewhere_is_refused_whole(
    pages: PageStore, dossiers: DossierStore, dossier_id: str, three: tuple[Page, ...]
) -> None:
    stranger = pages.add(a_page(dossiers.add(a_dossier()).id, 9))

    def change(seen: object) -> list[Page]:
        return [replace(three[0], component="TP01"), replace(stranger, component="TP01")]

    with pytest.raises(NoSuchPage):
        pages.arrange(dossier_id, Arrangement.PLACE, change, operator="", now=NOW)
    assert pages.of_dossier(dossier_id) == three
    assert pages.get(stranger.id) == stranger


def test_actions_of_one_dossier_leave_the_others_alone(
    pages: PageStore, dossiers: DossierStore, dossier_id: str, three: tuple[Page, ...]
) -> None:
    other = dossiers.add(a_dossier()).id
    arrange(pages, dossier_id, three[0], component="TP01")
    assert pages.undo(other) is None
    assert pages.history(other) == (None, None)
    assert pages.of_dossier(dossier_id)[0].component == "TP01"


@pytest.mark.parametrize(
    ("values", "stale"), [({"edits": (Turn(90),)}, True), ({"component": "TP01"}, False), ({"position": 7}, False)]
)
def test_only_edits_make_the_text_stale(
    pages: PageStore, dossier_id: str, three: tuple[Page, ...], values: dict[str, object], stale: bool
) -> None:
    assert pages.keep_text(three[0], text_of_a_word())
    assert pages.get(three[0].id).state is PageState.READY
    arrange(pages, dossier_id, three[0], **values)
    page = pages.get(three[0].id)
    assert page.state is (PageState.NEW if stale else PageState.READY)
    assert (pages.text_of(page) is None) is stale
    pages.undo(dossier_id)
    assert pages.text_of(pages.get(three[0].id)) == text_of_a_word()


@pytest.mark.parametrize("edit", [Turn(90), MarkBlank(False)])
def test_a_page_edited_while_it_is_read_stays_unread(
    pages: PageStore, dossier_id: str, three: tuple[Page, ...], edit: Turn | MarkBlank
) -> None:
    arrange(pages, dossier_id, three[0], edits=(edit,))
    assert not pages.keep_text(three[0], text_of_a_word())
    assert pages.get(three[0].id).state is PageState.NEW


def test_text_of_a_page_that_is_gone_is_dropped(pages: PageStore, dossier_id: str) -> None:
    assert not pages.keep_text(a_page(dossier_id, 99), text_of_a_word())


def test_a_failure_is_kept_until_the_page_is_edited(pages: PageStore, dossier_id: str, three: tuple[Page, ...]) -> None:
    pages.keep_failure(three[0].id, "BrokenImage")
    failed = pages.get(three[0].id)
    assert (failed.state, failed.failure) == (PageState.FAILED, "BrokenImage")
    arrange(pages, dossier_id, three[0], edits=(Turn(90),))
    assert pages.get(three[0].id).state is PageState.NEW


def test_the_pipeline_gets_the_preferred_page_then_the_oldest(
    pages: PageStore, dossier_id: str, three: tuple[Page, ...]
) -> None:
    origin = a_page(dossier_id, 4).provenance
    older = pages.add(a_page(dossier_id, 4, provenance=replace(origin, scanned_at=NOW - timedelta(hours=1))))
    chosen: Callable[..., Page | None] = pages.next_new
    assert chosen(()) == older
    assert chosen((), three[1].id) == three[1]
    assert chosen({older.id, three[1].id}, three[1].id) == three[0]
    assert chosen((), "nobody") == older
    pages.keep_failure(three[1].id, "BrokenImage")
    assert chosen((), three[1].id) == older
    arrange(pages, dossier_id, older, deleted=True)
    assert chosen((), older.id) == three[0]
    assert chosen({page.id for page in three}) is None


def test_positions_survive_a_database_that_is_closed(folder: DataFolder, database: Database, pages: PageStore) -> None:
    dossier = DossierStore(database).add(a_dossier())
    kept = [pages.add(a_page(dossier.id, sequence)) for sequence in (1, 2)]
    database.close()
    again = opened_database(folder)
    assert list(PageStore(again).of_dossier(dossier.id)) == kept
    again.close()


def test_joined_changes_are_one_action_unless_that_was_undone_meanwhile(
    pages: PageStore, dossier_id: str, three: tuple[Page, ...]
) -> None:
    def place(page: Page, component: str, kind: Arrangement = Arrangement.INSERT) -> None:
        def change(seen: object) -> list[Page]:
            return [replace(pages.get(page.id), component=component)]

        pages.arrange(dossier_id, kind, change, operator="Người quét", now=NOW, joined=True)

    def components() -> list[str]:
        return [page.component for page in pages.of_dossier(dossier_id)]

    first, second, third = three
    arrange(pages, dossier_id, first, component="A")
    place(first, "B")  # of another kind than the last one: an action of its own
    place(second, "B")
    place(first, "C")
    assert components() == ["C", "B", ""]
    assert pages.undo(dossier_id) is Arrangement.INSERT
    assert components() == ["A", "", ""]
    assert pages.redo(dossier_id) is Arrangement.INSERT
    assert components() == ["C", "B", ""]
    pages.undo(dossier_id)
    place(third, "D")
    assert pages.redo(dossier_id) is None
    assert pages.undo(dossier_id) is Arrangement.INSERT
    assert components() == ["A", "", ""]
