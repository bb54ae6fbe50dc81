"""What became of a dossier, step by step: who did it, when, and why."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class Step(enum.StrEnum):
    """The steps of a record's life. ``reopened`` made the same revision anew: the centre never had it.

    After ``cleared`` the files are at the centre only.
    """

    BEGUN = "begun"
    RESULT = "result"
    CORRECTION = "correction"
    REOPENED = "reopened"
    FINISHED = "finished"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLEARED = "cleared"


@dataclass(frozen=True)
class HistoryLine:
    """One step of one revision. ``detail``: the receipt's id, or the manifest's SHA-256 of what was finished or given up.

    ``folder``: where the files of that revision lie, relative to the data folder; empty where there are none.
    """

    revision: int
    step: Step
    at: datetime
    operator: str = ""
    reason: str = ""
    detail: str = ""
    folder: str = ""
