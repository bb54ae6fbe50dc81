from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model import identifiers as ids
from app.model.identifiers import BadIdentifier
from app.model.manifest import ManifestFile

TODAY = date(2026, 9, 30)
PARSERS: list[Callable[[str], object]] = [
    lambda text: ids.parse_dossier_number(text, TODAY),
    ids.parse_procedure_code,
    ids.parse_agency_code,
    ids.parse_personal_id,
    ids.parse_tax_code,
    ids.parse_result_kind,
    lambda text: ids.new_agency_code(text, TODAY),
    ids.parse_owner_id,
]
NEAR = st.text(st.sampled_from("0123456789HGKQ.- ٣Ｈ０\u0301đ\ud800\x1d"), max_size=40)

new_agencies = st.from_regex(r"[A-Z][0-9]{2}(\.[0-9A-Z]{1,6}){0,4}", fullmatch=True)
old_agencies = st.from_regex(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}", fullmatch=True)
personal_ids = st.builds("".join, st.tuples(st.sampled_from(sorted(ids.PROVINCES)), st.from_regex(r"[0-9]{9}", fullmatch=True)))


@st.composite
def dossier_numbers(draw: st.DrawFn) -> tuple[str, str, date, str]:
    agency = draw(new_agencies | old_agencies)
    received = draw(st.dates(date(2000, 1, 1), TODAY))
    serial = draw(st.from_regex(r"[0-9]{4,7}", fullmatch=True))
    written = f"{received:%Y%m%d}" if draw(st.booleans()) else f"{received:%y%m%d}"
    return f"{agency}-{written}-{serial}", agency, received, serial


@st.composite
def tax_codes(draw: st.DrawFn) -> str:
    digits = draw(st.lists(st.integers(0, 9), min_size=9, max_size=9))
    rest = sum(weight * digit for weight, digit in zip((31, 29, 23, 19, 17, 13, 7, 5, 3), digits, strict=True)) % 11
    last = 10 - rest if rest else draw(st.integers(0, 9))
    return "".join(map(str, [*digits, last]))


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.text(max_size=60) | NEAR)
def test_no_text_raises_anything_but_bad_identifier(parse: Callable[[str], object], text: str) -> None:
    try:
        parse(text)
    except BadIdentifier as error:
        assert str(error) == f"{error.kind}: {error.reason}"  # noqa: PT017 - the other outcome is right too


@given(dossier_numbers())
def test_right_dossier_numbers_are_accepted_and_stay_the_same(made: tuple[str, str, date, str]) -> None:
    text, agency, received, serial = made
    number = ids.parse_dossier_number(f" {text.lower()}\n", TODAY)
    assert number == ids.DossierNumber(text, agency, received, serial)
    assert ids.parse_dossier_number(number.text, TODAY) == number
    assert ids.safe_file_name(number.text) == number.text


@given(dossier_numbers(), st.sampled_from("/_*?:Đ"), st.data())
def test_a_dossier_number_with_a_foreign_sign_is_refused(
    made: tuple[str, str, date, str], sign: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(made[0]) - 1))
    with pytest.raises(BadIdentifier):
        ids.parse_dossier_number(made[0][:place] + sign + made[0][place + 1 :], TODAY)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_reception_after_today_is_always_refused(received: date, today: date) -> None:
    text = f"H02.15-{received:%y%m%d}-0001"
    if received <= today:
        assert ids.parse_dossier_number(text, today).received == received
    else:
        with pytest.raises(BadIdentifier) as caught:
            ids.parse_dossier_number(text, today)
        assert caught.value.reason is ids.Reason.FUTURE


@given(
    st.from_regex(r"[1-9]\.[0-9]{6}", fullmatch=True),
    st.sampled_from(["", ".000.00.00.H48", ".H21"]),
    st.sampled_from(["", ".01"]),
)
def test_every_spelling_of_a_procedure_has_the_same_base(base: str, local: str, service: str) -> None:
    code = ids.parse_procedure_code(base + local + service)
    assert code.base == base
    assert ids.parse_procedure_code(code.written) == code
    with pytest.raises(BadIdentifier):
        ids.parse_procedure_code(f"{base}9{local}{service}")


@given(old_agencies)
def test_a_new_agency_code_is_valid_and_stays_as_it_is(old: str) -> None:
    new = ids.new_agency_code(old, TODAY)
    assert new is None or (not ids.parse_agency_code(new).old and ids.new_agency_code(new, TODAY) == new)


@given(new_agencies)
def test_a_code_in_the_new_spelling_is_its_own(new: str) -> None:
    assert ids.new_agency_code(new, TODAY) == new


@given(personal_ids)
def test_an_owner_is_a_person_unless_it_is_a_tax_code(number: str) -> None:
    assert ids.parse_owner_id(number) == ids.parse_personal_id(number).number
    with pytest.raises(BadIdentifier):
        ids.parse_owner_id(number + "7890")


@given(personal_ids, st.dates(), st.sampled_from(["M", "F", None]))
def test_right_personal_ids_are_accepted_whatever_else_is_known(number: str, birth: date, sex: ids.Sex | None) -> None:
    found = ids.parse_personal_id(number, birth_date=birth, sex=sex, today=TODAY)
    assert found.number == number
    assert number not in repr(found)
    assert (ids.Reason.SEX in found.warnings) == (sex is not None and sex != found.sex)


@given(personal_ids, st.integers(0, 12))
def test_a_personal_id_with_a_digit_less_or_more_is_refused(number: str, place: int) -> None:
    for wrong in (number[:place] + "7" + number[place:], number[:place] + number[place + 1 :] if place < 12 else number[1:]):
        with pytest.raises(BadIdentifier):
            ids.parse_personal_id(wrong)


@given(st.text(max_size=30))
def test_masking_hides_all_after_four(text: str) -> None:
    masked = ids.mask_id(text)
    assert set(masked[4:]) <= {"*"}
    assert len(masked) <= len(text)


@given(personal_ids)
def test_masking_keeps_the_length(number: str) -> None:
    assert ids.mask_id(number) == number[:4] + "********"


@given(tax_codes(), st.integers(1, 9))
def test_a_tax_code_with_another_last_digit_is_refused_unless_unclear(code: str, step: int) -> None:
    found = ids.parse_tax_code(code)
    assert found.code == code
    wrong = code[:9] + str((int(code[9]) + step) % 10)
    if not found.warnings:
        with pytest.raises(BadIdentifier):
            ids.parse_tax_code(wrong)


@given(st.text(max_size=300), st.sampled_from(["", ".pdf", ".part"]))
def test_a_safe_name_fits_everywhere_and_stays_the_same(text: str, suffix: str) -> None:
    name = ids.safe_file_name(text, suffix)
    ManifestFile(name, "0" * 64, 1, "application/pdf")
    assert len(name.encode()) <= 240
    assert not name.startswith((".", " "))
    assert not name.endswith((".", " "))
    assert ids.safe_file_name(name) == name
