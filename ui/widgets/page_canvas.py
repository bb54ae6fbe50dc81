"""The page, large: zoom with wheel or keys, pan with the mouse, and the crop frame over the original."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPen, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsPixmapItem, QGraphicsRectItem, QGraphicsScene, QGraphicsView, QWidget

from app.model.page_findings import Box, Quad
from ui import messages, style
from ui.items.crop_frame import CropFrame
from ui.words import Words

_SMALLEST, _LARGEST = 0.05, 8.0
_STEP = 1.25
# Pixels of the screen around a page that is fitted, and the part of a page that panning may go beyond it.
_AIR = 18
_EDGE = 0.04
# The mark of a place that was read: a frame and a see-through fill, with a part of its height for room around it.
_MARK_FILL = (11, 92, 173, 36)
_MARK_WIDTH = 2.0
_MARK_ROOM = 0.3


def _marker() -> QPen:
    pen = QPen(QColor(style.ACCENT), _MARK_WIDTH)
    pen.setCosmetic(True)  # as wide at every zoom
    return pen


class PageCanvas(QGraphicsView):
    """Shows one picture. ``zoomed`` has the zoom, 1.0 being one screen pixel for one of the picture."""

    zoomed = Signal(float)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self._item = QGraphicsPixmapItem()
        self._item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._scene.addItem(self._item)
        self._marked = QGraphicsRectItem(self._item)
        self._marked.setPen(_marker())
        self._marked.setBrush(QColor(*_MARK_FILL))
        self._marked.hide()
        self._fitted = True
        self._scale = 1.0
        self.frame: CropFrame | None = None
        self.setScene(self._scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setMinimumSize(240, 180)
        self._show_bars(False)  # a page is fitted first; bars that went only then would have it fitted four times over
        words.bind(self.setAccessibleName, messages.PAGE_VIEW)

    @property
    def empty(self) -> bool:
        """Whether no picture is shown."""
        return self._item.pixmap().isNull()

    @property
    def zoom_now(self) -> float:
        """The zoom, 1.0 being one screen pixel for one of the picture."""
        return self.transform().m11()

    @property
    def marked(self) -> Box | None:
        """The place that is marked, in pixels of the picture shown; None where none is."""
        place = self._marked.rect()
        return (place.left(), place.top(), place.right(), place.bottom()) if self._marked.isVisible() else None

    def show_picture(self, picture: QImage | QPixmap, scale: float, *, same_page: bool) -> None:
        """Show a picture; the view stays where it was for another picture of the same page and size."""
        pixmap = QPixmap.fromImage(picture) if isinstance(picture, QImage) else picture
        stay = same_page and not self._fitted and pixmap.size() == self._item.pixmap().size()
        self.end_crop()
        self.mark(None)
        self._scale = scale
        self._item.setPixmap(pixmap)
        area = QRectF(pixmap.rect())
        edge = max(area.width(), area.height()) * _EDGE
        self._scene.setSceneRect(area.adjusted(-edge, -edge, edge, edge))
        if not stay:
            self.fit()

    def mark(self, box: Box | None) -> None:
        """Mark a place of the picture: left, top, right, bottom in pixels of the upright page; None takes the mark away."""
        self._marked.setVisible(box is not None)
        if box is not None:
            left, top, right, bottom = (side * self._scale for side in box)
            room = _MARK_ROOM * self._scale * max(8.0, box[3] - box[1])
            self._marked.setRect(QRectF(left, top, right - left, bottom - top).adjusted(-room, -room, room, room))

    def clear(self) -> None:
        """Show nothing."""
        self.end_crop()
        self.mark(None)
        self._item.setPixmap(QPixmap())
        self._scene.setSceneRect(QRectF(0, 0, 1, 1))

    # --- zoom ------------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show the whole page."""
        self._fitted = True
        if not self.empty:
            area, room = self._item.pixmap().size(), self.viewport().size()
            zoom = min((room.width() - 2 * _AIR) / area.width(), (room.height() - 2 * _AIR) / area.height())
            self.resetTransform()
            self.scale(max(zoom, _SMALLEST), max(zoom, _SMALLEST))
            self.centerOn(self._item)
            self._show_bars(False)
            self.zoomed.emit(self.zoom_now)

    def _show_bars(self, wanted: bool) -> None:
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if wanted else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(policy)
        self.setVerticalScrollBarPolicy(policy)

    def actual(self) -> None:
        """One screen pixel for one pixel of the picture."""
        self.zoom_by(1.0 / self.zoom_now)

    def zoom_in(self) -> None:
        """Show less, larger."""
        self.zoom_by(_STEP)

    def zoom_out(self) -> None:
        """Show more, smaller."""
        self.zoom_by(1 / _STEP)

    def zoom_by(self, factor: float) -> None:
        """Multiply the zoom, within what makes sense."""
        if self.empty:
            return
        wanted = min(max(self.zoom_now * factor, _SMALLEST), _LARGEST)
        self._fitted = False
        self._show_bars(True)
        self.scale(wanted / self.zoom_now, wanted / self.zoom_now)
        self.zoomed.emit(self.zoom_now)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt: the wheel zooms around the pointer."""
        if event.angleDelta().y():
            self.zoom_by(_STEP if event.angleDelta().y() > 0 else 1 / _STEP)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: a page that was fitted stays fitted."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: a crop handle that has the keys may use them; all others are the window's."""
        focused = self._scene.focusItem()
        if self.frame is not None and focused is not None:
            super().keyPressEvent(event)
        else:
            event.ignore()

    # --- cropping --------------------------------------------------------------------------------

    def begin_crop(self, quad: Quad) -> None:
        """Lay the crop frame over the picture; corners in pixels of the original."""
        self.end_crop()
        area = QRectF(self._item.pixmap().rect())
        self.frame = CropFrame(area, [QPointF(x * self._scale, y * self._scale) for x, y in quad])
        self.frame.setParentItem(self._item)
        self.frame.handles[0].setFocus()
        self.setFocus()

    def end_crop(self) -> None:
        """Take the crop frame away."""
        if self.frame is not None:
            self._scene.removeItem(self.frame)
            self.frame = None

    def crop_quad(self) -> Quad | None:
        """Give the frame's corners in pixels of the original, None where nothing is being cropped."""
        if self.frame is None:
            return None
        first, second, third, fourth = ((point.x() / self._scale, point.y() / self._scale) for point in self.frame.corners)
        return first, second, third, fourth
