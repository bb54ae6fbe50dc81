"""``findings.json``: what was found on each page, keyed by the input's stem, for people and for programs that score it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from app.errors import ExitCode, ItemFailed, Text
from app.files import SHARED, write_whole
from app.model.page_findings import Findings, PageText
from app.model.proposals import Proposal

PageReport = dict[str, Any]
MadeFrom = Mapping[str, object]
_MADE_FROM = "made_from"
_SECONDS_BETWEEN = 1.0
_NO_JSON = Text("không phải JSON", "it is no JSON")
_NO_FINDINGS = Text("không phải danh sách kết quả", "it is no list of findings")


class FindingsBroken(ItemFailed):
    """A findings.json from an earlier run cannot be read, so what is done is not known."""

    title = Text("Tệp {path} bị hỏng: {detail}", "{path} is damaged: {detail}")
    remedy = Text("Xóa hoặc đổi tên tệp đó rồi chạy lại.", "Delete or rename that file and run again.")
    exit_code = ExitCode.INPUT


def page_report(
    findings: Findings, text: PageText | None, ms: Mapping[str, float], proposals: Sequence[Proposal] = ()
) -> PageReport:
    """Give a page's findings under the names that scorers read.

    ``skew`` is in degrees clockwise with the orientation undone, ``quad`` and the boxes of ``quality`` in pixels of the
    input, ``ms`` in milliseconds of CPU time by stage. ``fields`` holds what is proposed: value, confidence (0 to 1), the
    rule that found it, and where it was read: left, top, right, bottom in pixels of the upright page, or null.
    """
    return {
        "skew": round(findings.skew, 3),
        "orientation": findings.orientation,
        "quad": [[round(x, 1), round(y, 1)] for x, y in findings.quad],
        "papers": [[[round(x, 1), round(y, 1)] for x, y in paper] for paper in findings.papers],
        "blank": findings.blank,
        "separator": findings.separator,
        "barcodes": [{"type": code.type, "value": code.value} for code in findings.barcodes],
        "quality": [{"kind": flaw.kind, "box": [round(side) for side in flaw.box]} for flaw in findings.flaws],
        "text": text.plain() if text else "",
        "fields": {proposal.field.value: _field(proposal) for proposal in proposals},
        "ms": dict(ms),
    }


def _field(proposal: Proposal) -> dict[str, Any]:
    box = None if proposal.box is None else [round(side) for side in proposal.box]
    return {"value": proposal.value, "confidence": proposal.confidence, "rule": proposal.rule, "box": box}


def failed_page(error: ItemFailed) -> PageReport:
    """Give what stands for a page that could not be processed: what happened and what to do, in both languages."""
    return {
        "error": {
            "kind": type(error).__name__,
            "vi": f"{error.title_in('vi')}. {error.remedy_in('vi')}",
            "en": f"{error.title_in('en')}. {error.remedy_in('en')}",
        }
    }


class FindingsFile:
    """The file at ``path``; what earlier runs found stays in it. Used as a context, it is written at the end."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._found: dict[str, Any] | None = None
        self._written = clock()

    def __enter__(self) -> FindingsFile:
        """Read what is there; raises FindingsBroken."""
        self._load()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Write what was found, also where the run was broken off."""
        self._write()

    def has(self, key: str, made_from: MadeFrom) -> bool:
        """Tell whether there are findings without an error for that input, made from it as it is now and in the same way."""
        found = self._load().get(key)
        pages = found if isinstance(found, list) else [found]
        return all(isinstance(page, dict) and page.get(_MADE_FROM) == made_from for page in pages)

    def put(self, key: str, reports: Sequence[PageReport], made_from: MadeFrom) -> None:
        """Keep the findings of an input: of its page, or a list of those of its pages; written within a second or so."""
        kept = [report if "error" in report else {**report, _MADE_FROM: made_from} for report in reports]
        self._load()[key] = kept if len(kept) > 1 else kept[0]
        if self._clock() - self._written >= _SECONDS_BETWEEN:
            self._write()

    def _load(self) -> dict[str, Any]:
        if self._found is None:
            try:
                found = json.loads(self._path.read_text("utf-8"))
            except FileNotFoundError:
                found = {}
            except ValueError as error:
                raise FindingsBroken(path=self._path, detail=_NO_JSON) from error
            if not isinstance(found, dict):
                raise FindingsBroken(path=self._path, detail=_NO_FINDINGS)
            self._found = found
        return self._found

    def _write(self) -> None:
        """Write in one step: a killed run leaves the earlier file whole."""
        write_whole(self._path, json.dumps(self._load(), ensure_ascii=False, indent=1).encode(), mode=SHARED)
        self._written = self._clock()
