"""A page is its untouched original plus a list of edits."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from datetime import datetime

from app.model.page_findings import Findings, Geometry, Point, Quad


class PageState(enum.StrEnum):
    """How far the pipeline is with a page. ``new`` also stands for pages whose edits made the text stale."""

    NEW = "new"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class Turn:
    """The clerk turned the page, degrees clockwise: 90, 180 or 270."""

    degrees: int


@dataclass(frozen=True)
class Crop:
    """The clerk drew the frame: corners TL, TR, BR, BL of the upright page, in pixels of the original."""

    quad: Quad


@dataclass(frozen=True)
class MarkBlank:
    """The clerk said whether the page is blank, whatever was detected."""

    blank: bool


class Slip(enum.StrEnum):
    """A page with an attached slip is captured twice: with the slip on it and without (TT 01/2023/TT-VPCP Art. 8)."""

    NONE = "none"
    WITH = "with"
    WITHOUT = "without"


@dataclass(frozen=True)
class MarkSlip:
    """The clerk said which half of a slip's pair the page is, or that it is none."""

    slip: Slip


@dataclass(frozen=True)
class AcceptFlaws:
    """The clerk looked at what was warned of and takes the page as it is."""

    kinds: tuple[str, ...]


Edit = Turn | Crop | MarkBlank | MarkSlip | AcceptFlaws
Edits = tuple[Edit, ...]


@dataclass(frozen=True)
class Provenance:
    """Where a page came from: the scanner, its settings, when, and by whom."""

    batch: str
    sequence: int
    device: str
    source: str
    side: str
    mode: str
    dpi: int
    scanned_at: datetime
    operator: str


@dataclass(frozen=True)
class Page:
    """One scanned side. ``file`` is a name inside the page store; ``component`` is empty while it is not placed."""

    id: str
    dossier_id: str
    position: int
    file: str
    sha256: str
    width: int
    height: int
    provenance: Provenance
    component: str = ""
    edits: Edits = ()
    deleted: bool = False
    state: PageState = PageState.NEW
    findings: Findings | None = None
    failure: str = ""

    @property
    def geometry(self) -> Geometry:
        """What to cut out of the original and how to turn it: the clerk's word before the detector's."""
        turn = sum(edit.degrees for edit in self.edits if isinstance(edit, Turn))
        crops = [edit.quad for edit in self.edits if isinstance(edit, Crop)]
        if self.findings is None:
            corners = (0.0, 0.0), (float(self.width), 0.0), (float(self.width), float(self.height)), (0.0, float(self.height))
            return Geometry(crops[-1] if crops else corners, turn % 360)
        quad = crops[-1] if crops else self.findings.quad
        return Geometry(quad, (turn - self.findings.orientation) % 360)

    @property
    def blank(self) -> bool:
        """Whether the page is taken as blank: the clerk's word before the detector's."""
        marks = [edit.blank for edit in self.edits if isinstance(edit, MarkBlank)]
        if marks:
            return marks[-1]
        return self.findings is not None and self.findings.blank

    @property
    def slip(self) -> Slip:
        """Which half of a slip's pair the page is."""
        marks = [edit.slip for edit in self.edits if isinstance(edit, MarkSlip)]
        return marks[-1] if marks else Slip.NONE

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the detectors want looked at, as short codes."""
        return self.findings.warnings if self.findings is not None else ()

    @property
    def open_warnings(self) -> tuple[str, ...]:
        """Those of the warnings that nobody has looked at yet."""
        accepted = {kind for edit in self.edits if isinstance(edit, AcceptFlaws) for kind in edit.kinds}
        return tuple(kind for kind in self.warnings if kind not in accepted)


def edits_to_json(edits: Edits) -> str:
    """Give the edits as they are stored."""
    return json.dumps([_edit_to_list(edit) for edit in edits])


def edits_from_json(text: str) -> Edits:
    """Read stored edits. Raises ValueError for a kind that this version does not know."""
    return tuple(_edit_from_list(item) for item in json.loads(text))


def _edit_to_list(edit: Edit) -> list[object]:
    match edit:
        case Turn(degrees):
            return ["turn", degrees]
        case Crop(quad):
            return ["crop", quad]
        case MarkBlank(blank):
            return ["blank", blank]
        case MarkSlip(slip):
            return ["slip", slip]
        case AcceptFlaws(kinds):
            return ["accept", kinds]


def _edit_from_list(item: list[object]) -> Edit:
    match item:
        case ["turn", int(degrees)]:
            return Turn(degrees)
        case ["crop", [[x0, y0], [x1, y1], [x2, y2], [x3, y3]]]:
            return Crop((_point(x0, y0), _point(x1, y1), _point(x2, y2), _point(x3, y3)))
        case ["blank", bool(blank)]:
            return MarkBlank(blank)
        case ["slip", str(slip)]:
            return MarkSlip(Slip(slip))
        case ["accept", [*kinds]]:
            return AcceptFlaws(tuple(str(kind) for kind in kinds))
    raise ValueError(f"an edit of an unknown kind: {item!r}")


def _point(x: object, y: object) -> Point:
    if not isinstance(x, int | float) or not isinstance(y, int | float):
        raise ValueError(f"not a point: {x!r}, {y!r}")
    return (float(x), float(y))
