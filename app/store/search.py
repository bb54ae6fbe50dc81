"""Finding dossiers by their words: SQLite's FTS5, over text that is folded as queries are (no accents, đ as d).

Triggers of the database mark a dossier stale when its fields or the words of its pages change, whoever changes them.
Its words are renewed before the next search, so that writing stays quick.
"""

from __future__ import annotations

import re

from sqlalchemy import Select, column, delete, insert, select, table, text, update
from sqlalchemy.orm import Session

from app.model.dossier import Dossier
from app.model.dossier_query import DossierQuery
from app.model.page_findings import PageText
from app.model.vietnamese import fold
from app.store.database import Database
from app.store.dossiers import to_dossier
from app.store.tables import DossierRow, PageRow, PageTextRow, SearchedRow

_WORDS = table("dossier_words", *(column(name) for name in ("rowid", "number", "owner", "procedure", "pages")))
_NO_WORD = re.compile(r'["\x00-\x1f\ud800-\udfff]')
_LETTER = re.compile(r"[^\W_]")
# One transaction renews so many, then others may write.
_AT_ONCE = 10


class SearchStore:
    """The dossiers of this station by what is written in and on them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, query: DossierQuery) -> tuple[Dossier, ...]:
        """Give the newest dossiers that fit, as far as ``renew`` has got."""
        with self._database.read() as session:
            return tuple(to_dossier(row) for row in session.scalars(_selection(query)))

    def renew(self) -> bool:
        """Bring the words of a few stale dossiers up to date; False where none was stale."""
        stale = select(SearchedRow).where(text("stale = 1")).order_by(SearchedRow.id.desc()).limit(_AT_ONCE)
        with self._database.read() as session:
            if session.scalar(stale.limit(1)) is None:
                return False
        with self._database.write() as session:
            for place in list(session.scalars(stale)):
                _renew(session, place)
        return True


def _renew(session: Session, place: SearchedRow) -> None:
    row = session.get_one(DossierRow, place.dossier_id)
    pages = (
        select(PageTextRow.text)
        .join(PageRow, PageRow.id == PageTextRow.page_id)
        .where(PageRow.dossier_id == row.id, PageRow.deleted.is_(False))
        .order_by(PageRow.position)
    )
    words = {
        "number": f"{row.number} {row.provisional}",
        "owner": f"{row.owner_name} {row.owner_id_number}",
        "procedure": f"{row.procedure_code} {row.procedure_name}",
        "pages": "\n".join(PageText.from_json(read).plain() for read in session.scalars(pages)),
    }
    session.execute(delete(_WORDS).where(_WORDS.c.rowid == place.id))
    session.execute(insert(_WORDS).values(rowid=place.id, **{name: fold(said) for name, said in words.items()}))
    session.execute(update(SearchedRow).where(SearchedRow.id == place.id).values(stale=False))


def _selection(query: DossierQuery) -> Select[DossierRow]:
    match = _match(query)
    chosen = select(DossierRow).limit(query.limit)
    if match:
        # Places follow the order in which dossiers were begun, and FTS5 gives them backwards without sorting.
        place = select(_WORDS.c.rowid).where(text("dossier_words MATCH :match").bindparams(match=match))
        found = place.order_by(_WORDS.c.rowid.desc()).subquery()
        chosen = (
            chosen.select_from(found)
            .join(SearchedRow, SearchedRow.id == found.c.rowid)
            .join(DossierRow, DossierRow.id == SearchedRow.dossier_id)
            .order_by(found.c.rowid.desc())
        )
    else:
        chosen = chosen.order_by(DossierRow.created_at.desc(), DossierRow.provisional.desc())
    if query.state is not None:
        chosen = chosen.where(DossierRow.state == query.state)
    if query.since is not None:
        chosen = chosen.where(DossierRow.created_at >= query.since)
    if query.until is not None:
        chosen = chosen.where(DossierRow.created_at < query.until)
    return chosen


def _match(query: DossierQuery) -> str:
    """Give the query in FTS5's words: every word as the beginning of one that is there; empty where there are none."""
    said = {"": query.text, "number": query.number, "owner": query.owner, "procedure": query.procedure}
    parts = []
    for field, words in said.items():
        begun = [f'"{word}"*' for word in _NO_WORD.sub(" ", fold(words)).split() if _LETTER.search(word)]
        if begun:
            joined = " AND ".join(begun)
            parts.append(f"{field} : ({joined})" if field else joined)
    return " AND ".join(parts)
