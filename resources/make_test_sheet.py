"""Make ``resources/test-sheet.pdf``, the sheet that scanners are checked with: ``python -m resources.make_test_sheet``.

Drawn by Qt as lines, not as a picture, so that a printer puts each edge as sharply as it can.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPageLayout, QPageSize, QPainter, QPdfWriter

from app.imaging.calibration import GRATINGS, MARK, MARKS, PATCH, SHEET, UP_MARK, UP_SIZE, grating_place

FOLDER = Path(__file__).parent
_DPI = 1200
_LINES = (
    "Số hoá Một cửa: tờ kiểm tra máy quét. In trên giấy A4 trắng, tỉ lệ 100%, rồi đặt vào máy quét.",
    "Scanner test sheet. Print on white A4 at 100 %, then put it into the scanner.",
)


def main() -> None:
    """Draw the sheet."""
    QGuiApplication([*sys.argv[:1], "-platform", "offscreen"])
    writer = QPdfWriter(str(FOLDER / "test-sheet.pdf"))
    writer.setTitle(_LINES[0])
    writer.setResolution(_DPI)
    writer.setPageLayout(QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF()))
    painter = QPainter(writer)
    painter.scale(_DPI / 25.4, _DPI / 25.4)
    for x, y, size in (*((x, y, MARK) for x, y in MARKS), (*UP_MARK, UP_SIZE)):
        painter.fillRect(QRectF(x - size / 2, y - size / 2, size, size), Qt.GlobalColor.black)
    for number, pairs in enumerate(GRATINGS):
        _draw_grating(painter, number, pairs)
    _draw_words(painter)
    painter.end()


def _draw_grating(painter: QPainter, number: int, pairs: float) -> None:
    for upright in (True, False):
        left, top = grating_place(number, upright=upright)
        for line in range(round(PATCH * pairs)):
            along = line / pairs
            box = (left + along, top, 0.5 / pairs, PATCH) if upright else (left, top + along, PATCH, 0.5 / pairs)
            painter.fillRect(QRectF(*box), Qt.GlobalColor.black)


def _draw_words(painter: QPainter) -> None:
    painter.setPen(QColor("black"))
    font = QFont("Noto Sans")
    font.setPointSizeF(9)
    painter.setFont(font)
    for number, line in enumerate(_LINES):
        painter.save()
        painter.translate(SHEET[0] / 2, 240 + 6 * number)
        painter.scale(25.4 / _DPI, 25.4 / _DPI)
        width = painter.fontMetrics().horizontalAdvance(line)
        painter.drawText(-width // 2, 0, line)
        painter.restore()


if __name__ == "__main__":
    main()
