"""Tables as Excel workbooks. What comes from outside is written as text, so that nothing is ever read as a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast
from urllib.parse import quote

from fastapi import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Font

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Value = str | int | float | date | None
_LONGEST = 32_767


def workbook(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Value]]]], name: str) -> Response:
    """Make a workbook of sheets, each a title, a heading and rows, as a file to save."""
    book = Workbook(write_only=True)
    for title, heading, rows in sheets:
        sheet = book.create_sheet(title[:31])
        sheet.freeze_panes = "A2"
        bold = [_cell(sheet, text) for text in heading]
        for cell in bold:
            cell.font = Font(bold=True)
        sheet.append(bold)
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    content = io.BytesIO()
    book.save(content)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "private, no-store",
    }
    return Response(content.getvalue(), media_type=MEDIA_TYPE, headers=headers)


def _cell(sheet: Any, value: Value) -> Cell:
    if not isinstance(value, str):
        # A day is a moment for Excel; the types of openpyxl know only that.
        return WriteOnlyCell(sheet, cast(float | None, value))
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(" ", value)[:_LONGEST])
    cell.data_type = "s"
    return cell
