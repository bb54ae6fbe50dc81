"""A value found on a page, before it is weighed against the others, and how sure the reading of its words is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.model.page_findings import Box
from app.model.proposals import Field, Proposal
from app.recognition.fields.layout import Token, around

# Tesseract's confidence of the worst word of a value, and how often such values were right (measured on made pages).
_READ_RIGHT = ((90.0, 1.0), (80.0, 0.95), (65.0, 0.85), (45.0, 0.7), (0.0, 0.5))


@dataclass(frozen=True)
class Found:
    """A value for a field, the words that say it, how strong its rule is (0 to 1), and the rule's name.

    ``known``: what was read is a known phrase or fits a strict pattern, so that a doubtful reading of its letters is likely
    right all the same.
    """

    field: Field
    value: str
    tokens: tuple[Token, ...]
    strength: float
    rule: str
    box: Box | None = None
    known: bool = False

    def weaker(self, factor: float) -> Found:
        """Give the same value, less sure."""
        return replace(self, strength=self.strength * factor)

    def surer(self, share: float) -> Found:
        """Give the same value, its doubt lessened by a share."""
        return replace(self, strength=1 - (1 - self.strength) * (1 - share))

    def proposal(self) -> Proposal:
        """Give the proposal, its confidence the strength of the rule and of the reading."""
        box = around(self.tokens) if self.tokens else self.box
        reading = read_right(self.tokens)
        sure = self.strength * (math.sqrt(reading) if self.known else reading)
        return Proposal(self.field, self.value, round(sure, 3), self.rule, box)


def read_right(tokens: Sequence[Token]) -> float:
    """Tell how likely words were read right, from the least sure of them."""
    worst = min((token.confidence for token in tokens if token.fold), default=100.0)
    return next(share for limit, share in _READ_RIGHT if worst >= limit)
