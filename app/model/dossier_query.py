"""What is looked for among the dossiers of a station."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.model.dossier import DossierState


@dataclass(frozen=True)
class DossierQuery:
    """All that is given must hold; an empty query means every dossier.

    ``text``: words that begin with these letters, anywhere: number, owner, procedure or the words of the pages.
    ``number``, ``owner``, ``procedure``: the same, in that field only; the owner's field holds the ID number too.
    ``since`` and ``until``: when the dossier was begun; ``until`` itself is outside. ``limit``: the newest so many.
    """

    text: str = ""
    number: str = ""
    owner: str = ""
    procedure: str = ""
    state: DossierState | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 50
