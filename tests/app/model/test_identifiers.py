from __future__ import annotations

import re
from datetime import date

import pytest

from app.model import identifiers as ids
from app.model.identifiers import BadIdentifier, Reason

TODAY = date(2026, 9, 30)


@pytest.mark.parametrize(
    ("text", "agency", "received", "serial"),
    [
        ("000.00.53.H48-220921-0099", "000.00.53.H48", date(2022, 9, 21), "0099"),
        ("000.12.41.H43-230720-4968", "000.12.41.H43", date(2023, 7, 20), "4968"),
        ("H02.15-220112-0001", "H02.15", date(2022, 1, 12), "0001"),
        ("G09.20-20260609-0092637", "G09.20", date(2026, 6, 9), "0092637"),
        ("H02-220112-00012", "H02", date(2022, 1, 12), "00012"),
        ("H02.15-260930-0001", "H02.15", TODAY, "0001"),
        ("H02.15-240229-0001", "H02.15", date(2024, 2, 29), "0001"),
    ],
)
def test_every_form_of_a_dossier_number_is_read(text: str, agency: str, received: date, serial: str) -> None:
    assert ids.parse_dossier_number(text, TODAY) == ids.DossierNumber(text, agency, received, serial)


@pytest.mark.parametrize(
    "text",
    [
        " h02.15-220112-0001\r\n",
        "H02.15 - 220112 - 0001",
        "Ｈ０２.15-220112-0001",
        "H02.15–220112—0001",
        "\x1dH02.15-220112-0001\u200b",
    ],
)
def test_what_readers_and_pasting_add_is_taken_off(text: str) -> None:
    assert ids.parse_dossier_number(text, TODAY).text == "H02.15-220112-0001"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY),
        (" \r\n", Reason.EMPTY),
        ("H02.15-220112", Reason.FORMAT),
        ("H02.15-220112-001", Reason.FORMAT),
        ("H02.15-220112-00012345", Reason.FORMAT),
        ("H02.15/220112/0001", Reason.FORMAT),
        ("H2.15-220112-0001", Reason.FORMAT),
        ("00.00.53.H48-220921-0099", Reason.FORMAT),
        ("Η02.15-220112-0001", Reason.FORMAT),  # a Greek Eta
        ("H02.15-22011٢-0001", Reason.FORMAT),  # an Arabic digit
        ("H02.15-220230-0001", Reason.DATE),
        ("H02.15-250229-0001", Reason.DATE),
        ("H02.15-19991231-0001", Reason.DATE),
        ("H02.15-00000000-0001", Reason.DATE),
        ("H02.15-261001-0001", Reason.FUTURE),
    ],
)
def test_a_wrong_dossier_number_says_why(text: str, reason: Reason) -> None:
    with pytest.raises(BadIdentifier) as caught:
        ids.parse_dossier_number(text, TODAY)
    assert caught.value.reason is reason
    assert caught.value.kind is ids.Kind.DOSSIER_NUMBER


def test_a_configuration_can_replace_the_patterns() -> None:
    patterns = ids.compile_dossier_patterns([r"(?P<org>G\d\d-GD\d\d)-(?P<date>\d{6})-(?P<seq>\d+)"])
    assert ids.parse_dossier_number("G03-GD10-260102-7", TODAY, patterns).agency == "G03-GD10"
    with pytest.raises(BadIdentifier):
        ids.parse_dossier_number("H02.15-220112-0001", TODAY, patterns)


@pytest.mark.parametrize("pattern", ["(", r"(?P<org>x)-(?P<date>\d{6})"])
def test_a_pattern_that_cannot_work_is_named(pattern: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(pattern))):
        ids.compile_dossier_patterns([pattern])


@pytest.mark.parametrize("digits", ["", "1234567", "２２０１１２", "999999999999", "+22011"])
def test_a_loose_pattern_cannot_let_a_wrong_date_through(digits: str) -> None:
    patterns = ids.compile_dossier_patterns(["(?P<org>H)(?P<date>.*)(?P<seq>Z)"])
    with pytest.raises(BadIdentifier) as caught:
        ids.parse_dossier_number(f"H{digits}Z", date(2020, 1, 1), patterns)
    assert caught.value.reason in {Reason.DATE, Reason.FUTURE}


@pytest.mark.parametrize(
    ("text", "base", "agency", "service"),
    [
        ("1.001193", "1.001193", "", ""),
        ("1.001193.000.00.00.H48", "1.001193", "H48", ""),
        ("2.000815.000.00.00.H55", "2.000815", "H55", ""),
        ("1.012784.H21", "1.012784", "H21", ""),
        ("1.000948.h38", "1.000948", "H38", ""),
        ("2.000815.01", "2.000815", "", "01"),
        ("2.000815.000.00.00.H55.02", "2.000815", "H55", "02"),
    ],
)
def test_a_procedure_code_has_one_base_and_keeps_its_spelling(text: str, base: str, agency: str, service: str) -> None:
    assert ids.parse_procedure_code(f" {text} ") == ids.ProcedureCode(base, text.upper(), agency, service)


@pytest.mark.parametrize(
    "text", ["0.001193", "1.00119", "1.0011934", "1001193", "1.001193.000.00.00", "1.001193.H4", "khai sinh"]
)
def test_a_wrong_procedure_code_is_refused(text: str) -> None:
    with pytest.raises(BadIdentifier) as caught:
        ids.parse_procedure_code(text)
    assert caught.value.reason is Reason.FORMAT


@pytest.mark.parametrize(
    ("old", "new"),
    [("000.00.00.H49", "H49"), ("000.00.15.H02", "H02.15"), ("000.03.15.H02", "H02.15.03"), ("007.03.15.H02", "H02.15.03.007")],
)
def test_an_agency_code_is_given_in_its_new_spelling(old: str, new: str) -> None:
    assert ids.new_agency_code(old, TODAY) == new
    assert ids.new_agency_code(new, TODAY) == new


def test_an_old_code_with_an_empty_level_is_not_taken_for_another_agency() -> None:
    assert ids.new_agency_code("000.05.00.H02", TODAY) is None


def test_an_alias_goes_before_the_rule_while_it_is_valid() -> None:
    alias = ids.AgencyAlias("000.00.15.H02", "H05.99", valid_from=date(2025, 7, 1), valid_to=date(2026, 6, 30))
    assert ids.new_agency_code("000.00.15.H02", date(2025, 7, 1), [alias]) == "H05.99"
    assert ids.new_agency_code("000.00.15.H02", date(2025, 6, 30), [alias]) == "H02.15"
    assert ids.new_agency_code("000.00.15.H02", date(2026, 7, 1), [alias]) == "H02.15"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY),
        ("02.15", Reason.FORMAT),
        ("H02.", Reason.FORMAT),
        ("H02.1234567", Reason.FORMAT),
        ("H" * 36, Reason.LENGTH),
    ],
)
def test_a_wrong_agency_code_says_why(text: str, reason: Reason) -> None:
    with pytest.raises(BadIdentifier) as caught:
        ids.parse_agency_code(text)
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("number", "province", "sex", "year"),
    [
        ("024098000001", "024", "M", 1998),
        ("027198000001", "027", "F", 1998),
        ("001205000001", "001", "M", 2005),
        ("096312000001", "096", "F", 2012),
        ("079401000001", "079", "M", 2101),
        ("079999000001", "079", "F", 2399),
    ],
)
def test_a_personal_id_tells_province_sex_and_year(number: str, province: str, sex: ids.Sex, year: int) -> None:
    assert ids.parse_personal_id(f"{number[:3]} {number[3:]}") == ids.PersonalId(number, province, sex, year)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY),
        ("02409800000A", Reason.FORMAT),
        ("02409800000", Reason.LENGTH),
        ("0240980000011", Reason.LENGTH),
        ("003098000001", Reason.PROVINCE),
        ("124098000001", Reason.PROVINCE),
    ],
)
def test_a_wrong_personal_id_says_why(text: str, reason: Reason) -> None:
    with pytest.raises(BadIdentifier) as caught:
        ids.parse_personal_id(text)
    assert caught.value.reason is reason
    assert str(caught.value) == f"personal_id: {reason}"


def test_contradictions_with_birth_and_sex_warn_and_never_block() -> None:
    found = ids.parse_personal_id("024298000001", birth_date=date(1998, 5, 1), sex="F", today=TODAY)
    assert found.warnings == (Reason.BIRTH_YEAR, Reason.SEX, Reason.FUTURE)
    assert ids.parse_personal_id("024198000001", birth_date=date(1998, 5, 1), sex="F", today=TODAY).warnings == ()


def test_an_old_id_has_nine_digits_and_tells_nothing() -> None:
    assert ids.parse_personal_id("380394113", birth_date=date(1951, 4, 25), sex="F") == ids.PersonalId("380394113")


def test_sixty_three_provinces_are_known() -> None:
    assert len(ids.PROVINCES) == 63
    assert {"001", "024", "027", "038", "096"} <= ids.PROVINCES
    assert not {"003", "032", "039", "043", "090", "097"} & ids.PROVINCES


def test_objects_in_a_log_do_not_give_the_citizen_away() -> None:
    assert repr(ids.parse_personal_id("024098000001")) == "PersonalId(0240********)"
    assert "098000001" not in repr(ids.parse_tax_code("024098000001"))
    assert ids.mask_id("024 098 000 001") == "0240********"
    assert ids.mask_id("02") == "02"


@pytest.mark.parametrize(
    ("text", "code", "branch"),
    [
        ("0100109106", "0100109106", ""),
        ("0101245486", "0101245486", ""),
        ("0300588569", "0300588569", ""),
        ("0100109106-001", "0100109106-001", "001"),
        ("0100109106001", "0100109106-001", "001"),
        ("024098000001", "024098000001", ""),
    ],
)
def test_tax_codes_are_read(text: str, code: str, branch: str) -> None:
    assert ids.parse_tax_code(text) == ids.TaxCode(code, branch)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY),
        ("0100109107", Reason.CHECK_DIGIT),
        ("01001091O6", Reason.FORMAT),
        ("010010910", Reason.LENGTH),
        ("0100109106-01", Reason.LENGTH),
        ("003098000001", Reason.PROVINCE),
    ],
)
def test_a_wrong_tax_code_says_why(text: str, reason: Reason) -> None:
    with pytest.raises(BadIdentifier) as caught:
        ids.parse_tax_code(text)
    assert caught.value.reason is reason


def test_the_unclear_check_digit_only_warns() -> None:
    for last in "0123456789":
        assert ids.parse_tax_code(f"000000000{last}").warnings == (Reason.CHECK_DIGIT,)


@pytest.mark.parametrize(
    ("text", "code", "warnings"),
    [
        ("KQ.G15.000031", "KQ.G15.000031", ()),
        ("kq.h05.000031 ", "KQ.H05.000031", ()),
        *((odd, odd, (Reason.UNUSUAL,)) for odd in (
            "000.00.00.G09-KQ0001", "KQ-G17.000001", "TP-G12.0001143", "KQ.G01.00067", "03", "dsfas", "Chưa xác định", "x" * 64
        )),
    ],
)  # fmt: skip
def test_any_result_kind_passes_and_odd_ones_warn(text: str, code: str, warnings: tuple[Reason, ...]) -> None:
    assert ids.parse_result_kind(text) == ids.ResultKindCode(code, warnings)


@pytest.mark.parametrize(("text", "reason"), [(" \t", Reason.EMPTY), ("x" * 65, Reason.LENGTH)])
def test_an_empty_or_endless_result_kind_is_refused(text: str, reason: Reason) -> None:
    with pytest.raises(BadIdentifier) as caught:
        ids.parse_result_kind(text)
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("text", "suffix", "name"),
    [
        ("H02.15-220112-0001.001", ".pdf", "H02.15-220112-0001.001.pdf"),
        ("208/QĐ-UBND", "", "208-QĐ-UBND"),
        ('a/b\\c:d*e?f"g<h>i|j', "", "a-b-c-d-e-f-g-h-i-j"),
        ("..", ".pdf", "_.pdf"),
        (" .hidden. ", "", "hidden"),
        ("", "", "_"),
        ("nul", ".pdf", "_nul.pdf"),
        ("COM1.txt", "", "_COM1.txt"),
        ("Đơn\n\x00mới\ud800", "", "Đơn mới"),
        ("e\u0302\u0301", "", "ế"),
    ],
)
def test_file_names_are_safe_everywhere(text: str, suffix: str, name: str) -> None:
    assert ids.safe_file_name(text, suffix) == name
