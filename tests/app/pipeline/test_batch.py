"""Whole files to PDF/A and findings, in real worker processes: results, broken inputs, going on after a break."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from app.errors import MustStop
from app.imaging.raster import BrokenImage
from app.output.findings_file import FindingsBroken, FindingsFile
from app.output.pdfa import DiskFull
from app.pipeline import batch as batch_module
from app.pipeline.batch import Batch, FileOutcome
from app.pipeline.inputs import NoInput, count_pages, find_sources, read_page
from app.pipeline.page_work import WorkOptions
from app.pipeline.pool import PagePool

KEYS = {
    "skew",
    "orientation",
    "quad",
    "papers",
    "blank",
    "separator",
    "barcodes",
    "quality",
    "text",
    "fields",
    "ms",
    "made_from",
}
QUICK = WorkOptions(read_text=False)


def clock() -> datetime:
    return datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def sheet(text: str = "Hồ sơ", size: tuple[int, int] = (620, 877)) -> Image.Image:
    page = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(page)
    for row in range(5):
        pen.text((60, 80 + 60 * row), f"{text} {row + 1}", fill="black", font=ImageFont.load_default(28))
    return page


@pytest.fixture(scope="module")
def pool() -> Iterator[PagePool]:
    pool = PagePool(2)
    yield pool
    pool.close()


@pytest.fixture
def run(tmp_path: Path, pool: PagePool) -> Callable[..., list[FileOutcome]]:
    def run(*places: Path, force: bool = False, options: WorkOptions = QUICK) -> list[FileOutcome]:
        batch = Batch(tmp_path / "out", pool, options, clock)
        return list(batch.run(batch.left(find_sources(places), force=force)))

    return run


@pytest.fixture
def findings(tmp_path: Path) -> Callable[[], dict[str, object]]:
    return lambda: json.loads((tmp_path / "out" / "findings.json").read_text("utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in (10, 2, 1):
        sheet().save(folder / f"trang {number}.jpg", dpi=(100, 100))
    return folder


def test_a_folder_becomes_pdfs_and_findings(
    folder: Path, tmp_path: Path, run: Callable[..., list[FileOutcome]], findings: Callable[[], dict[str, dict[str, object]]]
) -> None:
    sheet().save(folder / "dài.tif", save_all=True, append_images=[sheet(), sheet()], dpi=(100, 100))
    outcomes = run(folder)
    assert [outcome.source.key for outcome in outcomes] == ["dài", "trang 1", "trang 2", "trang 10"]
    assert all(not outcome.errors for outcome in outcomes)
    found = findings()
    assert {frozenset(found[f"trang {number}"]) for number in (1, 2, 10)} == {frozenset(KEYS)}
    assert [set(page) for page in found["dài"]] == [KEYS] * 3
    with pikepdf.open(tmp_path / "out" / "dài.pdf") as pdf:
        assert len(pdf.pages) == 3
        assert str(pdf.docinfo["/Title"]) == "dài"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        ["findings.json", *(f"{outcome.source.key}.pdf" for outcome in outcomes)]
    )


@pytest.mark.parametrize("turn", [90, 180])
def test_a_page_that_lies_turned_is_read_upright(
    sample_folder: Path,
    tmp_path: Path,
    run: Callable[..., list[FileOutcome]],
    findings: Callable[[], dict[str, dict[str, object]]],
    turn: int,
) -> None:
    with Image.open(sample_folder / "smoke_001_quyet_dinh.jpg") as image:
        image.rotate(-turn, expand=True).save(tmp_path / "turned.jpg", dpi=image.info["dpi"])
    run(sample_folder / "smoke_001_quyet_dinh.jpg", tmp_path / "turned.jpg", options=WorkOptions())
    lying, page = findings()["smoke_001_quyet_dinh"], findings()["turned"]
    assert page["orientation"] == (int(str(lying["orientation"])) + turn) % 360
    assert "QUYẾT ĐỊNH" in str(page["text"])
    with pypdfium2.PdfDocument(tmp_path / "out" / "turned.pdf") as pdf:
        width, height = pdf[0].get_size()
        assert width < height


def test_words_are_read_and_can_be_found_in_the_pdf(
    sample_folder: Path,
    tmp_path: Path,
    run: Callable[..., list[FileOutcome]],
    findings: Callable[[], dict[str, dict[str, object]]],
) -> None:
    run(sample_folder / "smoke_003_tiep_nhan.jpg", options=WorkOptions())
    page = findings()["smoke_003_tiep_nhan"]
    assert "TIẾP NHẬN" in str(page["text"])
    assert {code["type"] for code in page["barcodes"]} == {"Code128", "QRCode"}  # type: ignore[union-attr]
    assert {"decode", "detect", "barcodes", "orientation", "render", "pack", "ocr", "fields"} == set(page["ms"])  # type: ignore[call-overload]
    with pypdfium2.PdfDocument(tmp_path / "out" / "smoke_003_tiep_nhan.pdf") as pdf:
        text = pdf[0].get_textpage()
        assert "TIẾP NHẬN" in text.get_text_range()
        text.close()


def test_pdf_pages_are_taken_at_their_scans_resolution(
    tmp_path: Path, run: Callable[..., list[FileOutcome]], findings: Callable[[], dict[str, object]]
) -> None:
    source = tmp_path / "quét.pdf"
    sheet(size=(827, 1169)).save(source, resolution=150, save_all=True, append_images=[sheet(size=(827, 1169))])
    assert count_pages(source) == 2
    page = read_page(source, 1)
    assert (page.dpi, page.gray) == (150, True)
    assert abs(page.width - 827) <= 1
    (outcome,) = run(source)
    assert outcome.pages == 2
    assert isinstance(findings()["quét"], list)


def test_broken_files_are_told_of_in_both_languages_and_stop_nothing(
    folder: Path, run: Callable[..., list[FileOutcome]], findings: Callable[[], dict[str, dict[str, dict[str, str]]]]
) -> None:
    whole = (folder / "trang 1.jpg").read_bytes()
    (folder / "cụt.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "giả.png").write_text("không phải ảnh")
    (folder / "hỏng.pdf").write_bytes(b"%PDF-1.7 nothing")
    (folder / "rỗng.tif").write_bytes(b"")
    failed = {outcome.source.key for outcome in run(folder) if outcome.errors}
    assert failed == {"cụt", "giả", "hỏng", "rỗng"}
    found = findings()
    for key in failed:
        assert key in found[key]["error"]["vi"]
        assert key in found[key]["error"]["en"]
        assert found[key]["error"]["vi"] != found[key]["error"]["en"]
    assert set(found["trang 1"]) == KEYS


def test_names_that_are_no_text_stop_nothing_and_can_be_read(
    folder: Path, tmp_path: Path, run: Callable[..., list[FileOutcome]], findings: Callable[[], dict[str, dict[str, object]]]
) -> None:
    strange = folder / os.fsdecode(b"b\xff.jpg")
    strange.write_bytes((folder / "trang 1.jpg").read_bytes())
    (folder / os.fsdecode(b"q\xff.pdf")).write_bytes(b"%PDF-1.7 nothing")
    errors = [error.title_in("vi") for outcome in run(folder) for error in outcome.errors]
    assert [error for error in errors if "q\ufffd.pdf" in error]
    assert "b\ufffd" in findings()


def test_a_pdf_without_pages_is_not_called_locked_after_one_that_is(tmp_path: Path) -> None:
    with pikepdf.new() as locked, pikepdf.new() as empty:
        locked.add_blank_page()
        locked.save(tmp_path / "khóa.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
        empty.save(tmp_path / "trống.pdf")
    # In a worker: pdfium itself keeps a file without pages open until its process ends.
    with closing(PagePool(1)) as pool:
        with pytest.raises(BrokenImage) as first:
            pool.run(count_pages, tmp_path / "khóa.pdf")
        with pytest.raises(BrokenImage) as second:
            pool.run(count_pages, tmp_path / "trống.pdf")
    assert "mật khẩu" in first.value.title_in("vi")
    assert "mật khẩu" not in second.value.title_in("vi")


def test_a_second_run_does_what_is_left(folder: Path, tmp_path: Path, run: Callable[..., list[FileOutcome]]) -> None:
    (folder / "giả.png").write_text("không phải ảnh")
    assert len(run(folder)) == 4
    assert [outcome.source.key for outcome in run(folder)] == ["giả"]
    (tmp_path / "out" / "trang 2.pdf").unlink()
    later = (tmp_path / "out" / "trang 10.pdf").stat().st_mtime_ns + 10**9
    os.utime(folder / "trang 10.jpg", ns=(later, later))
    assert [outcome.source.key for outcome in run(folder)] == ["giả", "trang 2", "trang 10"]
    assert len(run(folder, force=True)) == 4


def test_what_was_made_of_another_file_or_in_another_way_is_done_again(
    folder: Path, run: Callable[..., list[FileOutcome]], findings: Callable[[], dict[str, dict[str, object]]]
) -> None:
    run(folder)
    older = (folder / "trang 1.jpg").stat().st_mtime_ns - 10**12
    sheet("Tờ khai khác hẳn", (500, 700)).save(folder / "trang 1.jpg", dpi=(100, 100))
    os.utime(folder / "trang 1.jpg", ns=(older, older))
    before = findings()["trang 1"]["quad"]
    assert [outcome.source.key for outcome in run(folder)] == ["trang 1"]
    assert findings()["trang 1"]["quad"] != before
    assert len(run(folder, options=replace(QUICK, way="bitonal"))) == 3
    assert run(folder, options=replace(QUICK, way="bitonal")) == []


def test_a_run_that_is_broken_off_keeps_what_it_has(
    folder: Path, tmp_path: Path, pool: PagePool, findings: Callable[[], dict[str, object]]
) -> None:
    batch = Batch(tmp_path / "out", pool, QUICK, clock)
    running = batch.run(find_sources([folder]))
    next(running)
    running.close()
    assert list(findings()) == ["trang 1"]
    assert [source.key for source in Batch(tmp_path / "out", pool, QUICK, clock).left(find_sources([folder]), force=False)] == [
        "trang 2",
        "trang 10",
    ]


def test_a_full_disk_stops_the_run(
    folder: Path, run: Callable[..., list[FileOutcome]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DiskFull(name="a.pdf")

    monkeypatch.setattr(batch_module, "write_pdfa", full)
    with pytest.raises(MustStop):
        run(folder)


def test_files_of_one_stem_are_told_apart(tmp_path: Path) -> None:
    for name in ("a.jpg", "A.png", "b.tif"):
        sheet().save(tmp_path / name)
    assert [source.key for source in find_sources([tmp_path, tmp_path / "b.tif"])] == ["a", "A.png", "b"] or [
        source.key for source in find_sources([tmp_path])
    ] == ["A", "a.jpg", "b"]


def test_a_link_is_called_by_its_own_name_and_taken_once(tmp_path: Path) -> None:
    sheet().save(tmp_path / "IMG_0001.jpg")
    (tmp_path / "Tờ khai.jpg").symlink_to(tmp_path / "IMG_0001.jpg")
    (source,) = find_sources([tmp_path / "Tờ khai.jpg"])
    assert (source.path.name, source.key) == ("Tờ khai.jpg", "Tờ khai")
    assert len(find_sources([tmp_path])) == 1


def test_a_place_without_pages_is_named(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none.jpg"):
        with pytest.raises(NoInput, match="nothing to process"):
            find_sources([place])


def test_damaged_findings_are_not_thrown_away(tmp_path: Path) -> None:
    path = tmp_path / "findings.json"
    for text in ("{", "[]"):
        path.write_text(text)
        with pytest.raises(FindingsBroken):
            FindingsFile(path).has("a", {})
        assert path.read_text() == text
