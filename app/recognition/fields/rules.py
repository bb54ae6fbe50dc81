"""The rules of recognition, read from TOML: labels, kinds of papers, and words of the trade.

A province adds a form by a file of its own with more labels or kinds; it is read after the files that come along.
"""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Described

from app.errors import ExitCode, MustStop, Text
from app.model.proposals import Field
from app.recognition.fields.layout import plain
from app.system_words import system_words
from app.toml_files import ENCODING, BadToml, parse
from resources import resource

ValueKind = Literal["name", "date", "id", "address", "text", "lines", "number", "dossier_number"]
Person = Literal["owner", "other", "next"]
SignerRole = Literal["issuer", "applicant", "receiver", "chair", "compiler"]

_log = logging.getLogger(__name__)

_Model = TypeVar("_Model", bound=BaseModel)
_FILES = ("fields/labels.toml", "fields/kinds.toml", "fields/words.toml")


class RulesBroken(MustStop):
    """A file of rules cannot be read or says something that is not known."""

    title = Text("Tệp quy tắc {path} sai ở dòng {line}: {what}", "The rules in {path} are wrong at line {line}: {what}")
    remedy = Text(
        "Sửa dòng đó, hoặc bỏ tệp này đi để dùng quy tắc có sẵn.",
        "Mend it, or take the file away to use the rules that come along.",
    )
    exit_code = ExitCode.INPUT


class RulesUnreadable(RulesBroken):
    """A file of rules is not there, or may not be read; ``what`` says why."""

    title = Text("Không đọc được tệp quy tắc {path}: {what}", "The file of rules {path} cannot be read: {what}")
    remedy = Text(
        "Xem lại đường dẫn và quyền đọc tệp, hoặc để trống mục recognition.rules để dùng quy tắc có sẵn.",
        "Look at the file's place and rights, or leave recognition.rules empty to use the rules that come along.",
    )


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LabelRule(_Strict):
    """One table ``[[label]]`` of a rules file; the file's head says what each entry means."""

    words: tuple[str, ...]
    field: Field | None = None
    value: ValueKind = "text"
    person: Person | None = None
    running: bool = False
    after: Field | None = None
    sure: float = Described(0.9, ge=0, le=1)
    kinds: tuple[str, ...] = ()


class KindRule(_Strict):
    """One table ``[[kind]]`` of a rules file."""

    code: str
    name: dict[Literal["vi", "en"], str]
    titles: tuple[str, ...]
    marks: tuple[str, ...] = ()
    signer: tuple[SignerRole, ...] = ("issuer",)
    summary: Literal["about", "line"] | None = None
    date: Literal["place", "opening"] = "place"
    without: frozenset[Field] = frozenset()
    agency: tuple[str, ...] = ()


class Mend(_Strict):
    """Words whose accents are put right."""

    phrases: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    surnames: tuple[str, ...] = ()


class WordRules(_Strict):
    """The words of the trade; only the file that comes along has them."""

    shown_from: float = Described(0.6, ge=0, le=1)
    motto: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    not_a_number: tuple[str, ...] = ()
    made_at: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    address_ends: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    honorifics: tuple[str, ...] = ()
    ranks: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    signatures: dict[str, tuple[str, ...]] = {}
    mend: Mend = Mend()


class _File(_Strict):
    label: tuple[LabelRule, ...] = ()
    kind: tuple[KindRule, ...] = ()


@dataclass(frozen=True)
class Label:
    """One spelling of a label, in plain form, with its rule."""

    fold: str
    spelling: str
    first: str
    rule: LabelRule
    name: str


Spellings = Mapping[str, Sequence[Label]]


@dataclass(frozen=True, eq=False)
class Rules:
    """All rules, ready to compare with: labels by their plain forms, those again by their first words."""

    labels: Spellings
    by_first_word: Mapping[str, Spellings]
    kinds: Mapping[str, KindRule]
    titles: tuple[tuple[str, str], ...]
    words: WordRules
    surnames: Mapping[str, str]
    known_surnames: frozenset[str]
    ranks: frozenset[str]
    phrases: Mapping[str, str]
    symbols: Mapping[str, str]
    end_of_address: re.Pattern[str]

    def kind(self, code: str | None) -> KindRule | None:
        """Give the kind with that code."""
        return self.kinds.get(code) if code else None


@lru_cache(maxsize=4)
def load_rules(more: Path | None = None) -> Rules:
    """Read the rules that come along, and those of a province's own file after them; raises RulesBroken."""
    labels, kinds, words = (resource(name) for name in _FILES)
    files = [_read(path, _File) for path in (labels, kinds, *([more] if more is not None else []))]
    return _ready(files, _read(words, WordRules))


def usable_rules(more: Path | None = None) -> Rules:
    """Read the rules; where a province's own file is wrong, those that come along, for pages are to be read anyway."""
    try:
        return load_rules(more)
    except RulesBroken as error:
        _log.warning("rules left out: %s", error.title_in("en"))
        return load_rules()


def _read(path: Path, model: type[_Model]) -> _Model:
    try:
        content = path.read_bytes()
        return model.model_validate(tomllib.loads(content.decode(ENCODING)))
    except OSError as error:
        raise RulesUnreadable(path=path, what=system_words(error)) from error
    except (ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return _slowly(path, content, model)


def _slowly(path: Path, content: bytes, model: type[_Model]) -> _Model:
    """Read a file in the way that says the wrong line; every page worker reads all rules, so the quick way comes first."""
    try:
        return parse(content, model)
    except BadToml as error:
        raise RulesBroken(path=path, line=error.line, what=error.what) from error


def _ready(files: Iterable[_File], words: WordRules) -> Rules:
    files = list(files)
    labels = [label for file in files for rule in file.label for label in _spellings(rule)]
    kinds = {kind.code: kind for file in files for kind in file.kind}
    by_first_word: dict[str, dict[str, list[Label]]] = {}
    for label in labels:
        by_first_word.setdefault(label.first, {}).setdefault(label.fold, []).append(label)
    by_fold: dict[str, list[Label]] = {}
    for label in labels:
        by_fold.setdefault(label.fold, []).append(label)
    titles = [(plain(title), kind.code) for kind in kinds.values() for title in kind.titles]
    return Rules(
        labels=by_fold,
        by_first_word=by_first_word,
        kinds=kinds,
        titles=tuple(sorted(titles, key=lambda title: -len(title[0]))),
        words=words,
        surnames=_by_plain(words.mend.surnames),
        known_surnames=frozenset(name.lower() for name in words.mend.surnames),
        phrases=_by_plain(words.mend.phrases),
        symbols=_by_plain(words.mend.symbols),
        ranks=frozenset(plain(rank) for rank in words.ranks),
        end_of_address=re.compile(rf";|\.(?=\s|$)|,?\s(?:{'|'.join(map(re.escape, words.address_ends))})\s"),
    )


def _spellings(rule: LabelRule) -> list[Label]:
    made = []
    for spelling in rule.words:
        first = next((part for part in map(plain, spelling.split()) if part), "")
        name = f"{rule.field or rule.person or 'stop'}:{spelling}"
        made.append(Label(plain(spelling), spelling, first, rule, name))
    return made


def _by_plain(spellings: Iterable[str]) -> dict[str, str]:
    """Map plain forms to spellings; of several with the same letters the first."""
    found: dict[str, str] = {}
    for spelling in spellings:
        found.setdefault(plain(spelling), spelling)
    return found
