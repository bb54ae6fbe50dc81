"""``sohoa procedures``: find procedures, and bring lists of them in from files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from typer.core import TyperGroup

from app.cli.common import AsJson, console, language, opened, print_json, say
from app.errors import ExitCode, Text
from app.filing.catalogue_import import ImportReport
from app.model.procedure import Component, Digitising

_SHOWN_REFUSALS = 50
_DIGITISING = {
    Digitising.MANDATORY: Text("phải số hóa", "must be digitised"),
    Digitising.ON_REQUEST: Text("số hóa khi yêu cầu", "on request"),
    Digitising.PRESENTED: Text("chỉ xuất trình", "only presented"),
    Digitising.NO: Text("không số hóa", "not digitised"),
}


class _FindByDefault(TyperGroup):
    """``sohoa procedures khai sinh`` finds; only the names of commands are taken for commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Click: put ``find`` in front of anything that names no command."""
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["find", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    add_completion=False, cls=_FindByDefault, help="Thủ tục: tìm, nhập danh mục từ tệp / procedures: find, import lists."
)


def digitising_text(component: Component) -> Text:
    """How a component is to be digitised, in words, with the reason's number where it must be."""
    words = _DIGITISING[component.digitising]
    reason = f" ({component.reason:d})" if component.digitising is Digitising.MANDATORY and component.reason else ""
    return Text(words.vi + reason, words.en + reason)


@app.command()
def find(
    text: Annotated[str, typer.Argument(help="Mã hoặc vài chữ, có hay không dấu / a code or a few letters.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=200)] = 10,
    as_json: AsJson = False,
) -> None:
    """Tìm thủ tục theo mã hoặc tên không dấu / find procedures by code or by name without accents."""
    with opened(as_json=as_json) as application:
        found = [match.procedure for match in application.procedures.search(text, limit)]
        if as_json:
            print_json(found)
            return
        chosen = language()
        if not found:
            say(Text("Không có thủ tục nào như vậy trong danh mục.", "The catalogue has no such procedure."))
        for procedure in found:
            console.print(f"{procedure.code}  {procedure.name}", highlight=False, markup=False)
            for place in procedure.places if len(found) == 1 else ():
                how = digitising_text(place).show(chosen)
                console.print(f"    {place.code}  {place.name}: {how}", highlight=False, markup=False)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="Tệp .csv, .xlsx hoặc .json / the file.")],
    check: Annotated[bool, typer.Option("--check", help="Chỉ kiểm tra, không nhập / only say what would be taken.")] = False,
    as_json: AsJson = False,
) -> None:
    """Nhập danh mục thủ tục từ tệp; nói rõ chỗ nào bị từ chối / import procedures from a file, saying what is refused."""
    with opened(as_json=as_json) as application:
        report = application.catalogue.run(file, check_only=check)
        if as_json:
            print_json(report)
        else:
            _print(report, check=check)
        if report.refused:
            raise typer.Exit(ExitCode.INCOMPLETE)


def _print(report: ImportReport, *, check: bool) -> None:
    chosen = language()
    if report.refused:
        heads = ("Hàng", "Cột", "Lý do", "Cách sửa") if chosen == "vi" else ("Row", "Column", "Reason", "Remedy")
        table = Table(*heads)
        for refusal in report.refused[:_SHOWN_REFUSALS]:
            table.add_row(str(refusal.row), refusal.column, refusal.reason.show(chosen), refusal.remedy.show(chosen))
        console.print(table)
    if len(report.refused) > _SHOWN_REFUSALS:
        rest = len(report.refused) - _SHOWN_REFUSALS
        say(Text(f"… và {rest} chỗ nữa; xem đủ bằng --json.", f"… and {rest} more; --json lists them all."))
    done = Text("Sẽ nhập", "Would take") if check else Text("Đã nhập", "Took")
    say(
        Text(
            f"{done.vi} {report.taken} thủ tục; bỏ qua {report.notes} dòng ghi chú; từ chối {len(report.refused)} chỗ.",
            f"{done.en} {report.taken} procedures; {report.notes} lines were notes; refused: {len(report.refused)}.",
        )
    )
