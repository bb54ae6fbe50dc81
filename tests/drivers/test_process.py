"""The worker as a process: it is killed, it hangs, its parent dies, it babbles; and nothing of it is left behind."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from drivers import client, process
from drivers.client import Deadlines, DriverFault, list_devices, spool_leftovers, start_scan, worker_command
from drivers.contract import Event, Fault, FaultCode, Finished, PageFinished, PageStarted, Progress, ScanRequest

ROOT = Path(process.__file__).parent.parent


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the steps from asking to forcing; one test keeps them as they are."""
    monkeypatch.setattr(process, "TERM_SECONDS", 0.2)
    monkeypatch.setattr(client, "ABORT_SECONDS", 0.2)


def gone(pid: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def babbler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let the next worker be a program that does as ``code`` says."""
    script = tmp_path / "babbler.py"
    script.write_text(f"import json, os, subprocess, sys, time\n{code}")
    monkeypatch.setattr(process, "worker_command", lambda _backend: [sys.executable, str(script)])


def test_killed_in_mid_page(slow_bench: Any) -> None:
    bench, slow = slow_bench

    def on_event(run: Any, event: Event) -> None:
        if isinstance(event, PageStarted):
            os.kill(run.pid, signal.SIGKILL)

    fault = bench.scan(on_event, options=slow).fault
    assert (fault.code, fault.sequence, fault.fed, fault.delivered) == (FaultCode.CRASHED, 1, 1, 0)
    assert "SIGKILL" in fault.detail


@pytest.mark.usefixtures("impatient")
def test_frozen_in_mid_page(virtual: Any) -> None:
    def on_event(run: Any, event: Event) -> None:
        if event == PageStarted(2):
            os.kill(run.pid, signal.SIGSTOP)

    outcome = virtual.scan(on_event, options={"page_delay": "0.2"}, deadlines=Deadlines(page=0.5))
    assert (outcome.fault.code, outcome.fault.delivered) == (FaultCode.STALLED, 1)


def test_progress_puts_the_deadline_off(virtual: Any) -> None:
    outcome = virtual.scan(options={"line_delay": "0.15"}, max_pages=1, deadlines=Deadlines(page=0.6))
    assert outcome.end == Finished(1)
    assert sum(isinstance(event, Progress) for event in outcome.events) == 10


def test_no_deadline_runs_while_a_page_is_being_committed(virtual: Any) -> None:
    with virtual.start(max_pages=1, deadlines=Deadlines(start=0.5, page=0.5)) as run:
        events = run.events()
        for event in events:
            if isinstance(event, PageFinished):
                committing = threading.Timer(1.2, run.next_page)
                committing.start()
        committing.join()
    assert event == Finished(1)


def test_stop_and_abort_do_not_wait_for_a_deaf_worker(virtual: Any) -> None:
    def on_event(run: Any, event: Event) -> None:
        if isinstance(event, PageStarted):
            threading.Timer(0.1, run.abort).start()

    began = time.monotonic()
    outcome = virtual.scan(on_event, options={"fault": "stall"}, deadlines=Deadlines(stop=0.5))
    assert outcome.fault.code is FaultCode.STALLED
    assert time.monotonic() - began < 8


@pytest.mark.parametrize("fault", ["", "stall"])
def test_the_worker_ends_with_its_parent(virtual: Any, fault: str) -> None:
    script = (
        "import sys, time\nfrom drivers.client import start_scan\nfrom drivers.contract import *\n"
        f"request = ScanRequest({virtual.device!r}, {str(virtual.spool)!r}, dpi=100,"
        f" options={{'fault': {fault!r}, 'page_delay': '60'}})\n"
        "with start_scan('virtual', request) as run:\n"
        "    for event in run.events():\n"
        "        if isinstance(event, PageStarted):\n"
        "            print(run.pid, flush=True)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        # Time for the stall to begin: before it, the worker would end at once.
        time.sleep(0.3)
        assert psutil.pid_exists(worker)
        parent.kill()
        assert gone(worker, 12)


def test_a_library_that_freezes_the_interpreter_is_ended_by_the_kernel() -> None:
    script = (
        "import ctypes, time\nfrom drivers import lifeline\nfrom drivers.control import Control\n"
        "lifeline.start(Control(), frozen_seconds=1.5)\ntime.sleep(0.3)\nctypes.PyDLL(None).sleep(30)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, timeout=15)
    assert ended.returncode == -signal.SIGALRM


def _held() -> tuple[set[str], set[threading.Thread], set[psutil.Process]]:
    """Handles (number and what it leads to), threads and children of this process. What tests before this one
    forgot may go meanwhile: only what is new counts."""
    gc.collect()
    handles = set()
    for handle in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            handles.add(f"{handle.name} {handle.readlink()}")
    return handles, set(threading.enumerate()), set(psutil.Process().children(recursive=True))


def test_twenty_batches_leave_no_process_and_no_handle(virtual: Any) -> None:
    virtual.scan(max_pages=1)
    handles, threads, children = _held()
    for number in range(20):
        if number % 3 == 0:
            virtual.scan(options={"fault": "die"})
        elif number % 3 == 1:
            with virtual.start() as run:
                next(run.events())
        else:
            virtual.scan(max_pages=1)
    handles_now, threads_now, children_now = _held()
    assert not children_now - children
    assert not handles_now - handles
    assert not threads_now - threads


def test_leaving_early_ends_the_worker(virtual: Any) -> None:
    with contextlib.suppress(ZeroDivisionError), virtual.start(options={"page_delay": "60"}) as run:
        for event in run.events():
            if isinstance(event, PageStarted):
                raise ZeroDivisionError
    assert gone(run.pid, 0.1)
    assert list(run.events()) == []
    run.next_page()
    run.stop()


def test_a_log_that_fails_stops_no_scan(virtual: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = 'print(json.dumps({"type": "Ready", "backend": "x"}), flush=True)'
    done = 'print(json.dumps({"type": "Finished", "pages": 0}), flush=True)'
    babbler(tmp_path, monkeypatch, f"{ready}\nprint('noise ' * 100_000, '\\n' * 9, 'x' * 200_000, file=sys.stderr)\n{done}")

    def log(_line: str) -> None:
        raise OSError("the log's disk is full")

    with virtual.start(log=log) as run:
        assert list(run.events())[-1] == Finished(0)


def test_a_print_in_a_library_does_not_corrupt_the_protocol(virtual: Any, tmp_path: Path) -> None:
    (tmp_path / "pypdfium2.py").write_text("import os\nprint('hello')\nos.write(1, b'world\\n')\nraise ImportError('none')")
    (tmp_path / "a.pdf").write_bytes(b"")
    virtual.environment["PYTHONPATH"] = str(tmp_path)
    outcome = virtual.scan(device=str(tmp_path / "a.pdf"))
    assert isinstance(outcome.end, Fault)
    assert outcome.fault.code is not FaultCode.CRASHED
    assert {"hello", "world"} <= set(outcome.log)


def test_the_folder_it_is_started_in_lends_no_module(virtual: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "drivers.py").write_text("raise SystemExit('the wrong drivers')")
    monkeypatch.chdir(tmp_path)
    assert virtual.scan(max_pages=1).end == Finished(1)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "code",
    [
        "print('Segmentation fault')",
        "print(json.dumps({'type': 'Stop', 'now': 1}))",
        "sys.stdout.write('x' * 3_000_000)",
        'print(\'{"type":"PageStarted","sequence":1}\'); sys.stdout.flush(); os.abort()',
        "sys.exit(3)",
        "os.close(1); time.sleep(60)",
        "subprocess.Popen(['sleep', '60']); print('no message', file=sys.stderr)",
    ],
)
def test_nonsense_from_a_worker_is_a_crash(virtual: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    babbler(tmp_path, monkeypatch, code)
    children = psutil.Process().children(recursive=True)
    fault = virtual.scan().fault
    assert fault.code is FaultCode.CRASHED
    assert fault.detail
    assert psutil.Process().children(recursive=True) == children


@pytest.mark.usefixtures("impatient")
def test_a_silent_worker_is_a_stall(virtual: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    babbler(tmp_path, monkeypatch, "time.sleep(60)")
    assert virtual.scan(deadlines=Deadlines(open=0.3)).fault.code is FaultCode.STALLED
    with pytest.raises(DriverFault) as caught:
        list_devices("virtual", timeout=0.3)
    assert caught.value.fault.code is FaultCode.STALLED


def test_questions_tell_of_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    babbler(tmp_path, monkeypatch, "print('out of paper clips', file=sys.stderr); sys.exit(7)")
    with pytest.raises(DriverFault) as caught:
        list_devices("virtual")
    assert caught.value.fault == Fault(FaultCode.CRASHED, "the worker ended with exit code 7: out of paper clips")


def test_a_program_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "worker_command", lambda _backend: ["/nowhere/python"])
    with pytest.raises(DriverFault) as caught:
        start_scan("virtual", ScanRequest("a", "/tmp"))
    assert caught.value.fault.code is FaultCode.CRASHED


def test_a_frozen_program_dispatches_through_its_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    assert worker_command("sane")[1:] == ["-P", "-m", "drivers.worker", "sane"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert worker_command("sane") == [sys.executable, "--driver-worker", "sane"]
    assert process.worker_environment({"A": "1"}).get("PYTHONPATH") == os.environ.get("PYTHONPATH")


def test_the_worker_refuses_nonsense_and_goes_on_listening(tmp_path: Path) -> None:
    lines = b'what?\n{"type":"Finished","pages":3}\n{"type":"NextPage"}\n{"type":"ListDevices"}\n'
    ended = subprocess.run(
        worker_command("virtual"),
        input=lines,
        env=process.worker_environment(None),
        capture_output=True,
        check=False,
        timeout=20,
    )
    assert ended.returncode == 0
    kinds = [line.split(b'"')[3] for line in ended.stdout.splitlines()]
    assert kinds == [b"Ready", b"Fault", b"Fault", b"DevicesFound"]


def test_pages_before_the_kill_are_found_again(virtual: Any) -> None:
    """The workstation is killed too: only the spool folder remains."""
    outcome = virtual.scan(options={"fault": "die_after_rename", "fault_page": "3"})
    assert len(outcome.pages) == 2
    assert [page.sequence for page in spool_leftovers(virtual.spool)] == [1, 2, 3]
