"""The server's log on standard error: lines for people, or one JSON object a line for a log collector."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

FIELDS = "fields"
"""The name under which a log call passes its values: ``extra={FIELDS: {...}}``."""


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object: time, level, logger, message, and the values that came with it."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        return json.dumps(line | getattr(record, FIELDS, {}), ensure_ascii=False)


def log_to_stderr(*, as_json: bool = False) -> None:
    """Send our own log lines to standard error; the libraries' lines may hold file names and stay out."""
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    handler.setFormatter(JsonLines() if as_json else text)
    logging.basicConfig(handlers=[handler])
    logging.getLogger("sohoa").setLevel(logging.INFO)
    logging.getLogger("tuspyserver").setLevel(logging.CRITICAL)
    # It prints tracebacks with foreign messages; ours are written by central.traffic.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
