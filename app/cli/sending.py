"""``sohoa enrol``, ``sohoa sync`` and ``sohoa catalogue``."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.common import AsJson, console, follow, language, opened, print_json, say, show_answer, show_error
from app.errors import ExitCode, Text
from app.model.outbox import OutboxState


def enrol(
    url: Annotated[str, typer.Argument(help="Địa chỉ máy chủ trung tâm / address of the central server.")],
    code: Annotated[str, typer.Argument(help="Mã ghi danh dùng một lần / one-time code.")],
    ca_file: Annotated[str, typer.Option(help="Tệp chứng thư CA riêng (PEM) / private CA file.")] = "",
) -> None:
    """Ghi danh trạm này với máy chủ trung tâm / enrol this station."""
    with opened() as application:
        station = follow(application.sync.enrol(url, code, ca_file))
        say(Text(f"Đã ghi danh: trạm {station}.", f"Enrolled as station {station}."))


def sync(
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="So danh sách với trung tâm / compare both lists first.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Gửi mọi hồ sơ đang chờ, một lượt / send everything that waits, once."""
    with opened(as_json=as_json) as application:
        compared = follow(application.errands.reconcile(), quiet=as_json) if reconcile else None
        if compared is not None and not as_json:
            show_answer(compared)
        with console.status(Text("Đang gửi…", "Sending…").show(language())):
            report = application.sync.run_once()
        entries = application.sync.entries()
        if as_json:
            counts = {name: getattr(report, name) for name in ("sent", "accepted", "refused", "failed", "waiting")}
            print_json(
                {
                    **counts,
                    "error": type(report.error).__name__ if report.error else "",
                    "reconciliation": compared and compared.facts,
                }
            )
        else:
            done = f"{report.accepted}/{report.sent}"
            say(
                Text(
                    f"Trung tâm đã nhận {done}, còn chờ {report.waiting}.",
                    f"The centre accepted {done}, {report.waiting} wait.",
                )
            )
        if report.error is not None:
            if not as_json:
                show_error(report.error, as_json=False)
            raise typer.Exit(report.error.exit_code)
        if any(entry.state is OutboxState.REFUSED for entry in entries) or (compared is not None and not compared.well):
            raise typer.Exit(ExitCode.INCOMPLETE)


def catalogue() -> None:
    """Tải danh mục thủ tục mới nhất từ trung tâm / fetch the newest catalogue of procedures from the centre."""
    with opened() as application:
        if follow(application.sync.fetch_catalogue()):
            say(
                Text(
                    "Đã tải danh mục mới, có hiệu lực ngay.",
                    "The new catalogue is here and counts from now on.",
                )
            )
        else:
            say(Text("Danh mục đang dùng là mới nhất.", "The catalogue in use is the newest."))
