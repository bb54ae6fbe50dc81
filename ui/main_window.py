"""The main window: holds the screens, brings keys to them, and closes without losing anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.bootstrap import Application
from app.events import Change, Topic
from ui import icons, keys, messages
from ui.bridge import Bridge
from ui.centre import Centre, CentreView
from ui.closing import Closing
from ui.desk import Desk
from ui.finder import Finder
from ui.finishing import Finish
from ui.images import Images
from ui.memory import Memory
from ui.next_step import Step, next_step
from ui.operations import Operations
from ui.outbox import Outbox
from ui.preferences import Preferences
from ui.qt_words import QtWords
from ui.records import Records
from ui.scan_view import ScanView
from ui.scanning import Scanning
from ui.screens.desk_screen import DeskScreen
from ui.screens.outbox_screen import OutboxScreen
from ui.screens.queue_panel import QueuePanel
from ui.screens.settings_screen import SettingsScreen
from ui.sidebar import Sidebar
from ui.widgets.banner import Banner
from ui.widgets.status_line import StatusLine
from ui.widgets.top_bar import TopBar
from ui.words import Words


class MainWindow(QMainWindow):
    """Everything is reached from here, nothing is decided here."""

    def __init__(self, application: Application, memory: Path) -> None:
        super().__init__()
        self.application = application
        self._memory = Memory(memory)
        self.words = Words(application.settings().language, self)
        self._qt_words = QtWords(self.words, self)
        self.bridge = Bridge(application.events, self)
        self.operations = Operations(application.jobs, self.bridge, self)
        self.desk = Desk(application, self.operations, self)
        self.scanning = Scanning(application, self.desk, self.operations, self)
        self.finish = Finish(application, self.desk, self.operations, self)
        self._closing = Closing(self.scanning, self.finish, self.operations, self)
        self.centre = Centre(application, self.operations, self)
        self.images = Images(application.pictures, self.bridge, self.operations, self)
        self._finder = Finder(application, self.operations, self.words, self)
        self._make_screens()
        self._lay_out()
        self.records = Records(application, self.desk, self.operations, self.words, self)
        self.outbox = Outbox(application, self.centre, self.operations, self.screen_outbox, self.status, self.words)
        self._connect()
        self._bind_keys()
        self.setWindowIcon(icons.icon("sohoa"))
        self.words.bind(self.setWindowTitle, messages.APP_NAME)
        self._memory.restore(self, self._splitters())
        self.scanning.choose_named(self._memory.profile)
        self.scanning.chose.connect(self._memory.keep_profile)
        self._show_scanning()
        self.banner.show_notices(application.notices)

    # --- building --------------------------------------------------------------------------------

    def _make_screens(self) -> None:
        self.search = self._finder.field
        self.bar = TopBar(self.words, self.search)
        self.banner = Banner(self.words)
        self.queue = QueuePanel(self.application, self.operations, self.words)
        self.screen_desk = DeskScreen(self.application, self.desk, self.images, self.words)
        self.screen_outbox = OutboxScreen(self.words)
        self.screen_settings = SettingsScreen(self.words)
        self.preferences = Preferences(self.application, self.operations, self.screen_settings, self.words)
        self.status = StatusLine(self.words)
        self.scan_view = ScanView(self.scanning, self.desk, self.images, self.words, self)
        self.scan_view.bind(self.bar, self.banner, self.status)
        self.scan_view.question = lambda error: self.preferences.question(error, self.scanning.chosen, self)

    def _lay_out(self) -> None:
        self.stack = QStackedWidget()
        for screen in (self.screen_desk, self.screen_outbox, self.screen_settings):
            self.stack.addWidget(screen)
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.sidebar = Sidebar(self.queue, self.bar.dossiers, self)
        self.across.addWidget(self.queue)
        self.across.addWidget(self.stack)
        self.across.setStretchFactor(1, 1)
        self.across.setSizes([218, 1148])
        self.across.setHandleWidth(3)
        self.across.setCollapsible(1, False)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget, stretch in (
            (self.bar, 0),
            (self.banner, 0),
            (self.scan_view.prompt, 0),
            (self.across, 1),
            (self.status, 0),
        ):
            column.addWidget(widget, stretch)
        self.setCentralWidget(whole)
        self.setMinimumSize(1000, 600)

    def _connect(self) -> None:
        bar, desk = self.bar, self.screen_desk
        bar.scan.clicked.connect(self.scanning.start)
        bar.new.clicked.connect(self.new_dossier)
        bar.language.clicked.connect(self.preferences.other_language)
        bar.outbox.clicked.connect(self.show_outbox)
        bar.settings.clicked.connect(self.show_settings)
        self._finder.dossier_found.connect(self.open_dossier)
        self._finder.procedure_found.connect(self._use_procedure)
        self._finder.listed.connect(self.queue.show_found)
        self.queue.opened.connect(self.open_dossier)
        self.queue.known.connect(self._finder.know)
        self.desk.shown.connect(lambda snapshot: self.queue.show_open(snapshot.dossier.id if snapshot else ""))
        desk.said.connect(self.status.say)
        desk.failed.connect(self.banner.show_error)
        desk.commands.scan_wanted.connect(self.scanning.scan_at)
        desk.read_changed.connect(self.status.show_read)
        desk.step_changed.connect(self._show_step)
        desk.panel.finish.clicked.connect(self._finish)
        desk.panel.outbox_wanted.connect(self.show_outbox)
        desk.panel.fields.number_wanted.connect(lambda: self.centre.new_number(self.desk.dossier_id))
        self.screen_outbox.back.connect(self.show_desk)
        self.screen_settings.back.connect(self.show_desk)
        self.preferences.said.connect(self.status.say)
        self.preferences.searching.connect(lambda: self.status.show_work(messages.FINDING_SCANNERS, (0, 0)))
        self.preferences.searched.connect(self.status.end_work)
        self._connect_work()

    def _connect_work(self) -> None:
        self.bridge.noticed.connect(self._hear)
        self.operations.failed.connect(self.banner.show_error)
        self.scanning.wanted.connect(self._ready_to_scan)
        self.scanning.changed.connect(self._show_scanning)
        self.scanning.over_in_new.connect(self.screen_desk.drop_empty)
        self.finish.changed.connect(self._show_finishing)
        self.finish.done.connect(lambda number: self.status.say(self.words.say(messages.FINISHED, number=number)))
        self.finish.failed.connect(self.banner.show_error)
        self.finish.became.connect(self.banner.change_error)
        self.records.bind(self.screen_desk, self.bar, self.banner, self.status)
        self.outbox.begun.connect(self.banner.hide)
        self.outbox.failed.connect(self.banner.show_error)
        self._closing.ready.connect(self.close)
        self.centre.shown.connect(self._show_centre)
        self.centre.numbered.connect(lambda number: self.status.say(self.words.say(messages.NUMBER_GOT, number=number)))

    def _bind_keys(self) -> None:
        actions: dict[str, Callable[[], object]] = {
            "scan": self.scanning.start,
            "find": self._finder.focus,
            "new": self.new_dossier,
            "finish": self._finish,
            "outbox": self.show_outbox,
            "paper": self.screen_desk.open_paper,
            "settings": self.show_settings,
        }
        keys.bind(self, actions, self.screen_desk.commands.run, self.scanning.press)

    # --- what the user asks for ------------------------------------------------------------------

    def open_dossier(self, dossier_id: str) -> None:
        """Put a dossier on the desk; what was being typed belongs to the one before."""
        self.screen_desk.panel.fields.commit()
        self.desk.open(dossier_id)
        self.show_desk()

    def new_dossier(self) -> None:
        """Begin a dossier and put it on the desk."""
        self.screen_desk.panel.fields.commit()
        self.desk.fresh(lambda dossier: self.open_dossier(dossier.id))

    def show_desk(self) -> None:
        """Show the desk."""
        self._show_screen(self.screen_desk)
        self.screen_desk.strip.setFocus()

    def show_outbox(self) -> None:
        """Show the outbox."""
        self._show_screen(self.screen_outbox)

    def show_settings(self) -> None:
        """Show the settings as they are now."""
        self.preferences.show()
        self._show_screen(self.screen_settings)

    def _ready_to_scan(self) -> None:
        self.banner.hide()
        self.screen_desk.panel.fields.commit()
        self.show_desk()

    def _finish(self) -> None:
        snapshot = self.desk.snapshot
        if snapshot is not None and snapshot.editable and snapshot.filled and self.scanning.leave():
            self.banner.hide()
            self.screen_desk.panel.fields.commit()
            self.show_desk()
            self.finish.start(snapshot.dossier, self.screen_desk.settled)

    def _use_procedure(self, code: str) -> None:
        if self.desk.snapshot is not None and self.desk.snapshot.editable:
            self.show_desk()
            self.screen_desk.set_procedure(code)
        else:
            self.desk.new(lambda dossier: self.open_dossier(dossier.id), code)

    # --- what is told to the user ----------------------------------------------------------------

    def _hear(self, change: Change) -> None:
        self.desk.hear(change)
        self.centre.hear(change)
        self.preferences.hear(change)
        if change.topic in (Topic.DOSSIERS, Topic.OUTBOX):
            self.queue.mark_stale()
        elif change.topic is Topic.SETTINGS:
            self.scanning.read_profiles()
        elif change.topic is Topic.BLANKS_REMOVED:
            self.status.say(self.words.say(messages.BLANKS_REMOVED))
        elif change.topic is Topic.PAGE_PROCESSED:
            self.images.refresh_thumbnail(change.page_id)

    def _show_screen(self, screen: QWidget) -> None:
        self.stack.setCurrentWidget(screen)
        self._show_step()

    def _show_step(self) -> None:
        desk = self.screen_desk
        at_desk = self.stack.currentWidget() is desk
        running, asking = self.scanning.running, self.scanning.asking
        step = next_step(self.desk.snapshot, scanning=running, asking=asking, cropping=desk.cropping, at_desk=at_desk)
        self.bar.primary({Step.SCAN: self.bar.scan, Step.STOP: self.bar.stop}.get(step))
        self.scan_view.prompt.primary(step is Step.GO_ON)
        desk.panel.primary(step is Step.FINISH)

    def _show_scanning(self) -> None:
        self.scan_view.note = messages.CLOSING if self._closing.asked else None
        self.scan_view.show(self.finish.running)
        self.screen_desk.view.show_scanning(self.scanning.running and self.scanning.prompt is None)
        self._show_step()

    def _show_finishing(self) -> None:
        self.screen_desk.panel.show_finishing(self.finish.running)
        if self.finish.running:
            self.status.show_work(messages.CLOSING_WORK if self._closing.asked else self.finish.note, self.finish.progress)
        elif not self.scanning.running:
            self.status.end_work()

    def _show_centre(self, view: CentreView) -> None:
        self.status.show_sync(view)
        self.bar.show_outbox(view.waiting, trouble=view.trouble is not None and view.waiting > 0)
        self.screen_outbox.show_centre(view)

    # --- keys and closing ------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: keys that no control wanted are for the page on the desk."""
        desk = self.screen_desk
        escape = event.key() == Qt.Key.Key_Escape
        if escape and self.stack.currentWidget() is not desk:
            self.show_desk()
        elif escape and self.scanning.prompt is not None and not desk.cropping:
            self.scanning.done()
        elif self.stack.currentWidget() is not desk or not desk.press(event.key(), event.modifiers()):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: on a narrow screen the left side gives way before anything is cut off."""
        super().resizeEvent(event)
        self.sidebar.fit(event.size().width())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: running work ends and what was typed is written; then the window closes by itself."""
        if not self._closing.done:
            self.screen_desk.panel.fields.commit()
            event.ignore()
            self._closing.ask()
            return
        self._memory.keep(self, self._splitters())
        self.bridge.close()
        self.images.close()
        event.accept()

    def _splitters(self) -> dict[str, QSplitter]:
        return {"queue": self.across, "dossier": self.screen_desk.across, "strip": self.screen_desk.centre}
