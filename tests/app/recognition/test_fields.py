"""Recognition into fields: papers of many forms, misread letters, codes against print, and what is not to be proposed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.model.page_findings import Barcode, PageText
from app.model.proposals import Field, Proposal, proposals_from_json, proposals_to_json
from app.recognition.fields.recognise import recognise, shown
from app.recognition.fields.rules import RulesBroken, RulesUnreadable, load_rules
from app.recognition.fields.spoken import spoken_date
from tests.papers import Centre, Columns, Gap, Row, paper, paper_names, plain_findings, read_paper

_MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_CORNERS = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
_CARD = "027185003456||Bùi Thị Nga|05031985|Nữ|Thôn Hạ, xã Đông Thọ, huyện Yên Phong|10052021"


def _read(text: PageText, *codes: tuple[str, str]) -> dict[str, Proposal]:
    findings = plain_findings(barcodes=tuple(Barcode(kind, value, _CORNERS) for kind, value in codes))
    return {proposal.field.value: proposal for proposal in shown(recognise(findings, text, load_rules()), load_rules())}


def _values(*rows: Row) -> dict[str, str]:
    return {field: proposal.value for field, proposal in _read(paper(*rows)).items()}


@pytest.mark.parametrize("name", paper_names())
def test_a_paper_is_read_wholly_and_nothing_else_is_proposed(name: str) -> None:
    text, wanted = read_paper(name)
    found = {field: proposal.value for field, proposal in _read(text).items()}
    assert found == wanted


def test_every_proposal_says_where_it_was_read() -> None:
    text, _ = read_paper("cong_van")
    by_field = _read(text)
    left, top, right, bottom = by_field["owner_id"].box or (0, 0, 0, 0)
    inside = [word.text for word in text.words if word.box[0] >= left - 1 and word.box[2] <= right + 1]
    inside = [word for word in inside if word.startswith("0241")]
    assert inside == ["024188012345,"]
    assert 0 < top < bottom < text.height


def test_labels_survive_misread_letters() -> None:
    found = _values(
        Centre("ĐƠN ĐỀ NGHI"),
        Gap(5),
        "Ho vả tẽn: Đinh Văn Lợi",
        "Nqày, thảng, năm sinh: 02/03/1981",
        "Nơi thưởng trủ: Thôn Bạc, xã An Lễ, huyện Kiến",
    )
    assert found["title"] == "ĐƠN ĐỀ NGHỊ"
    assert (found["owner_name"], found["owner_birth_date"]) == ("Đinh Văn Lợi", "1981-03-02")
    assert found["owner_address"] == "Thôn Bạc, xã An Lễ, huyện Kiến"


def test_a_family_name_without_its_accents_is_mended() -> None:
    assert _values(Centre("TỜ KHAI"), "Họ và tên: TRẤN THI LAN")["owner_name"] == "TRẦN THỊ LAN"


def test_badly_read_words_are_not_shown() -> None:
    text = paper(Centre("ĐƠN ĐỀ NGHỊ"), "Họ và tên: Đinh Văn Lợi")
    doubtful = replace(text, words=tuple(replace(word, confidence=35.0) for word in text.words))
    assert "owner_name" not in _read(doubtful)


def test_stamps_registers_and_forms_lend_no_number_and_no_date() -> None:
    found = _values(
        "Mẫu số 03/TK-HT",
        Centre("GIẤY CHỨNG NHẬN"),
        "Vào sổ cấp giấy số: 471",
        Gap(30),
        Centre("CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH"),
        Centre("Số: 7716 Quyển số: 02 - SCT/BS"),
        Centre("Ngày 22 tháng 03 năm 2023"),
    )
    assert set(found) == {"paper_kind", "title"}


def test_a_date_that_lost_a_digit_is_doubted() -> None:
    """Decree 30/2020 asks for 02, so a lone 2 may have been 12."""
    rows = [Columns("ỦY BAN NHÂN DÂN XÃ A", _MOTTO[0]), Columns("Số: 1/QĐ-UBND", _MOTTO[1])]
    whole = _read(paper(*rows, Columns("", "Tân Phú, ngày 09 tháng 02 năm 2020"), Centre("QUYẾT ĐỊNH")))
    assert whole["issue_date"].value == "2020-02-09"
    findings = recognise(plain_findings(), paper(*rows, Columns("", "Tân Phú, ngày 09 tháng 2 năm 2020")), load_rules())
    lost = next(proposal for proposal in findings if proposal.field is Field.ISSUE_DATE)
    assert lost.confidence < whole["issue_date"].confidence


def test_the_cards_code_mends_print_and_fills_what_print_lacks() -> None:
    text = paper(Centre("CĂN CƯỚC CÔNG DÂN"), "Số / No.: 027185003458", "Họ và tên / Full name:", "BÙI THI NGA")
    found = _read(text, ("QRCode", _CARD))
    assert found["qr"].value == _CARD
    assert found["owner_id"].value == "027185003456"
    assert found["owner_name"].value == "BÙI THỊ NGA"
    assert found["owner_birth_date"].value == "1985-03-05"
    assert "card QR" in found["owner_id"].rule


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("Code128", "H02.15-250411-0034"),
        ("QRCode", "https://dichvucong.example/tracuu?ma=H02.15-250411-0034"),
        ("QRCode", "000.00.15.H02-250411-0034"),
    ],
)
def test_a_receipts_code_gives_the_dossier_number(code: str, value: str) -> None:
    text = paper(Centre("GIẤY BIÊN NHẬN HỒ SƠ"), "Mã hồ sơ: H02.15-250411-0O3A")
    assert _read(text, (code, value))["dossier_number"].value in value


def test_codes_on_other_papers_are_no_dossier_number() -> None:
    assert "dossier_number" not in _read(
        paper(Centre("GIẤY CHỨNG NHẬN")), ("QRCode", "https://x.example/?ma=H02.15-250411-0034")
    )


def test_blank_and_separator_sheets() -> None:
    empty = PageText((), 1654, 2339, "made")
    kinds = [recognise(plain_findings(**{kind: True}), empty, load_rules())[0].value for kind in ("blank", "separator")]
    assert kinds == ["blank", "separator"]


def test_a_page_without_words_proposes_nothing() -> None:
    assert recognise(plain_findings(), PageText((), 100, 100, "made"), load_rules()) == ()


def test_a_province_adds_a_form_without_code(tmp_path: Path) -> None:
    file = tmp_path / "form.toml"
    file.write_text(
        '[[kind]]\ncode = "phieu_an_sinh"\nname = { vi = "Phiếu an sinh", en = "Welfare slip" }\ntitles = ["Phiếu an sinh"]\n'
        '[[label]]\nfield = "owner_name"\nvalue = "name"\nperson = "owner"\nwords = ["Người thụ hưởng"]\n',
        "utf-8",
    )
    text = paper(Centre("PHIẾU AN SINH XÃ HỘI"), "Người thụ hưởng: Lò Thị Pành")
    found = {proposal.field: proposal.value for proposal in recognise(plain_findings(), text, load_rules(file))}
    assert (found[Field.PAPER_KIND], found[Field.OWNER_NAME]) == ("phieu_an_sinh", "Lò Thị Pành")


@pytest.mark.parametrize("content", ["[[label]]\nwords = 3", "[[label]", '[[kind]]\ncode = "x"'])
def test_wrong_rules_are_refused_with_the_place(tmp_path: Path, content: str) -> None:
    file = tmp_path / "form.toml"
    file.write_text(content, "utf-8")
    with pytest.raises(RulesBroken) as caught:
        load_rules(file)
    assert "form.toml" in caught.value.title_in("en")


def test_rules_that_are_not_there_are_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(RulesUnreadable) as caught:
        load_rules(tmp_path / "form.toml")
    assert "form.toml: không có tệp hoặc thư mục này" in caught.value.title_in("vi")
    assert "recognition.rules" in caught.value.remedy_in("en")


def test_proposals_are_kept_as_json() -> None:
    text, _ = read_paper("cong_van")
    proposals = recognise(plain_findings(), text, load_rules())
    assert proposals_from_json(proposals_to_json(proposals)) == proposals
    with pytest.raises(ValueError):
        proposals_from_json('[{"field": "colour"}]')


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("Ngày mười bảy tháng tám năm hai nghìn không trăm lẻ chín", "2009-08-17"),
        ("Ngày mùng năm tháng năm năm một nghìn chín trăm tám mươi lăm", "1985-05-05"),
        ("ngày ba mươi mốt, tháng mười hai, năm hai ngàn không trăm hai mươi ba", "2023-12-31"),
        ("ngày hai mươi tháng chạp năm một nghìn chín trăm chín mươi", "1990-12-20"),
        ("ngày ba mươi mốt tháng hai năm hai nghìn", "None"),
        ("năm hai nghìn", "None"),
    ],
)
def test_dates_in_words(words: str, day: str) -> None:
    assert str(spoken_date(words)) == day


def test_a_birth_date_in_words_stands_in_for_digits_that_cannot_be_read() -> None:
    rows = ["Họ, chữ đệm, tên: ĐỖ QUỐC PHƯỚC", "Ngày, tháng, năm sinh: 2?/0?/20I3"]
    words = "Ghi bằng chữ: Ngày hai mươi tháng hai năm hai nghìn không trăm mười ba"
    assert _values(Centre("TRÍCH LỤC KHAI SINH"), *rows, words)["owner_birth_date"] == "2013-02-20"
    death = [rows[0], "Đã chết vào lúc: 05 giờ 20 phút, ngày 2?/02/2013", words]
    assert "owner_birth_date" not in _values(Centre("TRÍCH LỤC KHAI TỬ"), *death)
