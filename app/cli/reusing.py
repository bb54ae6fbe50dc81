"""``sohoa dossier reuse``."""

from __future__ import annotations

from typing import Annotated

import typer

from app.bootstrap import Application
from app.cli.common import AsJson, console, follow, language, opened, print_json, say
from app.cli.dossiers import Reference
from app.errors import SohoaError, Text
from app.filing.reuse import ReuseOffer
from app.model.dossier import Dossier
from app.model.manifest import KnownPaper

_VALID = {
    True: Text("còn hiệu lực", "still valid"),
    None: Text("không ghi thời hạn, hãy xem lại", "does not say how long it is valid, look at it"),
}


def reuse(
    reference: Reference,
    attach: Annotated[str, typer.Option(help="Dùng lại cho thành phần này / let a paper stand for this component.")] = "",
    code: Annotated[str, typer.Option(help="Mã giấy tờ; trống = giấy tờ đầu tiên / code of the paper.")] = "",
    detach: Annotated[str, typer.Option(help="Thôi dùng lại cho thành phần này / take it back.")] = "",
    offline: Annotated[bool, typer.Option("--offline", help="Không hỏi trung tâm / do not ask the centre.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tìm giấy tờ đã số hóa để dùng lại thay vì quét / find papers digitised before, to use instead of scanning."""
    with opened(as_json=as_json) as application:
        dossier = application.dossiers.get(reference)
        if not offline and not detach:
            _ask(application, dossier)
        if detach:
            application.reuse.detach(dossier.id, detach)
        if attach:
            application.reuse.attach(dossier.id, attach, code)
        attached, offers = application.reuse.attached(dossier.id), application.reuse.offers(dossier.id)
        if as_json:
            standing = {component: _paper(item.paper) for component, item in attached.items()}
            print_json({"reused": standing, "offers": [_offer(offer) for offer in offers]})
            return
        for component, item in attached.items():
            console.print(f" ✓ {component}  {_line(item.paper)}", highlight=False, markup=False, soft_wrap=True)
        for offer in offers:
            valid = _VALID[offer.valid].show(language())
            line = f" ? {offer.component.code}  {_line(offer.paper)}  {valid}  {offer.paper.code}"
            console.print(line, highlight=False, markup=False, soft_wrap=True)
        if not attached and not offers:
            say(Text("Chưa thấy giấy tờ nào dùng lại được.", "No paper to be reused is known."))


def _ask(application: Application, dossier: Dossier) -> None:
    """What is known here can be used while the centre cannot be reached."""
    if not application.sync.status().enrolled:
        return
    try:
        follow(application.reuse.ask(dossier.id), quiet=True)
    except SohoaError as error:
        say(
            Text(
                f"Chưa hỏi được trung tâm, sẽ hỏi lại: {error.title_in('vi')}",
                f"The centre could not be asked, it will be asked again: {error.title_in('en')}",
            )
        )


def _line(paper: KnownPaper) -> str:
    day, number = f"{paper.digitised_at.astimezone():%d/%m/%Y}", paper.dossier_number or "-"
    said = Text(
        f"“{paper.title}” {paper.fields.number} số hóa ngày {day}, hồ sơ {number}",
        f"“{paper.title}” {paper.fields.number} digitised on {day}, dossier {number}",
    )
    return said.vi if language() == "vi" else said.en


def _offer(offer: ReuseOffer) -> dict[str, object]:
    return {"component": offer.component.code, "valid": offer.valid, **_paper(offer.paper)}


def _paper(paper: KnownPaper) -> dict[str, object]:
    """What a script gets; no ID number, for output ends up in files."""
    return {
        "code": paper.code,
        "title": paper.title,
        "kind": paper.fields.kind_code,
        "paper_number": paper.fields.number,
        "record": paper.record_id,
        "revision": paper.revision,
        "dossier_number": paper.dossier_number,
        "sha256": paper.file.sha256,
        "digitised_at": paper.digitised_at,
    }
