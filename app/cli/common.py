"""What all commands share: opening the application, one place where errors are shown, one way to print JSON."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from typer.exceptions import TyperException

from app.errors import ExitCode, Language, SohoaError, Text
from app.jobs import Cancelled, Job
from app.model.page import PageState
from app.settings import SettingsBroken, SettingsFile, default_data_path, default_settings_path
from app.usage import STOPPED

if TYPE_CHECKING:
    from app.bootstrap import Application
    from app.sync.answers import Answer

_log = logging.getLogger(__name__)
T = TypeVar("T")

_LOOK_SECONDS = 0.1
_OUTPUT = Path("stdout")

console = Console()
messages = Console(stderr=True)

AsJson = Annotated[
    bool, typer.Option("--json", help="In kết quả dạng JSON cho chương trình khác đọc / print JSON for a script.")
]


def language() -> Language:
    """The language of the settings in force: the last good ones where the file is broken."""
    file = SettingsFile(default_settings_path())
    try:
        return file.load().language
    except SettingsBroken:
        return file.load_good().language


@contextmanager
def shown_errors(*, as_json: bool = False) -> Iterator[None]:
    """Show an error with its remedy and end the command with the error's exit code."""
    try:
        with _in_our_words():
            yield
    except SohoaError as error:
        show_error(error, as_json=as_json)
        raise typer.Exit(error.exit_code) from error
    except (KeyboardInterrupt, Cancelled) as error:
        say(Text("Đã dừng theo yêu cầu. Những gì đã lưu vẫn an toàn.", "Stopped as you asked. What was saved is safe."))
        raise typer.Exit(STOPPED) from error


@contextmanager
def opened(*, as_json: bool = False) -> Iterator[Application]:
    """Open the application for one command, with its notices said and its errors shown."""
    from app.bootstrap import build  # all of the program: commands without a database do without it

    with shown_errors(as_json=as_json):
        application = build(default_data_path(), default_settings_path())
        try:
            with _in_our_words():  # here, for the log is closed with the application
                for notice in application.notices:
                    say(notice)
                yield application
        finally:
            application.close()


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Turn what no service has put into words into an error of ours; the log has the details of a fault."""
    try:
        yield
    except (SohoaError, Cancelled, typer.Exit, typer.Abort, TyperException, BrokenPipeError):
        raise
    except OSError as error:
        raise _of_the_disk(error) from error
    except Exception as error:
        _log.exception("the command failed unexpectedly")
        raise SohoaError from error


def _of_the_disk(error: OSError) -> SohoaError:
    """Give our error for one of the system's that no service has put into words; it names the folder."""
    from app.store.errors import translated  # brings the database along, which few commands without one ever need

    folder = Path(os.fsdecode(error.filename)).parent if error.filename else _OUTPUT
    try:
        with translated(folder):
            raise error
    except SohoaError as ours:
        return ours


def show_error(error: SohoaError, *, as_json: bool) -> None:
    """Print what happened and what to do next: for people on stderr, for scripts on stdout."""
    chosen = language()
    title, remedy = error.title_in(chosen), error.remedy_in(chosen)
    if as_json:
        print_json({"error": type(error).__name__, "title": title, "remedy": remedy, "exit_code": int(error.exit_code)})
        return
    messages.print("✗", title, style="bold red", highlight=False, markup=False)
    messages.print("→", remedy, highlight=False, markup=False)


def say(text: Text) -> None:
    """Tell the person at the terminal something; scripts read stdout and do not see it."""
    messages.print(text.show(language()), highlight=False, markup=False)


def print_json(value: Any) -> None:
    """Print a value as one JSON document on stdout."""
    sys.stdout.write(json.dumps(value, default=_plain, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def answer(given: Answer, *, as_json: bool, otherwise: ExitCode = ExitCode.INCOMPLETE) -> None:
    """Give an answer: its facts to a script, its lines and its sentence to people; ``otherwise`` where a person must look."""
    if as_json:
        print_json(given.facts)
    else:
        show_answer(given)
    if not given.well:
        raise typer.Exit(otherwise)


def show_answer(given: Answer) -> None:
    """Say an answer to the person at the terminal."""
    chosen = language()
    for line in given.lines:
        messages.print(f"{'✓' if line.well else '✗'} {line.number}: {line.said.show(chosen)}.", highlight=False, markup=False)
    say(given.summary)


def follow(job: Job[T], *, quiet: bool = False) -> T:
    """Wait for a job with a progress bar and give its result; Ctrl+C asks the job to end and waits for that."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    chosen = language()
    with Progress(*columns, console=messages, transient=True, disable=quiet or not messages.is_terminal) as progress:
        task = progress.add_task(job.note.show(chosen), total=None)

        def changed(seen: Job[T]) -> None:
            done, total = seen.progress
            progress.update(task, description=seen.note.show(chosen), completed=done, total=total or None)

        job.watch(changed)
        try:
            return job.result()
        except KeyboardInterrupt:
            job.cancel()
            job.result(60)
            raise


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be printed as JSON")


def wait_for_reading(application: Application, dossier_id: str) -> None:
    """Wait until the pages of a dossier are through the pipeline, showing how many are left."""
    pages = application.dossiers.pages(dossier_id)
    with Progress(console=messages, transient=True, disable=not messages.is_terminal) as progress:
        task = progress.add_task(Text("Đọc chữ", "Reading text").show(language()), total=len(pages))
        while (left := sum(page.state is PageState.NEW for page in application.dossiers.pages(dossier_id))) > 0:
            progress.update(task, completed=len(pages) - left)
            time.sleep(_LOOK_SECONDS)
