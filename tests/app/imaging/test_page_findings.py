"""Findings survive the trip through JSON; what is not theirs is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.page_findings import TURNS, Barcode, Findings, Flaw, Geometry, PageText, Word

numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)
points = st.tuples(numbers, numbers)
quads = st.tuples(points, points, points, points)
turns = st.sampled_from(TURNS)
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
geometries = st.builds(Geometry, quads, turns)
findings = st.builds(
    Findings,
    quads,
    st.booleans(),
    numbers,
    numbers,
    turns,
    numbers,
    st.booleans(),
    numbers,
    st.lists(texts).map(tuple),
    st.lists(st.builds(Flaw, texts, st.tuples(numbers, numbers, numbers, numbers))).map(tuple),
    st.lists(st.builds(Barcode, texts, texts, quads)).map(tuple),
    st.booleans(),
)
words = st.builds(Word, texts, st.tuples(numbers, numbers, numbers, numbers), numbers, st.integers(0, 5))
pages = st.builds(PageText, st.lists(words).map(tuple), st.integers(1, 9999), st.integers(1, 9999), texts)


@given(value=st.one_of(geometries, findings, pages))
def test_there_and_back(value: Geometry | Findings | PageText) -> None:
    assert type(value).from_json(value.to_json()) == value


@pytest.mark.parametrize("read", [Geometry.from_json, Findings.from_json, PageText.from_json])
@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"quad":[[0,0]],"turn":0}', '{"words":[1],"width":1,"height":1}'])
def test_other_json_is_refused(read: Callable[[str], Any], text: str) -> None:
    with pytest.raises(ValueError):
        read(text)


@pytest.mark.parametrize("turn", [45, -90, 90.0, "90", True])
def test_only_quarter_turns_are_read(turn: object) -> None:
    text = Geometry(((0, 0), (1, 0), (1, 1), (0, 1)), turn).to_json()  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        Geometry.from_json(text)


@pytest.mark.parametrize(("orientation", "turn"), [(0, 0), (90, 270), (180, 180), (270, 90)])
def test_the_proposed_cut_turns_the_page_back(orientation: int, turn: int) -> None:
    quad = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    found = Findings(quad, True, 1.0, 0.0, orientation, 1.0, False, 0.1)
    assert found.geometry() == Geometry(quad, turn)


def test_plain_text_keeps_lines_apart() -> None:
    box = (0.0, 0.0, 1.0, 1.0)
    page = PageText((Word("Độc", box, 90, 0), Word("lập", box, 90, 0), Word("Tự", box, 90, 3)), 10, 10, "x")
    assert page.plain() == "Độc lập\nTự"


def test_findings_of_an_earlier_version_are_read() -> None:
    text = (
        '{"quad":[[0,0],[1,0],[1,1],[0,1]],"edges_found":true,"edges_confidence":1,"skew":0,"orientation":0,'
        '"orientation_confidence":1,"blank":false,"ink":0.1,"warnings":["faint"]}'
    )
    found = Findings.from_json(text)
    assert (found.warnings, found.flaws, found.barcodes, found.separator) == (("faint",), (), (), False)
