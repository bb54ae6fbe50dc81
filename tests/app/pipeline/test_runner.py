"""The runner: the store is its queue, a page that fails fails alone, and what is edited is read anew."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.events import Topic
from app.model.page import MarkBlank, PageState, Turn
from app.pipeline.pool import PagePool
from app.store.pages import Arrangement
from tests.records import NOW
from tests.support import PYTHON, ROOT, wait_until


class Poisoned(PagePool):
    """Its real worker dies on certain pages, as it would of a picture that crashes a decoder."""

    def __init__(self, workers: int, poison: set[str]) -> None:
        super().__init__(workers)
        self.poison = poison
        self.order: list[str] = []

    def run(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        self.order.append(args[0].page.id)
        return super().run(os._exit, 9) if args[0].page.id in self.poison else super().run(function, *args)

    def run_alone(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        return super().run_alone(os._exit, 9) if args[0].page.id in self.poison else super().run_alone(function, *args)


def test_what_is_left_is_done_after_a_restart(mill) -> None:
    first = mill.add(1)
    mill.run()
    mill.wait(first)
    mill.runners[0].close()
    second = mill.add(2)
    assert mill.state(second) is PageState.NEW
    mill.run()
    mill.wait(second)
    for page in (mill.pages.get(first.id), mill.pages.get(second.id)):
        assert page.state is PageState.READY
        assert page.findings is not None
        assert mill.pages.text_of(page) is not None
        assert mill.folder.thumbnail(page.id).is_file()
    assert {change.page_id for change in mill.heard if change.topic is Topic.PAGE_PROCESSED} == {first.id, second.id}


def test_an_edited_page_is_read_again_as_it_is_now(mill) -> None:
    page = mill.add(1)
    mill.run()
    mill.wait(page)
    before = mill.pages.text_of(mill.pages.get(page.id))

    def turn(seen: object) -> list[object]:
        return [replace(item, edits=(Turn(90),)) for item in seen]  # type: ignore[attr-defined]

    mill.pages.arrange(mill.dossier_id, Arrangement.TURN, turn, operator="", now=NOW)
    assert mill.pages.text_of(mill.pages.get(page.id)) is None
    mill.events.announce(Topic.PAGES, mill.dossier_id)
    mill.wait(page)
    after = mill.pages.text_of(mill.pages.get(page.id))
    assert (after.width > after.height) is not (before.width > before.height)


def test_the_page_on_the_screen_goes_first_and_a_blank_one_has_no_words(mill) -> None:
    pages = [mill.add(sequence) for sequence in (1, 2, 3)]

    def blank(seen: object) -> list[object]:
        return [replace(item, edits=(MarkBlank(True),)) for item in seen]  # type: ignore[attr-defined]

    mill.pages.arrange(mill.dossier_id, Arrangement.BLANK, blank, operator="", now=NOW)
    pool = Poisoned(1, set())
    from app.pipeline.runner import Runner
    from app.settings import Settings

    runner = Runner(mill.pages, pool, mill.events, Settings)
    runner.prefer(pages[2].id)
    mill.runners.append(runner)
    runner.start()
    mill.wait(*pages)
    assert list(dict.fromkeys(pool.order)) == [pages[2].id, pages[0].id, pages[1].id]
    assert all(mill.pages.text_of(mill.pages.get(page.id)).words == () for page in pages)


def test_a_worker_killed_in_mid_page_gets_a_second_try(mill, page_workers: Callable[[], list[psutil.Process]]) -> None:
    page = mill.add(1)
    mill.run()
    wait_until(lambda: page_workers() != [], 20, "a worker")
    page_workers()[0].kill()
    mill.wait(page)
    assert mill.state(page) is PageState.READY


def test_a_page_that_always_kills_its_worker_fails_alone(mill) -> None:
    pages = [mill.add(sequence) for sequence in (1, 2, 3)]
    mill.run(Poisoned(2, {pages[0].id}))
    mill.wait(*pages)
    assert [mill.state(page) for page in pages] == [PageState.FAILED, PageState.READY, PageState.READY]
    assert mill.pages.get(pages[0].id).failure == "PageWorkerDied"


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe0" + bytes(500)])
def test_a_broken_picture_is_failed_with_its_reason(mill, content: bytes) -> None:
    page, good = mill.add(1, content=content), mill.add(2)
    mill.run()
    mill.wait(page, good)
    failed = mill.pages.get(page.id)
    assert (failed.state, failed.failure) == (PageState.FAILED, "BrokenImage")
    assert mill.state(good) is PageState.READY


def test_what_nobody_expected_fails_its_page_and_not_the_runner(mill, caplog: pytest.LogCaptureFixture) -> None:
    gone, blocked, good = (mill.add(sequence) for sequence in (1, 2, 3))
    mill.pages.path_of(gone).unlink()
    mill.folder.thumbnail(blocked.id).mkdir(parents=True)
    mill.run()
    mill.wait(gone, blocked, good)
    assert [mill.state(page) for page in (gone, blocked, good)] == [PageState.FAILED, PageState.FAILED, PageState.READY]
    assert mill.pages.get(gone.id).failure == "OriginalMissing"
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (3, 2)])
def test_the_smallest_pictures_end_somehow_and_the_rest_go_on(mill, size: tuple[int, int]) -> None:
    tiny, good = mill.add(1, size=size), mill.add(2)
    mill.run()
    mill.wait(tiny, good)
    assert mill.state(good) is PageState.READY


WORK = """
import os, sys, time
from pathlib import Path
from app import bootstrap
if __name__ == "__main__":
    application = bootstrap.build(Path(sys.argv[1]), Path(sys.argv[1]).with_suffix(".toml"))
    print("open", flush=True)
    time.sleep(60)
"""


def test_page_workers_end_with_a_workstation_that_is_killed(mill) -> None:
    for sequence in range(1, 9):
        mill.add(sequence)
    script: Path = mill.folder.root.parent / "work.py"
    script.write_text(WORK)
    command = [*PYTHON, str(script), str(mill.folder.root)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        station = psutil.Process(process.pid)
        wait_until(lambda: station.children() != [], 30, "a page worker")
        workers = station.children(recursive=True)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    wait_until(lambda: not any(_runs(worker) for worker in workers), 30, "the workers' end")


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
