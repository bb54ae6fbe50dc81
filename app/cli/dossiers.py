"""``sohoa dossier ...``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app.bootstrap import Application
from app.cli.common import AsJson, console, follow, language, opened, print_json, say
from app.cli.procedures import digitising_text
from app.errors import ExitCode, ItemFailed, SohoaError, Text
from app.filing.checklist import ChecklistRow
from app.model.dossier import Dossier, DossierState
from app.model.identifiers import mask_id
from app.model.page import Page
from app.model.page_findings import TURNS
from app.model.paper import Paper
from app.model.procedure import Side
from app.usage import WrongUse

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Hồ sơ: tạo, xem, điền, xếp trang, hoàn tất / dossiers.")

Reference = Annotated[str, typer.Argument(help="Mã hồ sơ, mã tạm hoặc id / number, provisional id or id.")]
Procedure = Annotated[str | None, typer.Option(help="Mã thủ tục, ví dụ 1.001193 / procedure code.")]
Owner = Annotated[str | None, typer.Option(help="Tên chủ hồ sơ / owner's name.")]
OwnerId = Annotated[str | None, typer.Option(help="Số định danh của chủ hồ sơ / owner's ID number.")]
Number = Annotated[str | None, typer.Option(help="Mã hồ sơ do trung tâm cấp / number issued by the centre.")]
Competent = Annotated[
    str | None,
    typer.Option("--competent-agency", help="Mã cơ quan có thẩm quyền, nếu khác nơi nhận / the agency that decides."),
]

STATES = {
    DossierState.OPEN: Text("đang làm", "open"),
    DossierState.FINISHED: Text("chờ gửi", "waiting to be sent"),
    DossierState.ACCEPTED: Text("đã nhận", "accepted"),
    DossierState.REFUSED: Text("bị từ chối", "refused"),
}


_FILES_AT_CENTRE = Text("đã gửi, tệp ở máy chủ trung tâm", "sent, files at the centre")


class BadPageList(ItemFailed):
    """The list of page numbers cannot be read or goes beyond the pages."""

    title = Text("Không hiểu danh sách trang “{text}”", "The list of pages “{text}” cannot be understood")
    remedy = Text("Viết như 1-3,5; hồ sơ này có {count} trang.", "Write it as 1-3,5; this dossier has {count} pages.")
    exit_code = ExitCode.USAGE


@app.command()
def new(
    procedure: Procedure = None, owner: Owner = None, owner_id: OwnerId = None, number: Number = None, as_json: AsJson = False
) -> None:
    """Tạo hồ sơ mới / begin a dossier."""
    with opened(as_json=as_json) as application:
        dossier = application.dossiers.new(procedure or "")
        try:
            dossier = application.dossiers.set_fields(dossier.id, number=number, owner_name=owner, owner_id_number=owner_id)
        except SohoaError:
            application.dossiers.drop_empty(dossier.id)
            raise
        show_dossier(application, dossier, as_json=as_json)


@app.command()
def show(reference: Reference, as_json: AsJson = False) -> None:
    """Xem một hồ sơ: trường, thành phần, trang, còn thiếu gì / show a dossier."""
    with opened(as_json=as_json) as application:
        show_dossier(application, application.dossiers.get(reference), as_json=as_json)


@app.command("list")
def list_(
    state: Annotated[DossierState | None, typer.Option(help="Chỉ một trạng thái / one state only.")] = None,
    as_json: AsJson = False,
) -> None:
    """Liệt kê hồ sơ, mới nhất trước / list dossiers, newest first."""
    with opened(as_json=as_json) as application:
        found = application.dossiers.list(state)
        if as_json:
            print_json([summary(dossier) for dossier in found])
            return
        print_dossiers(found)


@app.command("set")
def set_(
    reference: Reference,
    procedure: Procedure = None,
    owner: Owner = None,
    owner_id: OwnerId = None,
    number: Number = None,
    competent: Competent = None,
    as_json: AsJson = False,
) -> None:
    """Điền hoặc sửa các trường / fill in or mend fields."""
    with opened(as_json=as_json) as application:
        dossier = application.dossiers.get(reference)
        if procedure:
            application.procedures.find(procedure)
        dossier = application.dossiers.set_fields(
            dossier.id, number=number, owner_name=owner, owner_id_number=owner_id, competent_agency=competent
        )
        if procedure:
            application.dossiers.set_procedure(dossier.id, procedure)
        show_dossier(application, dossier, as_json=as_json)


@app.command()
def place(
    reference: Reference,
    component: Annotated[str, typer.Argument(help="Mã thành phần, ví dụ TP01; “-” = chưa xếp / component; “-” = none.")],
    pages: Annotated[str, typer.Argument(help="Các trang, ví dụ 1-3,5 / pages.")],
    as_json: AsJson = False,
) -> None:
    """Xếp trang vào một thành phần / put pages under a component."""
    with opened(as_json=as_json) as application:
        dossier = application.dossiers.get(reference)
        chosen = pages_named(application.dossiers.pages(dossier.id), pages)
        application.page_actions.place(dossier.id, [page.id for page in chosen], "" if component == "-" else component)
        show_dossier(application, dossier, as_json=as_json)


@app.command()
def turn(
    reference: Reference,
    pages: Annotated[str, typer.Argument(help="Các trang, ví dụ 1-3,5 / pages.")],
    degrees: Annotated[int, typer.Argument(help="90, 180 hoặc 270, theo chiều kim đồng hồ / clockwise.")],
    rest: Annotated[
        bool, typer.Option("--rest", help="Xoay cả tập cùng lượt quét giống trang đầu / the rest of the pile as well.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Xoay trang; lệnh undo lấy lại / turn pages; undo takes it back."""
    if degrees not in TURNS[1:]:
        raise WrongUse(Text("chỉ nhận 90, 180 hoặc 270", "must be 90, 180 or 270"), "degrees")
    with opened(as_json=as_json) as application:
        dossier = application.dossiers.get(reference)
        chosen = pages_named(application.dossiers.pages(dossier.id), pages)
        application.page_actions.turn(dossier.id, [page.id for page in chosen], degrees)
        if rest:
            count = application.page_actions.turn_rest(dossier.id, chosen[0].id)
            say(Text(f"Đã xoay thêm {count} trang cùng tập.", f"{count} more page(s) of the pile were turned."))
        show_dossier(application, dossier, as_json=as_json)


def split_page(
    reference: Reference,
    page: Annotated[int, typer.Argument(min=1, help="Trang thứ mấy / which page.")],
    as_json: AsJson = False,
) -> None:
    """Tách ảnh có nhiều giấy nhỏ thành từng trang; lệnh undo lấy lại / part a picture of several papers into pages."""
    with opened(as_json=as_json) as application:
        dossier = application.dossiers.get(reference)
        (chosen,) = pages_named(application.dossiers.pages(dossier.id), str(page))
        application.page_actions.split(dossier.id, chosen.id)
        show_dossier(application, dossier, as_json=as_json)


@app.command()
def delete(
    reference: Reference, pages: Annotated[str, typer.Argument(help="Các trang, ví dụ 4 / pages.")], as_json: AsJson = False
) -> None:
    """Bỏ trang khỏi hồ sơ; lệnh undo lấy lại / take pages out; undo brings them back."""
    with opened(as_json=as_json) as application:
        dossier = application.dossiers.get(reference)
        chosen = pages_named(application.dossiers.pages(dossier.id), pages)
        application.page_actions.delete(dossier.id, [page.id for page in chosen])
        show_dossier(application, dossier, as_json=as_json)


@app.command()
def undo(reference: Reference, as_json: AsJson = False) -> None:
    """Lấy lại thao tác cuối trên các trang / take back the last action on pages."""
    with opened(as_json=as_json) as application:
        dossier = application.dossiers.get(reference)
        done = application.page_actions.undo(dossier.id)
        say(
            Text(f"Đã lấy lại: {done.vi}", f"Undone: {done.en}")
            if done
            else Text("Không có gì để lấy lại.", "There is nothing to undo.")
        )
        show_dossier(application, dossier, as_json=as_json)


@app.command()
def finish(reference: Reference, as_json: AsJson = False) -> None:
    """Kiểm tra, tạo PDF/A và đưa vào hàng chờ gửi / check, make the PDF/A files and queue them for sending."""
    with opened(as_json=as_json) as application:
        dossier = application.dossiers.get(reference)
        for finding in application.dossiers.check(dossier.id):
            if finding.severity == "warn":
                say(Text(f"Lưu ý: {finding.text.vi}", f"Note: {finding.text.en}"))
        entry = follow(application.finishing.start(dossier.id), quiet=as_json)
        if as_json:
            print_json(entry)
            return
        for file in entry.files:
            console.print(f"{application.folder.root / file.path}  {file.size / 1000:.0f} kB", highlight=False, soft_wrap=True)
        say(Text("Đã hoàn tất, đang chờ gửi: “sohoa sync”.", "Finished and waiting to be sent: “sohoa sync”."))


@app.command()
def reopen(reference: Reference, as_json: AsJson = False) -> None:
    """Mở lại hồ sơ bị trả lại hoặc chưa gửi để sửa / open a dossier again that was refused or not sent yet."""
    with opened(as_json=as_json) as application:
        dossier = application.revisions.reopen(application.dossiers.get(reference).id)
        show_dossier(application, dossier, as_json=as_json)


def show_dossier(application: Application, dossier: Dossier, *, as_json: bool) -> None:
    """Print a dossier as it is now: checklist, pages, what is missing."""
    dossier = application.dossiers.get(dossier.id)
    pages, rows = application.dossiers.pages(dossier.id), application.dossiers.checklist(dossier.id)
    findings = application.dossiers.check(dossier.id) if dossier.state is DossierState.OPEN else ()
    if as_json:
        listed = [_page(number, page) for number, page in enumerate(pages, start=1)]
        found = [
            {
                "severity": item.severity,
                "check": item.check,
                "text": item.text.show(language()),
                "page_id": item.page_id,
                "component": item.component,
            }
            for item in findings
        ]
        papers = {code: masked(paper) for code, paper in application.papers.of_dossier(dossier.id).items()}
        print_json({**summary(dossier), "pages": listed, "checklist": rows, "papers": papers, "findings": found})
        return
    chosen = language()
    provisional = "" if dossier.number else Text(" (mã tạm)", " (provisional)").show(chosen)
    side = Text("  kết quả", "  result").show(chosen) if dossier.side is Side.RESULT else ""
    console.print(f"[bold]{dossier.shown_number}[/]{provisional}  {_state(dossier).show(chosen)}{side}", highlight=False)
    console.print(f"{dossier.procedure_code} {dossier.procedure_name}", highlight=False, markup=False)
    console.print(f"{dossier.owner_name}  {mask_id(dossier.owner_id_number)}", highlight=False, markup=False)
    _print_checklist(rows, pages)
    for item in findings:
        mark = "✗" if item.severity == "block" else "!"
        console.print(f" {mark} {item.text.show(chosen)}", highlight=False, markup=False)


def _print_checklist(rows: tuple[ChecklistRow, ...], pages: tuple[Page, ...]) -> None:
    numbered = list(enumerate(pages, start=1))
    for row in rows:
        held = ", ".join(str(number) for number, page in numbered if page.component == row.component.code)
        how = digitising_text(row.component).show(language())
        console.print(f"  {row.component.code}  {row.component.name} ({how}): {held or '-'}", highlight=False, markup=False)
    loose = ", ".join(str(number) for number, page in numbered if not page.component)
    if loose:
        console.print(Text("  Chưa xếp: {pages}", "  Not placed: {pages}").show(language(), pages=loose), highlight=False)


def print_dossiers(found: Iterable[Dossier]) -> None:
    """Print dossiers as a table."""
    chosen = language()
    heads = ("Mã hồ sơ", "Trạng thái", "Thủ tục", "Chủ hồ sơ") if chosen == "vi" else ("Number", "State", "Procedure", "Owner")
    table = Table(*heads)
    for dossier in found:
        table.add_row(dossier.shown_number, _state(dossier).show(chosen), dossier.procedure_code, escape(dossier.owner_name))
    console.print(table)


def _state(dossier: Dossier) -> Text:
    return STATES[dossier.state] if dossier.cleared_at is None else _FILES_AT_CENTRE


def summary(dossier: Dossier) -> dict[str, object]:
    """What a script gets of a dossier; the ID number is masked, for output ends up in files."""
    return {
        "id": dossier.id,
        "number": dossier.number,
        "provisional": dossier.provisional,
        "state": dossier.state,
        "side": dossier.side,
        "revision": dossier.revision,
        "procedure": dossier.procedure_code,
        "owner": dossier.owner_name,
        "owner_id": mask_id(dossier.owner_id_number),
        "created_at": dossier.created_at,
        "cleared_at": dossier.cleared_at,
    }


def masked(paper: Paper) -> Paper:
    """Give what is known of a paper with its owner's ID number masked."""
    return replace(paper, fields=replace(paper.fields, owner_id=mask_id(paper.fields.owner_id)))


def _page(number: int, page: Page) -> dict[str, object]:
    return {
        "number": number,
        "id": page.id,
        "component": page.component,
        "state": page.state,
        "width": page.width,
        "height": page.height,
        "dpi": page.provenance.dpi,
        "sha256": page.sha256,
        "blank": page.blank,
        "turn": page.geometry.turn,
        "warnings": page.warnings,
        "open_warnings": page.open_warnings,
        "slip": page.slip,
    }


def pages_named(pages: tuple[Page, ...], text: str) -> list[Page]:
    """Give the pages of a list of numbers such as 1-3,5. Raises BadPageList."""
    numbers: list[int] = []
    for part in text.replace(" ", "").split(","):
        span = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", part, re.ASCII)
        if not span:
            raise BadPageList(text=text, count=len(pages))
        first, last = int(span[1]), int(span[2] or span[1])
        if last < first:
            raise BadPageList(text=text, count=len(pages))
        numbers += range(first, last + 1)
    if not numbers or min(numbers) < 1 or max(numbers) > len(pages):
        raise BadPageList(text=text, count=len(pages))
    return [pages[number - 1] for number in numbers]
