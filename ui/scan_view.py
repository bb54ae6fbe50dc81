"""What the window shows of scanning: the buttons above, what a session asks for, how it ended."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QPixmap

from app.errors import Text
from app.model.profile import Profile
from ui import messages
from ui.desk import Desk
from ui.images import Images
from ui.scanning import Scanning
from ui.widgets.banner import Answer, Banner
from ui.widgets.prompt_bar import PromptBar
from ui.widgets.status_line import StatusLine
from ui.widgets.top_bar import TopBar
from ui.words import Words


class ScanView(QObject):
    """Shows what ``scanning`` says and brings its answers back; ``note`` is said instead of what a batch is doing.

    ``question`` gives the button that belongs to a failure, where going on is not the answer to it.
    """

    def __init__(self, scanning: Scanning, desk: Desk, images: Images, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scanning = scanning
        self.note: Text | None = None
        self._shown: tuple[tuple[Profile, ...], int] = ((), -1)
        self.question: Callable[[BaseException], Answer | None] = lambda _error: None
        self._desk = desk
        self._images = images
        self._words = words
        self.prompt = PromptBar(words)
        self.prompt.go_on.connect(scanning.start)
        self.prompt.done.connect(scanning.done)
        scanning.changed.connect(self._show_prompt)
        desk.shown.connect(self._show_prompt)
        images.thumbnail_ready.connect(self._picture_ready)

    def bind(self, bar: TopBar, banner: Banner, status: StatusLine) -> None:
        """Show the rest in these parts of the window."""
        bar.stop.clicked.connect(self.scanning.stop)
        bar.profile_chosen.connect(self.scanning.choose)
        self.scanning.said.connect(lambda text: status.say(self._words.as_is(text)))
        self.scanning.failed.connect(self._show_failure)
        self._bar, self._banner, self._status = bar, banner, status

    def show(self, other_work: bool) -> None:
        """Show profiles, the stop button and how far the batch is; ``other_work`` keeps the bottom line otherwise."""
        scanning = self.scanning
        shown = (scanning.profiles, scanning.chosen)
        if shown != self._shown:  # this is called for every sheet
            self._shown = shown
            self._bar.show_profiles(*shown)
        self._bar.show_scanning(scanning.running, scanning.stopping)
        if scanning.running:
            self._status.show_work(self.note or scanning.note, scanning.progress)
        elif not other_work:
            self._status.end_work()

    def _show_failure(self, error: BaseException) -> None:
        self._banner.show_error(error, self.question(error) or Answer(messages.RETRY_SCAN, self.scanning.again))

    def _show_prompt(self, _snapshot: object = None) -> None:
        prompt = self.scanning.prompt
        self.prompt.show_prompt(prompt, self._picture(prompt.page) if prompt is not None else None)

    def _picture(self, page_id: str) -> QPixmap | None:
        page = self._desk.snapshot.page(page_id) if self._desk.snapshot is not None and page_id else None
        return self._images.thumbnail(page) if page is not None else None

    def _picture_ready(self, page_id: str) -> None:
        if page_id == self.prompt.page:
            self._show_prompt()
