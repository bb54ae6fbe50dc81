"""``sohoa scan``."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer

from app.bootstrap import Application
from app.cli.common import AsJson, follow, opened, print_json, say
from app.errors import ExitCode, ItemFailed, Text
from app.model.profile import ColorMode, PaperSize, Profile, Source


class UnknownProfile(ItemFailed):
    """The settings have no profile of that name."""

    title = Text("Không có cấu hình quét “{name}”", "There is no scan profile “{name}”")
    remedy = Text("Các cấu hình đang có: {known}.", "The profiles there are: {known}.")
    exit_code = ExitCode.INPUT


class BadOption(ItemFailed):
    """An option of the driver is not written as NAME=VALUE."""

    title = Text("Tùy chọn “{text}” không đúng dạng TÊN=GIÁ_TRỊ", "The option “{text}” is not of the form NAME=VALUE")
    remedy = Text("Ví dụ: --option fault=jam --option fault_page=3", "For example: --option fault=jam --option fault_page=3")
    exit_code = ExitCode.USAGE


def scan(
    profile: Annotated[str, typer.Option(help="Tên cấu hình quét / name of a profile.")] = "",
    backend: Annotated[str, typer.Option(help="sane | escl | virtual")] = "",
    device: Annotated[
        str, typer.Option(help="Địa chỉ máy quét; với virtual là thư mục ảnh hoặc PDF / address of the scanner.")
    ] = "",
    source: Annotated[Source | None, typer.Option(help="Nguồn giấy / where sheets come from.")] = None,
    mode: Annotated[ColorMode | None, typer.Option(help="Màu / colour.")] = None,
    dpi: Annotated[int | None, typer.Option(min=75, max=1200, help="Độ phân giải / dots per inch.")] = None,
    paper: Annotated[PaperSize | None, typer.Option(help="Khổ giấy / paper size.")] = None,
    option: Annotated[
        list[str] | None, typer.Option(help="Tùy chọn riêng của máy, TÊN=GIÁ_TRỊ / the driver's own options.")
    ] = None,
    dossier: Annotated[
        str, typer.Option(help="Quét vào hồ sơ này; trống = hồ sơ mới / into this dossier; empty = a new one.")
    ] = "",
    procedure: Annotated[str, typer.Option(help="Mã thủ tục của hồ sơ mới / procedure of the new dossier.")] = "",
    component: Annotated[str, typer.Option(help="Xếp các trang vừa quét vào thành phần này / put the pages under it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Quét một lô vào một hồ sơ / scan a batch into a dossier."""
    with opened(as_json=as_json) as application:
        chosen = _chosen(application, profile, backend, device)
        given: dict[str, Any] = {
            "source": source,
            "mode": mode,
            "dpi": dpi,
            "paper": paper,
            "options": named_values(option or []) or None,
        }
        chosen = replace(chosen, **{name: value for name, value in given.items() if value is not None})
        target = application.dossiers.get(dossier) if dossier else application.dossiers.new(procedure)
        before = {page.id for page in application.dossiers.pages(target.id)}
        try:
            outcome = follow(application.scanners.start(chosen, target.id), quiet=as_json)
        finally:
            pages = application.dossiers.pages(target.id)
            dropped = not dossier and application.dossiers.drop_empty(target.id)
            number = "" if dropped else target.shown_number
            if number:
                say(Text(f"Hồ sơ {number}: {len(pages)} trang.", f"Dossier {number}: {len(pages)} pages."))
        if outcome.stopped or outcome.undelivered:
            say(outcome.summary)
        if component and not dropped:
            application.dossiers.place(target.id, [page.id for page in pages if page.id not in before], component)
        if as_json:
            name = "" if dropped else target.id
            print_json({"dossier": name, "number": number, "pages": outcome.pages, "total": len(pages)})


def _chosen(application: Application, profile: str, backend: str, device: str) -> Profile:
    profiles = application.scanners.profiles()
    if profile:
        named = next((item for item in profiles if item.name.casefold() == profile.casefold()), None)
        if named is None:
            raise UnknownProfile(name=profile, known=", ".join(item.name for item in profiles))
        return replace(named, backend=backend or named.backend, device=device or named.device)
    if backend or device:
        return Profile("", backend or "virtual", device)
    return profiles[0]


def named_values(texts: list[str]) -> dict[str, str]:
    """Read NAME=VALUE texts. Raises BadOption."""
    options = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise BadOption(text=text)
        options[name] = value
    return options
