"""One worker process as seen from the workstation: started, spoken to, and always brought to its end."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, cast

from drivers.backend import failure
from drivers.contract import MAX_LINE_BYTES, Command, ContractError, Event, Fault, FaultCode, decode, encode

Log = Callable[[str], None]

TERM_SECONDS = 2.0
EXIT_SECONDS = 5.0
CRASH_SECONDS = 1.0
EXIT_POLL_SECONDS = 0.01
_FATAL = ("Fatal Python error", "Windows fatal exception")

ROOT = Path(__file__).resolve().parent.parent


def worker_command(backend: str) -> list[str]:
    """Give the argument list that starts a worker; a frozen program has no modules to run, its launcher dispatches."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--driver-worker", backend]
    # -P: the folder the workstation was started in must not lend the worker a module.
    return [sys.executable, "-P", "-m", "drivers.worker", backend]


def worker_environment(extra: Mapping[str, str] | None) -> dict[str, str]:
    """Give the worker's environment: this process's own, ``extra`` over it, and the program on the module path."""
    environment = {**os.environ, **(extra or {})}
    if not getattr(sys, "frozen", False):
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), environment.get("PYTHONPATH", "")]))
    return environment


class WorkerProcess:
    """A worker and its pipes.

    ``inbox`` gets its events, and None when it has hung up; ``last_words`` is the last line of its log.
    """

    def __init__(
        self,
        backend: str,
        environment: Mapping[str, str] | None = None,
        log: Log | None = None,
        command: Sequence[str] | None = None,
    ) -> None:
        """Start it, by ``command`` where the usual one will not do. Raises DriverFault(CRASHED) when the system cannot."""
        self.inbox: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._log = log
        self.last_words = ""
        self._code: int | None = None
        self._write_lock = threading.Lock()
        self._process = _spawn(command or worker_command(backend), environment)
        # Popen types them as optional; they are pipes, as _spawn asked for pipes.
        self._stdin, self._stdout, self._stderr = (
            cast("IO[bytes]", pipe) for pipe in (self._process.stdin, self._process.stdout, self._process.stderr)
        )
        self._readers = [
            threading.Thread(target=self._read_events, name=f"worker-{self.pid}-events", daemon=True),
            threading.Thread(target=self._read_log, name=f"worker-{self.pid}-log", daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def send(self, command: Command) -> None:
        """Write one command; a worker that is gone is noticed by its events' end, not here."""
        with contextlib.suppress(OSError), self._write_lock:
            if not self._stdin.closed:
                self._stdin.write(encode(command))
                self._stdin.flush()

    def receive(self, seconds: float) -> Event | None:
        """Give the next event, or None when the worker has hung up. Raises queue.Empty after ``seconds``."""
        try:
            return self.inbox.get(timeout=seconds)
        except queue.Empty:
            # A dead worker's own children may hold its pipe open, so that the pipe alone does not tell of its death.
            if self._code is not None or not self._has_exited(0):
                raise
        self.end(0)
        return self.inbox.get()

    def end(self, patience: float = EXIT_SECONDS) -> int:
        """Hang up, wait ``patience`` seconds, ask the system, then force; gives the exit code, again and again."""
        if self._code is None:
            self._hang_up()
            if not self._has_exited(patience) and sys.platform != "win32":
                self._signal(signal.SIGTERM)
                self._has_exited(TERM_SECONDS)
            # Whatever the worker started goes with it. The group's number is still its own: it was not yet reaped.
            self._kill()
            self._code = self._process.wait()
            self._close()
        return self._code

    def _has_exited(self, patience: float) -> bool:
        """Wait for the exit without reaping, so that the process keeps its number."""
        end = time.monotonic() + patience
        while True:
            if sys.platform == "win32":
                exited = self._process.poll() is not None
            else:
                exited = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
            if exited or time.monotonic() >= end:
                return exited
            time.sleep(EXIT_POLL_SECONDS)

    def _close(self) -> None:
        for reader in self._readers:
            reader.join(EXIT_SECONDS)
        for reader, pipe in zip(self._readers, (self._stdout, self._stderr), strict=True):
            # Closing under a reader that is still blocked would block as well; it can only be a detached grandchild's pipe.
            if not reader.is_alive():
                pipe.close()
        if self._readers[0].is_alive():
            self.inbox.put(None)

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError), self._write_lock:
            self._stdin.close()

    def _signal(self, number: int) -> None:
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def _kill(self) -> None:
        if sys.platform == "win32":
            self._process.kill()
        else:
            self._signal(signal.SIGKILL)

    def _read_events(self) -> None:
        while line := self._stdout.readline(MAX_LINE_BYTES + 1):
            try:
                event = decode(line)
            except ContractError as error:
                self.inbox.put(Fault(FaultCode.CRASHED, str(error)))
                break
            self.inbox.put(cast(Event, event))
        self.inbox.put(None)

    def _read_log(self) -> None:
        while line := self._stderr.readline(MAX_LINE_BYTES):
            text = line.decode(errors="replace").rstrip()
            # What follows a fatal error is only its trace.
            if text and not self.last_words.startswith(_FATAL):
                self.last_words = text
            if self._log is not None:
                # A log that fails must not stop the reading: the worker would block on a full pipe.
                with contextlib.suppress(Exception):
                    self._log(text)


def crash_fault(process: WorkerProcess) -> Fault:
    """Give the fault for a worker that hung up unasked: how it ended and what it said last."""
    code = process.end(CRASH_SECONDS)
    how = f"the worker ended with exit code {code}" if code >= 0 else f"the worker was ended by {_signal_name(-code)}"
    return Fault(FaultCode.CRASHED, f"{how}: {process.last_words}" if process.last_words else how)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _spawn(command: Sequence[str], environment: Mapping[str, str] | None) -> subprocess.Popen[bytes]:
    detached: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        detached = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=worker_environment(environment),
            **detached,
        )
    except OSError as error:
        raise failure(FaultCode.CRASHED, f"the worker could not be started: {error}") from error
