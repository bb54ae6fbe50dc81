"""``sohoa enrol``, ``sohoa sync`` and ``sohoa catalogue``."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.common import AsJson, console, follow, language, opened, print_json, say, show_error
from app.errors import ExitCode, Text
from app.model.outbox import OutboxState
from app.sync.reconcile import Gap, Reconciliation

_GAPS = {
    Gap.LACKING_THERE: Text("trung tâm không còn hồ sơ, sẽ gửi lại", "the centre lacks the record; it is sent again"),
    Gap.RECEIPT_LACKING: Text("trạm thiếu biên nhận có chữ ký", "the station lacks the signed receipt"),
    Gap.OTHER_THERE: Text("trung tâm giữ một bản kê khai khác", "the centre holds another manifest"),
    Gap.UNKNOWN_HERE: Text("trạm không có hồ sơ này", "the station does not have this record"),
}


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
        compared = application.sync.reconcile() if reconcile else None
        if compared is not None and not as_json:
            _show_comparison(compared)
        with console.status(Text("Đang gửi…", "Sending…").show(language())):
            report = application.sync.run_once()
        entries = application.sync.entries()
        if as_json:
            counts = {name: getattr(report, name) for name in ("sent", "accepted", "refused", "failed", "waiting")}
            print_json({**counts, "error": type(report.error).__name__ if report.error else "", "reconciliation": compared})
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
        if any(entry.state is OutboxState.REFUSED for entry in entries) or (compared is not None and compared.open):
            raise typer.Exit(ExitCode.INCOMPLETE)


def _show_comparison(compared: Reconciliation) -> None:
    for one in compared.differences:
        said = _GAPS[one.gap]
        number = one.dossier_number or one.record_id
        say(Text(f"{'✓' if one.mended else '✗'} {number}: {said.vi}.", f"{'✓' if one.mended else '✗'} {number}: {said.en}."))
    count, still = len(compared.differences), compared.open
    say(
        Text(
            f"So với {compared.compared} hồ sơ ở trung tâm: {count} chỗ khác, còn {still} chỗ cần người xem.",
            f"Compared with {compared.compared} records at the centre: {count} differences, {still} need a person.",
        )
    )


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
