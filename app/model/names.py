"""Names of a record's files, by a rule that is a setting: what is unsure or local about names is no code.

Usual: ``<mã hồ sơ>.<số thứ tự>.pdf`` for papers (TT 02/2019/TT-BNV), ``<mã hồ sơ>-KQ(n).pdf`` for results (ND 45/2020/NĐ-CP).
"""

from __future__ import annotations

import enum
from string import Formatter

from app.model.identifiers import safe_file_name

PAPER_NAME = "{dossier}.{serial:03d}"
RESULT_NAME = "{dossier}-{component}"

_FIELDS = {"dossier": "H02.15-220112-0001", "serial": 1, "component": "KQ(1)", "revision": 1}
_TELLING = {"serial", "component"}


class NameFault(enum.Enum):
    """What a rule for names can have wrong."""

    UNKNOWN_PLACE = enum.auto()
    NO_SERIAL = enum.auto()
    FORM = enum.auto()


class BadNameRule(ValueError):
    """A rule for names that cannot be used, with what is wrong."""

    def __init__(self, fault: NameFault) -> None:
        super().__init__(fault.name)
        self.fault = fault


def check_name_rule(rule: str) -> None:
    """Raise BadNameRule for a rule that cannot be filled in, or that would give two papers of a dossier one name.

    A rule is text with {dossier}, {serial} (such as {serial:03d}), {component} and {revision}.
    """
    try:
        parsed = list(Formatter().parse(rule))
    except ValueError as error:
        raise BadNameRule(NameFault.FORM) from error
    used = {name for _, name, _, _ in parsed if name is not None}
    if not used <= _FIELDS.keys() or any("{" in (form or "") or change for _, _, form, change in parsed):
        raise BadNameRule(NameFault.UNKNOWN_PLACE)
    if not used & _TELLING:
        raise BadNameRule(NameFault.NO_SERIAL)
    try:
        rule.format(**_FIELDS)
    except ValueError as error:
        raise BadNameRule(NameFault.FORM) from error


def record_file_name(rule: str, *, dossier: str, serial: int, component: str, revision: int) -> str:
    """Give a paper's file name by a rule, safe on Linux and Windows: no reserved names, signs, lengths or ends."""
    return safe_file_name(rule.format(dossier=dossier, serial=serial, component=component, revision=revision), ".pdf")
