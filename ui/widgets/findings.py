"""What is still to do before the dossier can be finished, each line with its icon; a click goes to the page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.filing.checks import Finding
from ui import icons, messages, style
from ui.widgets.buttons import label
from ui.words import Words

_HIGHEST = 96


class FindingsList(QWidget):
    """At most a few lines high; longer lists scroll. ``page_wanted`` has the page of a finding."""

    page_wanted = Signal(str)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._shown: tuple[Finding, ...] | None = None
        self._ready = False
        self._title = label(words, messages.TO_DO, "section")
        self._done = label(words, messages.NOTHING_TO_DO, "muted")
        self._rows = QWidget()
        self._column = QVBoxLayout(self._rows)
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(3)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self._title, self._scroll, self._done):
            column.addWidget(widget)
        words.changed.connect(self._draw)

    def show_findings(self, findings: Sequence[Finding], has_pages: bool) -> None:
        """Show these; without any and with pages, say that all is there."""
        ordered = tuple(sorted(findings, key=lambda finding: finding.severity != "block"))
        if ordered != self._shown or has_pages != self._ready:
            self._shown, self._ready = ordered, has_pages
            self._draw()

    def _draw(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        findings = self._shown or ()
        for finding in findings:
            self._column.addWidget(self._line(finding))
        self._title.setVisible(bool(findings))
        self._scroll.setVisible(bool(findings))
        self._done.setVisible(not findings and self._ready)
        self._set_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: lines wrap anew."""
        super().resizeEvent(event)
        self._set_height()

    def _set_height(self) -> None:
        width = max(200, self.width() - 10)
        items = [self._column.itemAt(at) for at in range(self._column.count())]
        rows = [item.widget() for item in items if item is not None]
        heights = [row.heightForWidth(width) + self._column.spacing() for row in rows if row is not None]
        self._scroll.setFixedHeight(max(0, min(_HIGHEST, sum(heights))))

    def _line(self, finding: Finding) -> QWidget:
        row = QWidget()
        sign = QLabel()
        blocks = finding.severity == "block"
        sign.setPixmap(icons.pixmap("circle" if blocks else "warn", style.MUTED if blocks else style.AMBER, 15))
        text = label(None, None, "caption" if blocks else "finding")
        text.setWordWrap(True)
        shown = self._words.sentence(finding.text)
        text.setText(shown)
        if finding.page_id:
            text.setTextFormat(Qt.TextFormat.RichText)
            text.setText(f"<a href='{finding.page_id}' style='color:{style.ACCENT}'>{shown}</a>")
            text.linkActivated.connect(self.page_wanted)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(text, 1)
        return row
