"""``sohoa devices``: the scanners that can be seen, and everything that can be set on one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app.acquisition.driver_words import driver_words
from app.acquisition.option_words import allowed
from app.bootstrap import Application
from app.cli.common import AsJson, console, language, opened, print_json, say
from app.cli.scanning import UnknownProfile, backend_of, named_values
from app.errors import ExitCode, Text
from app.model.option import DeviceOptions, RefusedOption
from app.model.profile import ColorMode, Profile, ScannerName, Source

# A table of gamma values has thousands of numbers; --json gives them all.
_SHOWN_LETTERS = 60

app = typer.Typer(
    add_completion=False,
    invoke_without_command=True,
    help="Máy quét và tùy chọn của máy / scanners and what can be set on them.",
)


@app.callback(invoke_without_command=True)
def devices(context: typer.Context, as_json: AsJson = False) -> None:
    """Liệt kê máy quét đang thấy được / list the scanners that can be seen now."""
    if context.invoked_subcommand is not None:
        return
    with opened(as_json=as_json) as application:
        found = application.scanners.search()
        if as_json:
            print_json({"scanners": found.scanners, "failed": [{"backend": name, "why": why} for name, why in found.failed]})
        else:
            _print_devices(found.scanners)
        for name, why in found.failed:
            say(_unasked(name, driver_words(why)))
        if not found.scanners:
            say(
                Text(
                    "Không thấy máy quét nào. Chạy “sohoa doctor” để xem lý do.",
                    "No scanner was found. “sohoa doctor” says why.",
                )
            )
            raise typer.Exit(ExitCode.SCANNER)


@app.command()
def options(
    device: Annotated[str, typer.Argument(help="Địa chỉ máy quét như “sohoa devices” in ra / address of the scanner.")],
    backend: Annotated[str, typer.Option(help="sane | escl | twain | virtual; trống = tự đoán / empty = guessed.")] = "",
    source: Annotated[Source, typer.Option(help="Xem ở nguồn giấy này / as it is with this source.")] = Source.FEEDER,
    mode: Annotated[ColorMode, typer.Option(help="Xem ở màu này / as it is with this colour.")] = ColorMode.COLOR,
    dpi: Annotated[int, typer.Option(min=75, max=1200, help="Xem ở độ phân giải này / with this resolution.")] = 300,
    option: Annotated[list[str] | None, typer.Option(help="Thử đặt TÊN=GIÁ_TRỊ / try to set NAME=VALUE.")] = None,
    save: Annotated[str, typer.Option(help="Ghi các --option vào cấu hình quét này / keep them in this profile.")] = "",
    as_json: AsJson = False,
) -> None:
    """Liệt kê và thử mọi tùy chọn của một máy quét / list and try every option of a scanner."""
    with opened(as_json=as_json) as application:
        wanted = named_values(option or [])
        profile = Profile("", backend or backend_of(device), device, source, mode, dpi, options=wanted)
        found = application.scanners.devices.options(profile)
        if as_json:
            print_json({"backend": profile.backend, **_plain(found)})
        else:
            _print_options(found)
        for one in found.refused:
            say(_refusal(one))
        if any(one.name in wanted for one in found.refused):
            raise typer.Exit(ExitCode.INPUT)
        if save:
            _save(application, save, wanted)


def _plain(found: DeviceOptions) -> dict[str, object]:
    options = [{**asdict(one), "allowed": allowed(one).said(language())} for one in found.options]
    return {"device": found.device, "options": options, "refused": found.refused}


def _unasked(name: str, why: Text) -> Text:
    return _as_is(f"Không hỏi được trình điều khiển {name}: {why.vi}", f"The driver {name} could not be asked: {why.en}")


def _refusal(one: RefusedOption) -> Text:
    why = driver_words(one.why)
    return _as_is(f"Máy không nhận {one.name or 'cấu hình'}: {why.vi}", f"Refused {one.name or 'the profile'}: {why.en}")


def _as_is(vietnamese: str, english: str) -> Text:
    """Give what has a driver's words in it: a brace in them is no place to be filled."""
    return Text(*(said.replace("{", "{{").replace("}", "}}") for said in (vietnamese, english)))


def _save(application: Application, name: str, wanted: dict[str, str]) -> None:
    profiles = list(application.settings().profiles)
    at = next((at for at, one in enumerate(profiles) if one.name.casefold() == name.casefold()), None)
    if at is None:
        raise UnknownProfile(name=name, known=", ".join(one.name for one in profiles))
    profiles[at] = profiles[at].model_copy(update={"options": {**profiles[at].options, **wanted}})
    application.change_settings({"profiles": [one.model_dump(mode="json") for one in profiles]})
    say(Text(f"Đã lưu vào cấu hình “{name}”.", f"Saved in the profile “{name}”."))


def _print_options(found: DeviceOptions) -> None:
    vietnamese = language() == "vi"
    headings = ("Tùy chọn", "Giá trị", "Cho phép", "Tên") if vietnamese else ("Option", "Value", "Allowed", "Title")
    table = Table(*headings)
    group = ""
    for one in found.options:
        if one.group != group:
            group = one.group
            table.add_row(f"[bold]{escape(group)}[/bold]")
        value = one.value if len(one.value) <= _SHOWN_LETTERS else f"{one.value[:_SHOWN_LETTERS]}…"
        shown = (one.name, value, allowed(one).said(language()), one.title)
        style = "" if one.active and one.settable else "dim"
        table.add_row(*map(escape, shown), style=style)
    console.print(table)


def _print_devices(scanners: tuple[ScannerName, ...]) -> None:
    vietnamese = language() == "vi"
    table = Table(
        "Loại" if vietnamese else "Driver", "Máy quét" if vietnamese else "Scanner", "Địa chỉ" if vietnamese else "Address"
    )
    for found in scanners:
        table.add_row(found.backend, escape(found.label), escape(found.device))
    if scanners:
        console.print(table)
