"""Number, procedure, owner and ID of the dossier, each checked where it is typed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.filing.procedures import ProcedureSearch, UnknownProcedure
from app.model.dossier import Dossier
from ui import messages
from ui.widgets.buttons import word_button
from ui.widgets.field_row import FieldRow
from ui.widgets.suggest_field import SuggestField, Suggestion
from ui.words import Words


class DossierFields(QWidget):
    """``edited`` has a field's name (number, owner_name, owner_id_number, competent_agency) and its text."""

    edited = Signal(str, str)
    procedure_chosen = Signal(object)
    number_wanted = Signal()

    def __init__(self, procedures: ProcedureSearch, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._procedures = procedures
        self._words = words
        self._dossier: Dossier | None = None
        self.get_number = word_button(words, messages.GET_NUMBER)
        words.bind(self.get_number.setToolTip, messages.GET_NUMBER_TIP)
        self.get_number.clicked.connect(self.number_wanted)
        self.search = SuggestField(self._suggest)
        self.procedure = FieldRow(words, messages.PROCEDURE, messages.PROCEDURE_HINT, self.search)
        self.rows = {
            "number": FieldRow(words, messages.DOSSIER_NUMBER),
            "owner_name": FieldRow(words, messages.OWNER_NAME, messages.OWNER_HINT),
            "owner_id_number": FieldRow(words, messages.OWNER_ID, messages.OWNER_ID_HINT),
            "competent_agency": FieldRow(words, messages.COMPETENT, messages.COMPETENT_HINT),
        }
        self.rows["number"].add(self.get_number)
        for name, row in self.rows.items():
            row.edited.connect(lambda text, name=name: self.edited.emit(name, text))
        self.search.chosen.connect(self.procedure_chosen)
        self.search.editingFinished.connect(self._show_procedure)
        self._lay_out()

    def _lay_out(self) -> None:
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.rows["number"])
        column.addWidget(self.procedure)
        column.addWidget(self.rows["owner_name"])
        column.addWidget(self.rows["owner_id_number"])
        column.addWidget(self.rows["competent_agency"])

    def stand(self, apart: int) -> None:
        """Leave so many pixels between the fields."""
        self._column.setSpacing(apart)

    def show_dossier(self, dossier: Dossier | None) -> None:
        """Show the fields of a dossier; what is being typed is left alone."""
        other = (dossier.id if dossier else "") != (self._dossier.id if self._dossier else "")
        if other:
            for row in (*self.rows.values(), self.procedure):
                row.reset()
        self._dossier = dossier
        provisional = dossier is not None and not dossier.number
        hint = f"{dossier.provisional} ({self._words.say(messages.PROVISIONAL)})" if dossier else ""
        self.rows["number"].field.setPlaceholderText(hint)
        editing = dossier is not None and dossier.finished_at is None
        for name, row in self.rows.items():
            row.show_value(getattr(dossier, name) if dossier else "")
            row.allow(editing)
        self.rows["competent_agency"].setVisible(dossier is not None and self._elsewhere(dossier))
        self.procedure.allow(editing)
        self._show_procedure()
        self.get_number.setEnabled(editing and provisional)

    def _elsewhere(self, dossier: Dossier) -> bool:
        """Whether another agency than the desk's may decide: any desk receives a non-boundary procedure."""
        if dossier.competent_agency or not dossier.procedure_code:
            return bool(dossier.competent_agency)
        try:
            return self._procedures.find(dossier.procedure_code).non_boundary is True
        except UnknownProcedure:
            return False

    def commit(self) -> None:
        """Hand over what is still being typed."""
        for row in self.rows.values():
            row.commit()

    def unsettled(self) -> FieldRow | None:
        """Give the first field whose text was refused or is still being checked."""
        return next((row for row in self.rows.values() if not row.settled), None)

    def _show_procedure(self) -> None:
        dossier = self._dossier
        code = dossier.procedure_code if dossier else ""
        self.procedure.show_value(f"{code}  {dossier.procedure_name}" if dossier and code else "")
        self.search.setCursorPosition(0)
        self.search.setToolTip(dossier.procedure_name if dossier else "")

    def _suggest(self, text: str) -> list[Suggestion]:
        return [
            Suggestion(
                "procedure", match.procedure.name, f"{match.procedure.code}  {match.procedure.field}", match.procedure.code
            )
            for match in self._procedures.search(text, 9)
        ]
