"""``sohoa dossier fields``: what was read on the pages for fields that are empty, and taking it over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app.cli.common import AsJson, console, language, opened, print_json, say, wait_for_reading
from app.cli.dossiers import Reference
from app.errors import ExitCode, ItemFailed, Text
from app.filing.offers import Offer
from app.model.identifiers import mask_id
from app.recognition.fields.rule_words import rule_words

_HEADS = (
    Text("Trường", "Field"),
    Text("Giá trị", "Value"),
    Text("Trang", "Page"),
    Text("Chắc", "Sure"),
    Text("Quy tắc", "Rule"),
)


class BadOfferList(ItemFailed):
    """The numbers of offers cannot be read or go beyond them."""

    title = Text("Không hiểu danh sách “{text}”", "The list “{text}” cannot be understood")
    remedy = Text("Viết như 1,3 hoặc all; hiện có {count} đề xuất.", "Write it as 1,3 or all; there are {count} offers.")
    exit_code = ExitCode.USAGE


def fields(
    reference: Reference,
    accept: Annotated[
        str, typer.Option(help="Nhận các đề xuất số mấy, ví dụ 1,3 hoặc all / take these over, such as 1,3 or all.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Xem những gì đọc được cho các trường còn trống; --accept để nhận / what was read for empty fields."""
    with opened(as_json=as_json) as application:
        dossier = application.dossiers.get(reference)
        wait_for_reading(application, dossier.id)
        offers = application.offers.of_dossier(dossier.id)
        if accept:
            application.offers.accept(dossier.id, _chosen(accept, offers))
            offers = application.offers.of_dossier(dossier.id)
        if as_json:
            print_json([_as_json(number, offer) for number, offer in enumerate(offers, start=1)])
            return
        _print(offers)


def _shown(offer: Offer) -> str:
    return mask_id(offer.value) if offer.name in ("owner_id", "owner_id_number") else offer.shown


def _chosen(text: str, offers: Sequence[Offer]) -> list[Offer]:
    if text.strip().lower() == "all":
        return list(offers)
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = [0]
    if not all(1 <= number <= len(offers) for number in numbers):
        raise BadOfferList(text=text[:40], count=len(offers))
    return [offers[number - 1] for number in numbers]


def _print(offers: Sequence[Offer]) -> None:
    if not offers:
        say(Text("Không có đề xuất nào.", "There are no offers."))
        return
    table = Table("", *(head.show(language()) for head in _HEADS))
    for number, offer in enumerate(offers, start=1):
        name = offer.label.show(language()) + (f" ({offer.component})" if offer.place == "paper" else "")
        sure = f"{offer.proposal.confidence:.0%}"
        rule = rule_words(offer.proposal.rule).show(language())
        table.add_row(str(number), name, escape(_shown(offer)), str(offer.page_number), sure, escape(rule))
    console.print(table)


def _as_json(number: int, offer: Offer) -> dict[str, object]:
    return {
        "offer": number,
        "place": offer.place,
        "field": offer.name,
        "value": _shown(offer),
        "page": offer.page_number,
        "component": offer.component,
        "confidence": offer.proposal.confidence,
        "rule": offer.proposal.rule,
        "box": offer.proposal.box,
    }
