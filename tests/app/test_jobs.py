"""Lanes of real threads: order, exclusiveness, ending early, and what is left of a job that failed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

import pytest

from app.errors import MustStop, Text
from app.jobs import QUEUE_LIMIT, Cancelled, Job, Jobs, JobState, Lane, LaneFull
from tests.support import wait_until

TITLE = Text("Việc thử", "Work of a test")


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close(5)


class Gate:
    """Work that goes on only when it is let."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def __call__(self, job: Job[None]) -> None:
        self.reached.set()
        assert self.open.wait(10)


@pytest.mark.parametrize("lane", [Lane.SCANNER, Lane.SYNC, Lane.FILES, Lane.RECORDS])
def test_an_exclusive_lane_does_one_thing_at_a_time_in_order(jobs: Jobs, lane: Lane) -> None:
    order: list[int] = []
    running, most = 0, 0

    def work(number: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.002)
        order.append(number)
        running -= 1

    started = [jobs.submit(lane, TITLE, lambda job, number=number: work(number)) for number in range(20)]
    for job in started:
        job.result(10)
    assert order == list(range(20))
    assert most == 1


def test_lanes_do_not_wait_for_each_other(jobs: Jobs) -> None:
    gate = Gate()
    held = jobs.submit(Lane.SCANNER, TITLE, gate)
    assert gate.reached.wait(10)
    assert jobs.submit(Lane.RECORDS, TITLE, lambda job: 7).result(10) == 7
    assert held.state is JobState.RUNNING
    gate.open.set()
    held.result(10)


def test_the_picture_lane_draws_two_at_once(jobs: Jobs) -> None:
    gates = [Gate(), Gate()]
    drawn = [jobs.submit(Lane.PICTURES, TITLE, gate) for gate in gates]
    assert all(gate.reached.wait(10) for gate in gates)
    for gate in gates:
        gate.open.set()
    for job in drawn:
        job.result(10)


def test_what_waits_and_is_cancelled_never_begins(jobs: Jobs) -> None:
    gate, began = Gate(), threading.Event()
    held = jobs.submit(Lane.FILES, TITLE, gate)
    waiting = jobs.submit(Lane.FILES, TITLE, lambda job: began.set())
    waiting.cancel()
    assert waiting.state is JobState.CANCELLED
    with pytest.raises(Cancelled):
        waiting.result(0)
    gate.open.set()
    held.result(10)
    assert jobs.submit(Lane.FILES, TITLE, lambda job: 1).result(10) == 1
    assert not began.is_set()


def test_what_runs_is_asked_to_end_and_says_so_itself(jobs: Jobs) -> None:
    begun, asked = threading.Event(), threading.Event()

    def work(job: Job[None]) -> None:
        job.when_cancelled(asked.set)
        begun.set()
        assert asked.wait(10)
        job.check_cancelled()

    job = jobs.submit(Lane.FILES, TITLE, work)
    assert begun.wait(10)
    job.cancel()
    with pytest.raises(Cancelled):
        job.result(10)
    assert job.state is JobState.CANCELLED


def test_work_that_ends_in_spite_of_the_request_keeps_its_result(jobs: Jobs) -> None:
    gate = Gate()
    job = jobs.submit(Lane.SCANNER, TITLE, lambda job: (gate(job), "three pages")[1])
    assert gate.reached.wait(10)
    job.cancel()
    assert job.cancel_asked
    gate.open.set()
    assert job.result(10) == "three pages"
    assert job.state is JobState.DONE


def test_a_callback_for_the_end_comes_at_once_where_the_end_was_asked_for() -> None:
    job: Job[None] = Job(1, Lane.FILES, TITLE)
    job.cancel()
    heard: list[str] = []
    job.when_cancelled(lambda: heard.append("now"))
    assert heard == ["now"]


def test_one_failing_callback_keeps_neither_the_others_nor_the_caller(caplog: pytest.LogCaptureFixture) -> None:
    job: Job[None] = Job(1, Lane.FILES, TITLE)
    heard: list[str] = []

    def fail() -> None:
        raise OSError("the pipe is gone")

    job.when_cancelled(fail)
    job.when_cancelled(lambda: heard.append("told"))
    job.cancel()
    assert heard == ["told"]
    assert "could not be told to end" in caplog.text


def test_cancelling_just_when_work_begins_never_calls_done_work_cancelled() -> None:
    for number in range(300):
        job: Job[int] = Job(number, Lane.FILES, TITLE)
        ran: list[int] = []
        barrier = threading.Barrier(2)

        def begin(job: Job[int] = job, ran: list[int] = ran, barrier: threading.Barrier = barrier) -> None:
            barrier.wait(10)
            job.run(lambda _: ran.append(1) or 1)  # type: ignore[func-returns-value]

        thread = threading.Thread(target=begin)
        thread.start()
        barrier.wait(10)
        job.cancel()
        thread.join(10)
        assert job.state is (JobState.DONE if ran else JobState.CANCELLED)


def test_watchers_see_every_change_and_late_ones_the_end(jobs: Jobs) -> None:
    gate, seen = Gate(), []

    def work(job: Job[str]) -> str:
        gate(job)  # type: ignore[arg-type]
        job.report(1, 2, Text("Trang 1", "Page 1"))
        return "done"

    job = jobs.submit(Lane.FILES, TITLE, work)
    assert gate.reached.wait(10)
    job.watch(lambda seen_job: seen.append((seen_job.state, seen_job.progress, seen_job.note.vi)))
    gate.open.set()
    assert job.result(10) == "done"
    assert seen[0] == (JobState.RUNNING, (1, 2), "Trang 1")
    late: list[JobState] = []
    job.watch(lambda seen_job: late.append(seen_job.state))
    assert late == [JobState.DONE]


def test_a_watcher_that_fails_is_logged_and_the_work_goes_on(jobs: Jobs, caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate()
    job = jobs.submit(Lane.FILES, TITLE, lambda job: (gate(job), 5)[1])
    assert gate.reached.wait(10)

    def fail(_: object) -> None:
        raise ValueError("a window that is gone")

    job.watch(fail)
    gate.open.set()
    assert job.result(10) == 5
    wait_until(lambda: "a watcher of job" in caplog.text, 10, "the remark in the log")


class Refused(MustStop):
    """An error that a clerk can act on."""


@pytest.mark.parametrize(("error", "logged"), [(Refused(), False), (ZeroDivisionError("x"), True)])
def test_an_error_is_kept_and_an_unexpected_one_is_logged(
    jobs: Jobs, error: Exception, logged: bool, caplog: pytest.LogCaptureFixture
) -> None:
    def work(job: Job[None]) -> None:
        raise error

    job = jobs.submit(Lane.SYNC, TITLE, work)
    with pytest.raises(type(error)):
        job.result(10)
    assert (job.state, job.error) == (JobState.FAILED, error)
    assert any(record.levelno == logging.ERROR for record in caplog.records) is logged
    assert jobs.submit(Lane.SYNC, TITLE, lambda job: "next").result(10) == "next"


def test_a_result_that_does_not_come_in_time_is_said(jobs: Jobs) -> None:
    gate = Gate()
    job = jobs.submit(Lane.FILES, TITLE, gate)
    with pytest.raises(TimeoutError, match="Work of a test"):
        job.result(0.01)
    gate.open.set()
    job.result(10)


def test_a_full_lane_refuses_and_closing_it_does_not_wait_for_room() -> None:
    jobs, gate = Jobs(), Gate()
    held = jobs.submit(Lane.RECORDS, TITLE, gate)
    assert gate.reached.wait(10)
    waiting = [jobs.submit(Lane.RECORDS, TITLE, lambda job: None) for _ in range(QUEUE_LIMIT)]
    with pytest.raises(LaneFull) as full:
        jobs.submit(Lane.RECORDS, TITLE, lambda job: None)
    assert full.value.title_in("vi") == "Có quá nhiều việc đang chờ"

    closing = threading.Thread(target=jobs.close, args=(0.1,))
    closing.start()
    closing.join(10)
    assert not closing.is_alive()
    assert all(job.state is JobState.CANCELLED for job in waiting)
    gate.open.set()
    held.result(10)


def test_closed_lanes_take_nothing_on() -> None:
    jobs = Jobs()
    done = jobs.submit(Lane.FILES, TITLE, lambda job: 1)
    assert done.result(10) == 1
    jobs.close(5)
    late = jobs.submit(Lane.FILES, TITLE, lambda job: 2)
    assert late.state is JobState.CANCELLED
    with pytest.raises(Cancelled):
        late.result(0)
