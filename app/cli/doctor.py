"""``sohoa doctor``."""

from __future__ import annotations

import typer
from rich.markup import escape

from app.cli.common import AsJson, console, language, opened, print_json
from app.errors import ExitCode
from app.health import HealthItem, Status, is_healthy

_MARKS = {Status.OK: "[green]✓[/]", Status.WARN: "[yellow]![/]", Status.BAD: "[red]✗[/]"}


def doctor(as_json: AsJson = False) -> None:
    """Kiểm tra máy này: đọc chữ, máy quét, ổ đĩa, kho, giờ, máy chủ; nêu cách khắc phục / check this machine."""
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


def _print(item: HealthItem) -> None:
    chosen = language()
    console.print(
        f"{_MARKS[item.status]} [bold]{escape(item.name.show(chosen))}[/]: {escape(item.finding.show(chosen))}", highlight=False
    )
    if item.remedy.vi:
        console.print(f"   → {escape(item.remedy.show(chosen))}", highlight=False)
