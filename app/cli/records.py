"""``sohoa dossier correct``, ``history``, ``export`` and ``verify``: what becomes of finished dossiers."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app.cli.common import AsJson, console, follow, language, opened, print_json, say
from app.cli.dossiers import Reference, show_dossier
from app.errors import ExitCode, Text
from app.model.history import Step

STEPS = {
    Step.BEGUN: Text("tiếp nhận", "begun"),
    Step.RESULT: Text("mở để số hóa kết quả", "opened for the result"),
    Step.CORRECTION: Text("mở để đính chính", "opened for a correction"),
    Step.REOPENED: Text("mở lại để sửa", "opened again to mend"),
    Step.FINISHED: Text("hoàn tất", "finished"),
    Step.ACCEPTED: Text("trung tâm đã nhận", "accepted by the centre"),
    Step.REFUSED: Text("trung tâm trả lại", "refused by the centre"),
    Step.WITHDRAWN: Text("bỏ bản đính chính", "correction withdrawn"),
    Step.CLEARED: Text("xóa tệp trên máy này, trung tâm giữ", "files removed here, the centre has them"),
}


class PackageForm(enum.StrEnum):
    """The forms of a package."""

    FOLDER = "folder"
    BAGIT = "bagit"


def correct(
    reference: Reference,
    reason: Annotated[str, typer.Option(help="Điều gì sai, sửa thế nào / what was wrong and is mended.")],
    as_json: AsJson = False,
) -> None:
    """Mở hồ sơ đã hoàn tất để đính chính, có lý do / open a finished dossier for a correction, with a reason."""
    with opened(as_json=as_json) as application:
        dossier = application.revisions.correct(application.dossiers.get(reference).id, reason)
        show_dossier(application, dossier, as_json=as_json)


def withdraw(
    reference: Reference,
    drop: Annotated[bool, typer.Option("--drop", help="Bỏ cả các sửa đổi / drop what was changed too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bỏ bản đính chính đang mở, về bản trung tâm đã nhận / withdraw an open correction, back to what the centre has."""
    with opened(as_json=as_json) as application:
        dossier = application.revisions.withdraw(application.dossiers.get(reference).id, drop=drop)
        show_dossier(application, dossier, as_json=as_json)


def history(reference: Reference, as_json: AsJson = False) -> None:
    """Xem lịch sử hồ sơ: ai làm gì, lúc nào, vì sao / the history of a dossier: who did what, when and why."""
    with opened(as_json=as_json) as application:
        lines = application.revisions.history(application.dossiers.get(reference).id)
        if as_json:
            print_json(lines)
            return
        chosen = language()
        heads = ("Bản", "Thời điểm", "Việc", "Người làm", "Lý do")
        table = Table(*(heads if chosen == "vi" else ("Revision", "When", "What", "Who", "Why")))
        for line in lines:
            when = f"{line.at.astimezone():%H:%M %d/%m/%Y}"
            table.add_row(str(line.revision), when, STEPS[line.step].show(chosen), escape(line.operator), escape(line.reason))
        console.print(table)


def export_(
    reference: Reference,
    to: Annotated[Path, typer.Option(help="Thư mục đặt gói vào / folder that the package is put into.")] = Path(),
    form: Annotated[PackageForm, typer.Option(help="folder | bagit (RFC 8493)")] = PackageForm.FOLDER,
    revision: Annotated[int, typer.Option(min=0, help="Bản nào; 0 = bản hoàn tất mới nhất / 0 = the newest.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Xuất hồ sơ đã hoàn tất: PDF, bản kê, mã băm, bìa đọc được / export a finished dossier as a package."""
    with opened(as_json=as_json) as application:
        dossier = application.dossiers.get(reference)
        path = follow(application.exporting.start(dossier.id, to, form.value, revision), quiet=as_json)
        if as_json:
            print_json({"dossier": dossier.id, "package": path, "form": form})
            return
        console.print(str(path), highlight=False, markup=False, soft_wrap=True)


def verify(
    package: Annotated[Path, typer.Argument(help="Gói đã xuất / an exported package.", exists=True, file_okay=False)],
    as_json: AsJson = False,
) -> None:
    """Kiểm tra gói: mọi tệp còn đúng mã băm / check that every file of a package is what it was."""
    with opened(as_json=as_json) as application:
        verdict = application.exporting.verify(package)
    faults = [fault.show(language()) for fault in verdict.faults]
    if as_json:
        print_json({"files": verdict.files, "form": verdict.form, "whole": not faults, "faults": faults})
    else:
        for fault in faults:
            console.print(f" ✗ {fault}", highlight=False, markup=False, soft_wrap=True)
        if not faults:
            say(Text(f"Gói nguyên vẹn: {verdict.files} tệp.", f"The package is whole: {verdict.files} files."))
    if faults:
        raise typer.Exit(ExitCode.INCOMPLETE)
