"""Says quietly which scanners came and went since the list was seen last."""

from __future__ import annotations

from collections.abc import Sequence

from app.model.profile import ScannerName
from ui import messages
from ui.words import Words


class ScannerNews:
    """Remembers the list. The first one is no news."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._seen: dict[tuple[str, str], str] | None = None

    def read(self, scanners: Sequence[ScannerName]) -> str:
        """Give one line about what is different from the last list; empty where nothing is."""
        # By what stays the same: a scanner that only got another number did not come.
        now = {(one.backend, one.identity or one.device): one.label for one in scanners}
        before, self._seen = self._seen, now
        if before is None:
            return ""
        came = [label for key, label in now.items() if key not in before]
        went = [label for key, label in before.items() if key not in now]
        lines = []
        if came:
            lines.append(self._words.say(messages.SCANNERS_CAME, names=", ".join(came)))
        if went:
            lines.append(self._words.say(messages.SCANNERS_WENT, names=", ".join(went)))
        return " · ".join(lines)
