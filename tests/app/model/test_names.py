"""File names by rule: what the law writes, and nothing that a file system could stumble over."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.model.names import PAPER_NAME, RESULT_NAME, check_name_rule, record_file_name
from app.settings import FilingSettings

NUMBER = "H02.15-220112-0001"


def named(rule: str, **values: object) -> str:
    usual = {"dossier": NUMBER, "serial": 7, "component": "TP01", "revision": 1}
    return record_file_name(rule, **{**usual, **values})


@pytest.mark.parametrize(
    ("rule", "values", "name"),
    [
        (PAPER_NAME, {}, f"{NUMBER}.007.pdf"),
        (RESULT_NAME, {"component": "KQ(2)"}, f"{NUMBER}-KQ(2).pdf"),
        ("{dossier}_{serial:02d}_r{revision}", {}, f"{NUMBER}_07_r1.pdf"),
        (PAPER_NAME, {"dossier": "12/HS:a"}, "12-HS-a.007.pdf"),
        ("{component}", {"component": "CON"}, "_CON.pdf"),
        ("{component}", {"component": "x. ."}, "x.pdf"),
    ],
)
def test_names_follow_the_rule(rule: str, values: dict[str, object], name: str) -> None:
    assert named(rule, **values) == name


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "{dossier}",
        "{owner}-{serial}",
        "{serial.real}",
        "{serial!r}",
        "{dossier[0]}{serial}",
        "{serial:{serial}}",
        "{",
        "{serial:q}",
    ],
)
def test_a_rule_that_cannot_name_papers_is_refused(rule: str) -> None:
    with pytest.raises(ValueError):
        check_name_rule(rule)
    with pytest.raises(ValidationError):
        FilingSettings(paper_name=rule)


@given(dossier=st.text(max_size=200), component=st.text(max_size=60), serial=st.integers(1, 999))
def test_any_name_is_safe_on_both_systems(dossier: str, component: str, serial: int) -> None:
    name = named("{dossier}.{component}.{serial:03d}", dossier=dossier, component=component, serial=serial)
    assert name.endswith(".pdf")
    assert len(name) <= 120
    assert len(name.encode()) <= 240
    assert not re.search(r'[/\\:*?"<>|\x00-\x1f]', name)
    assert not name.startswith(".")
    assert name[:-4] == name[:-4].rstrip(" .")
