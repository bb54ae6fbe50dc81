"""What the detectors and the reader found on one page, and what to cut out of it; kept as JSON beside the page.

Points are pixels of the untouched original with (0, 0) at the outer corner of its first pixel, so the whole frame of
a page is (0, 0) to (width, height). Angles are degrees, clockwise as seen on the screen.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import Any

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
Box = tuple[float, float, float, float]

TURNS = (0, 90, 180, 270)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is not a finite number")
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{value!r} is not a whole number")
    return value


def _turn(value: Any) -> int:
    if _whole(value) not in TURNS:
        raise ValueError(f"turn: {value!r} is not one of {TURNS}")
    return int(value)


def _quad(value: Any) -> Quad:
    if len(value) != 4 or any(len(point) != 2 for point in value):
        raise ValueError("quad: four points of two numbers are needed")
    top_left, top_right, bottom_right, bottom_left = ((_number(x), _number(y)) for x, y in value)
    return (top_left, top_right, bottom_right, bottom_left)


def _box(value: Any) -> Box:
    left, top, right, bottom = (_number(side) for side in value)
    return (left, top, right, bottom)


def _load(text: str, kind: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError(f"{kind}: an object is needed")
    return found


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True)
class Geometry:
    """What to cut out of the original and how far to turn the cut-out clockwise (0, 90, 180, 270) to stand upright.

    ``quad`` holds the corners top left, top right, bottom right, bottom left as the page lies on the scan.
    """

    quad: Quad
    turn: int = 0

    def to_json(self) -> str:
        """Give one line of JSON."""
        return _dump(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Geometry:
        """Read what ``to_json`` gave; ValueError where it is not that."""
        try:
            found = _load(text, "geometry")
            return cls(_quad(found["quad"]), _turn(found["turn"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"geometry: {error!r}") from error


@dataclass(frozen=True)
class Barcode:
    """A code that was read: ``type`` "QRCode", "Code128", "Code39" or "PatchT"; ``quad`` its corners on the original."""

    type: str
    value: str
    quad: Quad


@dataclass(frozen=True)
class Flaw:
    """Something wrong with a scan and where: ``box`` is left, top, right, bottom in pixels of the original.

    ``kind`` is one of "damaged", "skew", "low_dpi", "dark", "faint", "blurred", "cut_off", "streak", "finger", "clip",
    "double_page".
    """

    kind: str
    box: Box


@dataclass(frozen=True)
class Findings:
    """What was found on a page.

    ``skew``: degrees clockwise that the lines lean beyond ``orientation``. ``orientation``: how far the content is
    turned clockwise on the scan (0, 90, 180, 270). ``ink``: share of the sheet that is dark, 0 to 1. Confidences are
    0 to 1. ``warnings``: the kinds of ``flaws``, each once. ``separator``: whether its codes make it a separator sheet.
    ``papers``: the corners of each paper where several lie on one glass, else nothing.
    """

    quad: Quad
    edges_found: bool
    edges_confidence: float
    skew: float
    orientation: int
    orientation_confidence: float
    blank: bool
    ink: float
    warnings: tuple[str, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    barcodes: tuple[Barcode, ...] = ()
    separator: bool = False
    papers: tuple[Quad, ...] = ()

    def geometry(self) -> Geometry:
        """Propose the cut that straightens the page and turns it upright."""
        return Geometry(self.quad, -self.orientation % 360)

    def to_json(self) -> str:
        """Give one line of JSON."""
        return _dump(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Findings:
        """Read what ``to_json`` gave; ValueError where it is not that."""
        try:
            found = _load(text, "findings")
            return cls(
                quad=_quad(found["quad"]),
                edges_found=bool(found["edges_found"]),
                edges_confidence=_number(found["edges_confidence"]),
                skew=_number(found["skew"]),
                orientation=_turn(found["orientation"]),
                orientation_confidence=_number(found["orientation_confidence"]),
                blank=bool(found["blank"]),
                ink=_number(found["ink"]),
                warnings=tuple(str(flag) for flag in found["warnings"]),
                # Pages that an earlier version looked at have none of these.
                flaws=tuple(Flaw(str(item["kind"]), _box(item["box"])) for item in found.get("flaws", ())),
                barcodes=tuple(
                    Barcode(str(item["type"]), str(item["value"]), _quad(item["quad"])) for item in found.get("barcodes", ())
                ),
                separator=bool(found.get("separator", False)),
                papers=tuple(_quad(paper) for paper in found.get("papers", ())),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"findings: {error!r}") from error


@dataclass(frozen=True)
class Word:
    """One word as read: ``box`` is left, top, right, bottom in pixels of the processed page; ``confidence`` 0 to 100.

    Words of one printed line share ``line``, a number that grows in reading order.
    """

    text: str
    box: Box
    confidence: float
    line: int


@dataclass(frozen=True)
class PageText:
    """The words of a page in reading order; ``width`` and ``height`` are the processed page's pixels."""

    words: tuple[Word, ...]
    width: int
    height: int
    engine: str

    def lines(self) -> list[list[Word]]:
        """Give the words line by line, in reading order."""
        grouped: dict[int, list[Word]] = {}
        for word in self.words:
            grouped.setdefault(word.line, []).append(word)
        return list(grouped.values())

    def plain(self) -> str:
        """Give the text alone: words parted by spaces, lines by line feeds."""
        return "\n".join(" ".join(word.text for word in line) for line in self.lines())

    def to_json(self) -> str:
        """Give one line of JSON."""
        return _dump(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> PageText:
        """Read what ``to_json`` gave; ValueError where it is not that."""
        try:
            found = _load(text, "page text")
            return cls(
                tuple(_word(word) for word in found["words"]),
                _whole(found["width"]),
                _whole(found["height"]),
                str(found["engine"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"page text: {error!r}") from error


def _word(found: dict[str, Any]) -> Word:
    return Word(str(found["text"]), _box(found["box"]), _number(found["confidence"]), _whole(found["line"]))
