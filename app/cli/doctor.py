"""``sohoa doctor``: this machine, and its scanners by a test sheet."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from app.acquisition.equipment_words import TROUBLES, findings, to_do
from app.bootstrap import Application
from app.cli.common import AsJson, console, follow, language, opened, print_json, say
from app.cli.scanning import chosen_profile, named_values
from app.errors import ExitCode, Text
from app.health import HealthItem, Status, is_healthy
from app.model.equipment import EquipmentCheck
from app.model.profile import Profile, Source

_MARKS = {Status.OK: "[green]✓[/]", Status.WARN: "[yellow]![/]", Status.BAD: "[red]✗[/]"}

app = typer.Typer(
    add_completion=False,
    invoke_without_command=True,
    help="Kiểm tra máy này và máy quét / check this machine and its scanners.",
)


@app.callback(invoke_without_command=True)
def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Kiểm tra máy này: đọc chữ, máy quét, ổ đĩa, kho, giờ, máy chủ; nêu cách khắc phục / check this machine."""
    if context.invoked_subcommand is not None:
        return
    with opened(as_json=as_json) as application:
        items = application.health.check()
        if as_json:
            chosen = language()
            print_json(
                [
                    {
                        "name": item.name.show(chosen),
                        "status": item.status,
                        "finding": item.finding.show(chosen),
                        "remedy": item.remedy.show(chosen),
                    }
                    for item in items
                ]
            )
        else:
            for item in items:
                _print(item)
        if not is_healthy(items):
            raise typer.Exit(ExitCode.UNHEALTHY)


@app.command()
def scanner(
    profile: Annotated[str, typer.Option(help="Tên cấu hình quét / name of a profile.")] = "",
    backend: Annotated[str, typer.Option(help="sane | escl | twain | virtual; trống = tự đoán / empty = guessed.")] = "",
    device: Annotated[str, typer.Option(help="Địa chỉ máy quét / address of the scanner.")] = "",
    source: Annotated[Source | None, typer.Option(help="Nguồn giấy / where sheets come from.")] = None,
    dpi: Annotated[int | None, typer.Option(min=75, max=1200, help="Độ phân giải / dots per inch.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="Tùy chọn riêng, TÊN=GIÁ_TRỊ / the driver's own.")] = None,
    ppm: Annotated[float, typer.Option(min=0, help="Số trang/phút nhà sản xuất công bố / pages a minute as claimed.")] = 0.0,
    print_sheet: Annotated[Path | None, typer.Option(help="Chỉ ghi tờ kiểm tra (PDF) để in / only write the sheet.")] = None,
    export: Annotated[Path | None, typer.Option(help="Chỉ xuất danh mục thiết bị (.csv, .json) / only export.")] = None,
    history: Annotated[bool, typer.Option("--history", help="Chỉ in các lần kiểm tra / only list the checks.")] = False,
    as_json: AsJson = False,
) -> None:
    """Quét tờ kiểm tra và đo máy quét: độ phân giải thật, tốc độ, vệt, nghiêng, màu / measure a scanner by a test sheet."""
    with opened(as_json=as_json) as application:
        if print_sheet is not None:
            application.equipment.save_sheet(print_sheet)
            say(Text(f"Đã ghi {print_sheet}: in trên giấy A4 trắng, tỉ lệ 100%.", f"{print_sheet}: print at 100 % on A4."))
        elif export is not None:
            count = application.equipment.export(export)
            say(Text(f"Đã ghi {count} máy quét vào {export}", f"{count} scanners written to {export}"))
        elif history:
            _show_history(application.equipment.history(), as_json=as_json)
        else:
            chosen = chosen_profile(application, profile, backend, device)
            given: dict[str, Any] = {"source": source, "dpi": dpi, "options": named_values(option or []) or None}
            chosen = replace(chosen, **{name: value for name, value in given.items() if value is not None})
            _check(application, chosen, ppm, as_json=as_json)


def _check(application: Application, profile: Profile, ppm: float, *, as_json: bool) -> None:
    operator = application.settings().station.operator
    check = follow(application.equipment.check(profile, claimed_ppm=ppm, operator=operator), quiet=as_json)
    if as_json:
        print_json({**asdict(check), "troubles": check.troubles})
    else:
        chosen = language()
        console.print(f"[bold]{escape(check.label)}[/]", highlight=False)
        for name, finding, trouble in findings(check):
            mark = _MARKS[Status.WARN if trouble in check.troubles else Status.OK]
            console.print(f"{mark} [bold]{name.show(chosen)}[/]: {finding.show(chosen)}", highlight=False)
            if trouble in check.troubles:
                console.print(f"   → {TROUBLES[trouble].show(chosen)}", highlight=False)
    if check.troubles:
        raise typer.Exit(ExitCode.UNHEALTHY)


def _show_history(checks: tuple[EquipmentCheck, ...], *, as_json: bool) -> None:
    if as_json:
        print_json([{**asdict(check), "troubles": check.troubles} for check in checks])
        return
    vietnamese = language() == "vi"
    table = Table(*(("Ngày", "Máy quét", "Cần xử lý") if vietnamese else ("Date", "Scanner", "To do")))
    for check in checks:
        when = check.checked_at.astimezone()
        table.add_row(f"{when:%d/%m/%Y %H:%M}", escape(check.label), to_do(check).show(language()))
    console.print(table)


def _print(item: HealthItem) -> None:
    chosen = language()
    console.print(
        f"{_MARKS[item.status]} [bold]{escape(item.name.show(chosen))}[/]: {escape(item.finding.show(chosen))}", highlight=False
    )
    if item.remedy.vi:
        console.print(f"   → {escape(item.remedy.show(chosen))}", highlight=False)
