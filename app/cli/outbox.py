"""``sohoa outbox``: what waits to be sent, and the receipts of what was."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app.bootstrap import Application
from app.cli.common import AsJson, console, language, opened, print_json, say
from app.errors import ExitCode, Text
from app.model.outbox import OutboxEntry, OutboxState
from app.sync.proofs import Proof, ReceiptFinding

app = typer.Typer(help="Hàng chờ gửi và biên nhận / the outbox and its receipts.", invoke_without_command=True)

_STATES = {
    OutboxState.WAITING: Text("chờ gửi", "waiting"),
    OutboxState.UNCONFIRMED: Text("đã gửi, chờ biên nhận", "sent, no receipt yet"),
    OutboxState.ACCEPTED: Text("đã nhận", "accepted"),
    OutboxState.REFUSED: Text("bị từ chối", "refused"),
}
_PROOFS = {
    Proof.UNSIGNED: Text("biên nhận không có chữ ký", "the receipt is not signed"),
    Proof.KEY_UNKNOWN: Text("không biết khóa đã ký biên nhận", "the key that signed the receipt is not known here"),
    Proof.RECEIPT_CHANGED: Text("biên nhận đã bị thay đổi", "the receipt was changed"),
    Proof.MANIFEST_CHANGED: Text(
        "tệp kê khai trên máy này bị mất hoặc bị thay đổi", "the manifest on this machine is missing or was changed"
    ),
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
        findings = application.sync.verify_receipts()
        doubtful = [finding for finding in findings if finding.proof is not Proof.PROVEN]
        if as_json:
            print_json({"proven": len(findings) - len(doubtful), "doubtful": doubtful})
        else:
            _show_doubts(application, doubtful)
            say(
                Text(
                    f"{len(findings) - len(doubtful)}/{len(findings)} biên nhận có chữ ký đúng của trung tâm.",
                    f"{len(findings) - len(doubtful)}/{len(findings)} receipts carry the right signature of the centre.",
                )
            )
        if doubtful:
            raise typer.Exit(ExitCode.INCOMPLETE)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Thư mục trên đĩa USB / a folder on the disk.")],
    as_json: AsJson = False,
) -> None:
    """Xuất mọi hồ sơ chờ gửi thành một tệp niêm phong cho trung tâm / write what waits into a sealed file for the centre."""
    with opened(as_json=as_json) as application:
        package = application.sync.export_sealed(folder)
        if as_json:
            print_json(package)
        else:
            say(
                Text(
                    f"Đã niêm phong {package.records} hồ sơ vào {package.path}; bỏ lại {package.left_out}. Hồ sơ vẫn chờ gửi.",
                    f"{package.records} records are sealed in {package.path}; {package.left_out} left out. They still wait.",
                )
            )
        if package.left_out:
            raise typer.Exit(ExitCode.INCOMPLETE)


@app.command()
def receipts(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tệp .receipts.json / the file of receipts.")],
    as_json: AsJson = False,
) -> None:
    """Nhận biên nhận mà trung tâm đã cấp cho gói niêm phong / take the receipts in that the centre gave for a package."""
    with opened(as_json=as_json) as application:
        taken = application.sync.take_receipts(file)
        if as_json:
            print_json(taken)
        else:
            doubtful = taken.unproven + taken.unknown
            say(
                Text(
                    f"Đã nhận {taken.accepted} biên nhận, {taken.known} đã có từ trước, {doubtful} không được tính.",
                    f"{taken.accepted} receipts taken in, {taken.known} were here already, {doubtful} do not count.",
                )
            )
        if taken.unproven or taken.unknown:
            raise typer.Exit(ExitCode.INCOMPLETE)


def _show_doubts(application: Application, doubtful: list[ReceiptFinding]) -> None:
    for finding in doubtful:
        number = application.dossiers.get(finding.dossier_id).shown_number
        say(Text(f"✗ {number}: {_PROOFS[finding.proof].vi}.", f"✗ {number}: {_PROOFS[finding.proof].en}."))
