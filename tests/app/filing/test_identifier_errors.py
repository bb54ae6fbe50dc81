from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ExitCode, ItemFailed
from app.filing.identifier_errors import InvalidIdentifier, explain, shown, warning_text
from app.model.identifiers import Kind, Reason


@pytest.mark.parametrize(("reason", "kind"), list(itertools.product(Reason, Kind)))
def test_every_refusal_has_words_in_both_languages(reason: Reason, kind: Kind) -> None:
    error = explain(reason, kind, "a {brace} value")
    for text in (error.title_in("vi"), error.title_in("en"), error.remedy_in("vi"), error.remedy_in("en")):
        assert len(text) > 20
    assert warning_text(reason, kind).vi != warning_text(reason, kind).en
    assert isinstance(error, ItemFailed)
    assert error.exit_code is ExitCode.INPUT


def test_the_words_name_what_why_and_a_right_value() -> None:
    error = InvalidIdentifier(Reason.FUTURE, Kind.DOSSIER_NUMBER, "H02.15-991231-0001")
    assert error.title_in("vi") == "Mã hồ sơ “H02.15-991231-0001” chứa ngày sau hôm nay."
    assert str(error) == "The dossier number “H02.15-991231-0001” holds a date after today."
    assert "H02.15-220112-0001" in error.remedy_in("vi")


@given(
    st.sampled_from(Kind),
    st.from_regex(r"[0-9]{12}|[0-9]{9}", fullmatch=True),
    st.sampled_from(["{}", " {}\n", "so {}", "id{}x"]),
    st.sampled_from(["", " "]),
)
def test_no_error_gives_an_id_number_away(kind: Kind, number: str, around: str, between: str) -> None:
    spaced = between.join((number[:3], number[3:6], number[6:]))
    text = around.format(spaced)
    error = explain(Reason.FORMAT, kind, text)
    everything = f"{error} {error.title_in('vi')} {error.values}"
    assert number[3:] not in everything.replace(" ", "").replace(".", "")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Kind.PROCEDURE_CODE, " 1.00119 ", "1.00119"),
        (Kind.DOSSIER_NUMBER, "000.00.53.H48-220921-0099", "000.00.53.H48-220921-0099"),
        (Kind.DOSSIER_NUMBER, "024.198.508.877", "024.***********"),
        (Kind.PERSONAL_ID, "024198508877", "0241********"),
        (Kind.RESULT_KIND, "x" * 70, "x" * 40),
    ],
)
def test_what_is_no_id_stays_readable(kind: Kind, value: str, expected: str) -> None:
    assert shown(kind, value) == expected
