"""Find anything: dossiers by number, owner, procedure or the words of their pages, and procedures by code or name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal

from app.bootstrap import Application
from app.filing.search import Found
from app.model.dossier import Dossier
from app.model.dossier_query import DossierQuery
from app.model.procedure import Procedure
from app.model.vietnamese import fold
from ui import messages
from ui.items.dossier_model import lines_of
from ui.operations import Operation, Operations
from ui.widgets.suggest_field import SuggestField, Suggestion
from ui.words import Words

_DOSSIERS, _PROCEDURES = 6, 5
_LISTED = 200


@dataclass(frozen=True)
class Everything:
    """The suggestion to list all dossiers that hold these words."""

    text: str


@dataclass(frozen=True)
class Findings:
    """The dossiers that hold the words of ``text``, newest first."""

    text: str
    dossiers: tuple[Dossier, ...]


class Finder(QObject):
    """A field that suggests at once from what is known, and again when the records have answered.

    The signals have a dossier's id, a procedure's code, and the Findings to be listed.
    """

    dossier_found = Signal(str)
    procedure_found = Signal(str)
    listed = Signal(object)

    def __init__(self, application: Application, operations: Operations, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._procedures = application.procedures
        self._search = application.search
        self._operations = operations
        self._words = words
        self._known: list[tuple[str, Dossier]] = []
        self._answer = Findings("", ())
        self._asking = False
        self._wanted = ""
        self.field = SuggestField(self.suggest)
        self.field.chosen.connect(self.take)
        self.field.chosen.connect(self.field.clear)
        words.bind(lambda text: self.field.setPlaceholderText(f"{text} (Ctrl+K)"), messages.FIND)
        words.bind(self.field.setAccessibleName, messages.FIND)

    def focus(self) -> None:
        """Go to the field, what is in it chosen to be written over."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def know(self, dossiers: Sequence[Dossier]) -> None:
        """Suggest these dossiers without asking the records."""
        self._known = [(fold(" ".join(_said(dossier))), dossier) for dossier in dossiers]

    def suggest(self, text: str) -> list[Suggestion]:
        """Give dossiers that hold all words, then procedures; the records are asked meanwhile."""
        self._wanted = text
        if text != self._answer.text:
            self._ask()
        rows = [self._row(dossier) for dossier in self._dossiers(text)]
        for match in self._procedures.search(text, _PROCEDURES)[:_PROCEDURES]:
            procedure = match.procedure
            rows.append(Suggestion("procedure", procedure.name, f"{procedure.code}  {procedure.field}", procedure))
        say = self._words.say
        rows.append(Suggestion("search", say(messages.FIND_ALL), say(messages.FIND_ALL_HINT), Everything(text)))
        return rows

    def take(self, value: object) -> None:
        """Say what was chosen among the suggestions."""
        if isinstance(value, Dossier):
            self.dossier_found.emit(value.id)
        elif isinstance(value, Procedure):
            self.procedure_found.emit(value.code)
        elif isinstance(value, Everything):
            query = DossierQuery(value.text, limit=_LISTED)
            self._operations.start(
                Operation(
                    messages.FIND,
                    lambda: self._search.find(query),
                    lambda found: self.listed.emit(Findings(value.text, found.dossiers)),
                )
            )

    def _dossiers(self, text: str) -> list[Dossier]:
        """What the records found comes first where they have answered already."""
        words = fold(text).split()
        known = (dossier for said, dossier in self._known if all(word in said for word in words))
        found = self._answer.dossiers if self._answer.text == text else ()
        return list({dossier.id: dossier for dossier in (*found, *known)}.values())[:_DOSSIERS]

    def _row(self, dossier: Dossier) -> Suggestion:
        owner, number, procedure = lines_of(dossier, self._words)
        return Suggestion("dossier", f"{number}   {owner}", procedure, dossier)

    def _ask(self) -> None:
        """Ask the records for what is typed now; what was typed meanwhile is asked for afterwards."""
        if self._asking:
            return
        self._asking = True
        text = self._wanted
        query = DossierQuery(text, limit=_DOSSIERS)

        def failed(error: BaseException) -> None:
            self._asking = False
            self._operations.failed.emit(error)

        self._operations.start(
            Operation(messages.FIND, lambda: self._search.find(query), lambda found: self._arrived(text, found), failed)
        )

    def _arrived(self, text: str, found: Found) -> None:
        self._asking = False
        self._answer = Findings(text, found.dossiers)
        if text == self._wanted:
            self.field.renew(text)
        if text != self._wanted or (self._wanted == self.field.text() and not found.complete):
            self._ask()


def _said(dossier: Dossier) -> tuple[str, ...]:
    return dossier.number, dossier.provisional, dossier.owner_name, dossier.owner_id_number, dossier.procedure_name
