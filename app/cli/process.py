"""``sohoa process`` and ``sohoa page explain``: pages without a database and without a window."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from app.cli.common import AsJson, console, language, messages, print_json, say, show_error, shown_errors
from app.errors import ExitCode, Text
from app.files import shown_name
from app.imaging.raster import write_jpeg
from app.pipeline.batch import Batch, FileOutcome
from app.pipeline.explain import explain
from app.pipeline.inputs import NoPageInFile, count_pages, find_sources
from app.pipeline.page_work import WorkOptions
from app.pipeline.pool import PagePool, default_workers

page_app = typer.Typer(add_completion=False, help="Từng trang / single pages.", no_args_is_help=True)


def process(
    places: Annotated[
        list[Path], typer.Argument(metavar="IN...", help="Ảnh, PDF hoặc thư mục / images, PDFs or folders of them.")
    ],
    out: Annotated[Path, typer.Option(help="Thư mục kết quả / folder for the results.", file_okay=False)],
    packing: Annotated[
        Literal["faithful", "layered", "bitonal"],
        typer.Option(
            help="faithful: JPEG | layered: chữ nét trên nền nhẹ, con dấu giữ nguyên / print as bits, seals kept | bitonal: G4"
        ),
    ] = "layered",
    force: Annotated[bool, typer.Option("--force", help="Làm lại cả tệp đã xong / also redo what is done.")] = False,
    text: Annotated[bool, typer.Option("--text/--no-text", help="Đọc chữ và hướng trang / read text and orientation.")] = True,
    clean: Annotated[
        bool, typer.Option("--clean", help="Làm trắng nền, xóa vết hằn và lỗ đục / whiten the paper, fill punched holes.")
    ] = False,
    workers: Annotated[int, typer.Option(min=0, max=16, help="Số tiến trình; 0 = tự chọn / processes; 0 = chosen.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Đổi ảnh và PDF thành PDF/A có lớp chữ, kèm findings.json / turn images and PDFs into searchable PDF/A."""
    with shown_errors(as_json=as_json), closing(PagePool(workers or default_workers())) as pool:
        sources = find_sources(places)
        batch = Batch(out, pool, WorkOptions(way=packing, read_text=text, clean=clean), lambda: datetime.now(UTC).astimezone())
        left = batch.left(sources, force=force)
        failed: list[FileOutcome] = []
        pages = 0
        with _progress(quiet=as_json) as progress:
            task = progress.add_task(Text("Đang xử lý…", "Processing…").show(language()), total=len(left))
            for outcome in batch.run(left):
                pages += outcome.pages
                failed += [outcome] if outcome.errors else []
                progress.update(task, advance=1, description=outcome.source.key)
        _tell(len(sources), len(left), pages, failed, out, as_json=as_json)
        if failed:
            raise typer.Exit(ExitCode.INPUT)


@page_app.command("explain")
def explain_page(
    file: Annotated[Path, typer.Argument(help="Ảnh hoặc PDF / image or PDF.", exists=True, dir_okay=False)],
    page: Annotated[int, typer.Option(min=1, help="Trang thứ mấy / which page.")] = 1,
    picture: Annotated[
        Path | None, typer.Option(help="Ảnh kết quả; trống = cạnh tệp / where the picture goes; empty = beside the file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Cho biết từng bước tìm thấy gì trên một trang, kèm ảnh / what each stage found on a page, with a picture."""
    with shown_errors(as_json=as_json):
        find_sources([file])
        if page > (count := count_pages(file)):
            raise NoPageInFile(name=shown_name(file.name), page=page, count=count)
        explained = explain(file, page - 1, WorkOptions())
        target = picture or file.with_name(f"{file.stem}.explained-{page}.jpg")
        write_jpeg(target, explained.picture, 100, quality=80)
        if as_json:
            stages = [{"stage": stage, "ms": ms, "found": said.show(language())} for stage, ms, said in explained.lines]
            print_json({"file": file, "page": page, "stages": stages, "picture": target})
            return
        table = Table("", "ms", Text("Tìm thấy", "Found").show(language()))
        for stage, ms, said in explained.lines:
            table.add_row(stage, f"{ms:.0f}", escape(said.show(language())))
        console.print(table)
        say(Text(f"Ảnh: {target}", f"Picture: {target}"))


def _progress(*, quiet: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    return Progress(*columns, console=messages, transient=True, disable=quiet or not messages.is_terminal)


def _tell(files: int, done: int, pages: int, failed: list[FileOutcome], out: Path, *, as_json: bool) -> None:
    if as_json:
        errors = [(outcome.source.path, error) for outcome in failed for error in outcome.errors]
        print_json(
            {
                "files": files,
                "processed": done,
                "skipped": files - done,
                "pages": pages,
                "out": out,
                "failed": [{"file": path, "vi": error.title_in("vi"), "en": error.title_in("en")} for path, error in errors],
            }
        )
        return
    for outcome in failed:
        for error in outcome.errors:
            show_error(error, as_json=False)
    say(
        Text(
            f"{done} tệp, {pages} trang đã xử lý vào {out}; {files - done} tệp đã xong từ trước; {len(failed)} tệp có lỗi.",
            f"{done} files, {pages} pages processed into {out}; {files - done} were done before; {len(failed)} had errors.",
        )
    )
