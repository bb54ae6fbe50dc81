"""Putting misread accents right: by known phrases, and by how the same words are read elsewhere on the page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz

from app.recognition.fields.layout import Layout, plain
from app.recognition.fields.rules import Rules

_LONGEST_PHRASE = 10
_LONG = 11
_LIKENESS = 90.0
_SIGNS = ".,;:()-/"


def mend_phrases(value: str, rules: Rules) -> str:
    """Put the accents of known phrases right, keeping capitals and punctuation as printed."""
    words = value.split()
    place = 0
    while place < len(words):
        for count in range(min(_LONGEST_PHRASE, len(words) - place), 0, -1):
            right = _known(plain("".join(words[place : place + count])), rules, count)
            if right is not None:
                spelled = zip(words[place : place + count], right, strict=True)
                words[place : place + count] = [_spell(word, fixed) for word, fixed in spelled]
                place += count - 1
                break
        place += 1
    return " ".join(words)


def is_known(value: str, rules: Rules) -> bool:
    """Tell whether a text is one of the known phrases, or a number whose letters are all known abbreviations."""
    parts = [part for part in re.split(r"[/\-.\d]+", value) if part]
    symbols = bool(parts) and value[:1].isdigit() and all(part in rules.symbols.values() for part in parts)
    return symbols or plain(value) in rules.phrases


def mend_places(value: str, rules: Rules) -> str:
    """Put the accents of the small words of an address right: huyện, xã; names, with capitals, stay."""
    places = {plain(word): word for word in rules.words.places if " " not in word}
    return " ".join(places.get(plain(word), word) if word.islower() and word.isalpha() else word for word in value.split())


def mend_by_page(value: str, votes: PageVotes) -> tuple[str, float]:
    """Spell each word as most of the page does where the same two words stand; also tells how many share the spelling."""
    words = value.split()
    shares = []
    for place, word in enumerate(words):
        best, share = votes.of(words, place)
        shares.append(share)
        if best is not None:
            words[place] = _spell(word, best)
    return " ".join(words), min(shares, default=1.0)


class PageVotes:
    """How the words of a page are spelled, by the plain forms of each word and a neighbour."""

    def __init__(self, layout: Layout) -> None:
        self._votes: dict[tuple[str, str, int], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for paragraph in layout.paragraphs:
            tokens = [token for token in paragraph.tokens if token.fold]
            for one, two in pairwise(tokens):
                self._votes[one.fold, two.fold, 0][one.text.strip(_SIGNS).lower()] += (one.confidence / 100) ** 4
                self._votes[one.fold, two.fold, 1][two.text.strip(_SIGNS).lower()] += (two.confidence / 100) ** 4

    def of(self, words: Sequence[str], place: int) -> tuple[str | None, float]:
        """Give the spelling that most of the page has for a word beside its neighbour, and its share of the votes."""
        folds = [plain(word) for word in words]
        votes: dict[str, float] = defaultdict(float)
        if place + 1 < len(words):
            for spelling, weight in self._votes.get((folds[place], folds[place + 1], 0), {}).items():
                votes[spelling] += weight
        if place > 0:
            for spelling, weight in self._votes.get((folds[place - 1], folds[place], 1), {}).items():
                votes[spelling] += weight
        if not votes:
            return None, 1.0
        best = max(votes, key=lambda spelling: votes[spelling])
        return best, votes[best] / sum(votes.values())


def _known(fold: str, rules: Rules, count: int) -> list[str] | None:
    right = rules.phrases.get(fold) or (_near(fold, tuple(rules.phrases.items())) if len(fold) >= _LONG else None)
    words = right.split() if right else []
    return words if len(words) == count else None


@lru_cache(maxsize=4096)
def _near(fold: str, phrases: tuple[tuple[str, str], ...]) -> str | None:
    near = ((fuzz.ratio(known, fold), right) for known, right in phrases if abs(len(known) - len(fold)) <= 2)
    likeness, right = max(near, default=(0.0, ""))
    return right if likeness >= _LIKENESS else None


def _spell(word: str, right: str) -> str:
    """Give the right letters in the capitals of the word, with its punctuation."""
    core = word.strip(_SIGNS)
    if not core:
        return word
    start = word.index(core)
    if core.isupper() and len(core) > 1:
        fixed = right.upper()
    elif core[0].isupper():
        fixed = right[:1].upper() + right[1:].lower()
    else:
        fixed = right.lower()
    return word[:start] + fixed + word[start + len(core) :]
