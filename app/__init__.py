"""The core of the workstation: everything it does, without Qt and without a scanner backend."""

__version__ = "0.1.0"
