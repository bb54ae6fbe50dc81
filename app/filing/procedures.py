"""Finds procedures the way clerks ask for them: by code, by words without accents, by the letters that words begin with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from rapidfuzz import fuzz, process

from app.errors import ExitCode, ItemFailed, Text
from app.filing.identifier_errors import shown
from app.model.agency import Agencies
from app.model.identifiers import BadIdentifier, Kind, parse_procedure_code
from app.model.procedure import Catalogue, Procedure
from app.model.validity import holds
from app.model.vietnamese import fold

_WORD = re.compile(r"[^\W_]+")
_CODE_START = re.compile(r"([1-9])\.?(\d{0,6})(?:\..*)?", re.ASCII)
_SUGGESTIONS = 3
# Where all words are found the score is above this, where they are only similar below it.
_FOUND = 60.0
_SIMILAR = 55.0
# Longer texts are compared by their beginning: likeness costs most where the text is longer than a machine word.
_COMPARED = 64


@dataclass(frozen=True)
class Match:
    """A procedure that was found; ``score`` from 0 to 100, best first."""

    procedure: Procedure
    score: float


class UnknownProcedure(ItemFailed):
    """The catalogue has no procedure of that code; ``suggestions`` are those with the closest codes."""

    title: ClassVar[Text] = Text("Không có thủ tục mã “{code}” trong danh mục.", "The catalogue has no procedure “{code}”.")
    remedy: ClassVar[Text] = Text(
        "Tìm theo tên thủ tục, hoặc cập nhật danh mục từ máy chủ trung tâm.{closest_vi}",
        "Search by name, or update the catalogue from the central server.{closest_en}",
    )
    exit_code: ClassVar[ExitCode] = ExitCode.INPUT

    def __init__(self, code: str, suggestions: tuple[Procedure, ...]) -> None:
        self.suggestions = suggestions
        closest = "; ".join(f"{procedure.code} {procedure.name}" for procedure in suggestions)
        vi, en = (f" Gần giống: {closest}.", f" Closest: {closest}.") if closest else ("", "")
        super().__init__(code=shown(Kind.PROCEDURE_CODE, code), closest_vi=vi, closest_en=en)


class ProcedureSearch:
    """Searches the catalogue in use. A newer one takes its place at once, whole, also while others search."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._index = _Index(catalogue)

    def use(self, catalogue: Catalogue) -> None:
        """Search this catalogue from now on."""
        self._index = _Index(catalogue)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue in use."""
        return self._index.catalogue

    @property
    def agencies(self) -> Agencies:
        """The agencies of the catalogue in use."""
        return self._index.agencies

    def find(self, code: str, on: date | None = None) -> Procedure:
        """Give the procedure of a code in any spelling, in the version that is valid on the day; raises UnknownProcedure.

        Without a day, or where no version is valid on it, the newest version is given.
        """
        return self._index.find(code, on)

    def search(self, text: str, limit: int = 20) -> list[Match]:
        """Give the procedures that fit best; an empty text gives all of them in the catalogue's order."""
        return self._index.search(text, limit)


class _Index:
    """One catalogue. All names are folded once, when it is built, so that every key stroke stays quick."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        # The samples that ship are no list of anybody's agencies: nothing is checked against them.
        self.agencies = Agencies(agency for agency in catalogue.agencies if not agency.sample)
        versions: dict[str, list[Procedure]] = {}
        for item in catalogue.procedures:
            versions.setdefault(parse_procedure_code(item.code).base, []).append(item)
        self._versions = {base: sorted(items, key=_begins) for base, items in versions.items()}
        self._bases = list(versions)
        self._procedures = [self._versions[base][-1] for base in self._bases]
        words = [_WORD.findall(fold(item.name)) for item in self._procedures]
        self._names = [" ".join(name) for name in words]
        self._initials = ["".join(word[0] for word in name) for name in words]
        self._haystacks = [
            f" {name} {' '.join(_WORD.findall(fold(item.field)))}"
            for name, item in zip(self._names, self._procedures, strict=True)
        ]

    def find(self, code: str, on: date | None) -> Procedure:
        try:
            base = parse_procedure_code(code).base
        except BadIdentifier:
            base = code.strip()
        known = self._versions.get(base)
        if known is None:
            close = process.extract(base, self._bases, scorer=fuzz.ratio, limit=_SUGGESTIONS, score_cutoff=_FOUND)
            raise UnknownProcedure(code, tuple(self._procedures[index] for _, _, index in close))
        return next((item for item in known if on is not None and holds(item, on)), known[-1])

    def search(self, text: str, limit: int) -> list[Match]:
        words = _WORD.findall(fold(text))
        if not words:
            return [Match(procedure, 100.0) for procedure in self._procedures]
        code = _CODE_START.fullmatch("".join(text.split()))
        scored = dict(self._by_code(code[1] + code[2])) if code else {}
        if not scored:
            scored = dict(self._by_words(words)) or self._by_likeness(words, limit)
        # The catalogue's order settles ties: its sorting is the ministry's and stays the same between two key strokes.
        best = sorted(scored.items(), key=lambda item: (-item[1], item[0]))[:limit]
        return [Match(self._procedures[index], score) for index, score in best]

    def _by_code(self, digits: str) -> Iterator[tuple[int, float]]:
        for index, base in enumerate(self._bases):
            plain = base.replace(".", "")
            if plain.startswith(digits):
                yield index, 100.0 if plain == digits else 90.0 + len(digits)

    def _by_words(self, words: list[str]) -> Iterator[tuple[int, float]]:
        """Score the procedures that hold every word: as a word's beginning, or as first letters of words."""
        query = " ".join(words)
        letters = "".join(words)
        for index, haystack in enumerate(self._haystacks):
            initials = self._initials[index]
            if all(f" {word}" in haystack or word in initials for word in words):
                likeness = fuzz.ratio(query, self._names[index])
                phrase = 10.0 if f" {query}" in haystack else 0.0
                yield index, _FOUND + 0.3 * max(likeness, fuzz.ratio(letters, initials)) + phrase
            elif len(words) == 1 and _in_order(letters, initials):
                yield index, _FOUND + 0.2 * fuzz.ratio(letters, initials)

    def _by_likeness(self, words: list[str], limit: int) -> dict[int, float]:
        """Score by likeness, for typing errors."""
        query = " ".join(words)[:_COMPARED]
        close = process.extract(query, self._names, scorer=fuzz.partial_ratio, limit=limit * 3, score_cutoff=_SIMILAR)
        return {index: 0.01 * _SIMILAR * (0.8 * part + 0.2 * fuzz.ratio(query, name)) for name, part, index in close}


def _begins(procedure: Procedure) -> date:
    return procedure.valid_from or date.min


def _in_order(letters: str, initials: str) -> bool:
    """Say whether all letters occur among the initials, in their order."""
    rest = iter(initials)
    return len(letters) > 1 and all(letter in rest for letter in letters)
