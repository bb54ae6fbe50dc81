"""Pages on their way in: what is whole is kept once, what is damaged is named, and nothing is dropped silently."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from app.acquisition.intake import PageDamaged, Recovered, Spool, Target
from app.errors import ExitCode
from app.store.errors import StorageFailed
from drivers.contract import ColorMode, PageFinished, Source, encode


def spooled(
    room, dossier_id: str, sequences: range, *, batch: str = "", source: Source = Source.FEEDER
) -> tuple[Spool, list[PageFinished]]:
    """A spool folder with whole pages and their sidecars, as a worker leaves it."""
    spool = room.intake.open_spool(Target(dossier_id, "Người quét", "Máy thử"))
    batch = batch or uuid.uuid4().hex
    pages = [announce(spool.folder, batch, sequence, source) for sequence in sequences]
    return spool, pages


def announce(folder: Path, batch: str, sequence: int, source: Source) -> PageFinished:
    content = f"page {batch} {sequence}".encode()
    name = f"{batch}-{sequence:05d}.jpg"
    page = PageFinished(
        batch=batch,
        sequence=sequence,
        file=name,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        width=413,
        height=583,
        dpi=100,
        mode=ColorMode.COLOR,
        source=source,
    )
    (folder / name).write_bytes(content)
    (folder / f"{name}.json").write_bytes(encode(page))
    return page


def spoil(spool: Spool, page: PageFinished) -> None:
    """Change a spooled file without changing its size."""
    path = spool.folder / page.file
    path.write_bytes(b"X" + path.read_bytes()[1:])


def test_a_page_is_stored_whole_and_leaves_the_spool(room) -> None:
    dossier = room.dossiers.new()
    spool, (announced,) = spooled(room, dossier.id, range(1, 2))
    page = room.intake.take(spool, announced)
    stored = room.pages.path_of(page)
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == page.sha256 == announced.sha256
    assert (page.provenance.device, page.provenance.operator) == ("Máy thử", "Người quét")
    assert [path.name for path in spool.folder.iterdir()] == ["target.json"]
    room.intake.close_spool(spool)
    assert not spool.folder.exists()


def test_the_same_page_again_is_the_same_page(room) -> None:
    dossier = room.dossiers.new()
    spool, (announced,) = spooled(room, dossier.id, range(1, 2), batch="b")
    first = room.intake.take(spool, announced)
    announce(spool.folder, "b", 1, Source.FEEDER)
    assert room.intake.take(spool, announced) == first
    assert room.kept(dossier.id) == (first,)


@pytest.mark.parametrize(("source", "sheet"), [(Source.FEEDER, 4), (Source.DUPLEX, 2)])
def test_a_damaged_page_is_named_by_its_sheet_and_not_stored(room, source: Source, sheet: int) -> None:
    dossier = room.dossiers.new()
    spool, (announced,) = spooled(room, dossier.id, range(4, 5), source=source)
    spoil(spool, announced)
    with pytest.raises(PageDamaged) as damaged:
        room.intake.take(spool, announced)
    assert f"Ảnh tờ {sheet} " in damaged.value.title_in("vi")
    assert f"Quét lại tờ {sheet}." in damaged.value.remedy_in("vi")
    assert damaged.value.exit_code is ExitCode.STORAGE
    assert room.kept(dossier.id) == ()
    (spool.folder / announced.file).unlink()
    with pytest.raises(PageDamaged):
        room.intake.take(spool, announced)


def test_one_damaged_page_hides_neither_the_others_nor_itself(room, make_room: Callable, caplog) -> None:
    dossier = room.dossiers.new()
    spool, pages = spooled(room, dossier.id, range(1, 4))
    spoil(spool, pages[1])
    assert len(room.intake.take_rest(spool)) == 2
    assert room.sequences(dossier.id) == [1, 3]
    room.intake.close_spool(spool)
    assert (spool.folder / pages[1].file).is_file()
    again = make_room()
    assert again.intake.recover().pages == 0
    assert (spool.folder / pages[1].file).is_file()
    assert "was not taken in" in caplog.text


def test_what_an_earlier_run_left_is_taken_in_once(room, make_room: Callable) -> None:
    dossier = room.dossiers.new()
    spooled(room, dossier.id, range(1, 3))
    spooled(room, dossier.id, range(1, 2))
    again = make_room()
    assert again.intake.recover().pages == 3
    assert again.intake.recover().pages == 0
    assert len(again.kept(dossier.id)) == 3
    assert list(again.folder.spool.iterdir()) == []


def test_a_batch_that_was_cut_short_is_told_though_all_its_pages_are_in(room, make_room: Callable) -> None:
    dossier = room.dossiers.new()
    spool, (announced,) = spooled(room, dossier.id, range(1, 2))
    room.intake.take(spool, announced)
    again = make_room()
    assert again.intake.recover() == Recovered(0, (dossier.id,))
    assert again.intake.recover() == Recovered(0, ())


def test_a_damaged_page_is_not_told_at_every_start(room, make_room: Callable) -> None:
    dossier = room.dossiers.new()
    spool, pages = spooled(room, dossier.id, range(1, 3))
    spoil(spool, pages[1])
    assert make_room().intake.recover() == Recovered(1, (dossier.id,))
    assert make_room().intake.recover() == Recovered(0, ())


@pytest.mark.parametrize(
    "target",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"dossier_id": 1}',
        b"null",
        json.dumps({"dossier_id": ["x"], "operator": None, "device_label": 5}).encode(),
        None,
    ],
)
def test_pages_without_a_readable_target_share_one_new_dossier(room, make_room: Callable, target: bytes | None) -> None:
    spool, _ = spooled(room, "gone", range(1, 4))
    place = spool.folder / "target.json"
    if target is None:
        place.unlink()
    else:
        place.write_bytes(target)
    again = make_room()
    assert again.intake.recover().pages == 3
    (made,) = again.dossiers.list()
    assert again.sequences(made.id) == [1, 2, 3]
    assert list(again.folder.spool.iterdir()) == []


def test_two_batches_for_a_dossier_that_is_gone_get_one_each(room) -> None:
    for batch in ("a", "b"):
        spool, _ = spooled(room, "gone", range(1, 3), batch=batch)
        assert len(room.intake.take_rest(spool)) == 2
    assert [room.sequences(dossier.id) for dossier in room.dossiers.list()] == [[1, 2], [1, 2]]


def test_a_spool_that_cannot_be_made_is_said(room) -> None:
    room.folder.spool.rmdir()
    room.folder.spool.write_text("in the way")
    with pytest.raises(StorageFailed):
        room.intake.open_spool(Target("x", "", ""))
