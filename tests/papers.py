"""Made-up administrative papers as the reader would give them: words with boxes, laid out like print on A4 at 200 dpi."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from app.model.page_findings import Box, Findings, PageText, Quad, Word

_MM = 200 / 25.4
_WIDTH, _HEIGHT = 210.0, 297.0
_LEFT, _RIGHT, _TOP = 28.0, 192.0, 18.0
_LETTER, _TALL, _LINE = 2.15, 3.4, 7.0


@dataclass(frozen=True)
class Centre:
    """A line in the middle."""

    text: str


@dataclass(frozen=True)
class Columns:
    """Lines side by side, each in the middle of its half."""

    left: str
    right: str


@dataclass(frozen=True)
class Cells:
    """Texts of one row that begin at so many mm from the left."""

    cells: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Gap:
    """So many mm of empty paper."""

    mm: float


Row = str | Centre | Columns | Cells | Gap
_FOLDER = Path(__file__).parent / "pages" / "papers"


def paper_names() -> list[str]:
    """Give the names of the papers in tests/pages/papers."""
    return sorted(path.stem for path in _FOLDER.glob("*.txt"))


def read_paper(name: str) -> tuple[PageText, dict[str, str]]:
    """Give a paper of tests/pages/papers as words, and what is to be read from it.

    A line is printed from the left margin; "= text" in the middle; "left || right" in two columns; "@28 text @110 text"
    at so many mm; "~6" leaves 6 mm empty. After "---" come the fields.
    """
    printed, _, wanted = (_FOLDER / f"{name}.txt").read_text("utf-8").partition("\n---\n")
    rows = [_row(line) for line in printed.splitlines() if line.strip()]
    return paper(*rows), dict(line.split(": ", 1) for line in wanted.splitlines() if line.strip())


def _row(line: str) -> Row:
    if line.startswith("= "):
        return Centre(line[2:])
    if line.startswith("~"):
        return Gap(float(line[1:]))
    if "||" in line:
        left, right = (part.strip() for part in line.split("||"))
        return Columns(left, right)
    if line.startswith("@"):
        cells = re.findall(r"@(\d+) ([^@]+)", line)
        return Cells(tuple((float(at), text.strip()) for at, text in cells))
    return line


def paper(*rows: Row, confidence: float = 96.0) -> PageText:
    """Lay rows out from the top; a plain text is set from the left margin and wrapped at the right one."""
    words: list[Word] = []
    y, line = _TOP, 0
    for row in rows:
        if isinstance(row, Gap):
            y += row.mm
            continue
        for pieces in _lines(row):
            for x, text in pieces:
                words += _words(text, x, y, line, confidence)
                line += 1
            y += _LINE
    return PageText(tuple(words), round(_WIDTH * _MM), round(_HEIGHT * _MM), "made")


def plain_findings(**changes: object) -> Findings:
    """Give the findings of a good page without codes; ``changes`` replaces some of them."""
    right, bottom = _WIDTH * _MM, _HEIGHT * _MM
    quad: Quad = ((0.0, 0.0), (right, 0.0), (right, bottom), (0.0, bottom))
    values: dict[str, object] = {
        "quad": quad,
        "edges_found": True,
        "edges_confidence": 1.0,
        "skew": 0.0,
        "orientation": 0,
        "orientation_confidence": 1.0,
        "blank": False,
        "ink": 0.05,
    }
    return Findings(**{**values, **changes})  # type: ignore[arg-type]


def _lines(row: str | Centre | Columns | Cells) -> list[list[tuple[float, str]]]:
    if isinstance(row, Centre):
        return [[(_centred(row.text, (_LEFT + _RIGHT) / 2), row.text)]]
    if isinstance(row, Columns):
        halves = ((row.left, 62.0), (row.right, 143.0))
        return [[(_centred(text, middle), text) for text, middle in halves if text]]
    if isinstance(row, Cells):
        return [list(row.cells)]
    return [[(_LEFT, line)] for line in _wrapped(row)]


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if _wide(f"{lines[-1]} {word}") > _RIGHT - _LEFT:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _words(text: str, x: float, y: float, line: int, confidence: float) -> list[Word]:
    made = []
    for word in text.split():
        wide = _wide(word)
        box: Box = (x * _MM, y * _MM, (x + wide) * _MM, (y + _TALL) * _MM)
        made.append(Word(word, box, confidence, line))
        x += wide + _LETTER * 0.6
    return made


def _wide(text: str) -> float:
    return _LETTER * len(text)


def _centred(text: str, middle: float) -> float:
    return middle - _wide(text) / 2
