"""Draws the strip: heads of groups as small cards, pages as thumbnails with number and signs."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui import icons, messages, style
from ui.items.cells import Cell
from ui.items.checklist_model import paint_chip, shorten
from ui.items.thumbnail_model import CELL, ThumbnailModel
from ui.words import Words

PAGE_WIDTH, HEAD_WIDTH = 92, 112
_SIGN = 18


class ThumbnailDelegate(QStyledItemDelegate):
    """``shown`` is the id of the page on screen; it gets a filled number."""

    def __init__(self, model: ThumbnailModel, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._words = words
        self.shown = ""
        self._drawn: dict[str, tuple[object, QPixmap]] = {}

    def forget(self) -> None:
        """Let go of what was drawn: another dossier comes."""
        self._drawn.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Qt: pages are narrower than heads; both fill the height of the strip."""
        cell: Cell = index.data(CELL)
        height = option.widget.viewport().height() if option.widget is not None else 140  # type: ignore[attr-defined]
        return QSize(HEAD_WIDTH if cell.page is None else PAGE_WIDTH, max(96, height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Qt: draw one cell."""
        cell: Cell = index.data(CELL)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        picture = self._model.picture(cell)
        look = (cell, chosen, cell.key == self.shown, option.rect.size(), picture and picture.cacheKey(), self._words.language)
        kept = self._drawn.get(cell.key)
        if kept is None or kept[0] != look:
            kept = self._drawn[cell.key] = (look, self._draw(option, cell, chosen))
        painter.drawPixmap(option.rect.topLeft(), kept[1])

    def _draw(self, option: QStyleOptionViewItem, cell: Cell, chosen: bool) -> QPixmap:
        """Draw a cell once: every call of a painter may wait for busy workers, so a frame must not need hundreds."""
        ratio = option.widget.devicePixelRatioF() if option.widget is not None else 1.0
        drawn = QPixmap(option.rect.size() * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(QColor(style.PANEL))
        painter = QPainter(drawn)
        painter.setFont(option.font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        rect = QRect(QPoint(), option.rect.size())
        if cell.page is None:
            self._paint_head(painter, rect, cell)
        else:
            self._paint_page(painter, rect, cell, chosen)
        painter.end()
        return drawn

    def _paint_head(self, painter: QPainter, rect: QRect, cell: Cell) -> None:
        group = cell.group
        card = rect.adjusted(6, 6, -4, -6)
        painter.setPen(QPen(QColor(style.LINE), 1))
        painter.setBrush(QColor(style.WINDOW))
        painter.drawRoundedRect(card, 6, 6)
        inner = card.adjusted(8, 6, -6, -6)
        top = 0
        if group.number:
            paint_chip(painter, QRect(inner.left(), inner.top(), 20, 18), group.number)
            top = 22
        painter.setPen(QColor(style.MUTED))
        count = self._words.say(messages.MISSING) if group.missing else self._words.say(messages.GROUP_PAGES, count=group.pages)
        if group.missing:
            painter.setPen(QColor(style.AMBER))
            painter.drawPixmap(inner.left(), inner.bottom() - 16, icons.pixmap("warn", style.AMBER, 16))
        painter.drawText(
            inner.adjusted(20 if group.missing else 0, 0, 0, 0),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom,
            count,
        )
        font = painter.font()
        font.setBold(not group.code)
        painter.setFont(font)
        painter.setPen(QColor(style.INK))
        name = inner.adjusted(0, top, 0, -20)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        metrics = painter.fontMetrics()
        lines = max(1, name.height() // metrics.lineSpacing())
        painter.drawText(name, flags, shorten(self._model.group_name(group), metrics, name.width(), lines))

    def _paint_page(self, painter: QPainter, whole: QRect, cell: Cell, chosen: bool) -> None:
        rect = whole.adjusted(3, 4, -3, -4)
        on_screen = cell.key == self.shown
        if chosen:
            painter.setPen(QPen(QColor(style.ACCENT), 2))
            painter.setBrush(QColor(style.ACCENT_SOFT))
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 6, 6)
        space = rect.adjusted(6, 6, -6, -26)
        frame = self._paint_picture(painter, space, cell)
        self._paint_signs(painter, frame, cell)
        pill = QRect(rect.center().x() - 17, rect.bottom() - 22, 34, 18)
        if on_screen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(style.ACCENT))
            painter.drawRoundedRect(pill, 9, 9)
        painter.setPen(QColor("white" if on_screen else style.MUTED))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, str(cell.number))

    def _paint_picture(self, painter: QPainter, space: QRect, cell: Cell) -> QRect:
        picture = self._model.picture(cell)
        size = QSize(70, 99) if picture is None else picture.deviceIndependentSize().toSize()
        size.scale(space.size(), Qt.AspectRatioMode.KeepAspectRatio)
        frame = QRect(space.topLeft(), size)
        frame.moveCenter(space.center())
        painter.setPen(QPen(QColor("#b4bec8"), 1))
        painter.setBrush(QColor("white"))
        painter.drawRect(frame.adjusted(-1, -1, 0, 0))
        if picture is not None:
            painter.drawPixmap(frame, picture)
        else:
            sign = icons.pixmap("page", style.FAINT, 24)
            painter.drawPixmap(frame.center().x() - 12, frame.center().y() - 12, sign)
        return frame

    def _paint_signs(self, painter: QPainter, frame: QRect, cell: Cell) -> None:
        page = cell.page
        if page is None:
            return
        signs = [name for name, wanted in (("blank", page.blank), ("warn", bool(page.warnings or page.failure))) if wanted]
        x = frame.right() - _SIGN - 1
        for name in signs:
            spot = QRect(x, frame.top() + 2, _SIGN, _SIGN)
            painter.setPen(QPen(QColor(style.AMBER_LINE), 1))
            painter.setBrush(QColor(style.AMBER_SOFT))
            painter.drawEllipse(spot)
            painter.drawPixmap(spot.left() + 3, spot.top() + 2, icons.pixmap(name, style.AMBER, 13))
            x -= _SIGN + 3
