"""The scanner's own process: ``python -m drivers.worker BACKEND`` speaks drivers.contract on stdin and stdout.

It serves questions until the workstation hangs up, or one batch; then it ends, and with it whatever state a vendor's
library got into.
"""

from __future__ import annotations

import faulthandler
import importlib
import os
import signal
import sys
import threading
from typing import BinaryIO, cast

from drivers import lifeline
from drivers.backend import Backend, DriverFault, failure, foreign_errors
from drivers.batch import Batch
from drivers.contract import (
    CapabilitiesRead,
    DevicesFound,
    Event,
    Fault,
    FaultCode,
    ListDevices,
    ReadCapabilities,
    ReadOptions,
    Ready,
    Scan,
    encode,
)
from drivers.control import Control, Ear

MODULES = {
    "virtual": "drivers.virtual",
    "sane": "drivers.sane_backend",
    "escl": "drivers.escl",
    "twain": "drivers.twain_backend",
}
# Not a backend: notices that scanners came or went.
WATCH = "watch"


class Mouth:
    """The only way out for events; a line is written whole."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, event: Event) -> None:
        """Write one event. When nobody listens any more the batch is over: raises DriverFault(CANCELLED)."""
        try:
            with self._lock:
                self._stream.write(encode(event))
                self._stream.flush()
        except OSError as error:
            raise failure(FaultCode.CANCELLED, "the workstation is gone") from error


def main(arguments: list[str]) -> int:
    """Run the worker for the backend named in ``arguments``; gives the exit code."""
    stdin, stdout = _claim_pipes()
    control = Control()
    _settle(control)
    ear, mouth = Ear(stdin, control), Mouth(stdout)
    lifeline.start(control)
    ear.start()
    try:
        return _serve(arguments[0] if arguments else "", ear, mouth)
    except DriverFault as error:
        print(error, file=sys.stderr)  # noqa: T201 - stderr is the worker's log
        return 1


def load_backend(name: str) -> Backend:
    """Import and open one backend. Raises DriverFault(BACKEND_MISSING) when it or its library is not there."""
    if name not in MODULES:
        raise failure(FaultCode.BACKEND_MISSING, f"there is no scanner backend {name!r}")
    try:
        return cast(Backend, importlib.import_module(MODULES[name]).load())
    except ImportError as error:
        raise failure(FaultCode.BACKEND_MISSING, str(error)) from error


def _serve(name: str, ear: Ear, mouth: Mouth) -> int:
    if name == WATCH:
        # Loaded here: what listens to the network is not there in every worker.
        from drivers import watch

        mouth.send(Ready(name, pid=os.getpid()))
        watch.run(ear.control, mouth.send)
        return 0
    try:
        backend = load_backend(name)
    except DriverFault as error:
        mouth.send(error.fault)
        return 1
    mouth.send(Ready(name, pid=os.getpid()))
    while (order := ear.orders.get()) is not None:
        if isinstance(order, Scan):
            Batch(order.request, ear.control, mouth.send).run(backend)
            return 0
        mouth.send(_answer(backend, order))
    return 0


def _answer(backend: Backend, order: ListDevices | ReadCapabilities | ReadOptions | Fault) -> Event:
    try:
        with foreign_errors():
            match order:
                case ListDevices():
                    return DevicesFound(backend.devices())
                case ReadCapabilities(device=device):
                    return CapabilitiesRead(backend.capabilities(device))
                case ReadOptions(request=request):
                    return backend.options(request)
                case Fault():
                    return order
    except DriverFault as error:
        return error.fault


def _claim_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take stdin and stdout away from vendor libraries: one that prints would corrupt the protocol."""
    stdin, stdout = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return stdin, stdout


def _settle(control: Control) -> None:
    """Make the process end politely when asked, and leave no citizen's page in a core dump."""
    if sys.stderr is not None:  # A windowed frozen build may have none.
        faulthandler.enable()
    # An exception out of a signal handler could surface inside a C library's callback, which not all survive.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda _number, _frame: control.abort())
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
