"""Logs without personal data: what looks like an ID number or a token is masked before it is written."""

from __future__ import annotations

import logging
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path

_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])(\d{4})\d{5,8}(?![0-9A-Za-z])")
_TOKEN = re.compile(r"(?i)(bearer\s+|token[\"'=:\s]+)[A-Za-z0-9._~+/-]{8,}")


class MaskPersonalData(logging.Formatter):
    """Formats a record and masks ID numbers (9 to 12 digits: four are kept) and tokens, in tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the record's text with personal data masked."""
        return mask(super().format(record))


def mask(text: str) -> str:
    """Mask what looks like an ID number or a token."""
    text = _LONG_NUMBER.sub(lambda found: found.group(1) + "*" * (len(found.group(0)) - 4), text)
    return _TOKEN.sub(r"\1***", text)


def start_logging(folder: Path, *, level: int = logging.INFO) -> logging.Handler:
    """Write the program's log to ``folder``/sohoa.log, 5 files of 2 MB; take the handler off with ``stop_logging``."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / "sohoa.log", maxBytes=2_000_000, backupCount=4, encoding="utf-8", delay=True)
    handler.setFormatter(MaskPersonalData("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("app")
    logger.setLevel(level)
    logger.addHandler(handler)
    return handler


def stop_logging(handler: logging.Handler) -> None:
    """Take a handler of ``start_logging`` off and close its file."""
    logging.getLogger("app").removeHandler(handler)
    handler.close()
