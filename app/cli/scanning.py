"""``sohoa scan``."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from app.acquisition.devices import BACKENDS
from app.bootstrap import Application
from app.cli.common import AsJson, opened, print_json, say
from app.cli.sitting import sit
from app.errors import ExitCode, ItemFailed, Text
from app.model.dossier import Dossier
from app.model.order import Spot
from app.model.profile import PRACTICE, Backs, Blanks, ColorMode, PaperSize, Profile, Source, Way

_BLANK_SECONDS = 120.0


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


class NoSuchNumber(ItemFailed):
    """The dossier has no page of that number."""

    title = Text("Hồ sơ không có trang {number}, chỉ có {pages} trang", "The dossier has no page {number}, only {pages} pages")
    remedy = Text("Xem các trang bằng “sohoa dossier show”.", "See its pages with “sohoa dossier show”.")
    exit_code = ExitCode.INPUT


class OnePlace(ItemFailed):
    """Pages cannot be inserted and replace one at once."""

    title = Text("Chỉ dùng một trong hai: --before hoặc --replace", "Only one of --before and --replace can be used")
    remedy = Text("Bỏ bớt một tùy chọn.", "Leave one of them out.")
    exit_code = ExitCode.USAGE


def scan(
    profile: Annotated[str, typer.Option(help="Tên cấu hình quét / name of a profile.")] = "",
    backend: Annotated[str, typer.Option(help="sane | escl | twain | virtual; trống = tự đoán / empty = guessed.")] = "",
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
    way: Annotated[Way | None, typer.Option(help="Một lượt, nhiều lượt, hoặc mặt trước rồi mặt sau / how paper comes.")] = None,
    wait: Annotated[bool | None, typer.Option("--wait/--no-wait", help="Khay trống thì chờ giấy / wait for paper.")] = None,
    backs: Annotated[Backs | None, typer.Option(help="Thứ tự mặt sau / order of the backs.")] = None,
    blanks: Annotated[Blanks | None, typer.Option(help="Trang trắng / blank pages.")] = None,
    before: Annotated[int | None, typer.Option(min=1, help="Chèn trước trang này của hồ sơ / insert before this page.")] = None,
    replacing: Annotated[
        int | None, typer.Option("--replace", min=1, help="Thay trang này của hồ sơ / replace this page.")
    ] = None,
    ask: Annotated[
        bool | None, typer.Option("--ask/--no-ask", help="Có người trả lời ở bàn phím (mặc định: tự biết) / someone answers.")
    ] = None,
    dossier: Annotated[
        str, typer.Option(help="Quét vào hồ sơ này; trống = hồ sơ mới / into this dossier; empty = a new one.")
    ] = "",
    procedure: Annotated[str, typer.Option(help="Mã thủ tục của hồ sơ mới / procedure of the new dossier.")] = "",
    component: Annotated[str, typer.Option(help="Xếp các trang vừa quét vào thành phần này / put the pages under it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Quét vào một hồ sơ, hỏi khi cần người đặt giấy / scan into a dossier, asking where a person must act."""
    with opened(as_json=as_json) as application:
        given: dict[str, Any] = {"source": source, "mode": mode, "dpi": dpi, "paper": paper, "way": way}
        given |= {"wait_for_paper": wait, "backs": backs, "blanks": blanks, "options": named_values(option or []) or None}
        chosen = chosen_profile(application, profile, backend, device)
        chosen = replace(chosen, **{name: value for name, value in given.items() if value is not None})
        spot = _spot(application, dossier, before, replacing)
        target = application.dossiers.get(dossier) if dossier else application.dossiers.new(procedure)
        sitting = application.sittings.open(chosen, target.id, spot)
        try:
            standing = sit(sitting, ask=ask, quiet=as_json)
        finally:
            dropped = not dossier and application.dossiers.drop_empty(target.id)
            total = 0 if dropped else _settled(application, target)
        if component:
            application.page_actions.place(target.id, standing.pages, component)
        if as_json:
            place = {"dossier": target.id, "number": target.shown_number} if not dropped else {"dossier": "", "number": ""}
            print_json({**place, "pages": len(standing.pages), "total": total})


def _settled(application: Application, target: Dossier) -> int:
    """Let blank pages be taken out where the profile wants it, say what the dossier holds, and give that number."""
    deadline = time.monotonic() + _BLANK_SECONDS
    while application.scanned.undecided and time.monotonic() < deadline:
        time.sleep(0.05)
    total = len(application.dossiers.pages(target.id))
    say(Text(f"Hồ sơ {target.shown_number}: {total} trang.", f"Dossier {target.shown_number}: {total} pages."))
    return total


def _spot(application: Application, dossier: str, before: int | None, replacing: int | None) -> Spot:
    """Give the place that is meant by page numbers. Raises OnePlace, NoSuchNumber, NoSuchDossier."""
    if before and replacing:
        raise OnePlace
    number = before or replacing
    if number is None:
        return Spot()
    pages = application.dossiers.pages(application.dossiers.get(dossier).id) if dossier else ()
    if number > len(pages):
        raise NoSuchNumber(number=number, pages=len(pages))
    page_id = pages[number - 1].id
    return Spot(before=page_id) if before else Spot(instead_of=page_id)


def chosen_profile(application: Application, profile: str, backend: str, device: str) -> Profile:
    """Give the profile of that name, or one for that device, or the first there is. Raises UnknownProfile."""
    profiles = application.profiles.all()
    if profile:
        named = next((item for item in profiles if item.name.casefold() == profile.casefold()), None)
        if named is None:
            raise UnknownProfile(name=profile, known=", ".join(item.name for item in profiles))
        if device:  # and not the scanner that the profile knows
            return replace(named, backend=backend or backend_of(device), device=device, identity="")
        return replace(named, backend=backend or named.backend)
    if backend or device:
        return Profile("", backend or backend_of(device), device)
    return profiles[0]


def backend_of(device: str) -> str:
    """Guess the kind of driver from an address."""
    if device.startswith(("uuid:", "http://", "https://")):
        return "escl"
    is_path = device.startswith(("/", ".")) or Path(device).exists()
    return PRACTICE if is_path else BACKENDS[0]


def named_values(texts: list[str]) -> dict[str, str]:
    """Read NAME=VALUE texts. Raises BadOption."""
    options = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise BadOption(text=text)
        options[name] = value
    return options
