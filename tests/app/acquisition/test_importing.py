"""Importing whole, broken and hostile files through real worker processes."""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw

from app.acquisition.importing import ImportOutcome
from app.bootstrap import Application
from app.imaging.raster import read_image
from app.store.errors import DossierFrozen


@pytest.fixture
def application(make_application: Callable[..., Application]) -> Application:
    made = make_application()
    made.change_settings({"recognition.workers": 1})
    return made


def picture(path: Path, size: tuple[int, int] = (400, 560), dpi: int | None = 100, **how: object) -> Path:
    page = Image.new("RGB", size, "white")
    ImageDraw.Draw(page).text((40, 60), path.stem, fill="navy", font_size=30)
    page.save(path, **({"dpi": (dpi, dpi)} if dpi else {}), **how)
    return path


def pdf(path: Path, pages: int, **how: object) -> Path:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(420, 595))
    document.save(path, **how)
    return path


def png_bomb(path: Path) -> Path:
    """A few kilobytes that claim 60,000 x 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000), 9)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))
    return path


def pdf_bomb(path: Path) -> Path:
    """A page of normal size whose picture claims to unpack to 40 GB."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    image = document.make_stream(zlib.compress(bytes(1 << 20), 9))
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height, image.BitsPerComponent = 120_000, 120_000, 8
    image.ColorSpace, image.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.FlateDecode
    page = document.pages[0]
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
    page.Contents = document.make_stream(b"q 595 0 0 842 0 0 cm /I Do Q")
    document.save(path)
    return path


def scripted(path: Path) -> Path:
    """A PDF that wants to run a script when it is opened and to start a program."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(420, 595))
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('x'); this.submitForm('http://x/');"))
    document.Root.OpenAction = script
    document.Root.AA = pikepdf.Dictionary(WC=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("/bin/true")))
    document.save(path)
    return path


def run(application: Application, dossier_id: str, files: list[Path]) -> ImportOutcome:
    return application.importing.start(dossier_id, files).result(100)


def test_files_of_all_kinds_become_pages_in_their_order(application: Application, tmp_path: Path) -> None:
    first, second = picture(tmp_path / "ảnh 1.jpg"), picture(tmp_path / "hai.PNG")
    many = tmp_path / "nhiều.tif"
    frames = [Image.new("1", (300, 420), value) for value in (1, 0, 1)]
    frames[0].save(many, save_all=True, append_images=frames[1:], dpi=(100, 100))
    document = pdf(tmp_path / "ba.pdf", 2)
    wrong_name = tmp_path / "thật ra là ảnh.pdf"
    wrong_name.write_bytes(first.read_bytes())
    dossier = application.dossiers.new("1.001193")
    outcome = run(application, dossier.id, [first, second, many, document, wrong_name, scripted(tmp_path / "mã.pdf")])
    assert outcome.refused == ()
    assert [(name, len(pages)) for name, pages in outcome.taken] == [
        ("ảnh 1.jpg", 1),
        ("hai.PNG", 1),
        ("nhiều.tif", 3),
        ("ba.pdf", 2),
        ("thật ra là ảnh.pdf", 1),
        ("mã.pdf", 1),
    ]
    pages = application.dossiers.pages(dossier.id)
    assert tuple(page.id for page in pages) == outcome.page_ids
    stored = application.folder.pages / pages[0].file
    assert stored.read_bytes() == first.read_bytes(), "a plain JPEG keeps its own bytes"
    assert {page.provenance.source for page in pages} == {"file"}
    assert [page.provenance.device for page in pages][:2] == ["ảnh 1.jpg", "hai.PNG"]
    for page in pages:
        path = application.folder.pages / page.file
        raster = read_image(path)
        assert (raster.width, raster.height, raster.dpi) == (page.width, page.height, page.provenance.dpi)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == page.sha256
    assert not list(application.folder.spool.iterdir())


def test_broken_and_hostile_files_are_refused_and_the_good_one_is_taken(application: Application, tmp_path: Path) -> None:
    whole = picture(tmp_path / "tốt.jpg")
    cut = tmp_path / "cụt.jpg"
    cut.write_bytes(whole.read_bytes()[:-400])
    half = tmp_path / "nửa.pdf"
    half.write_bytes(pdf(tmp_path / "x.pdf", 3).read_bytes()[:200])
    text = tmp_path / "chữ.pdf"
    text.write_text("đây không phải PDF")
    locked = pdf(tmp_path / "khóa.pdf", 1, encryption=pikepdf.Encryption(owner="a", user="b"))
    nothing = tmp_path / "rỗng.png"
    nothing.write_bytes(b"")
    hostile = [
        cut,
        half,
        text,
        locked,
        nothing,
        pdf(tmp_path / "không trang.pdf", 0),
        png_bomb(tmp_path / "bom.png"),
        pdf(tmp_path / "dài.pdf", 2001),
        tmp_path / "không có.pdf",
        tmp_path,
    ]
    dossier = application.dossiers.new()
    outcome = run(application, dossier.id, [*hostile, whole])
    assert [error.values["name"] for error in outcome.refused] == [path.name for path in hostile]
    assert [name for name, _ in outcome.taken] == ["tốt.jpg"]
    assert len(application.dossiers.pages(dossier.id)) == 1
    reasons = {error.name: error.reason.en for error in outcome.refused}
    assert reasons["chữ.pdf"] == reasons["rỗng.png"] == "it is no PDF, JPEG, PNG or TIFF"
    assert "password" in reasons["khóa.pdf"]
    assert "more than 2000 pages" in reasons["dài.pdf"]
    assert "200 million" in reasons["bom.png"]
    assert reasons[tmp_path.name] == "it is a folder, not a file"
    advice = {error.name: error.remedy_in("vi") for error in outcome.refused}
    assert "mật khẩu" in advice["khóa.pdf"]
    assert "300 dpi" in advice["bom.png"]
    assert "Chia tệp" in advice["dài.pdf"]
    assert "lưu thành PDF" in advice["chữ.pdf"]
    assert "xin lại tệp" in advice["nửa.pdf"]
    assert "USB" in advice["không có.pdf"]
    assert "trong thư mục" in advice[tmp_path.name]
    assert not list(application.folder.spool.iterdir())


def test_a_name_that_is_no_text_is_kept_as_far_as_it_can_be_read(application: Application, tmp_path: Path) -> None:
    dossier = application.dossiers.new()
    strange = picture(tmp_path / os.fsdecode(b"b\xff.jpg"))
    broken = tmp_path / os.fsdecode(b"q\xff.png")
    broken.write_bytes(b"")
    outcome = run(application, dossier.id, [strange, broken])
    assert [name for name, _pages in outcome.taken] == ["b\ufffd.jpg"]
    assert [error.name for error in outcome.refused] == ["q\ufffd.png"]
    (page,) = application.dossiers.pages(dossier.id)
    assert page.provenance.device == "b\ufffd.jpg"


def test_a_bomb_inside_a_pdf_costs_bounded_memory_and_nothing_else(application: Application, tmp_path: Path) -> None:
    """Whether its page is refused or comes out blank is pdfium's choice; the program and the next file go on."""
    dossier = application.dossiers.new()
    good = picture(tmp_path / "tốt.jpg")
    outcome = run(application, dossier.id, [pdf_bomb(tmp_path / "bom.pdf"), good])
    assert "tốt.jpg" in [name for name, _ in outcome.taken]
    assert len(outcome.taken) + len(outcome.refused) == 2


def test_a_page_that_cannot_be_read_keeps_its_whole_file_out(application: Application, tmp_path: Path) -> None:
    """Two pages of three would be a paper that lacks one and looks whole."""
    document = pikepdf.new()
    for size in ((420, 595), (420, 595), (14_000, 14_000)):
        document.add_blank_page(page_size=size)
    document.save(tmp_path / "to.pdf")
    dossier = application.dossiers.new()
    outcome = run(application, dossier.id, [tmp_path / "to.pdf"])
    assert outcome.taken == ()
    assert "page 3" in outcome.refused[0].reason.en
    assert application.dossiers.pages(dossier.id) == ()


@pytest.mark.parametrize(
    ("size", "dpi", "taken_as"),
    [((1240, 1754), None, 150), ((2480, 3508), 72, 300), ((500, 707), None, 60), ((827, 1169), 100, 100)],
)
def test_photographs_are_measured_against_a_sheet(
    application: Application, tmp_path: Path, size: tuple[int, int], dpi: int | None, taken_as: int
) -> None:
    dossier = application.dossiers.new()
    run(application, dossier.id, [picture(tmp_path / "chụp.jpg", size, dpi)])
    (page,) = application.dossiers.pages(dossier.id)
    assert page.provenance.dpi == taken_as
    assert read_image(application.folder.pages / page.file).dpi == taken_as


def test_what_was_typed_into_a_form_is_drawn(application: Application, tmp_path: Path) -> None:
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(420, 595))
    font = document.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    field = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T=pikepdf.String("ten"),
            V=pikepdf.String("NGUYEN VAN MAU"),
            DA=pikepdf.String("/Helv 24 Tf 0 g"),
            Rect=[20, 400, 400, 450],
            F=4,
        )
    )
    page.Annots = pikepdf.Array([field])
    resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=font))
    document.Root.AcroForm = document.make_indirect(
        pikepdf.Dictionary(Fields=[field], DR=resources, DA=pikepdf.String("/Helv 0 Tf 0 g"), NeedAppearances=True)
    )
    document.save(tmp_path / "tờ khai.pdf")
    dossier = application.dossiers.new()
    run(application, dossier.id, [tmp_path / "tờ khai.pdf"])
    (made,) = application.dossiers.pages(dossier.id)
    assert made.provenance.mode == "color", "it was never scanned in gray"
    assert read_image(application.folder.pages / made.file).light.min() < 100, "the field's words are on the page"


def test_a_finished_dossier_takes_no_files(application: Application, tmp_path: Path) -> None:
    from sqlalchemy import text

    from app.store.database import Database

    dossier = application.dossiers.new()
    database = Database(application.folder)
    with database.write() as session:
        session.execute(text("UPDATE dossiers SET state = 'finished'"))
    database.close()
    with pytest.raises(DossierFrozen):
        run(application, dossier.id, [picture(tmp_path / "a.jpg")])
