"""Every rule that reads a value is named in Vietnamese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import app.recognition.fields
from app.recognition.fields.rule_words import rule_words

_SOURCES = "\n".join(path.read_text("utf-8") for path in Path(app.recognition.fields.__file__).parent.glob("*.py"))
_KINDS = re.findall(
    r'return [^\n]*, "([a-z ]+|card QR)"$', (Path(app.recognition.fields.__file__).parent / "kinds.py").read_text("utf-8"), re.M
)


@pytest.mark.parametrize("rule", ["title", "known agency", "card QR", "date alone", *(f"kind by {kind}" for kind in _KINDS)])
def test_rules_speak_vietnamese(rule: str) -> None:
    assert rule in _SOURCES or rule.startswith("kind by ")
    said = rule_words(rule)
    assert said.vi != said.en
    assert said.vi != rule


def test_what_a_rule_is_about_stays_as_printed() -> None:
    assert rule_words("label Họ và tên, card QR").vi == "nhãn “Họ và tên”, mã QR thẻ căn cước"
    assert rule_words("label Họ, chữ đệm, tên").vi == "nhãn “Họ, chữ đệm, tên”"
    assert rule_words("code QRCode").vi == "mã vạch QRCode"


def test_a_rule_of_another_version_is_told_as_it_is() -> None:
    assert rule_words("something newer").vi == "something newer"
