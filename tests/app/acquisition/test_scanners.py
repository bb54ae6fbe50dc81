"""Batches with the practice scanner and SANE's test device, in worker processes of their own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from app.acquisition import errors
from app.acquisition.scanners import ScanOutcome
from app.errors import ExitCode
from app.events import Topic
from app.jobs import Job
from app.model.profile import PaperSize, Profile, Source
from app.settings import FilingSettings, ProfileSettings, Settings
from app.store.errors import DiskFull, DossierFrozen
from tests.records import an_entry
from tests.support import wait_until

Pages = Callable[[int], Path]


def when(job: Job[ScanOutcome], words: str, action: Callable[[], object]) -> None:
    """Do something once, when the job's note holds these words."""
    done: list[int] = []

    def changed(seen: Job[ScanOutcome]) -> None:
        if words in seen.note.en and not done:
            done.append(1)
            action()

    job.watch(changed)


def worker_of(room: object) -> psutil.Process:
    """The one driver worker that runs now."""
    found = [child for child in psutil.Process().children() if "drivers.worker" in " ".join(child.cmdline())]
    assert len(found) == 1
    return found[0]


def test_batches_are_appended_in_order_and_told(room, small_pages: Pages) -> None:
    dossier = room.dossiers.new()
    folder = small_pages(2)
    for _ in range(2):
        assert room.start(dossier.id, folder).result(30) == ScanOutcome(2, stopped=False)
    pages = room.kept(dossier.id)
    assert [page.position for page in pages] == [0, 1, 2, 3]
    assert room.sequences(dossier.id) == [1, 2, 1, 2]
    assert len({page.provenance.batch for page in pages}) == 2
    assert all((room.folder.pages / page.file).is_file() for page in pages)
    assert all(room.folder.raw_thumbnail(page.id).is_file() for page in pages)
    assert list(room.folder.spool.iterdir()) == []
    added = [change.page_id for change in room.heard if change.topic is Topic.PAGE_ADDED]
    assert added == [page.id for page in pages]
    assert sum(change.topic is Topic.SCAN for change in room.heard) == 2


def test_a_stop_ends_after_the_sheet_that_is_scanned(room, small_pages: Pages) -> None:
    dossier = room.dossiers.new()
    job = room.start(dossier.id, small_pages(5), options={"page_delay": "0.2"})
    when(job, "Scanning sheet 2", lambda: room.scanners.stop(job))
    assert job.result(30) == ScanOutcome(2, stopped=True)
    assert room.sequences(dossier.id) == [1, 2]


def test_an_abort_drops_the_sheet_and_names_it(room, small_pages: Pages) -> None:
    dossier = room.dossiers.new()
    job = room.start(dossier.id, small_pages(5), options={"page_delay": "0.3"})
    when(job, "Scanning sheet 3", lambda: room.scanners.abort(job))
    with pytest.raises(errors.ScanAborted) as stopped:
        job.result(30)
    assert stopped.value.title_in("vi") == "Đã dừng quét ở tờ 3. 2 trang trước đã lưu."
    assert room.sequences(dossier.id) == [1, 2]


@pytest.mark.parametrize(
    ("fault", "kind", "kept"),
    [
        ("jam", errors.PaperJam, 2),
        ("double_feed", errors.DoubleFeed, 2),
        ("cover_open", errors.CoverOpen, 2),
        ("truncate", errors.BadPicture, 2),
        ("segfault", errors.DriverCrashed, 2),
        ("die", errors.DriverCrashed, 2),
        ("die_after_rename", errors.DriverCrashed, 3),
    ],
)
def test_each_mishap_keeps_the_pages_before_and_the_next_scan_works(
    room, small_pages: Pages, fault: str, kind: type[errors.ScanFailed], kept: int
) -> None:
    dossier = room.dossiers.new()
    folder = small_pages(3)
    with pytest.raises(kind) as failed:
        room.start(dossier.id, folder, options={"fault": fault, "fault_page": "3"}).result(30)
    assert type(failed.value) is kind
    assert f"{kept} trang trước đã lưu" in failed.value.title_in("vi")
    assert f"tờ {kept + 1}" in failed.value.remedy_in("vi")
    assert room.sequences(dossier.id) == list(range(1, kept + 1))
    assert room.start(dossier.id, folder, options={"first_page": "3"}).result(30).pages == 1
    assert list(room.folder.spool.iterdir()) == []


def test_with_both_sides_the_messages_count_sheets(room, small_pages: Pages) -> None:
    dossier = room.dossiers.new()
    notes: list[str] = []
    job = room.start(
        dossier.id, small_pages(6), source=Source.DUPLEX, options={"fault": "jam", "fault_page": "6", "page_delay": "0.05"}
    )
    job.watch(lambda seen: notes.append(seen.note.vi))
    with pytest.raises(errors.PaperJam) as jam:
        job.result(30)
    assert jam.value.title_in("vi") == "Kẹt giấy ở tờ 3. 5 trang trước đã lưu."
    assert "Đang quét tờ 3…" in notes
    assert "Đang quét tờ 4…" not in notes
    assert [page.provenance.side for page in room.kept(dossier.id)] == ["front", "back", "front", "back", "front"]


def test_a_worker_killed_in_mid_page_is_a_crash_that_names_the_sheet(room, small_pages: Pages) -> None:
    dossier = room.dossiers.new()
    folder = small_pages(4)
    job = room.start(dossier.id, folder, options={"line_delay": "0.05"})
    when(job, "Scanning sheet 3", lambda: os.kill(worker_of(room).pid, signal.SIGKILL))
    with pytest.raises(errors.DriverCrashed) as crashed:
        job.result(30)
    assert "hỏng ở tờ 3. 2 trang trước đã lưu" in crashed.value.title_in("vi")
    assert room.sequences(dossier.id) == [1, 2]
    assert room.start(dossier.id, folder, options={"first_page": "3"}).result(30).pages == 2
    assert room.sequences(dossier.id) == [1, 2, 1, 2]


def test_an_empty_feeder_and_a_missing_scanner_are_said(room, tmp_path: Path) -> None:
    dossier = room.dossiers.new()
    (tmp_path / "trống").mkdir()
    with pytest.raises(errors.FeederEmpty) as empty:
        room.start(dossier.id, tmp_path / "trống").result(30)
    assert "chưa quét trang nào" in empty.value.title_in("vi")
    with pytest.raises(errors.NoScanner) as missing:
        room.start(dossier.id, tmp_path / "không có").result(30)
    assert "không có" in missing.value.title_in("vi")
    with pytest.raises(errors.NotSupported) as asked:
        room.start(dossier.id, tmp_path / "trống", options={"fault": "fire"}).result(30)
    assert "fire" in asked.value.title_in("vi")
    assert room.kept(dossier.id) == ()


def test_a_worker_that_cannot_be_started_is_a_crash_too(
    room, small_pages: Pages, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "no python"))
    with pytest.raises(errors.DriverCrashed) as failed:
        room.start(room.dossiers.new().id, small_pages(1)).result(30)
    assert failed.value.exit_code is ExitCode.SCANNER
    assert list(room.folder.spool.iterdir()) == []


def test_a_finished_dossier_takes_no_batch_and_a_full_disk_begins_none(room, small_pages: Pages) -> None:
    finished, dossier = room.dossiers.new(), room.dossiers.new()
    room.store.finish(finished, (), an_entry(finished))
    with pytest.raises(DossierFrozen):
        room.start(finished.id, small_pages(1)).result(30)
    room.settings = Settings(filing=FilingSettings(min_free_mb=10**9))
    with pytest.raises(DiskFull):
        room.start(dossier.id, small_pages(1)).result(30)
    assert list(room.folder.spool.iterdir()) == []


def test_pages_that_come_after_finishing_share_one_new_dossier(room, small_pages: Pages) -> None:
    dossier = room.dossiers.new("1.001193")
    job = room.start(dossier.id, small_pages(4), options={"page_delay": "0.1"})

    def finish() -> None:
        assert room.store.finish(room.dossiers.get(dossier.id), room.kept(dossier.id), an_entry(dossier))

    when(job, "1 pages scanned", finish)
    assert job.result(30).pages == 4
    assert room.sequences(dossier.id) == [1]
    late, _ = room.dossiers.list()
    assert (late.procedure_code, room.sequences(late.id)) == ("1.001193", [2, 3, 4])
    assert len(room.dossiers.list()) == 2


def test_two_profiles_scan_into_one_dossier(room, small_pages: Pages, tmp_path: Path) -> None:
    first, second = small_pages(1), small_pages(2)
    room.settings = Settings(
        profiles=(
            ProfileSettings(name="Nhanh", device=str(first), dpi=100, mode="gray"),
            ProfileSettings(name="Đẹp", device=str(second), dpi=150),
        ),
        filing=FilingSettings(min_free_mb=10),
    )
    dossier = room.dossiers.new()
    profiles = room.profiles.all()
    assert [profile.name for profile in profiles] == ["Nhanh", "Đẹp"]
    jobs = [room.scanners.start(profile, dossier.id) for profile in profiles]
    assert [job.result(30).pages for job in jobs] == [1, 2]
    seen = [(page.provenance.device, page.provenance.mode, page.provenance.dpi) for page in room.kept(dossier.id)]
    assert seen == [("pages-1", "gray", 100), ("pages-2", "color", 150), ("pages-2", "color", 150)]


def test_without_a_profile_the_first_scanner_found_is_used_and_never_the_practice_one(
    room, small_pages: Pages, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOHOA_VIRTUAL_FEEDER", str(small_pages(1)))
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path))
    (tmp_path / "dll.conf").write_text("test\n")
    (tmp_path / "test.conf").write_text("number_of_devices 2\n")
    assert [scanner.device for scanner in room.scanners.find().result(60)][:2] == ["test:0", "test:1"]
    first = replace(room.profiles.all()[0], paper=PaperSize.CARD, dpi=75, source=Source.FLATBED)
    dossier = room.dossiers.new()
    assert room.scanners.start(first, dossier.id).result(60).pages == 1
    (tmp_path / "dll.conf").write_text("")
    with pytest.raises(errors.NoProfileDevice):
        room.scanners.start(first, dossier.id).result(60)
    assert len(room.kept(dossier.id)) == 1


def test_sane_s_test_device_fills_a_dossier(room, tmp_path: Path) -> None:
    (tmp_path / "dll.conf").write_text("test\n")
    (tmp_path / "test.conf").write_text("number_of_devices 1\n")
    dossier = room.dossiers.new()
    profile = Profile("x", "sane", "test:0", dpi=75, source=Source.FLATBED, paper=PaperSize.CARD)
    outcome = room.scanners.start(profile, dossier.id, environment={"SANE_CONFIG_DIR": str(tmp_path)}).result(60)
    (page,) = room.kept(dossier.id)
    assert (outcome.pages, page.provenance.source, page.provenance.device) == (1, "flatbed", "test:0")


def test_a_batch_that_waits_can_be_called_off(room, small_pages: Pages) -> None:
    dossier = room.dossiers.new()
    first = room.start(dossier.id, small_pages(1), options={"page_delay": "0.3"})
    waiting = room.start(dossier.id, small_pages(1))
    room.scanners.abort(waiting)
    assert first.result(30).pages == 1
    wait_until(lambda: waiting.state == "cancelled", 10)
    assert room.sequences(dossier.id) == [1]
