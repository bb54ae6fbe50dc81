"""What the detectors want looked at, as small answers to click on."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app.errors import Text
from app.model.page import MarkBlank, Page, PageState
from app.model.splitting import can_split
from ui import icons, messages, style
from ui.words import Words


class Remedy(enum.Enum):
    """What a click on a badge does."""

    NOTHING = "nothing"
    CHECK_FRAME = "check_frame"
    NOT_BLANK = "not_blank"
    ORIGINAL = "original"
    ACTUAL_SIZE = "actual_size"
    SPLIT = "split"


@dataclass(frozen=True)
class Badge:
    """One sign on the page: its words, the tip that says what to do, and what a click does."""

    icon: str
    text: Text
    tip: Text
    remedy: Remedy = Remedy.NOTHING
    value: float | None = None


_KNOWN = {
    "damaged": Badge("warn", messages.BADGE_DAMAGED, messages.BADGE_DAMAGED_TIP, Remedy.ORIGINAL),
    "streak": Badge("warn", messages.BADGE_STREAK, messages.BADGE_STREAK_TIP, Remedy.ACTUAL_SIZE),
    "cut_off": Badge("warn", messages.BADGE_CUT_OFF, messages.BADGE_CUT_OFF_TIP, Remedy.CHECK_FRAME),
    "finger": Badge("warn", messages.BADGE_FINGER, messages.BADGE_FINGER_TIP, Remedy.ACTUAL_SIZE),
    "clip": Badge("warn", messages.BADGE_CLIP, messages.BADGE_CLIP_TIP, Remedy.ACTUAL_SIZE),
    "double_page": Badge("warn", messages.BADGE_DOUBLE, messages.BADGE_DOUBLE_TIP, Remedy.ORIGINAL),
}
_SEPARATOR = Badge("page", messages.BADGE_SEPARATOR, messages.BADGE_SEPARATOR_TIP)
_LOOKS = {"dark": messages.BADGE_DARK, "faint": messages.BADGE_FAINT, "blurred": messages.BADGE_BLURRED}


def badges_of(page: Page) -> tuple[Badge, ...]:
    """Say what should be looked at on a page, the gravest first."""
    badges: list[Badge] = []
    if page.state is PageState.FAILED:
        badges.append(Badge("warn", messages.BADGE_FAILED, messages.BADGE_FAILED_TIP, Remedy.ORIGINAL))
    if page.findings is not None and page.findings.separator:
        badges.append(_SEPARATOR)
    if page.blank:
        said = any(isinstance(edit, MarkBlank) for edit in page.edits)
        badges.append(
            Badge(
                "blank", messages.BADGE_BLANK_SET if said else messages.BADGE_BLANK, messages.BADGE_BLANK_TIP, Remedy.NOT_BLANK
            )
        )
    if can_split(page):
        badges.append(Badge("crop", messages.BADGE_PAPERS, messages.BADGE_PAPERS_TIP, Remedy.SPLIT))
    if "low_dpi" in page.open_warnings:
        badges.append(Badge("warn", messages.BADGE_LOW_DPI, messages.BADGE_LOW_DPI_TIP, Remedy.NOTHING, page.provenance.dpi))
    if "skew" in page.open_warnings and page.findings is not None:
        badges.append(Badge("warn", messages.BADGE_SKEW, messages.BADGE_SKEW_TIP, Remedy.CHECK_FRAME, abs(page.findings.skew)))
    for flag, text in _LOOKS.items():
        if flag in page.open_warnings:
            badges.append(Badge("warn", text, messages.BADGE_LOOK_TIP, Remedy.ACTUAL_SIZE))
    badges += [badge for flag, badge in _KNOWN.items() if flag in page.open_warnings]
    return tuple(badges)


class BadgeRow(QWidget):
    """The badges of the page on screen. ``asked`` has the remedy of the one that was clicked."""

    asked = Signal(object)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._badges: tuple[Badge, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        words.changed.connect(self._draw)

    def show_page(self, page: Page | None) -> None:
        """Show the badges of a page."""
        badges = badges_of(page) if page is not None else ()
        if badges != self._badges:
            self._badges = badges
            self._draw()

    def buttons(self) -> list[QToolButton]:
        """Give the badges as buttons, in order."""
        return self.findChildren(QToolButton, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def _draw(self) -> None:
        for old in self.buttons():
            self._row.removeWidget(old)
            old.setParent(None)
            old.deleteLater()
        for badge in self._badges:
            self._row.addWidget(self._button(badge))
        self.setVisible(bool(self._badges))
        self.adjustSize()

    def _button(self, badge: Badge) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("badge")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIcon(icons.icon(badge.icon, style.AMBER))
        value = "" if badge.value is None else self._words.number(badge.value, 0 if badge.value >= 50 else 1)
        text = self._words.say(badge.text, degrees=value, dpi=value)
        button.setText(text)
        button.setToolTip(self._words.say(badge.tip))
        button.setAccessibleName(f"{text}. {self._words.say(badge.tip)}")
        if badge.remedy is not Remedy.NOTHING:
            button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(lambda: self.asked.emit(badge.remedy))
        return button
