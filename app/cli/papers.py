"""``sohoa dossier paper``, ``slip``, ``accept``, ``result`` and ``number``: what is said about papers, and the second side."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.common import AsJson, console, follow, language, opened, print_json, say
from app.cli.dossiers import Reference, masked, pages_named, show_dossier
from app.errors import Text
from app.model.identifiers import mask_id
from app.model.page import Slip
from app.model.paper import Paper
from app.model.paper_words import NAMES
from app.usage import WrongUse

Place = Annotated[str, typer.Argument(help="Mã thành phần, ví dụ TP01 hoặc KQ(1) / component or result.")]
Pages = Annotated[str, typer.Argument(help="Các trang, ví dụ 1-3,5 / pages.")]
Field = Annotated[
    list[str] | None,
    typer.Option("--field", "-f", help="tên=giá trị, nhiều lần được; ví dụ number=12/QĐ-UBND / name=value, may repeat."),
]
Sheets = Annotated[int | None, typer.Option(min=0, help="Số tờ đã đếm trên tay / sheets counted in the hand.")]
Sides = Annotated[int, typer.Option(min=1, max=2, help="Số mặt có chữ của mỗi tờ / printed sides of each.")]
Absent = Annotated[str | None, typer.Option(help="Lý do không có giấy tờ này; trống = bỏ lý do / why it is not there.")]


def paper(
    reference: Reference,
    component: Place,
    field: Field = None,
    sheets: Sheets = None,
    sides: Sides = 1,
    absent: Absent = None,
    as_json: AsJson = False,
) -> None:
    """Xem hoặc điền dữ liệu một giấy tờ, số tờ, lý do thiếu / show or fill in a paper's data, its sheets, why it is missing.

    Fields: kind_code, owner_name, owner_id, title, number, issued_on, issued_at, issuer, signer, summary, valid_from,
    valid_to, unlimited, in_force, scope.
    """
    values = dict(_pair(text) for text in field or [])
    with opened(as_json=as_json) as application:
        dossier = application.dossiers.get(reference)
        if values:
            application.papers.set_fields(dossier.id, component, values)
        if sheets is not None:
            application.papers.count(dossier.id, component, sheets, sides if sheets else 0)
        if absent is not None:
            application.papers.excuse(dossier.id, component, absent)
        known = application.papers.of_dossier(dossier.id).get(component, Paper(dossier.id, component))
        if as_json:
            print_json(masked(known))
        else:
            _print(known)


def slip(reference: Reference, pages: Pages, half: Annotated[Slip, typer.Argument()], as_json: AsJson = False) -> None:
    """Đánh dấu trang chụp có phiếu dán, đã gỡ phiếu / mark pages taken with a slip on them, without it, or neither."""
    with opened(as_json=as_json) as application:
        dossier = application.dossiers.get(reference)
        chosen = pages_named(application.dossiers.pages(dossier.id), pages)
        application.page_actions.mark_slip(dossier.id, [page.id for page in chosen], half)
        show_dossier(application, dossier, as_json=as_json)


def accept(reference: Reference, pages: Pages, as_json: AsJson = False) -> None:
    """Đã xem cảnh báo chất lượng, giữ trang như vậy / take pages as they are, flaws having been looked at."""
    with opened(as_json=as_json) as application:
        dossier = application.dossiers.get(reference)
        chosen = pages_named(application.dossiers.pages(dossier.id), pages)
        application.page_actions.accept_flaws(dossier.id, [page.id for page in chosen])
        show_dossier(application, dossier, as_json=as_json)


def result(reference: Reference, as_json: AsJson = False) -> None:
    """Mở hồ sơ đã hoàn tất để số hóa kết quả / open a finished dossier for the result that is given back."""
    with opened(as_json=as_json) as application:
        dossier = application.revisions.begin_result(application.dossiers.get(reference).id)
        show_dossier(application, dossier, as_json=as_json)


def number(reference: Reference) -> None:
    """Xin mã hồ sơ chính thức của trung tâm / ask the centre for the official number."""
    with opened() as application:
        dossier = application.dossiers.get(reference)
        issued = follow(application.sync.new_number(dossier.id))
        say(Text(f"{dossier.provisional} nay là {issued}.", f"{dossier.provisional} is {issued} now."))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or name.strip() not in NAMES:
        names = ", ".join(NAMES)
        raise WrongUse(
            Text(f"viết tên=giá_trị, tên là một trong: {names}", f"write name=value, the name being one of: {names}"), "--field"
        )
    return name.strip(), value


def _print(known: Paper) -> None:
    chosen = language()
    for name, label in NAMES.items():
        value = getattr(known.fields, name)
        if value not in ("", None, False):
            shown = mask_id(value) if name == "owner_id" else f"{value:%d/%m/%Y}" if hasattr(value, "strftime") else value
            console.print(f"  {label.show(chosen)}: {shown}", highlight=False, markup=False)
    if known.sheets:
        counted = Text("số tờ × số mặt", "sheets × sides").show(chosen)
        console.print(f"  {counted}: {known.sheets} × {known.sides or 1}", highlight=False, markup=False)
    if known.absence:
        reason = Text("lý do thiếu", "why it is missing").show(chosen)
        console.print(f"  {reason}: {known.absence}", highlight=False, markup=False)
