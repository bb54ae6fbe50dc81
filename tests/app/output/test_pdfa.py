"""The PDF itself: its structure as ISO 19005-2 asks, its words as two independent readers see them, its failures."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from lxml import etree

from app.output.pdfa import PdfFailed, PdfMetadata, PdfPage, write_pdfa

MakePage = Callable[..., PdfPage]
TEXT = (
    "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập – Tự do – Hạnh phúc",
    "Người nộp: Nguyễn Thị Ngẫu, “đã ký” (&<>)",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, make_page: MakePage, metadata: PdfMetadata) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "tờ khai.pdf"
    write_pdfa(path, [make_page(), make_page(gray=True), make_page(text=False, width=874, height=1240)], metadata)
    return path


def test_pages_keep_the_very_bytes_of_their_jpeg(made: Path, make_page: MakePage) -> None:
    with pikepdf.open(made) as pdf:
        image = pdf.pages[0].Resources.XObject.Scan
        assert image.read_raw_bytes() == make_page().jpeg
        assert image.Filter == "/DCTDecode"
        assert pdf.pages[1].Resources.XObject.Scan.ColorSpace == "/DeviceGray"
        assert [float(side) for side in pdf.pages[2].MediaBox] == pytest.approx([0, 0, 874 * 0.36, 1240 * 0.36], abs=0.01)


def test_structure_of_pdfa_2b(made: Path) -> None:
    with pikepdf.open(made) as pdf:
        assert not pdf.is_encrypted
        assert pdf.pdf_version == "1.7"
        assert "/ID" in pdf.trailer
        (intent,) = pdf.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1"
        assert intent.DestOutputProfile.N == 3
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
        font = pdf.pages[0].Resources.Font.Unseen
        assert font.Encoding == "/Identity-H"
        assert font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()[:4] == b"\x00\x01\x00\x00"
        for page in pdf.pages:
            assert "/Group" not in page.obj
            assert "/SMask" not in page.Resources.XObject.Scan
            assert "/Annots" not in page.obj


def test_xmp_and_document_information_agree(made: Path, metadata: PdfMetadata) -> None:
    with pikepdf.open(made) as pdf:
        raw = pdf.Root.Metadata.read_bytes()
        assert "/Filter" not in pdf.Root.Metadata
        with pdf.open_metadata() as xmp:
            assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("2", "B")
            assert xmp["dc:title"] == metadata.title == str(pdf.docinfo["/Title"])
            assert xmp["dc:description"] == metadata.subject == str(pdf.docinfo["/Subject"])
            assert list(xmp["dc:creator"]) == [metadata.author]
            assert str(pdf.docinfo["/Author"]) == metadata.author
            assert xmp["xmp:CreatorTool"] == metadata.creator_tool == str(pdf.docinfo["/Creator"])
            assert xmp["pdf:Producer"] == str(pdf.docinfo["/Producer"])
            assert set(xmp["xmp:Identifier"]) == {"dossier:H02.15-220112-0001", "paper:a<b>&c"}
            assert xmp["xmp:CreateDate"] == "2026-11-23T09:30:00+00:00"
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261123093000")
    etree.fromstring(raw)


def test_pdfium_gives_the_words_in_order_with_their_marks(made: Path) -> None:
    with pypdfium2.PdfDocument(made) as pdf:
        assert len(pdf) == 3
        page = pdf[0]
        text = page.get_textpage()
        assert tuple(text.get_text_range().splitlines()) == TEXT
        found = text.search("Nguyễn", match_case=True)
        start, count = found.get_next()
        boxes = [text.get_charbox(number, loose=True) for number in range(start, start + count)]
        left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
        bottom, top = min(box[1] for box in boxes), max(box[3] for box in boxes)
        page_height = page.get_height()
        word_left = 200 + 30 * len("Người") + 20 + 30 * len("nộp:") + 20
        expected = (word_left * 0.36, page_height - 528 * 0.36, (word_left + 180) * 0.36, page_height - 480 * 0.36)
        assert (left, bottom, right, top) == pytest.approx(expected, abs=3)
        text.close()
        page.close()


def test_poppler_gives_the_words_at_their_places(made: Path) -> None:
    program = shutil.which("pdftotext")
    if program is None:
        pytest.fail("pdftotext is not installed: sudo apt-get install poppler-utils")
    plain = subprocess.run([program, "-l", "1", "-enc", "UTF-8", made, "-"], capture_output=True, text=True, check=True)
    assert [line for line in plain.stdout.splitlines() if line.strip("\f")] == list(TEXT)
    boxes = subprocess.run([program, "-l", "1", "-bbox", made, "-"], capture_output=True, check=True).stdout
    word = next(node for node in etree.fromstring(boxes).iter("{*}word") if node.text == "VIỆT")
    left = 200 + sum(30 * len(text) + 20 for text in ("CỘNG", "HOÀ", "XÃ", "HỘI", "CHỦ", "NGHĨA"))
    place = [float(word.get(side)) for side in ("xMin", "yMin", "xMax", "yMax")]
    assert place == pytest.approx([left * 0.36, 300 * 0.36, (left + 120) * 0.36, 348 * 0.36], abs=3)


def test_the_words_are_not_painted(made: Path) -> None:
    with pypdfium2.PdfDocument(made) as pdf:
        page = pdf[0]
        assert page.render(scale=0.5).to_numpy().min() == 255
        page.close()


def test_letters_beyond_the_fonts_reach_do_no_harm(tmp_path: Path, make_page: MakePage, metadata: PdfMetadata) -> None:
    page = make_page()
    assert page.text is not None
    odd = replace(page.text.words[0], text="\x00a\u202e😀")
    path = tmp_path / "a.pdf"
    write_pdfa(path, [replace(page, text=replace(page.text, words=(odd,)))], replace(metadata, title="a\x00\x0bb"))
    with pikepdf.open(path) as pdf:
        assert str(pdf.docinfo["/Title"]) == "ab"


def test_same_input_gives_the_same_bytes(tmp_path: Path, make_page: MakePage, metadata: PdfMetadata) -> None:
    for name in ("a.pdf", "b.pdf"):
        write_pdfa(tmp_path / name, [make_page()], metadata)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_pages_are_taken_one_at_a_time_and_files_read_late(tmp_path: Path, make_page: MakePage, metadata: PdfMetadata) -> None:
    page = make_page()

    def pages() -> Iterator[PdfPage]:
        for number in range(3):
            scan = tmp_path / f"{number}.jpg"
            assert isinstance(page.jpeg, bytes)
            scan.write_bytes(page.jpeg)
            yield replace(page, jpeg=scan)
            scan.unlink()

    write_pdfa(tmp_path / "a.pdf", pages(), metadata)
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


@pytest.mark.parametrize(
    "change",
    [{"jpeg": b"not a jpeg"}, {"width": 99}, {"gray": True}, {"jpeg": Path("/nonexistent/scan.jpg")}],
)
def test_a_wrong_page_leaves_nothing(
    tmp_path: Path, make_page: MakePage, metadata: PdfMetadata, change: dict[str, Any]
) -> None:
    with pytest.raises(PdfFailed) as caught:
        write_pdfa(tmp_path / "a.pdf", [make_page(), replace(make_page(), **change)], metadata)
    assert "a.pdf" in caught.value.title_in("vi")
    assert list(tmp_path.iterdir()) == []


def test_a_paper_without_pages_is_refused(tmp_path: Path, metadata: PdfMetadata) -> None:
    with pytest.raises(PdfFailed, match="without pages"):
        write_pdfa(tmp_path / "a.pdf", [], metadata)


def test_a_failed_rewrite_keeps_the_earlier_file(tmp_path: Path, make_page: MakePage, metadata: PdfMetadata) -> None:
    path = tmp_path / "a.pdf"
    write_pdfa(path, [make_page()], metadata)
    before = path.read_bytes()
    with pytest.raises(PdfFailed):
        write_pdfa(path, [make_page(), replace(make_page(), width=1)], metadata)
    assert path.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process's files are POSIX")
def test_a_full_disk_leaves_nothing_half_made(tmp_path: Path) -> None:
    program = """
import io, resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from PIL import Image
from app.output.pdfa import DiskFull, PdfMetadata, PdfPage, write_pdfa
buffer = io.BytesIO()
Image.effect_noise((500, 500), 90).save(buffer, "JPEG")
page = PdfPage(buffer.getvalue(), 500, 500, 100, True)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    write_pdfa(Path(sys.argv[1]), [page], PdfMetadata("t", datetime.now(UTC), "t"))
except DiskFull as error:
    raise SystemExit(error.exit_code)
"""
    done = subprocess.run([sys.executable, "-c", program, tmp_path / "a.pdf"], check=False, cwd=Path(__file__).parents[3])
    assert done.returncode == 6
    assert list(tmp_path.iterdir()) == []
