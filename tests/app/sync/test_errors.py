"""Errors survive being kept, and every one of them can be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import SohoaError, Text
from app.sync import errors
from app.sync.errors import NoConnection, Problem, RecordRefused, ServerTrouble, from_detail, to_detail


@pytest.mark.parametrize(
    "error", [NoConnection(host="centre.example"), ServerTrouble(host="centre.example", status=503), errors.FilesLost()]
)
def test_a_kept_error_is_shown_as_it_was(error):
    again = from_detail(type(error).__name__, to_detail(error))
    assert type(again) is type(error)
    assert (again.title_in("vi"), again.remedy_in("en")) == (error.title_in("vi"), error.remedy_in("en"))


@given(st.text(max_size=500), st.text(max_size=500))
def test_whatever_words_a_centre_has_they_fit_and_can_be_shown(first, second):
    error = RecordRefused.because(Problem("any", Text(first, second), Text(second, first)))
    kept = to_detail(error)
    assert len(kept) <= 400
    again = from_detail("RecordRefused", kept)
    assert isinstance(again, RecordRefused)
    assert again.title_in("vi").startswith("Máy chủ trung tâm từ chối hồ sơ")


@pytest.mark.parametrize(
    ("name", "detail"), [("NoSuchError", "{}"), ("NoConnection", "{}"), ("NoConnection", "not JSON"), ("NoConnection", "[]")]
)
def test_what_cannot_be_read_any_more_is_still_an_error_that_can_be_shown(name, detail):
    shown = from_detail(name, detail)
    assert type(shown) is SohoaError
    assert shown.title_in("vi")


def test_no_error_is_no_error():
    assert from_detail("", "") is None


def _all_kinds(root):
    for kind in root.__subclasses__():
        yield kind
        yield from _all_kinds(kind)


@pytest.mark.parametrize("kind", [kind for kind in _all_kinds(SohoaError) if kind.__module__ == errors.__name__])
def test_every_error_has_its_words_in_both_languages(kind):
    if kind.__name__ in ("Unreachable", "SignInFailed", "Refused"):
        return
    assert kind.title.vi != kind.title.en
    assert kind.title is not SohoaError.title
    assert kind.remedy is not SohoaError.remedy
