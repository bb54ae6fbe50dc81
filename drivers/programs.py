"""Which worker programs serve a backend: one as a rule; for TWAIN up to two, since a driver loads only into one of its bits."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from drivers import process, twain_names

# A folder that holds twain-worker-64 and twain-worker-32, as installer/twain_worker.py makes them.
TWAIN_WORKERS = "SOHOA_TWAIN_WORKERS"


@dataclass(frozen=True)
class Program:
    """A worker program by its argument list; ``bits`` says which drivers it loads, None where that makes no difference."""

    command: tuple[str, ...]
    bits: int | None = None


def programs(backend: str, environment: Mapping[str, str] | None = None) -> tuple[Program, ...]:
    """Give the programs that serve a backend, at least one; ``environment`` goes over this process's own."""
    found = _twain_programs(_folder(environment)) if backend == "twain" else ()
    return found or (Program(tuple(process.worker_command(backend))),)


def program_for(backend: str, device: str, environment: Mapping[str, str] | None = None) -> Program:
    """Give the program that serves this device; the first one where its address does not say."""
    served = programs(backend, environment)
    bits, _ = twain_names.parted(device) if backend == "twain" else (None, device)
    return next((program for program in served if bits is not None and program.bits == bits), served[0])


def _twain_programs(folder: Path) -> tuple[Program, ...]:
    found = ((bits, folder / f"twain-worker-{bits}" / "sohoa-twain-worker.exe") for bits in (64, 32))
    return tuple(Program((str(file),), bits) for bits, file in found if file.is_file())


def _folder(environment: Mapping[str, str] | None) -> Path:
    named = (environment or {}).get(TWAIN_WORKERS) or os.environ.get(TWAIN_WORKERS)
    if named:
        return Path(named)
    return Path(sys.executable).parent if getattr(sys, "frozen", False) else process.ROOT
