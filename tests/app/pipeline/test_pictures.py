"""Pictures for the screen: their size and scale, made once, made anew after an edit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from app.imaging.raster import BrokenImage
from app.model.page import Crop, Edit, Turn
from app.store.errors import NoSuchPage
from app.store.pages import Arrangement
from tests.records import NOW
from tests.support import wait_until


def edit(mill, *edits: Edit) -> None:
    """Add edits to all pages."""
    mill.pages.arrange(
        mill.dossier_id,
        Arrangement.TURN,
        lambda seen: [replace(page, edits=(*page.edits, *edits)) for page in seen],
        operator="",
        now=NOW,
    )


@pytest.mark.parametrize(
    ("size", "shown"),
    [((400, 600), (400, 600)), ((3000, 4000), (1500, 2000)), ((2481, 3508), (1415, 2000)), ((9000, 600), (2000, 133))],
)
def test_an_original_is_shown_whole_at_its_scale(mill, size: tuple[int, int], shown: tuple[int, int]) -> None:
    page = mill.add(1, size=size)
    picture = mill.pictures.make(page.id, "original").result(30)
    assert abs(picture.width - shown[0]) <= 1
    assert abs(picture.height - shown[1]) <= 1
    assert picture.scale == pytest.approx(shown[0] / size[0], rel=0.002)
    with Image.open(picture.path) as image:
        assert image.size == (picture.width, picture.height)


def test_a_turned_page_is_shown_turned_and_a_cut_one_cut(mill) -> None:
    page = mill.add(1, size=(400, 600))
    edit(mill, Turn(90))
    turned = mill.pictures.make(page.id, "processed").result(30)
    assert (turned.width, turned.height, turned.scale) == (600, 400, 1.0)
    edit(mill, Crop(((100.0, 100.0), (300.0, 100.0), (300.0, 500.0), (100.0, 500.0))))
    cut = mill.pictures.make(page.id, "processed").result(30)
    assert (cut.width, cut.height) == (400, 200)
    assert cut.path != turned.path
    original = mill.pictures.make(page.id, "original").result(30)
    assert (original.width, original.height) == (400, 600)


def test_the_scale_holds_for_a_cut_out_of_a_large_page(mill) -> None:
    page = mill.add(1, size=(3000, 4000))
    edit(mill, Crop(((0.0, 0.0), (1000.0, 0.0), (1000.0, 2000.0), (0.0, 2000.0))))
    picture = mill.pictures.make(page.id, "processed").result(30)
    assert picture.scale == 0.5
    assert abs(picture.width - 500) <= 2
    assert abs(picture.height - 1000) <= 2


def test_a_flat_strip_cut_out_of_a_page_keeps_its_scale(mill) -> None:
    page = mill.add(1, size=(1000, 600))
    edit(mill, Crop(((0.0, 0.0), (1000.0, 0.0), (1000.0, 100.0), (0.0, 100.0))))
    picture = mill.pictures.make(page.id, "processed").result(30)
    assert (picture.width, picture.height, picture.scale) == (1000, 100, 1.0)


def test_a_picture_is_made_once_and_comes_back_after_undo(mill) -> None:
    page = mill.add(1)
    first = mill.pictures.make(page.id, "processed").result(30)
    made = first.path.stat().st_mtime_ns
    edit(mill, Turn(180))
    assert mill.pictures.make(page.id, "processed").result(30).path != first.path
    mill.pages.undo(mill.dossier_id)
    again = mill.pictures.make(page.id, "processed").result(30)
    assert (again, again.path.stat().st_mtime_ns) == (first, made)
    assert list(mill.folder.cache.rglob("*.part")) == []


def test_pictures_are_drawn_in_a_process_that_can_be_started_ahead(mill, page_workers) -> None:
    page = mill.add(1)
    mill.pictures.warm_up()
    wait_until(lambda: len(page_workers()) == 1, 20, "the process that draws")
    (ahead,) = page_workers()
    path = mill.pictures.make(page.id, "processed").result(30).path
    assert page_workers() == [ahead]

    path.unlink()
    ahead.kill()
    ahead.wait(10)

    assert mill.pictures.make(page.id, "processed").result(30).path == path
    assert path.exists()


def test_the_processed_thumbnail_comes_before_the_scanner_s(mill) -> None:
    page = mill.add(1)
    assert mill.pictures.thumbnail(page.id) is None
    for place in (mill.folder.raw_thumbnail(page.id), mill.folder.thumbnail(page.id)):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"x")
        assert mill.pictures.thumbnail(page.id) == place


def test_what_cannot_be_drawn_is_said(mill) -> None:
    broken = mill.add(1, content=b"no picture")
    for kind in ("original", "processed"):
        with pytest.raises(BrokenImage):
            mill.pictures.make(broken.id, kind).result(30)
    with pytest.raises(NoSuchPage):
        mill.pictures.make("nobody", "original").result(30)
