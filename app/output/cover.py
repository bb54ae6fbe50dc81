"""The cover sheet of an exported record: one HTML page in Vietnamese that anybody can read and print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from jinja2 import Environment, StrictUndefined

from app.model.history import HistoryLine, Step
from app.model.manifest import Manifest
from resources import resource

_VIETNAM = timezone(timedelta(hours=7))
_STEPS = {
    Step.BEGUN: "Tiếp nhận",
    Step.RESULT: "Mở để số hóa kết quả",
    Step.CORRECTION: "Mở để đính chính",
    Step.REOPENED: "Mở lại để sửa",
    Step.FINISHED: "Hoàn tất",
    Step.ACCEPTED: "Trung tâm đã nhận",
    Step.REFUSED: "Trung tâm trả lại",
    Step.WITHDRAWN: "Bỏ bản đính chính",
    Step.CLEARED: "Xóa tệp trên máy trạm sau thời hạn giữ",
}


@dataclass(frozen=True)
class _Line:
    revision: int
    at: str
    what: str
    operator: str
    reason: str


@dataclass(frozen=True)
class _Paper:
    title: str
    number: str
    pages: int
    name: str
    sha256: str


def cover_sheet(manifest: Manifest, manifest_sha256: str, number: str, history: Sequence[HistoryLine]) -> str:
    """Give the cover sheet as HTML; ``number`` is the centre's, empty where it has issued none yet."""
    dossier = manifest.dossier
    pages = sum(len(paper.pages) for paper in manifest.papers)
    facts = [
        ("Mã hồ sơ", number or f"{dossier.provisional} (mã tạm)"),
        ("Chủ hồ sơ", dossier.owner.name),
        ("Số định danh", dossier.owner.id_number or "không có"),
        ("Thủ tục", f"{dossier.procedure_code} {dossier.procedure_name}"),
        ("Cơ quan tiếp nhận", dossier.agency_code),
        ("Cơ quan có thẩm quyền", dossier.competent_agency or dossier.agency_code),
        ("Bản", f"{manifest.revision}" + (f" ({manifest.reason})" if manifest.reason else "")),
        ("Tiếp nhận", _moment(dossier.created_at)),
        ("Hoàn tất", _moment(dossier.finished_at)),
        ("Người số hóa", f"{manifest.operator}, {manifest.station_name}"),
        ("Số giấy tờ, số trang", f"{len(manifest.papers)} giấy tờ, {pages} trang; {len(manifest.reused)} giấy tờ dùng lại"),
    ]
    papers = [
        _Paper(paper.title, paper.fields.number if paper.fields else "", len(paper.pages), paper.file.name, paper.file.sha256)
        for paper in manifest.papers
    ]
    lines = [_Line(line.revision, _moment(line.at), _STEPS[line.step], line.operator, line.reason) for line in history]
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    template = environment.from_string(resource("templates/cover.html").read_text("utf-8"))
    return template.render(
        number=number or dossier.provisional,
        provisional=not number,
        facts=facts,
        papers=papers,
        reused=manifest.reused,
        moment=_moment,
        history=lines,
        manifest_sha256=manifest_sha256,
    )


def _moment(value: datetime) -> str:
    return f"{value.astimezone(_VIETNAM):%H:%M %d/%m/%Y}"
