"""What a province's system says: its JSON read leniently, for the same thing stands in other places elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from app.sync.errors import NotTheCentre
from app.sync.lgsp.dialect import Answers, Meaning
from app.sync.transport import Answer

# Statuses that come with words of the system's own; any other is told by its number.
READ = (200, 201, 202, 400, 401, 403, 409, 413, 422)
_CODE = ("error_code", "errorCode", "error", "code")
_MESSAGE = ("message", "error_description", "error_message", "Message")
_BY_STATUS = {401: Meaning.TOKEN_OVER, 403: Meaning.CLIENT_REFUSED}
_DEEPEST = 8
_LONGEST_KEPT = 4000


@dataclass(frozen=True)
class Said:
    """An answer and what it means; ``at`` is the system's clock, None where it does not tell."""

    answer: Answer
    meaning: Meaning
    code: str
    message: str
    body: Any

    @property
    def at(self) -> datetime | None:
        """The system's clock."""
        return clock_of(self.answer)

    @property
    def kept(self) -> str:
        """The answer as it is kept as a proof; at most 4,000 characters."""
        return self.answer.body.decode("utf-8", "replace")[:_LONGEST_KEPT]

    def find(self, *names: str) -> str:
        """Give the first value of one of these names, wherever it stands; empty text where there is none."""
        return next(_values(self.body, names, _DEEPEST), "")


def understand(answer: Answer, answers: Answers) -> Said:
    """Read an answer. Raises NotTheCentre where it is none of such a system."""
    try:
        body = json.loads(answer.body) if answer.body else {}
    except ValueError:
        body = None
    if not isinstance(body, dict | list):
        if answer.status not in _BY_STATUS:
            raise NotTheCentre(host=answer.host)
        body = {}
    head = body if isinstance(body, dict) else {}
    code = _first(head, _CODE)
    message = " ".join(_first(head, _MESSAGE).split())
    return Said(answer, _meaning(answer.status, code, message, head, answers), code or str(answer.status), message, body)


def clock_of(answer: Answer) -> datetime | None:
    """Read the clock that every HTTP server tells (RFC 9110, section 6.6.1)."""
    try:
        moment = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _meaning(status: int, code: str, message: str, head: dict[str, Any], answers: Answers) -> Meaning:
    if status < 300 and (not code or code.lower() in answers.ok) and head.get("success") is not False:
        return Meaning.OK
    said = answers.meaning(code or str(status), message)
    return _BY_STATUS.get(status, said) if said is Meaning.FAILED else said


def _first(head: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((str(head[name]) for name in names if head.get(name) not in (None, "")), "")


def _values(body: Any, names: tuple[str, ...], depth: int) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(body, dict):
        for name in names:
            if isinstance(body.get(name), str | int) and body[name] != "":
                yield str(body[name])
        body = list(body.values())
    if isinstance(body, list):
        for item in body:
            yield from _values(item, names, depth - 1)
