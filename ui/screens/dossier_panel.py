"""The right side: number, procedure, owner, the checklist, what is still to do, and the button that finishes."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListView, QMenu, QScrollArea, QToolButton, QVBoxLayout, QWidget

from app.errors import SohoaError
from app.filing.procedures import ProcedureSearch
from app.model.dossier import Dossier, DossierState
from app.model.procedure import Side
from ui import icons, messages
from ui.desk import Snapshot
from ui.items.checklist_model import ChecklistDelegate, ChecklistModel
from ui.items.dossier_model import STATE_SIGNS
from ui.screens.dossier_fields import DossierFields
from ui.widgets.buttons import label, make_primary, rule, word_button
from ui.widgets.field_row import FieldRow
from ui.widgets.findings import FindingsList
from ui.widgets.offers import OffersList
from ui.widgets.quiet_list import QuietList
from ui.widgets.reuse_card import ReuseCard
from ui.words import Words

# A finished dossier can be mended until it was first tried to be sent.
_OPENED_AGAIN = (DossierState.FINISHED, DossierState.REFUSED)
# Below so many pixels in height, fewer rows of offers and fewer pixels of findings are seen at once (the rest scrolls), and
# fields stand closer together.
_LOW = 800
# Pixels: the buttons at the bottom.
_TALL = 36
_OFFERS, _FINDINGS, _SPACING = {True: 2, False: 4}, {True: 64, False: 100}, {True: 4, False: 7}


class DossierPanel(QWidget):
    """Shows a snapshot. ``placed`` has the component that was clicked, ``page_wanted`` the page of a finding."""

    placed = Signal(str)
    page_wanted = Signal(str)
    outbox_wanted = Signal()
    reopen_wanted = Signal()
    result_wanted = Signal()
    paper_wanted = Signal(str)

    def __init__(self, procedures: ProcedureSearch, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rightPanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = words
        self._snapshot: Snapshot | None = None
        self._finishing = False
        self.fields = DossierFields(procedures, words)
        self.offers = OffersList(words)
        self.checklist = ChecklistModel(words, self)
        self.list = self._make_list()
        self._checklist_title = label(words, messages.CHECKLIST, "section")
        self._no_list = label(words, messages.CHECKLIST_EMPTY, "muted")
        self._no_list.setWordWrap(True)
        self._none = label(words, messages.NO_DOSSIER, "heading")
        self.findings = FindingsList(words)
        self.findings.page_wanted.connect(self.page_wanted)
        self.finish = word_button(words, messages.FINISH, "check")
        self.finish.setToolTip("Ctrl+Enter")
        self.finish.setMinimumHeight(_TALL)
        self.state_sign, self.state_line = QLabel(), label(None, None)
        self.state_line.setWordWrap(True)
        self.to_outbox = word_button(words, messages.OPEN_OUTBOX, "sync")
        self.to_outbox.clicked.connect(self.outbox_wanted)
        self.reopen = word_button(words, messages.REOPEN, "undo")
        self.reopen.clicked.connect(self.reopen_wanted)
        self.result = word_button(words, messages.BEGIN_RESULT, "page")
        self.result.clicked.connect(self.result_wanted)
        self.paper = word_button(words, messages.PAPER_DATA, "card")
        words.bind(self.paper.setToolTip, messages.PAPER_DATA_TIP)
        self.paper.clicked.connect(lambda: self.paper_wanted.emit(self.chosen_paper()))
        self.findings.paper_wanted.connect(self.paper_wanted)
        self.reuse = ReuseCard(words)
        self.more = QToolButton()
        words.bind(self.more.setText, messages.MORE)
        self.more.setMinimumHeight(_TALL)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(QMenu(self.more))
        self._lay_out()
        words.changed.connect(lambda: self.show_snapshot(self._snapshot))
        self.show_snapshot(None)

    def _make_list(self) -> QListView:
        view = QuietList("checklist")
        view.setModel(self.checklist)
        view.setItemDelegate(ChecklistDelegate(self._words, self))
        view.setMinimumHeight(120)
        view.clicked.connect(self._place)
        view.activated.connect(self._place)
        self._words.bind(view.setAccessibleName, messages.CHECKLIST)
        return view

    def _lay_out(self) -> None:
        inner = QWidget()
        self._column = column = QVBoxLayout(inner)
        column.setContentsMargins(12, 8, 12, 4)
        column.addWidget(self._none)
        column.addWidget(self.fields)
        column.addWidget(self.offers)
        head = QHBoxLayout()
        head.addWidget(self._checklist_title, 1)
        head.addWidget(self.paper)
        column.addLayout(head)
        column.addWidget(self._no_list)
        column.addWidget(self.list, 1)
        column.addStretch(0)
        self._scroll = scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        bottom = QVBoxLayout()
        bottom.setContentsMargins(12, 6, 12, 10)
        bottom.setSpacing(6)
        state = QHBoxLayout()
        state.setSpacing(8)
        state.addWidget(self.state_sign)
        state.addWidget(self.state_line, 1)
        bottom.addWidget(self.reuse)
        bottom.addWidget(self.findings)
        bottom.addLayout(state)
        bottom.addWidget(self.to_outbox)
        bottom.addWidget(self.reopen)
        bottom.addWidget(self.result)
        last = QHBoxLayout()
        last.addWidget(self.finish, 1)
        last.addWidget(self.more, 0, Qt.AlignmentFlag.AlignRight)
        bottom.addLayout(last)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        outer.addWidget(rule())
        outer.addLayout(bottom)
        self.setMinimumWidth(270)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show a dossier, or that none is open."""
        self._snapshot = snapshot
        self._none.setVisible(snapshot is None)
        self._checklist_title.setVisible(snapshot is not None)
        self.fields.show_dossier(snapshot.dossier if snapshot else None)
        self.offers.show_offers(snapshot.offers if snapshot and snapshot.editable else ())
        rows = snapshot.checklist if snapshot else ()
        self.checklist.update(rows)
        self.list.setVisible(bool(rows))
        self._no_list.setVisible(snapshot is not None and not rows)
        editable = snapshot is not None and snapshot.editable
        findings = snapshot.findings if snapshot and editable else ()
        self.findings.show_findings(findings, bool(snapshot and editable and snapshot.filled))
        self.paper.setVisible(bool(rows))
        self.more.setVisible(snapshot is not None)
        self._show_state(snapshot.dossier if snapshot else None, snapshot.refusal if snapshot else None)
        self.result.setVisible(snapshot is not None and _result_may_begin(snapshot.dossier))
        self.finish.setVisible(editable)
        self._enable_finish()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: on a low screen what was read and what is to do leave room for the checklist."""
        super().resizeEvent(event)
        low = event.size().height() < _LOW
        self.offers.limit(_OFFERS[low])
        self.findings.limit(_FINDINGS[low])
        self.fields.stand(_SPACING[low])
        self._column.setSpacing(_SPACING[low])

    def show_finishing(self, running: bool) -> None:
        """Say that the dossier is being packed."""
        self._finishing = running
        self.finish.setText(self._words.say(messages.FINISHING if running else messages.FINISH))
        self._enable_finish()

    def primary(self, wanted: bool) -> None:
        """Make finishing the primary button or a quiet one."""
        make_primary(self.finish, "check", wanted)

    def show_field(self, row: FieldRow) -> None:
        """Go to a field, with what is said under it in sight."""
        row.field.setFocus(Qt.FocusReason.OtherFocusReason)
        row.field.selectAll()
        # The sentence under the field gets its place once the window has laid itself out.
        QTimer.singleShot(0, row, lambda: self._scroll.ensureWidgetVisible(row))

    def component_for(self, number: int) -> str:
        """Give the component's code for a key, empty where there is none."""
        return self.checklist.code_at(number)

    def chosen_paper(self) -> str:
        """The component of the row that was chosen last; empty where none was."""
        index = self.list.currentIndex()
        return self.checklist.rows[index.row()].component.code if index.isValid() else ""

    def _enable_finish(self) -> None:
        snapshot = self._snapshot
        self.finish.setEnabled(snapshot is not None and snapshot.filled and not self._finishing)

    def _show_state(self, dossier: Dossier | None, refusal: SohoaError | None) -> None:
        state = dossier.state if dossier else DossierState.OPEN
        text = messages.STATE_LINES.get(state)
        if dossier is not None and dossier.cleared_at is not None:
            text = messages.FILES_AT_CENTRE
        self.to_outbox.setVisible(text is not None)
        if dossier is not None and state is DossierState.OPEN and dossier.revision > 1:
            text = messages.REVISION_OPEN
        for widget in (self.state_sign, self.state_line):
            widget.setVisible(text is not None)
        self.reopen.setVisible(state in _OPENED_AGAIN)
        if dossier is not None and text is not None:
            line = self._words.say(text, revision=dossier.revision, kept=dossier.revision - 1)
            self.state_sign.setPixmap(icons.pixmap(*STATE_SIGNS[state], 24))
            self.state_line.setText(self._words.error_line(refusal) if refusal else line)

    def _place(self, index: QModelIndex) -> None:
        number = self.checklist.number_of(index.row())
        if number:
            self.placed.emit(self.checklist.code_at(number))


def _result_may_begin(dossier: Dossier) -> bool:
    first = dossier.state is DossierState.FINISHED and dossier.side is Side.APPLICATION
    return first or (dossier.state is DossierState.ACCEPTED and dossier.cleared_at is None)
