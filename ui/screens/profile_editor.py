"""The scan profiles: a list, the fields of the chosen one, and the scanners that can be found."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.model.profile import ScannerName
from app.settings import ProfileSettings
from ui import icons, messages, style
from ui.widgets.buttons import label, word_button
from ui.widgets.settings_form import Control, make_control, sentence, simple_fields
from ui.words import Words


class ProfileEditor(QWidget):
    """``find_wanted`` asks for a search of scanners; its outcome comes to ``offer``.

    ``options_wanted`` has the chosen profile, whose scanner's options are to be shown; they come to ``take_options``.
    ``import_wanted`` and ``export_wanted`` ask for a file. ``locked`` are names of profiles that the administrator keeps:
    they are listed, and nothing can be done to them here.
    ``check_wanted`` has the profile whose scanner is to be checked.
    """

    find_wanted = Signal()
    import_wanted = Signal()
    export_wanted = Signal()
    options_wanted = Signal(object)
    check_wanted = Signal(object)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._profiles: list[ProfileSettings] = []
        self._at = -1
        self.locked: tuple[str, ...] = ()
        self._controls: dict[str, Control] = {}
        self.list = QListWidget()
        self.list.setFixedWidth(210)
        self.list.setMaximumHeight(170)
        words.bind(self.list.setAccessibleName, messages.PROFILE_LIST)
        self.list.currentRowChanged.connect(self._chosen)
        self.add = word_button(words, messages.PROFILE_NEW, "plus")
        self.remove = word_button(words, messages.PROFILE_REMOVE, "trash")
        self.look = word_button(words, messages.FIND_SCANNERS, "scanner")
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.look.clicked.connect(self.find_wanted)
        self.options = word_button(words, messages.SCANNER_OPTIONS, "settings")
        self.options.clicked.connect(self._want_options)
        self.take_in = word_button(words, messages.PROFILE_IMPORT, "folder")
        self.write_out = word_button(words, messages.PROFILE_EXPORT, "folder")
        self.take_in.clicked.connect(self.import_wanted)
        self.write_out.clicked.connect(self.export_wanted)
        self.check = word_button(words, messages.CHECK_SCANNER_BUTTON, "check")
        self.check.clicked.connect(self._want_check)
        self.scanners = QComboBox()
        self.scanners.hide()
        self.scanners.activated.connect(self._take)
        self._empty = label(words, messages.PROFILES_BUILT_IN, "muted")
        self._empty.setWordWrap(True)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(16)
        self._lay_out()

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        for widget in (self.list, self.add, self.remove, self.look, self.options, self.check, self.take_in, self.write_out):
            side.addWidget(widget)
        side.addStretch(1)
        main = QVBoxLayout()
        main.addWidget(self.scanners)
        main.addWidget(self._empty)
        main.addLayout(self._form)
        main.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(18)
        row.addLayout(side)
        row.addLayout(main, 1)

    def show_profiles(self, profiles: Sequence[ProfileSettings]) -> None:
        """Show these profiles."""
        self._at = -1
        self._profiles = list(profiles)
        self._fill(0)

    def values(self) -> list[dict[str, object]]:
        """Give all profiles as they are written to the settings."""
        self._keep()
        return [profile.model_dump(mode="json") for profile in self._profiles]

    def offer(self, scanners: Sequence[ScannerName]) -> None:
        """Let one of the scanners that were found be chosen for the profile."""
        self.scanners.clear()
        self.scanners.addItem(self._words.say(messages.SCANNERS_FOUND, count=len(scanners)))
        for scanner in scanners:
            self.scanners.addItem(f"{scanner.label}  ({scanner.backend})", scanner)
        self.scanners.show()

    def refresh(self, scanners: Sequence[ScannerName]) -> None:
        """Show another list of scanners where one is shown."""
        if not self.scanners.isHidden():
            self.offer(scanners)

    def take_options(self, name: str, options: dict[str, str]) -> None:
        """Keep the options of the scanner in the profile of this name."""
        self._keep()
        for at, profile in enumerate(self._profiles):
            if profile.name == name:
                self._profiles[at] = profile.model_copy(update={"options": options})

    def _want_options(self) -> None:
        self._keep()
        if self._at >= 0:
            self.options_wanted.emit(self._profiles[self._at].to_profile())

    def _want_check(self) -> None:
        self._keep()
        if self._at >= 0:
            self.check_wanted.emit(self._profiles[self._at].to_profile())

    def _take(self, index: int) -> None:
        scanner = self.scanners.itemData(index)
        if isinstance(scanner, ScannerName) and self._at >= 0:
            self._keep()
            taken = {"backend": scanner.backend, "device": scanner.device, "identity": scanner.identity}
            self._profiles[self._at] = self._profiles[self._at].model_copy(update=taken)
            self._show_form()

    def _fill(self, current: int) -> None:
        self._at = -1
        self.list.clear()
        self.list.addItems([profile.name for profile in self._profiles])
        for name in self.locked:
            row = QListWidgetItem(icons.icon("lock", style.MUTED), name, self.list)
            row.setFlags(Qt.ItemFlag.NoItemFlags)
            row.setToolTip(self._words.say(messages.PROFILE_LOCKED))
        self.list.setCurrentRow(min(current, len(self._profiles) - 1))
        if not self._profiles:
            self._show_form()

    def _chosen(self, row: int) -> None:
        self._keep()
        self._at = row
        self._show_form()

    def _keep(self) -> None:
        if 0 <= self._at < len(self._profiles):
            read = {name: control.read() for name, control in self._controls.items()}
            if read["device"] != self._profiles[self._at].device:
                # An address typed by hand is another scanner than the one remembered.
                read["identity"] = ""
            self._profiles[self._at] = self._profiles[self._at].model_copy(update=read)
            self.list.item(self._at).setText(str(read["name"]))

    def _show_form(self) -> None:
        while self._form.rowCount():
            self._form.removeRow(0)
        self._controls = {}
        self.remove.setEnabled(self._at >= 0)
        self.options.setEnabled(self._at >= 0)
        self.check.setEnabled(self._at >= 0)
        self.write_out.setEnabled(bool(self._profiles))
        self._empty.setVisible(not self._profiles and not self.locked)
        if self._at < 0:
            return
        profile = self._profiles[self._at]
        for name, field in simple_fields(profile).items():
            if name == "identity":
                continue
            control = make_control(field, getattr(profile, name), self._words)
            own = messages.PROFILE_FIELDS.get(name)
            text = self._words.say(own) if own else sentence(field, self._words.language)
            control.widget.setAccessibleName(text)
            self._controls[name] = control
            self._form.addRow(text, control.widget)

    def _add(self) -> None:
        self._keep()
        self._profiles.append(ProfileSettings(name=self._words.say(messages.PROFILE_NAME_NEW)))
        self._fill(len(self._profiles) - 1)

    def _remove(self) -> None:
        if self._at >= 0:
            del self._profiles[self._at]
            self._fill(max(0, self._at - 1))
