"""A disk that fills while scanning: the clerk is told, what came before is whole, and scanning goes on once there is room."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.acquisition.errors import SpoolFull
from app.acquisition.intake import Spool
from app.bootstrap import Application
from app.errors import SohoaError
from app.model.page import Page
from app.model.profile import Profile
from app.store.errors import DiskFull
from drivers.contract import PageFinished


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 24 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    privileged = [] if os.geteuid() == 0 else ["sudo", "-n"]
    subprocess.run([*privileged, *mount], check=True)
    yield folder
    subprocess.run([*privileged, "umount", str(folder)], check=True)


def test_a_full_disk_stops_the_batch_and_keeps_the_pages_before(
    small_disk: Path, small_pages: Callable[[int], Path], make_application: Callable[..., Application]
) -> None:
    application = make_application(small_disk / "data")
    application.change_settings({"filing.min_free_mb": 10})
    dossier = application.dossiers.new()
    profile = Profile("x", "virtual", str(small_pages(4)), dpi=100)
    assert application.scanners.start(profile, dossier.id).result(60).pages == 4
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(application.folder.free_bytes() - 9_000_000))

    with pytest.raises(DiskFull) as failed:
        application.scanners.start(profile, dossier.id).result(60)
    assert "đầy" in failed.value.title_in("vi")
    assert len(application.dossiers.pages(dossier.id)) == 4

    ballast.unlink()
    assert application.scanners.start(profile, dossier.id).result(60).pages == 4
    assert len(application.dossiers.pages(dossier.id)) == 8


def test_a_disk_that_fills_in_mid_page_names_the_sheet_and_loses_nothing(
    small_disk: Path, small_pages: Callable[[int], Path], make_application: Callable[..., Application]
) -> None:
    application = make_application(small_disk / "data")
    application.change_settings({"filing.min_free_mb": 10})
    dossier = application.dossiers.new()
    profile = Profile("x", "virtual", str(small_pages(6)), dpi=100, options={"page_delay": "0.4"})
    job = application.scanners.start(profile, dossier.id)

    def fill(_: object) -> None:
        if job.progress[0] == 2 and not (small_disk / "ballast").exists():
            (small_disk / "ballast").write_bytes(bytes(application.folder.free_bytes() - 2000))

    job.watch(fill)
    with pytest.raises(SohoaError) as failed:
        job.result(60)
    assert isinstance(failed.value, SpoolFull | DiskFull)
    kept = len(application.dossiers.pages(dossier.id))
    assert kept >= 2
    (small_disk / "ballast").unlink()
    application.close()

    again = make_application(small_disk / "data")
    sequences = [page.provenance.sequence for page in again.dossiers.pages(dossier.id)]
    assert sequences == list(range(1, len(sequences) + 1))
    assert len(sequences) >= kept


def test_a_page_that_came_as_the_disk_filled_is_kept_once(
    small_disk: Path, small_pages: Callable[[int], Path], make_application: Callable[..., Application]
) -> None:
    """The sheet that the clerk goes on from is the one after it, and the next start finds no second copy of it."""
    application = make_application(small_disk / "data")
    application.change_settings({"filing.min_free_mb": 10})
    dossier = application.dossiers.new()
    profile = Profile("x", "virtual", str(small_pages(6)), dpi=100, options={"page_delay": "0.2"})
    intake = application.scanners._intake
    take, kept = intake.take, list[Page]()

    def take_on_a_full_disk(spool: Spool, announced: PageFinished) -> Page:
        if announced.sequence == 3:
            with contextlib.suppress(OSError), (small_disk / "ballast").open("wb", buffering=0) as ballast:
                while True:
                    ballast.write(bytes(4096))
        return take(spool, announced)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake, "take", take_on_a_full_disk)
        with pytest.raises(DiskFull):
            application.scanners.start(profile, dossier.id, kept=kept.append).result(60)
    assert [page.provenance.sequence for page in kept] == [1, 2, 3]
    (small_disk / "ballast").unlink()
    # The clerk puts back what was not kept.
    rest = small_disk.parent / "rest"
    rest.mkdir()
    for sheet in sorted(Path(profile.device).iterdir())[len(kept) :]:
        (rest / sheet.name).write_bytes(sheet.read_bytes())
    assert application.scanners.start(replace(profile, device=str(rest)), dossier.id).result(60).pages == 3
    application.close()

    again = make_application(small_disk / "data")
    pages = again.dossiers.pages(dossier.id)
    assert len({page.sha256 for page in pages}) == len(pages) == 6
    assert list(again.folder.spool.iterdir()) == []
