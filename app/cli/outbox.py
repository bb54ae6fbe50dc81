"""``sohoa outbox``: what waits to be sent, and the receipts of what was."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app.cli.common import AsJson, answer, console, follow, language, opened, print_json
from app.errors import ExitCode, Text
from app.model.outbox import OutboxEntry, OutboxState
from app.sync.answers import of_cleared

app = typer.Typer(
    add_completion=False, help="Hàng chờ gửi và biên nhận / the outbox and its receipts.", invoke_without_command=True
)

_STATES = {
    OutboxState.WAITING: Text("chờ gửi", "waiting"),
    OutboxState.UNCONFIRMED: Text("đã gửi, chờ biên nhận", "sent, no receipt yet"),
    OutboxState.ACCEPTED: Text("đã nhận", "accepted"),
    OutboxState.REFUSED: Text("bị từ chối", "refused"),
}


@app.callback()
def outbox(context: typer.Context, as_json: AsJson = False) -> None:
    """Xem hàng chờ gửi: trạng thái, lý do, biên nhận / show what waits, why, and the receipts."""
    if context.invoked_subcommand is not None:
        return
    with opened(as_json=as_json) as application:
        entries = application.sync.entries()
        if as_json:
            print_json(entries)
            return
        chosen = language()
        table = (
            Table("Hồ sơ", "Trạng thái", "Biên nhận hoặc lý do")
            if chosen == "vi"
            else Table("Dossier", "State", "Receipt or reason")
        )
        for entry in entries:
            error = application.sync.describe(entry)
            reason = f"{error.title_in(chosen)} {error.remedy_in(chosen)}" if error else ""
            number = application.dossiers.get(entry.dossier_id).shown_number
            table.add_row(number, _STATES[entry.state].show(chosen), escape(_receipt(entry) or reason))
        console.print(table)


def _receipt(entry: OutboxEntry) -> str:
    return entry.receipt.receipt_id if entry.receipt else ""


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Kiểm tra lại mọi biên nhận đã giữ, không cần mạng / check every kept receipt again, without a network."""
    with opened(as_json=as_json) as application:
        answer(follow(application.errands.verify(), quiet=as_json), as_json=as_json)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Thư mục trên đĩa USB / a folder on the disk.")],
    as_json: AsJson = False,
) -> None:
    """Xuất mọi hồ sơ chờ gửi thành một tệp niêm phong cho trung tâm / write what waits into a sealed file for the centre."""
    with opened(as_json=as_json) as application:
        answer(follow(application.errands.export(folder), quiet=as_json), as_json=as_json)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tệp .sealed / the sealed file.")],
    as_json: AsJson = False,
) -> None:
    """Đọc lại gói niêm phong của trạm này cho đến hết / read a sealed file of this station to its end."""
    with opened(as_json=as_json) as application:
        answer(follow(application.errands.check(file), quiet=as_json), as_json=as_json)


@app.command()
def receipts(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tệp .receipts.json / the file of receipts.")],
    as_json: AsJson = False,
) -> None:
    """Nhận biên nhận mà trung tâm đã cấp cho gói niêm phong / take the receipts in that the centre gave for a package."""
    with opened(as_json=as_json) as application:
        answer(follow(application.errands.take_receipts(file), quiet=as_json), as_json=as_json)


@app.command()
def clean(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ đếm, không xóa / only count, remove nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Xóa tệp mà trung tâm còn giữ đủ và hết thời hạn / remove files that the centre still holds, after the retention time."""
    with opened(as_json=as_json) as application:
        cleared = follow(application.errands.clear(dry=dry_run), quiet=as_json)
        given = of_cleared(cleared, dry=dry_run)
        answer(given, as_json=as_json, otherwise=cleared.error.exit_code if cleared.error else ExitCode.INCOMPLETE)
