"""``sohoa dossier import``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from app.acquisition.importing import ImportRefused
from app.cli.common import AsJson, follow, language, opened, print_json, say, show_error
from app.errors import ExitCode, Text
from app.pipeline.inputs import NoInput, find_sources
from app.usage import STOPPED


def import_(
    files: Annotated[list[Path], typer.Argument(help="Tệp PDF, JPEG, PNG, TIFF, hoặc thư mục / files or folders.")],
    dossier: Annotated[str, typer.Option(help="Vào hồ sơ này; trống = hồ sơ mới / into this dossier; empty = new.")] = "",
    procedure: Annotated[str, typer.Option(help="Mã thủ tục của hồ sơ mới / procedure of the new dossier.")] = "",
    component: Annotated[str, typer.Option(help="Xếp các trang vào thành phần này / put the pages under it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Nhập tệp PDF và ảnh làm trang hồ sơ / import PDFs and images as pages of a dossier."""
    with opened(as_json=as_json) as application:
        chosen = _chosen(files)
        target = application.dossiers.get(dossier) if dossier else application.dossiers.new(procedure)
        try:
            outcome = follow(application.importing.start(target.id, chosen), quiet=as_json)
            if component and outcome.page_ids:
                application.page_actions.place(target.id, outcome.page_ids, component)
        finally:
            dropped = not dossier and application.dossiers.drop_empty(target.id)
        if as_json:
            print_json(
                {
                    "dossier": "" if dropped else target.id,
                    "number": "" if dropped else target.shown_number,
                    "pages": len(outcome.page_ids),
                    "taken": [{"file": name, "pages": len(pages)} for name, pages in outcome.taken],
                    "refused": [_plain(error) for error in outcome.refused],
                }
            )
        else:
            for error in outcome.refused:
                show_error(error, as_json=False)
            if not dropped:
                count = len(outcome.page_ids)
                number = target.shown_number
                say(Text(f"Hồ sơ {number}: đã nhập {count} trang.", f"Dossier {number}: {count} pages imported."))
        if outcome.stopped:
            raise typer.Exit(STOPPED)
        if outcome.refused:
            raise typer.Exit(ExitCode.INPUT)


def _chosen(places: Sequence[Path]) -> list[Path]:
    """Give the files named and those in the folders named, each once; what is not there is left to the import to refuse."""
    chosen: dict[Path, Path] = {}
    for place in places:
        try:
            found = [source.path for source in find_sources([place])]
        except NoInput:
            found = [place.absolute()]
        for path in found:
            chosen.setdefault(path.resolve(), path)
    return list(chosen.values())


def _plain(error: ImportRefused) -> dict[str, str]:
    chosen = language()
    return {"file": error.name, "why": error.title_in(chosen), "remedy": error.remedy_in(chosen)}
