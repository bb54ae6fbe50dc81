"""The TWAIN worker as a program of its own, made by installer/twain_worker.py.

Most desk scanners' drivers are 32-bit and load into a 32-bit process only, so Windows gets this worker twice: with
a 32-bit Python (which finds the manager that Windows brings) and with a 64-bit one (which needs twaindsm.dll).
"""

from __future__ import annotations

import sys

# Named, so that a tool that freezes programs sees what drivers.worker loads by name.
from drivers import twain_backend, worker

__all__ = ["main", "twain_backend"]

BACKEND = "twain"


def main() -> int:
    """Serve one workstation on stdin and stdout, as ``python -m drivers.worker twain`` does; gives the exit code."""
    return worker.main([BACKEND])


if __name__ == "__main__":
    sys.exit(main())
