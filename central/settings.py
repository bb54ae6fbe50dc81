"""Where the server keeps its things and how much it takes; read once at start."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

MANIFEST_LIMIT = 4 * 1024 * 1024
"""Largest manifest in bytes; some 10,000 pages fit."""


def default_data_dir() -> Path:
    """Give the folder that the operating system reserves for this server's data."""
    return Path(platformdirs.user_data_dir("sohoa-central", appauthor=False))


def default_catalogue() -> Path:
    """Give the procedure catalogue that ships with the program."""
    return Path(__file__).resolve().parent.parent / "resources" / "catalogue.json"


def default_indicators() -> Path:
    """Give the formulas of the indicators that ship with the program."""
    return Path(__file__).resolve().parent.parent / "resources" / "indicators.json"


@dataclass(frozen=True)
class Settings:
    """All settings of one server.

    ``database_url``: any SQLAlchemy URL; empty means SQLite inside ``data_dir``. ``files_url``: an S3 store as
    ``s3://BUCKET/PREFIX?endpoint=URL&region=NAME``, with the keys in the environment; empty means folders inside ``data_dir``.
    ``indicators``: the formulas of the pages.
    ``upload_days``: how long an unfinished upload may rest. ``max_file_bytes``: the largest single file.
    ``signing_key``: the private key of the receipts, in PEM; several replicas need the same. None means a file in ``data_dir``.
    ``station_rate`` and ``stranger_rate``: requests a minute, 0 for no limit. ``metrics_token``: who has it may read /metrics.
    ``idle_seconds``: how long a sender may be silent inside a request before its connection counts as lost.
    """

    data_dir: Path
    database_url: str = ""
    files_url: str = ""
    catalogue: Path = field(default_factory=default_catalogue)
    indicators: Path = field(default_factory=default_indicators)
    max_file_bytes: int = 2 * 1024**3
    upload_days: int = 7
    code_hours: int = 24
    session_hours: int = 8
    signing_key: Path | None = None
    station_rate: int = 1200
    stranger_rate: int = 60
    metrics_token: str = field(default="", repr=False)
    idle_seconds: float = 60.0

    @property
    def database(self) -> str:
        """The URL that the engine opens."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'central.db').as_posix()}"

    @property
    def receipt_key_file(self) -> Path:
        """The private key that signs receipts."""
        return self.signing_key or self.data_dir / "receipt-key.pem"

    @property
    def files_dir(self) -> Path:
        """Delivered files, named by their hash."""
        return self.data_dir / "files"

    @property
    def uploads_dir(self) -> Path:
        """Uploads that are under way."""
        return self.data_dir / "uploads"
