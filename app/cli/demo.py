"""``sohoa demo``: the whole way, from sample pages through a real driver process to a real server and its receipt."""

from __future__ import annotations

import json
import secrets
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import platformdirs
import typer
from rich.table import Table

from app.bootstrap import Application, build
from app.cli.common import console, follow, language, say, shown_errors, wait_for_reading
from app.errors import ExitCode, MustStop, Text
from app.model.dossier import Dossier
from app.model.outbox import OutboxEntry, OutboxState
from app.model.profile import Profile, Source
from resources import resource

_MARKER = ".sohoa-demo"
_START_SECONDS = 60.0


class ServerNotStarted(MustStop):
    """The demonstration's own server did not come up."""

    title = Text("Máy chủ trình diễn không khởi động được", "The demonstration's server did not start")
    remedy = Text(
        "Xem {log}; chạy lại ./run để cài phần còn thiếu.", "See {log}; start ./run again to install what is missing."
    )
    exit_code = ExitCode.NETWORK


class FolderNotOurs(MustStop):
    """The folder holds something else."""

    title = Text(
        "Thư mục {folder} không trống và không phải của phần trình diễn",
        "The folder {folder} is not empty and not a demonstration's",
    )
    remedy = Text("Chọn thư mục khác bằng --out.", "Choose another folder with --out.")
    exit_code = ExitCode.INPUT


class NotAccepted(MustStop):
    """The record did not get its receipt."""

    title = Text("Trung tâm chưa nhận hồ sơ trình diễn: {why}", "The centre did not accept the demonstration's record: {why}")
    remedy = Text("Xem nhật ký trong {folder}.", "See the logs in {folder}.")
    exit_code = ExitCode.NETWORK


@dataclass
class _Steps:
    """Seconds by step, in order."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: Text) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.seconds[step.show(language())] = time.perf_counter() - begun


def demo(
    out: Annotated[Path | None, typer.Option(help="Thư mục kết quả / where to put what it makes.")] = None,
    serve: Annotated[
        bool, typer.Option(help="Giữ máy chủ chạy để xem trang web / keep the server up to see its page.")
    ] = False,
) -> None:
    """Trình diễn trọn đường đi: máy quét tập → xử lý → hồ sơ → máy chủ trung tâm → biên nhận / the whole way, shown."""
    with shown_errors():
        folder = _fresh(out or Path(platformdirs.user_data_path("sohoa-demo")))
        steps = _Steps()
        with _server(folder, steps) as (url, password):
            _run(folder, url, steps)
            login = Text(f"tài khoản demo, mật khẩu {password}", f"user demo, password {password}")
            say(Text(f"Trang web của trung tâm: {url} ({login.vi})", f"The centre's web page: {url} ({login.en})"))
            if serve:
                _wait_for_enter()
        say(Text(f"Kết quả ở {folder}", f"The results are in {folder}"))
        if not serve:
            port = url.rpartition(":")[2].strip("/")
            program = _short(Path(sys.executable).with_name("sohoa-central"))
            again = shlex.join([str(program), "serve", "--port", port, "--data", str(folder / "central")])
            say(
                Text(
                    f"Máy chủ đã dừng. Mở lại trang trên: {again}", f"The server has stopped. To open that page again: {again}"
                )
            )


def _run(folder: Path, url: str, steps: _Steps) -> None:
    sample = json.loads(resource("samples/dossier.json").read_text("utf-8"))
    application = build(folder / "station", folder / "settings.toml")
    try:
        with steps.timed(Text("Ghi danh trạm", "Enrol the station")):
            follow(application.sync.enrol(url, _enrol_code(folder)))
        dossier = application.dossiers.new(sample["procedure"])
        with steps.timed(Text("Quét", "Scan")):
            follow(application.scanners.start(_profile(), dossier.id))
        with steps.timed(Text("Xử lý và đọc chữ", "Process and read")):
            wait_for_reading(application, dossier.id)
        with steps.timed(Text("Xếp trang, điền trường", "Place pages, fill fields")):
            scanned = _tag(application, dossier.id, sample)
            follow(application.sync.new_number(dossier.id))
        with steps.timed(Text("Hoàn tất, tạo PDF/A", "Finish, make PDF/A")):
            entry = follow(application.finishing.start(dossier.id))
        with steps.timed(Text("Gửi về trung tâm", "Send to the centre")):
            application.sync.run_once()
        entry = application.outbox.get(entry.id)
        if entry.state is not OutboxState.ACCEPTED:
            raise NotAccepted(why=entry.error or entry.state, folder=folder)
        _summary(application, application.dossiers.get(dossier.id), entry, scanned, steps)
    finally:
        application.close()


def _profile() -> Profile:
    return Profile("demo", "virtual", str(resource("samples/pages")), source=Source.FEEDER)


def _tag(application: Application, dossier_id: str, sample: dict[str, object]) -> int:
    """Put the sample's pages under their components; those that belong to no paper leave the dossier."""
    pages = application.dossiers.pages(dossier_id)
    listed: list[dict[str, str | None]] = sample["pages"]  # type: ignore[assignment]  # our own file
    for page, wanted in zip(pages, listed, strict=True):
        if wanted["component"]:
            application.page_actions.place(dossier_id, [page.id], wanted["component"])
        elif not page.blank:
            application.page_actions.delete(dossier_id, [page.id])
    owner: dict[str, str] = sample["owner"]  # type: ignore[assignment]  # our own file
    application.dossiers.set_fields(dossier_id, owner_name=owner["name"], owner_id_number=owner["id_number"])
    return len(pages)


def _summary(application: Application, dossier: Dossier, entry: OutboxEntry, scanned: int, steps: _Steps) -> None:
    vietnamese = language() == "vi"
    table = Table(title=f"{dossier.number}  {dossier.procedure_code} {dossier.procedure_name}", title_justify="left")
    for column in (
        ("Giấy tờ", "Trang", "Số chữ đọc được", "Cỡ tệp") if vietnamese else ("Paper", "Pages", "Words read", "File size")
    ):
        table.add_column(column, justify="left" if column in ("Giấy tờ", "Paper") else "right")
    pages = application.dossiers.pages(dossier.id)
    papers = [row.component for row in application.dossiers.checklist(dossier.id) if row.pages]
    for component, file in zip(papers, entry.files, strict=True):
        held = [page for page in pages if page.component == component.code]
        words = sum(len(text.words) for page in held if (text := application.dossiers.text_of(page)) is not None)
        table.add_row(component.name, str(len(held)), str(words), f"{file.size / 1000:.0f} kB")
    console.print(table)
    receipt = entry.receipt
    assert receipt is not None  # noqa: S101  # accepted means a stored receipt
    left = scanned - sum(row.pages for row in application.dossiers.checklist(dossier.id))
    say(
        Text(
            f"Trang quét {scanned}, giấy tờ {len(entry.files)}; {left} trang khác trắng, phân cách hoặc chỉ xuất trình.",
            f"Pages scanned {scanned}, papers {len(entry.files)}; {left} more are blank, separators or only presented.",
        )
    )
    say(
        Text(
            f"Biên nhận {receipt.receipt_id}, mã hồ sơ {receipt.dossier_number}",
            f"Receipt {receipt.receipt_id}, dossier number {receipt.dossier_number}",
        )
    )
    for step, seconds in steps.seconds.items():
        console.print(f"  {step}: {seconds:.1f} s", highlight=False)


def _short(path: Path) -> Path:
    """Give a path as it can be typed here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _fresh(folder: Path) -> Path:
    """Give an empty folder; an earlier demonstration's is cleared, anything else is left alone."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARKER).exists():
            raise FolderNotOurs(folder=folder)
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARKER).touch()
    return folder.resolve()


@contextmanager
def _server(folder: Path, steps: _Steps) -> Iterator[tuple[str, str]]:
    """Run a central server of our own on loopback; gives its address and the password of its user ``demo``."""
    data, log = folder / "central", folder / "central.log"
    command = [sys.executable, "-m", "central", "serve", "--port", "0", "--json", "--data", str(data)]
    with log.open("wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)
        try:
            with steps.timed(Text("Khởi động máy chủ", "Start the server")):
                assert process.stdout is not None  # noqa: S101  # asked for above
                line = process.stdout.readline()
                if not line:
                    raise ServerNotStarted(log=log)
            password = secrets.token_urlsafe(9)
            _central(folder, "admin", "add", "demo", "--password-stdin", given=password)
            yield json.loads(line)["url"], password
        finally:
            process.terminate()
            process.communicate(timeout=_START_SECONDS)


def _enrol_code(folder: Path) -> str:
    return _central(folder, "enrol-code", "--agency", "H02.15", "--name", "Bàn trình diễn").strip()


def _central(folder: Path, *arguments: str, given: str = "") -> str:
    command = [sys.executable, "-m", "central", *arguments, "--data", str(folder / "central")]
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=_START_SECONDS, check=False)
    if done.returncode:
        (folder / "central-command.log").write_text(done.stderr, "utf-8")
        raise ServerNotStarted(log=folder / "central-command.log")
    return done.stdout


def _wait_for_enter() -> None:
    say(Text("Máy chủ đang chạy; nhấn Enter để dừng.", "The server is running; press Enter to stop it."))
    sys.stdin.readline()
