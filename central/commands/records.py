"""``sohoa-central records`` and ``sohoa-central journal``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy import select

from app.errors import Text
from central import journal
from central.commands.shared import EXIT_CODES, DataOption, ExitCode, FilesOption, JsonOption, UrlOption, fail, opened_centre
from central.tables import Revision

app = typer.Typer(no_args_is_help=True, help="Nhật ký các bản đã nhận / the journal of accepted revisions.")


def records(data: DataOption, database_url: UrlOption = "", as_json: JsonOption = False) -> None:
    """Liệt kê hồ sơ đã nhận, mới nhất trước, không có dữ liệu cá nhân / list the records."""
    with opened_centre(data, database_url, must_exist=True) as centre, centre.database.read() as session:
        rows = session.scalars(select(Revision).order_by(Revision.received_at.desc(), Revision.record_id))
        lines = [
            {
                "record_id": row.record_id,
                "revision": row.revision,
                "dossier_number": row.record.dossier_number,
                "station_id": row.record.station_id,
                "procedure_code": row.procedure_code,
                "papers": len(row.files),
                "pages": row.pages,
                "manifest_sha256": row.manifest_sha256,
                "received_at": row.received_at.isoformat(),
            }
            for row in rows
        ]
    if as_json:
        typer.echo(json.dumps({"records": lines}, ensure_ascii=False))
    for line in [] if as_json else lines:
        typer.echo("  ".join(str(line[key]) for key in ("received_at", "dossier_number", "revision", "pages", "record_id")))


@app.command("verify", epilog=EXIT_CODES)
def journal_verify(
    data: DataOption,
    database_url: UrlOption = "",
    files_url: FilesOption = "",
    files: Annotated[
        bool, typer.Option("--files", help="Đọc cả mọi tệp và so mã băm / read every file too and compare its hash.")
    ] = False,
    head: Annotated[
        str,
        typer.Option(
            help="Mã băm đã ghi lại, phải còn trong nhật ký / a hash noted earlier; it must still stand in the journal."
        ),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Kiểm tra cả nhật ký: mã băm, bản kê, chữ ký biên nhận / walk over the whole journal."""
    with opened_centre(data, database_url, files_url, must_exist=True) as centre:
        found = journal.verify(centre, head, files=files)
    if as_json:
        typer.echo(json.dumps(asdict(found)))
    else:
        for fault in found.faults:
            typer.echo(f"{fault.number}  {fault.record_id}  {fault.revision}  {fault.kind}", err=True)
        typer.echo(f"{found.entries} dòng / lines, {found.head}")
    if found.faults:
        fail(
            ExitCode.DAMAGED,
            Text("Nhật ký không khớp", "The journal does not hold"),
            Text("Giữ nguyên máy chủ và báo người phụ trách.", "Change nothing on the server, and ask who had access."),
        )
