"""Measures recognition into fields against pages with truth and prints the table of docs/pages.md.

``python -m tests.bench.fields --corpus DIR [--found FINDINGS.json] [--wrong] [--calibration]``. DIR is as for
tests.bench.pages, with fields.json: {page: {field: value or null}}. Precision is the share of what is proposed that is
right, recall the share of what the pages hold. A long text is right from a normalised edit similarity of 0.95 on.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from app.model.proposals import Field
from app.recognition.fields.codes import read_card_code
from tests.bench.pages import load, process

_SIMILAR = {"title", "summary", "issuing_agency", "owner_address", "addressee"}
_LIKE_ENOUGH = 0.95
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_STEPS = (0.6, 0.7, 0.8, 0.9, 0.95, 1.01)


@dataclass(frozen=True)
class Answer:
    """A field of a page: what it holds, what was proposed (either may be empty), and how surely."""

    page: str
    clean: bool
    field: str
    truth: str
    proposed: str
    confidence: float

    @property
    def right(self) -> bool:
        """Tell whether the proposal is what the page holds."""
        if self.field in _SIMILAR and self.truth and self.proposed:
            return Levenshtein.normalized_similarity(self.truth, self.proposed) >= _LIKE_ENOUGH
        return bool(self.truth) and self.truth == self.proposed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--found", type=Path, help="a findings.json of these pages; otherwise they are processed first")
    parser.add_argument("--wrong", action="store_true", help="also list what is wrong or missing")
    parser.add_argument("--calibration", action="store_true", help="also show how often each confidence was right")
    chosen = parser.parse_args()
    answers = list(compare(chosen.corpus, chosen.found))
    print(table(answers))
    if chosen.calibration:
        print(calibration(answers))
    if chosen.wrong:
        print("\n".join(f"{a.page} {a.field}: {a.truth!r} <- {a.proposed!r} ({a.confidence})" for a in answers if not a.right))


def compare(corpus: Path, found_file: Path | None) -> Iterable[Answer]:
    """Give every field that a page holds or that was proposed for it."""
    pages = load(corpus)
    with tempfile.TemporaryDirectory() as folder:
        if found_file is None:
            process([page["path"] for page in pages], Path(folder))
            found_file = Path(folder) / "findings.json"
        found = json.loads(found_file.read_text("utf-8"))
    truth = json.loads((corpus / "fields.json").read_text("utf-8"))
    for page in pages:
        clean = page.get("effect") in (None, "", "clean")
        for field in Field:
            proposed = found[page["id"]]["fields"].get(field.value) or {"value": "", "confidence": 0.0}
            pair = (comparable(truth[page["id"]][field.value]), comparable(proposed["value"]))
            if any(pair):
                yield Answer(page["id"], clean, field.value, *pair, proposed["confidence"])


def comparable(value: Any) -> str:
    """Give a value as it is compared: NFC, small letters, one dash, white space collapsed; a card's code by its parts."""
    if isinstance(value, dict):
        value = "|".join(
            str(value.get(part) or "") for part in ("id", "old_id", "name", "birth_date", "sex", "address", "issue_date")
        )
    text = str(value or "")
    card = read_card_code(text)
    if card is not None:
        text = "|".join((card.id, card.old_id, card.name, card.birth_date, card.sex, card.address, card.issue_date))
    return " ".join(unicodedata.normalize("NFC", text).translate(_DASHES).casefold().split())


def table(answers: list[Answer]) -> str:
    """Give precision and recall of every field, on all pages and on the clean ones."""
    rows = ["| field | on the pages | precision | recall | clean: precision | recall |", "|---|---|---|---|---|---|"]
    for name in (*(field.value for field in Field), "all fields"):
        of_field = [answer for answer in answers if name in (answer.field, "all fields")]
        clean = [answer for answer in of_field if answer.clean]
        held = sum(bool(answer.truth) for answer in of_field)
        rows.append(f"| {name} | {held} | {' | '.join((*ratios(of_field), *ratios(clean)))} |")
    return "\n".join(rows)


def ratios(answers: list[Answer]) -> tuple[str, str]:
    """Give precision and recall; a dash where nothing was proposed or nothing is there."""
    right = sum(answer.right for answer in answers)
    proposed = sum(bool(answer.proposed) for answer in answers)
    held = sum(bool(answer.truth) for answer in answers)
    return tuple(f"{right / count:.3f}" if count else "-" for count in (proposed, held))  # type: ignore[return-value]


def calibration(answers: list[Answer]) -> str:
    """Give, for each step of confidence, how many proposals had it and how many of them were right."""
    total: Counter[float] = Counter()
    right: Counter[float] = Counter()
    for answer in answers:
        if answer.proposed:
            step = max(step for step in _STEPS if step <= max(answer.confidence, _STEPS[0]))
            total[step] += 1
            right[step] += answer.right
    rows = [f"| {step:.2f} | {total[step]} | {right[step] / total[step]:.3f} |" for step in sorted(total)]
    return "\n".join(("\n| confidence from | proposals | right |", "|---|---|---|", *rows))


if __name__ == "__main__":
    main()
