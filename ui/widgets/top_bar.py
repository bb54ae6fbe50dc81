"""The bar at the top: scan with its profile, the scanner, find, language, outbox and settings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget

from app.model.profile import Profile, keys_of
from ui import icons, messages, style
from ui.widgets.buttons import icon_button, label, make_primary, word_button
from ui.widgets.suggest_field import SuggestField
from ui.words import Words

_NARROW = 1150


class TopBar(QWidget):
    """Controls only; the window connects them. ``profile_chosen`` has the index of a profile."""

    profile_chosen = Signal(int)

    def __init__(self, words: Words, search: SuggestField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = words
        self._profiles: Sequence[Profile] = ()
        self._chosen = 0
        self.dossiers = icon_button(words, "folder", messages.DOSSIER_LIST)
        self.scan = word_button(words, messages.SCAN, "scan")
        self.menu_button = icon_button(words, "chevron-down", messages.PROFILE_MENU, flat=False)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.menu_button)
        self.menu_button.setMenu(self._menu)
        self.stop = word_button(words, messages.STOP, "stop")
        self._profile = label(None, None)
        self._sign = QLabel()
        self._sign.setPixmap(icons.pixmap("scanner", style.MUTED, 18))
        self._scanner = label(None, None, "muted")
        self.take_in = icon_button(words, "import", messages.IMPORT, "Ctrl+I")
        self.take_in.setShortcut("Ctrl+I")
        self.new = word_button(words, messages.NEW_DOSSIER, "plus")
        self.new.setToolTip("Ctrl+N")
        self.search = search
        self.language = icon_button(words, "language", messages.LANGUAGE_TIP)
        self.language.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        words.bind(self.language.setText, messages.OTHER_LANGUAGE)
        self.outbox = self._make_outbox()
        self.settings = icon_button(words, "settings", messages.SETTINGS, "Ctrl+,")
        self._lay_out()
        words.changed.connect(lambda: self.show_profiles(self._profiles, self._chosen))

    def _make_outbox(self) -> QToolButton:
        button = icon_button(self._words, "sync", messages.SYNC_TIP, "Ctrl+B")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setText("0")
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 7, 10, 7)
        row.setSpacing(6)
        self.stop.setIconSize(QSize(16, 16))
        for widget in (self.dossiers, self.scan, self.menu_button, self.stop):
            row.addWidget(widget)
        row.addSpacing(4)
        for text in (self._profile, self._sign, self._scanner):
            row.addWidget(text)
        row.addStretch(1)
        self.search.addAction(icons.icon("search", style.MUTED), SuggestField.ActionPosition.LeadingPosition)
        self.search.setMinimumWidth(180)
        self.search.setMaximumWidth(400)
        row.addWidget(self.search, 4)
        for widget in (self.take_in, self.new, self.outbox, self.language, self.settings):
            row.addWidget(widget)
        self.stop.hide()

    def show_profiles(self, profiles: Sequence[Profile], chosen: int) -> None:
        """Fill the menu (F2 to F9 choose and scan) and name the one in use with its scanner."""
        self._profiles, self._chosen = profiles, chosen
        self._menu.clear()
        group = QActionGroup(self._menu)
        for index, (profile, key) in enumerate(zip(profiles, keys_of(profiles), strict=True)):
            action = QAction(f"{profile.name}\t{key}" if key else profile.name, self._menu, checkable=True)
            action.setChecked(index == chosen)
            action.triggered.connect(lambda _checked=False, at=index: self.profile_chosen.emit(at))
            group.addAction(action)
            self._menu.addAction(action)
        self.scan.setEnabled(bool(profiles))
        if profiles:
            self._profile.setText(profiles[chosen].name)
            self._profile.setToolTip(_describe(profiles[chosen], self._words))
            self._scanner.setText(_scanner_of(profiles[chosen], self._words))
        else:
            self._profile.setText(self._words.say(messages.NO_PROFILE))

    def show_scanning(self, running: bool, stopping: bool) -> None:
        """Offer to stop while a batch runs; a second click stops at once."""
        self.scan.setVisible(not running)
        self.menu_button.setVisible(not running)
        self.stop.setVisible(running)
        self.stop.setText(self._words.say(messages.STOP_NOW if stopping else messages.STOP))
        self.stop.setToolTip("" if stopping else self._words.say(messages.STOP_TIP))

    def show_outbox(self, waiting: int, *, trouble: bool) -> None:
        """Say how many dossiers wait, and whether something is wrong with sending."""
        self.outbox.setText(str(waiting))
        self.outbox.setIcon(icons.icon("warn", style.AMBER) if trouble else icons.icon("sync"))

    def primary(self, button: QPushButton | None) -> None:
        """Make one of the bar's buttons the primary one, or none."""
        for each, name in ((self.scan, "scan"), (self.stop, "stop")):
            make_primary(each, name, each is button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: on a narrow screen the names of profile and scanner give way."""
        super().resizeEvent(event)
        roomy = event.size().width() >= _NARROW
        for widget in (self._sign, self._scanner):
            widget.setVisible(roomy)


def _scanner_of(profile: Profile, words: Words) -> str:
    if profile.backend == "virtual":
        return words.say(messages.SCANNER_VIRTUAL)
    return profile.device or words.say(messages.SCANNER_FIRST)


def _describe(profile: Profile, words: Words) -> str:
    source, mode = words.say(messages.SOURCES[profile.source]), words.say(messages.MODES[profile.mode])
    return f"{profile.dpi} dpi, {mode}, {source}, {profile.paper}"
