"""The spool folder: whole pages only, also on a disk that is full, read-only, or was left behind by a crash."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drivers import batch, spool
from drivers.backend import Look
from drivers.client import clear_page, spool_leftovers
from drivers.contract import ColorMode, Event, FaultCode, Finished, PageFinished, Ready, Source, encode
from drivers.spool import PartFile

PAGE = PageFinished("b" * 32, 1, "b-00001.jpg", "0" * 64, 4, 1, 1, 300, ColorMode.COLOR, Source.FEEDER)


def put(folder: Path, page: PageFinished, data: bytes = b"page") -> None:
    PartFile(folder, page.file, (data,)).publish(page)


def test_pages_are_for_this_account_only(virtual: Any) -> None:
    virtual.scan(max_pages=1)
    assert {stat.S_IMODE(path.stat().st_mode) for path in virtual.spool.iterdir()} == {0o600}


def test_leftovers_come_batch_by_batch_in_order(spool: Path) -> None:
    for second, (name, sequence) in enumerate((("z", 2), ("z", 1), ("a", 1), ("z", 10)), 1):
        put(spool, replace(PAGE, batch=name, sequence=sequence, file=f"{name}-{sequence}.jpg"))
        # Files that are written at once can carry the same moment.
        os.utime(spool / f"{name}-{sequence}.jpg.json", (second, second))
    assert [(page.batch, page.sequence) for page in spool_leftovers(spool)] == [("z", 1), ("z", 2), ("z", 10), ("a", 1)]


def test_what_is_no_whole_page_is_no_leftover(spool: Path) -> None:
    put(spool, PAGE)
    (spool / "half.jpg.part").write_bytes(b"half")
    (spool / "gone.jpg.json").write_bytes(encode(replace(PAGE, file="gone.jpg")))
    (spool / "noise.jpg.json").write_bytes(b"{")
    (spool / "other.jpg.json").write_bytes(encode(Ready("virtual")))
    (spool / "thief.jpg.json").write_bytes(encode(replace(PAGE, file="../../etc/passwd")))
    (spool / "short.jpg").write_bytes(b"sho")
    (spool / "short.jpg.json").write_bytes(encode(replace(PAGE, file="short.jpg")))
    assert spool_leftovers(spool) == [PAGE]


def test_a_page_is_never_overwritten(spool: Path) -> None:
    put(spool, PAGE, b"one!")
    with pytest.raises(FileExistsError):
        put(spool, PAGE, b"two!")
    assert (spool / PAGE.file).read_bytes() == b"one!"
    assert not list(spool.glob("*.part"))


def test_clearing_a_page_takes_all_that_belongs_to_it(virtual: Any) -> None:
    pages = virtual.scan(max_pages=2).pages
    (virtual.spool / pages[0].file).rename(virtual.spool.parent / "taken.jpg")
    clear_page(virtual.spool, pages[0])
    assert spool_leftovers(virtual.spool) == [pages[1]]
    clear_page(virtual.spool, pages[1])
    assert list(virtual.spool.iterdir()) == []


def test_a_lost_thumbnail_loses_no_page(spool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert batch._store_thumbnail(spool, "t.jpg", Look(1, 1, b"")) == ""
    assert batch._store_thumbnail(spool / "nowhere", "t.jpg", Look(1, 1, b"x")) == ""
    assert batch._store_thumbnail(spool, "t.jpg", Look(1, 1, b"x")) == "t.jpg"


def test_an_interrupted_write_leaves_nothing(spool: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input"):
        PartFile(spool, PAGE.file, chunks())
    assert list(spool.iterdir()) == []


def limit_files(run: Any, event: Event) -> None:
    """From the second page on, let the worker write no file of more than 1 KiB."""
    if isinstance(event, PageFinished):
        resource.prlimit(run.pid, resource.RLIMIT_FSIZE, (1024, resource.RLIM_INFINITY))


def test_no_room_for_a_page_keeps_the_earlier_ones(virtual: Any) -> None:
    outcome = virtual.scan(limit_files)
    assert (outcome.fault.code, outcome.fault.delivered) == (FaultCode.SPOOL_FULL, 1)
    assert spool_leftovers(virtual.spool) == outcome.pages
    assert not list(virtual.spool.glob("*.part"))
    assert virtual.scan().end == Finished(4)


def test_a_full_disk(virtual: Any, small_disk: Path | None) -> None:
    if small_disk is None:
        outcome = virtual.scan(limit_files)
    else:
        virtual.spool = small_disk
        outcome = virtual.scan(paper_width_mm=200.0, dpi=300)
    assert outcome.fault.code is FaultCode.SPOOL_FULL
    assert 1 <= outcome.fault.delivered < 4
    assert spool_leftovers(virtual.spool) == outcome.pages
    assert not list(virtual.spool.glob("*.part"))


def test_a_read_only_spool(virtual: Any, small_disk: Path | None) -> None:
    if small_disk is None:
        virtual.spool.chmod(0o500)
    else:
        virtual.spool = small_disk
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    outcome = virtual.scan()
    virtual.spool.chmod(0o700) if small_disk is None else None
    assert (outcome.fault.code, outcome.fault.fed, outcome.fault.delivered) == (FaultCode.SPOOL_FULL, 1, 0)
    assert str(virtual.spool) in outcome.fault.detail


def test_other_trouble_with_the_disk_is_an_io_error() -> None:
    with pytest.raises(Exception, match="io_error"), spool.spool_errors(Path("/spool")):
        raise OSError(5, "Input/output error")
