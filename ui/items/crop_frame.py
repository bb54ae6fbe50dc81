"""The crop frame over the original: four corners and four edges that can be dragged, or moved with the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFocusEvent, QKeyEvent, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsObject, QGraphicsSceneMouseEvent, QStyleOptionGraphicsItem, QWidget

from ui import style

_REACH = 12.0
_STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class CropFrame(QGraphicsObject):
    """A quad inside a picture, corners in scene pixels. It stays convex and inside, whatever is dragged."""

    def __init__(self, area: QRectF, corners: list[QPointF]) -> None:
        super().__init__()
        self._area = area
        self.corners = [_inside(point, area) for point in corners]
        self.handles = [Handle(self, (at,)) for at in range(4)] + [Handle(self, (at, (at + 1) % 4)) for at in range(4)]
        self.setZValue(1)
        self._arrange()

    def boundingRect(self) -> QRectF:
        """Qt: the whole picture, because what is cut off is shaded."""
        return self._area

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Qt: shade what would be cut off and draw the frame."""
        inside = QPolygonF([*self.corners, self.corners[0]])
        outside = QPainterPath()
        outside.addRect(self._area)
        outside.addPolygon(inside)
        painter.fillPath(outside, QBrush(QColor(20, 30, 45, 110)))
        for width, color in ((4.0, QColor(255, 255, 255, 210)), (2.0, QColor(style.ACCENT))):
            pen = QPen(color, width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPolyline(inside)

    def drag(self, which: tuple[int, ...], to: QPointF) -> None:
        """Bring a corner, or the middle of an edge with both its corners, to a point; refused where the frame would fold."""
        centre = _middle([self.corners[at] for at in which])
        moved = list(self.corners)
        for at in which:
            moved[at] = _inside(self.corners[at] + to - centre, self._area)
        if _convex(moved):
            self.corners = moved
            self._arrange()
            self.update()

    def _arrange(self) -> None:
        for handle in self.handles:
            handle.setPos(_middle([self.corners[at] for at in handle.which]))


class Handle(QGraphicsItem):
    """What is dragged: round on a corner, square on an edge; the same size at every zoom."""

    def __init__(self, frame: CropFrame, which: tuple[int, ...]) -> None:
        super().__init__(frame)
        self._frame = frame
        self.which = which
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsFocusable)
        self.setCursor(Qt.CursorShape.CrossCursor if len(which) == 1 else Qt.CursorShape.SizeAllCursor)

    def boundingRect(self) -> QRectF:
        """Qt: generous, so that it is easy to hit."""
        return QRectF(-_REACH, -_REACH, 2 * _REACH, 2 * _REACH)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Qt: draw it; filled while the arrow keys move it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(style.ACCENT), 2))
        painter.setBrush(QColor(style.ACCENT if self.hasFocus() else "white"))
        if len(self.which) == 1:
            painter.drawEllipse(QRectF(-7, -7, 14, 14))
        else:
            painter.drawRoundedRect(QRectF(-5, -5, 10, 10), 2, 2)

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Qt: take hold of it."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def mouseMoveEvent(self, event: QGraphicsSceneMouseEvent) -> None:
        """Qt: the frame follows."""
        self._frame.drag(self.which, event.scenePos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: arrow keys move it by one pixel, with Shift by ten."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            event.ignore()
            return
        size = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        self._frame.drag(self.which, self.pos() + QPointF(step[0] * size, step[1] * size))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt: show that it has the keys."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt: show that it no longer has them."""
        self.update()


def _inside(point: QPointF, area: QRectF) -> QPointF:
    return QPointF(min(max(point.x(), area.left()), area.right()), min(max(point.y(), area.top()), area.bottom()))


def _middle(points: list[QPointF]) -> QPointF:
    return QPointF(sum(point.x() for point in points) / len(points), sum(point.y() for point in points) / len(points))


def _convex(corners: list[QPointF]) -> bool:
    """Say whether all turns go the same way and are more than a hair."""
    turns = []
    for at in range(4):
        a, b, c = corners[at], corners[(at + 1) % 4], corners[(at + 2) % 4]
        turns.append((b.x() - a.x()) * (c.y() - b.y()) - (b.y() - a.y()) * (c.x() - b.x()))
    return all(turn > 100 for turn in turns) or all(turn < -100 for turn in turns)
