"""The settings, as a form made from their declarations. Only what was changed is written."""

from __future__ import annotations

from pydantic import BaseModel
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.settings import Settings
from ui import messages
from ui.screens.catalogue_page import CataloguePage
from ui.screens.profile_editor import ProfileEditor
from ui.widgets.buttons import make_primary, rule, screen_top, word_button
from ui.widgets.settings_form import Control, make_control, sentence, simple_fields
from ui.words import Words


class SettingsScreen(QWidget):
    """``saved`` has the changed values by dotted name; the window writes them."""

    back = Signal()
    saved = Signal(object)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = words
        self._settings = Settings()
        self._controls: dict[str, Control] = {}
        self.sections = QListWidget()
        self.sections.setFixedWidth(190)
        self.profiles = ProfileEditor(words)
        self.catalogue = CataloguePage(words)
        self._own = {"profiles": self.profiles, "catalogue": self.catalogue}
        self._pages = QStackedWidget()
        self.save = word_button(words, messages.SETTINGS_SAVE, "check")
        make_primary(self.save, "check")
        self.save.clicked.connect(lambda: self.saved.emit(self.changes()))
        self.sections.currentRowChanged.connect(self._show_section)
        words.bind(self.sections.setAccessibleName, messages.SETTINGS_TITLE)
        self._lay_out()
        words.changed.connect(lambda: self.show_settings(self._settings))

    def _lay_out(self) -> None:
        top = screen_top(self._words, messages.SETTINGS_TITLE, self.back.emit)
        top.addStretch(1)
        top.addWidget(self.save)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._pages)
        middle = QHBoxLayout()
        middle.setContentsMargins(12, 10, 14, 10)
        middle.setSpacing(20)
        middle.addWidget(self.sections)
        middle.addWidget(scroll, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(rule())
        column.addLayout(middle, 1)

    def show_settings(self, settings: Settings) -> None:
        """Fill the form with these settings."""
        self._settings = settings
        at = max(0, self.sections.currentRow())
        self._controls = {}
        self._clear()
        for section, name in messages.SECTIONS.items():
            self.sections.addItem(self._words.say(name))
            own = self._own.get(section)
            self._pages.addWidget(own or self._page(section, getattr(settings, section) if section else settings))
        self.profiles.show_profiles(settings.profiles)
        self.sections.setCurrentRow(at)

    def _show_section(self, row: int) -> None:
        """A page that is not seen takes no room, so that only a long one scrolls."""
        for at in range(self._pages.count()):
            upright = QSizePolicy.Policy.Preferred if at == row else QSizePolicy.Policy.Ignored
            page = self._pages.widget(at)
            if page is not None:
                page.setSizePolicy(upright, upright)
        self._pages.setCurrentIndex(row)

    def changes(self) -> dict[str, object]:
        """Give what differs from the settings in force, by dotted name."""
        changed: dict[str, object] = {}
        for name, control in self._controls.items():
            section, _, key = name.rpartition(".")
            part = getattr(self._settings, section) if section else self._settings
            value = control.read()
            if value != getattr(part, key):
                changed[name] = list(value) if isinstance(value, tuple) else value
        profiles = self.profiles.values()
        if profiles != [profile.model_dump(mode="json") for profile in self._settings.profiles]:
            changed["profiles"] = profiles
        return changed

    def _clear(self) -> None:
        self.sections.clear()
        while self._pages.count():
            page = self._pages.widget(0)
            if page is not None:
                self._pages.removeWidget(page)
            if page is not None and page not in self._own.values():
                page.deleteLater()

    def _page(self, section: str, part: BaseModel) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.setContentsMargins(0, 0, 10, 0)
        for name, field in simple_fields(part).items():
            control = make_control(field, getattr(part, name), self._words)
            control.widget.setMaximumWidth(420)
            own = messages.SETTING_NAMES.get(f"{section}.{name}" if section else name)
            text = self._words.say(own) if own else sentence(field, self._words.language)
            control.widget.setAccessibleName(text)
            self._controls[f"{section}.{name}" if section else name] = control
            form.addRow(text, control.widget)
        return page
