"""A page that was taken out of a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UnpackedPage:
    """A page file that was written and its small picture, both by their names in the folder.

    ``size`` in bytes, ``width`` and ``height`` in pixels, ``dpi`` in dots per inch; ``gray``: it was scanned without colour.
    """

    name: str
    sha256: str
    size: int
    width: int
    height: int
    dpi: int
    gray: bool
    thumbnail: str
