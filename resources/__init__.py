"""Files that the programs carry with them, found wherever the package is installed or frozen."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def resource(name: str) -> Path:
    """Give the path of a file of this folder, such as ``srgb.icc``; raises FileNotFoundError."""
    path = Path(str(files(__name__).joinpath(name)))
    if not path.exists():
        raise FileNotFoundError(path)
    return path
