"""The centre of the desk: tools, the page large, its badges, and the crop frame."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.model.page import Page, PageState
from app.model.page_findings import Box
from ui import messages, style
from ui.images import Images, Kind, Shown, version_of
from ui.widgets.badges import BadgeRow
from ui.widgets.crop_bar import CropBar
from ui.widgets.page_canvas import PageCanvas
from ui.widgets.stack_bar import StackBar
from ui.widgets.view_bar import ViewBar
from ui.words import Words

_EDGE = 12


class PageView(QWidget):
    """Shows one page. ``cropped`` has page id and quad; ``failed`` a picture that could not be made."""

    cropped = Signal(str, object)
    cropping = Signal(bool)
    failed = Signal(object)

    def __init__(self, images: Images, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images = images
        self._words = words
        self._page: Page | None = None
        self._kind: Kind = "processed"
        self._on_screen = ("", "")
        self._awaited = ("", "")
        self._want_crop = False
        self._scanning = False
        self._pointed: tuple[str, Box | None] = ("", None)
        self.bar = ViewBar(words)
        self.canvas = PageCanvas(words)
        self.badges = BadgeRow(words, self.canvas)
        self.crop_bar = CropBar(words)
        self.stack_bar = StackBar(words)
        self._hint = _hint(self.canvas)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.crop_bar)
        column.addWidget(self.stack_bar)
        column.addWidget(self.canvas, 1)
        self.canvas.zoomed.connect(self.bar.show_zoom)
        self.canvas.installEventFilter(self)
        self.bar.kind_chosen.connect(self.show_kind)
        self.crop_bar.applied.connect(self.apply_crop)
        self.crop_bar.left.connect(self.leave_crop)
        images.thumbnail_ready.connect(self._placeholder_ready)
        words.changed.connect(self._speak)
        self._speak()

    @property
    def page(self) -> Page | None:
        """The page on screen."""
        return self._page

    @property
    def kind(self) -> Kind:
        """Whether the original or the processed picture is on screen."""
        return self._kind

    @property
    def settled(self) -> bool:
        """Whether the picture on screen is the one that belongs there."""
        return self._page is None or self._on_screen == (version_of(self._page), self._kind)

    def show_page(self, page: Page | None) -> None:
        """Show a page, or the hint that there is none; the same page again only where it looks different."""
        if page is not None and self._page is not None and page.id == self._page.id:
            self._page = page
            self.badges.show_page(page)
            self._place_overlays()
            if self.canvas.frame is None:
                self._ask()
            return
        self.leave_crop()
        self.stack_bar.keep_for(page.id if page is not None else "")
        self._page = page
        self._on_screen = ("", "")
        self.badges.show_page(page)
        if page is None:
            self.canvas.clear()
        else:
            self.canvas.clear()
            self._show_placeholder(page)
            self._ask()
        self._hint.setVisible(page is None)
        self._place_overlays()

    def show_scanning(self, running: bool) -> None:
        """Say where there is no page yet whether one is coming or paper has to be put in."""
        if running != self._scanning:
            self._scanning = running
            self._speak()

    def show_kind(self, kind: Kind) -> None:
        """Show the original or the processed picture."""
        self._want_crop = self._want_crop and kind == "original"
        if self.canvas.frame is not None and kind == "processed":
            self.leave_crop()
        self._kind = kind
        self.bar.show_kind(kind)
        self._ask()

    def point_at(self, page_id: str, box: Box | None) -> None:
        """Mark a place on a page (left, top, right, bottom in pixels of the upright page) once its picture is there."""
        self._pointed = (page_id, box)
        if self._kind != "processed":
            self.show_kind("processed")
        self._mark()

    def _mark(self) -> None:
        pointed = self._page is not None and self._pointed[0] == self._page.id and self._kind == "processed" and self.settled
        self.canvas.mark(self._pointed[1] if pointed else None)

    def begin_crop(self) -> None:
        """Lay the crop frame over the original, once that is on screen."""
        if self._page is not None and self.canvas.frame is None:
            self._want_crop = True
            self.show_kind("original")

    def apply_crop(self) -> None:
        """Crop to the frame."""
        quad = self.canvas.crop_quad()
        if quad is not None and self._page is not None:
            page_id = self._page.id
            self.leave_crop()
            self.cropped.emit(page_id, quad)

    def leave_crop(self) -> None:
        """Take the frame away and show the processed page again."""
        was = self.canvas.frame is not None or self._want_crop
        self._want_crop = False
        self.canvas.end_crop()
        self.crop_bar.hide()
        if was:
            self.cropping.emit(False)
            self.show_kind("processed")

    def _show_placeholder(self, page: Page) -> None:
        thumbnail = self._images.thumbnail(page)
        if thumbnail is not None:
            self.canvas.show_picture(thumbnail, thumbnail.width() / page.width, same_page=False)

    def _placeholder_ready(self, page_id: str) -> None:
        if self._page is not None and self._page.id == page_id and self.canvas.empty:
            self._show_placeholder(self._page)

    def _ask(self) -> None:
        page = self._page
        if page is None:
            return
        if self.settled:
            self._lay_frame()
            return
        wanted = (version_of(page), self._kind)
        if wanted == self._awaited:
            return  # each snapshot of a batch comes by here; the picture is drawn once
        self._awaited = wanted
        self._images.show(
            page, self._kind, lambda shown: self._arrived(wanted, shown), lambda error: self._missing(wanted, error)
        )

    def _arrived(self, wanted: tuple[str, str], shown: Shown) -> None:
        self._await_no_more(wanted)
        page = self._page
        if page is None or shown.image.isNull() or wanted != (version_of(page), self._kind) or wanted == self._on_screen:
            return
        if self.canvas.frame is not None:
            return
        same = self._on_screen[0].split("/")[0] == page.id
        self._on_screen = wanted
        self.canvas.show_picture(shown.image, shown.scale, same_page=same)
        self._mark()
        self._lay_frame()
        self._place_overlays()

    def _missing(self, wanted: tuple[str, str], error: BaseException) -> None:
        self._await_no_more(wanted)
        page = self._page
        if page is None or wanted != (version_of(page), self._kind):
            return
        if self._kind == "processed" and page.state is not PageState.READY:
            self._images.show(page, "original", lambda shown: self._arrived(wanted, shown), self.failed.emit)
        else:
            self.failed.emit(error)

    def _await_no_more(self, wanted: tuple[str, str]) -> None:
        if self._awaited == wanted:
            self._awaited = ("", "")

    def _lay_frame(self) -> None:
        if self._want_crop and self._page is not None and self._kind == "original":
            self._want_crop = False
            self.canvas.fit()
            self.canvas.begin_crop(self._page.geometry.quad)
            self.crop_bar.show()
            self._place_overlays()
            self.cropping.emit(True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: what lies over the page moves with its size."""
        if watched is self.canvas and event.type() == QEvent.Type.Resize:
            self._place_overlays()
        return False

    def _place_overlays(self) -> None:
        area = self.canvas.size()
        self.badges.adjustSize()
        self.badges.move(_EDGE, _EDGE)
        self._hint.setGeometry(0, 0, area.width(), area.height())

    def _speak(self) -> None:
        coming = self._scanning
        title = self._words.say(messages.EMPTY_SCANNING if coming else messages.EMPTY_TITLE)
        detail = self._words.say(messages.EMPTY_SOON if coming else messages.EMPTY_DETAIL)
        self._hint.setText(
            f"<div style='font-size:14pt;font-weight:600;color:{style.INK}'>{title}</div>"
            f"<div style='color:{style.MUTED};margin-top:8px'>{detail}</div>"
        )
        self._place_overlays()


def _hint(parent: QWidget) -> QLabel:
    hint = QLabel(parent)
    hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
    hint.setWordWrap(True)
    hint.setTextFormat(Qt.TextFormat.RichText)
    hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return hint
