"""Reading the sample pages with both ways to call Tesseract, and saying what to install where it is missing."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.model.page_findings import PageText, Word
from app.recognition import ocr
from app.recognition.ocr import Engine, EngineMissing, LanguageMissing, choose_engine, find_engine, find_tessdata

Pages = dict[str, NDArray[np.uint8]]
Truths = dict[str, dict[str, Any]]


def share_found(words: list[Word], truth: str) -> float:
    """Give the share of the truth's words (two letters and more) that were read letter for letter."""
    strip = ".,:;…()“”\"'"
    read = [word.text.strip(strip) for word in words]
    wanted = [word.strip(strip) for word in unicodedata.normalize("NFC", truth).split() if len(word.strip(strip)) > 1]
    hits = 0
    for word in wanted:
        if word in read:
            read.remove(word)
            hits += 1
    return hits / len(wanted)


@pytest.mark.parametrize(
    "name", ["001_quyet_dinh", "002_to_khai", "003_tiep_nhan", "004_trich_luc", "005_don", "008_separator"]
)
def test_most_words_of_a_sample_page_are_read(engine: Engine, upright: Pages, truths: Truths, name: str) -> None:
    truth = truths[f"smoke_{name}"]
    words = engine.read_words(upright[f"smoke_{name}"], truth["dpi"])
    assert share_found(words, truth["text"]) >= 0.85


def test_words_are_in_order_in_place_and_composed(each_engine: Engine, upright: Pages, truths: Truths) -> None:
    page = upright["smoke_003_tiep_nhan"]
    words = each_engine.read_words(page, 200)
    assert share_found(words, truths["smoke_003_tiep_nhan"]["text"]) >= 0.85
    height, width = page.shape
    for word in words:
        left, top, right, bottom = word.box
        assert 0 <= left < right <= width + 1
        assert 0 <= top < bottom <= height + 1
        assert 0 <= word.confidence <= 100
        assert unicodedata.is_normalized("NFC", word.text)
    assert [word.line for word in words] == sorted(word.line for word in words)
    lines = PageText(tuple(words), width, height, each_engine.name).plain().splitlines()
    assert any("GIẤY TIẾP NHẬN HỒ SƠ" in line for line in lines)


def test_boxes_are_in_pixels_of_the_page_given(engine: Engine, upright: Pages) -> None:
    page = upright["smoke_003_tiep_nhan"]
    enlarged = cv2.resize(page, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC)
    small = {word.text: word.box for word in engine.read_words(page, 200)}
    large = {word.text: word.box for word in engine.read_words(enlarged, 300)}
    shared = small.keys() & large.keys()
    assert len(shared) > 40
    off = [abs(large[text][1] / 1.5 - small[text][1]) for text in shared]
    assert np.median(off) < 2


def test_an_empty_page_has_no_words(each_engine: Engine) -> None:
    assert each_engine.read_words(np.full((600, 400), 245, np.uint8), 200) == []
    assert each_engine.read_orientation(np.full((600, 400), 245, np.uint8)) == (0, 0.0)


def test_missing_data_is_named_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "osd.traineddata").touch()
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    with pytest.raises(LanguageMissing) as caught:
        find_tessdata({"TESSDATA_PREFIX": str(tmp_path), "PATH": str(tmp_path)})
    assert "vie" in caught.value.title_in("vi")
    assert "osd" not in caught.value.title_in("vi")
    assert "apt-get install tesseract-ocr tesseract-ocr-vie" in caught.value.remedy_in("en")


def test_the_named_folder_comes_first(tmp_path: Path) -> None:
    for name in ("vie", "osd"):
        (tmp_path / f"{name}.traineddata").touch()
    assert find_tessdata({"TESSDATA_PREFIX": str(tmp_path)}) == tmp_path


def test_missing_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineMissing):
        find_engine("pytesseract", {"PATH": str(tmp_path)})
    monkeypatch.setattr(ocr.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(EngineMissing) as caught:
        choose_engine("auto")
    assert caught.value.exit_code == 11


def test_the_loaded_reader_is_preferred() -> None:
    assert find_engine("auto").name == "tesserocr"
    assert choose_engine("pytesseract").name == "pytesseract"


@pytest.mark.parametrize(("name", "dpi", "share"), [("smoke_006_cccd_card", 150, 0.7), ("smoke_003_tiep_nhan", 75, 0.8)])
def test_print_of_few_pixels_is_read(engine: Engine, upright: Pages, truths: Truths, name: str, dpi: int, share: float) -> None:
    factor = dpi / truths[name]["dpi"]
    small = cv2.resize(upright[name], None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    words = engine.read_words(np.asarray(small, dtype=np.uint8), dpi)
    assert share_found(words, truths[name]["text"]) >= share
    assert all(word.box[2] <= small.shape[1] + 1 and word.box[3] <= small.shape[0] + 1 for word in words)
