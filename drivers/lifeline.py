"""A worker never outlives its workstation, nor a library that froze the whole process."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

from drivers.control import Control

POLL_SECONDS = 1.0
GOODBYE_SECONDS = 5.0
FROZEN_SECONDS = 90.0


def start(control: Control, *, frozen_seconds: float = FROZEN_SECONDS) -> None:
    """Watch from a thread: abort the batch and end the process when the parent is gone or stdin was closed.

    ``frozen_seconds``: after so long without the interpreter getting a turn the kernel ends the process (POSIX).
    """
    threading.Thread(target=_watch, args=(control, os.getppid(), frozen_seconds), name="lifeline", daemon=True).start()


def _watch(control: Control, parent: int, frozen_seconds: float) -> None:
    while os.getppid() == parent and not control.hung_up:
        _heartbeat(frozen_seconds)
        time.sleep(POLL_SECONDS)
    # First politely, so that the device is told to let go of the sheet; a call that hangs does not get longer.
    control.abort()
    time.sleep(GOODBYE_SECONDS)
    os._exit(1)


def _heartbeat(frozen_seconds: float) -> None:
    # A vendor call that never returns and holds the interpreter's lock would stop this thread too. SIGALRM's default
    # action needs no lock. PR_SET_PDEATHSIG is no help: it fires when the parent's THREAD ends, and without asking.
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, frozen_seconds)
