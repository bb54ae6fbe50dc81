"""``sohoa dossier search``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer

from app.cli.common import AsJson, follow, opened, print_json, say
from app.cli.dossiers import print_dossiers, summary
from app.errors import Text
from app.filing.facts import VIETNAM
from app.model.dossier import DossierState
from app.model.dossier_query import DossierQuery

_DAYS = ["%Y-%m-%d", "%d/%m/%Y"]


def search(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Những chữ phải có, không cần dấu / words to find, accents not needed."),
    ] = None,
    number: Annotated[str, typer.Option(help="Trong mã hồ sơ / in the number.")] = "",
    owner: Annotated[str, typer.Option(help="Trong tên hoặc số định danh / in the owner's name or ID number.")] = "",
    procedure: Annotated[str, typer.Option(help="Trong mã hoặc tên thủ tục / in the procedure's code or name.")] = "",
    state: Annotated[DossierState | None, typer.Option(help="Chỉ một trạng thái / one state only.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=_DAYS, help="Tạo từ ngày này / begun on this day or later.")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_DAYS, help="Tạo đến hết ngày này / begun on this day or before.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """Tìm hồ sơ theo mã, chủ, thủ tục, ngày và chữ trên các trang / find dossiers, also by the words of their pages."""
    query = DossierQuery(
        text=" ".join(words or ()),
        number=number,
        owner=owner,
        procedure=procedure,
        state=state,
        since=since and since.replace(tzinfo=VIETNAM),
        until=until and until.replace(tzinfo=VIETNAM) + timedelta(days=1),
        limit=limit,
    )
    with opened(as_json=as_json) as application:
        follow(application.search.catch_up(), quiet=as_json)
        found = application.search.find(query).dossiers
        if as_json:
            print_json([summary(dossier) for dossier in found])
            return
        if found:
            print_dossiers(found)
        else:
            say(Text("Không thấy hồ sơ nào.", "No dossier was found."))
