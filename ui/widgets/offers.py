"""What was read on the pages for fields that are empty: a click shows where it stands, the tick takes it over."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from app.filing.offers import Offer
from ui import icons, messages, style
from ui.widgets.buttons import label, word_button
from ui.widgets.quiet_list import QuietList
from ui.words import Words

Index = QModelIndex | QPersistentModelIndex
OFFER = Qt.ItemDataRole.UserRole + 1
_NO_PARENT = QModelIndex()
_ROW = 36
_TICK = 30


class OffersModel(QAbstractListModel):
    """The offers, in their order."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.offers: tuple[Offer, ...] = ()

    def update(self, offers: Sequence[Offer]) -> None:
        """Show these."""
        self.beginResetModel()
        self.offers = tuple(offers)
        self.endResetModel()

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Qt: how many rows there are."""
        return 0 if parent.isValid() else len(self.offers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: the offer, and its words."""
        if not index.isValid():
            return None
        offer = self.offers[index.row()]
        if role == OFFER:
            return offer
        if role == Qt.ItemDataRole.DisplayRole:
            return offer.shown
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{self.caption(offer)}: {offer.shown}"
        return None

    def caption(self, offer: Offer) -> str:
        """Say for what something is offered, where it was read and how surely."""
        name = self._words.say(offer.label)
        where = self._words.say(messages.OFFER_WHERE, page=offer.page_number, sure=f"{offer.proposal.confidence:.0%}")
        return f"{name[:1].upper()}{name[1:]} · {where}"


class _Rows(QStyledItemDelegate):
    """Draws two lines and a tick; a click on the tick takes the offer over."""

    ticked = Signal(object)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt: all rows are of one height."""
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: draw one row."""
        model = index.model()
        assert isinstance(model, OffersModel)  # noqa: S101 - this delegate draws no other
        rect: QRect = option.rect
        painter.save()
        if option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected):
            painter.fillRect(rect, QColor(style.ACCENT_SOFT))
        inner = rect.adjusted(4, 1, -_TICK - 4, -1)
        elide, metrics = Qt.TextElideMode.ElideRight, option.fontMetrics
        painter.setPen(QColor(style.MUTED))
        caption = model.caption(index.data(OFFER))
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop, metrics.elidedText(caption, elide, inner.width()))
        painter.setPen(QColor(style.ACCENT))
        painter.drawText(inner, Qt.AlignmentFlag.AlignBottom, metrics.elidedText(index.data(), elide, inner.width()))
        painter.drawPixmap(rect.right() - _TICK + 6, rect.top() + 9, icons.pixmap("check", style.ACCENT, 18))
        painter.restore()

    def editorEvent(self, event: QEvent, model: object, option: QStyleOptionViewItem, index: Index) -> bool:
        """Qt: tell a click on the tick from one on the words."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease:
            place: QRect = option.rect
            if event.position().x() >= place.right() - _TICK:
                self.ticked.emit(index.data(OFFER))
                return True
        return False


class OffersList(QWidget):
    """``shown`` has the offer whose place is wanted, ``accepted`` the offers to take over."""

    shown = Signal(object)
    accepted = Signal(object)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most = 1
        self.model = OffersModel(words, self)
        self.view = QuietList("offers")
        self.view.setModel(self.model)
        rows = _Rows(self)
        rows.ticked.connect(lambda offer: self.accepted.emit([offer]))
        self.view.setItemDelegate(rows)
        self.view.clicked.connect(lambda index: self.shown.emit(index.data(OFFER)))
        self.view.activated.connect(lambda index: self.accepted.emit([index.data(OFFER)]))
        words.bind(self.view.setAccessibleName, messages.OFFERS)
        self.all = word_button(words, messages.ACCEPT_ALL, "check")
        self.all.clicked.connect(lambda: self.accepted.emit(list(self.model.offers)))
        words.bind(self.view.setToolTip, messages.OFFERS_TIP)
        head = QHBoxLayout()
        head.addWidget(label(words, messages.OFFERS, "section"), 1)
        head.addWidget(self.all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.view)
        words.changed.connect(lambda: self.view.viewport().update())
        self.hide()

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """Show these; nothing where there are none."""
        if tuple(offers) != self.model.offers:
            self.model.update(offers)
            self._fit()
        self.setVisible(bool(offers))

    def limit(self, rows: int) -> None:
        """Be at most so many rows high; more of them scroll."""
        if rows != self._most:
            self._most = rows
            self._fit()

    def _fit(self) -> None:
        self.view.setFixedHeight(_ROW * min(self._most, len(self.model.offers)) + 4)

    def accept_next(self) -> None:
        """Take over the chosen offer, or the first."""
        index = self.view.currentIndex()
        offer = index.data(OFFER) if index.isValid() else None
        if offer is None and self.model.offers:
            offer = self.model.offers[0]
        if offer is not None:
            self.accepted.emit([offer])
