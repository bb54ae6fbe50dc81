"""What a dossier must have before it is finished: pure rules, each with its reason in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from app.errors import Text
from app.model.dossier import Dossier
from app.model.page import Page, PageState
from app.model.procedure import Procedure, Requirement
from app.settings import FilingSettings


@dataclass(frozen=True)
class Finding:
    """Something that blocks finishing, or that should be looked at; ``page_id`` is empty where it is about the whole."""

    severity: Literal["block", "warn"]
    text: Text
    page_id: str = ""


def check_dossier(
    dossier: Dossier, pages: Sequence[Page], procedure: Procedure | None, rules: FilingSettings
) -> tuple[Finding, ...]:
    """Give all findings, blocks first. Page numbers in the texts count from 1 in the dossier's order."""
    found = [*_fields(dossier, procedure), *_components(pages, procedure), *_pages(pages, rules)]
    return tuple(sorted(found, key=lambda finding: finding.severity))


def _fields(dossier: Dossier, procedure: Procedure | None) -> Iterator[Finding]:
    if procedure is None and dossier.procedure_code:
        code = dossier.procedure_code
        yield Finding("block", Text(f"danh mục không còn thủ tục {code}", f"the catalogue has no procedure {code} any more"))
    elif procedure is None:
        yield Finding("block", Text("chưa chọn thủ tục", "no procedure is chosen"))
    if not dossier.owner_name:
        yield Finding("block", Text("chưa có tên chủ hồ sơ", "the owner's name is missing"))
    if not dossier.owner_id_number:
        yield Finding("warn", Text("chưa có số định danh của chủ hồ sơ", "the owner's ID number is missing"))
    if not dossier.number:
        yield Finding(
            "warn",
            Text("chưa có mã hồ sơ: trung tâm sẽ cấp khi nhận", "there is no dossier number: the centre issues it on arrival"),
        )


def _components(pages: Sequence[Page], procedure: Procedure | None) -> Iterator[Finding]:
    if procedure is None:
        return
    placed = {page.component for page in pages}
    for component in procedure.components:
        if component.requirement is Requirement.REQUIRED and component.code not in placed:
            yield Finding("warn", Text(f"thiếu “{component.name}”", f"“{component.name}” is missing"))
    for number, page in enumerate(pages, start=1):
        found = procedure.component(page.component)
        if page.component and found is None:
            reason = Text(
                f"trang {number} nằm dưới thành phần “{page.component}” mà thủ tục không có",
                f"page {number} is under the component “{page.component}”, which the procedure does not have",
            )
            yield Finding("block", reason, page.id)
        elif found is not None and found.requirement is Requirement.PRESENTED:
            reason = Text(
                f"trang {number} là “{found.name}”, chỉ xuất trình, không số hóa",
                f"page {number} is “{found.name}”, which is only presented and is not digitised",
            )
            yield Finding("block", reason, page.id)


def _pages(pages: Sequence[Page], rules: FilingSettings) -> Iterator[Finding]:
    """TT 01/2023/TT-VPCP Art. 8: every page in order; ND 30/2020/NĐ-CP: at least 200 dpi."""
    if not any(page.component for page in pages):
        yield Finding("block", Text("chưa có trang nào được xếp vào thành phần", "no page is under a component yet"))
    loose = {number: page for number, page in enumerate(pages, start=1) if not page.component and not page.blank}
    if loose:
        numbers = _spans(sorted(loose))
        reason = Text(f"trang {numbers} chưa xếp vào thành phần nào", f"not under any component: page {numbers}")
        yield Finding("block", reason, loose[min(loose)].id)
    for number, page in enumerate(pages, start=1):
        if not page.component and page.blank:
            yield Finding(
                "warn", Text(f"trang trắng {number} sẽ không vào PDF", f"the blank page {number} goes into no PDF"), page.id
            )
        if page.component and page.blank:
            yield Finding("warn", Text(f"trang {number} có vẻ trắng", f"page {number} looks blank"), page.id)
        if page.provenance.dpi < rules.min_dpi:
            reason = Text(
                f"trang {number} chỉ {page.provenance.dpi} dpi, cần ít nhất {rules.min_dpi}",
                f"page {number} has only {page.provenance.dpi} dpi, at least {rules.min_dpi} are needed",
            )
            yield Finding("block", reason, page.id)
        if page.state is PageState.FAILED:
            yield Finding(
                "warn", Text(f"trang {number} chưa đọc được chữ", f"the text of page {number} could not be read"), page.id
            )


def _spans(numbers: Sequence[int]) -> str:
    """Give sorted numbers in short, such as 1-3, 5."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return ", ".join(str(span[0]) if len(span) == 1 else f"{span[0]}-{span[-1]}" for span in spans)
