"""A session at the glass as the terminal drives it: progress, questions, and how it ends where nobody can answer."""

from __future__ import annotations

import sys

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app.acquisition.prompts import ending_of, prompt_of, renumbered
from app.acquisition.session_messages import Stage
from app.acquisition.sittings import Sitting, Standing
from app.cli.common import language, messages, say
from app.errors import ExitCode, MustStop, Text

_DONE_WORDS = {"q", "x", "xong", "done", "n"}
_HOW = Text("Enter: làm tiếp · q rồi Enter: xong", "Enter: go on · q and Enter: done")


class SidesApart(MustStop):
    """Fronts and backs of a pile that was turned by hand were not brought together."""

    title = Text(
        "Mặt trước và mặt sau chưa được ghép; {pages} trang đã lưu theo thứ tự quét",
        "Fronts and backs are not brought together; {pages} pages are kept in the order of their scan",
    )
    remedy = Text(
        "Chạy lại lệnh trong cửa sổ dòng lệnh có người trả lời, hoặc tự xếp lại các trang.",
        "Run the command again in a terminal where someone can answer, or arrange the pages yourself.",
    )
    exit_code = ExitCode.INCOMPLETE


def sit(sitting: Sitting, *, ask: bool | None, quiet: bool) -> Standing:
    """Run a session to its end; ``ask`` None asks only where a person is at the terminal. Ctrl+C stops after the sheet.

    Raises what ended a session that could not go on: a ScanFailed, or SidesApart.
    """
    answering = sys.stdin.isatty() if ask is None else ask
    sitting.begin()
    try:
        while (standing := _until_asked(sitting, quiet=quiet)).asking:
            if not _answer(sitting, standing, answering=answering):
                return _given_up(sitting, standing)
    except KeyboardInterrupt:
        _interrupted(sitting)
        raise
    return _over(standing)


def _until_asked(sitting: Sitting, *, quiet: bool) -> Standing:
    """Show progress until a person has to act or all is over."""
    chosen = language()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=messages, transient=True, disable=quiet or not messages.is_terminal) as progress:
        task = progress.add_task("", total=None)

        def told(standing: Standing) -> bool:
            progress.update(task, description=standing.note.show(chosen))
            return not standing.running

        return sitting.wait(told)


def _answer(sitting: Sitting, standing: Standing, *, answering: bool) -> bool:
    """Ask what the session wants to know; False where nobody answers."""
    prompt = prompt_of(standing)
    if prompt is None or not answering:
        return False
    for text in (prompt.title, prompt.remedy, _HOW):
        say(text)
    line = sys.stdin.readline()
    if not line:
        return False
    (sitting.done if line.strip().casefold() in _DONE_WORDS else sitting.go_on)()
    return True


def _given_up(sitting: Sitting, standing: Standing) -> Standing:
    """End a session whose question nobody answers: where pages are missing or apart, that is an error."""
    while sitting.standing.asking:
        sitting.done()
    over = sitting.wait(lambda seen: seen.stage is Stage.OVER)
    if standing.trouble is not None:
        raise renumbered(standing.trouble, standing)
    return _over(over)


def _over(standing: Standing) -> Standing:
    replaced = standing.replacing and bool(standing.pages)
    if replaced:  # what lies in the feeder or the output tray is not scanned
        say(ending_of(standing))
    if not standing.complete:
        raise SidesApart(pages=len(standing.pages))
    if standing.trouble is not None:
        raise standing.trouble
    if standing.stopped and not replaced:
        say(ending_of(standing))
    return standing


def _interrupted(sitting: Sitting) -> None:
    sitting.stop()
    standing = sitting.wait(lambda seen: not seen.running)
    prompt = prompt_of(standing)
    if prompt is not None and standing.undelivered:
        say(prompt.title)
        say(prompt.remedy)
    while sitting.standing.asking:
        sitting.done()
    sitting.wait(lambda seen: seen.stage is Stage.OVER)
