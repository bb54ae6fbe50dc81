"""A network scanner that speaks eSCL: found by its address, scanned into a dossier, its jam named, its stop kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.acquisition.errors import PaperJam
from app.bootstrap import Application
from app.model.profile import ColorMode, PaperSize, Profile
from tests.support import PYTHON, ROOT


@contextmanager
def network_scanner(pages: Path, script: list[dict[str, object]], folder: Path) -> Iterator[str]:
    """Run a network scanner on loopback; gives its address."""
    faults = folder / "faults.json"
    faults.write_text(json.dumps(script))
    command = [*PYTHON, "-m", "app.cli", "virtual-escl", "--pages", str(pages), "--script", str(faults)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            os.killpg(process.pid, signal.SIGTERM)


@pytest.fixture
def profile() -> Profile:
    return Profile("Máy quét mạng", "escl", "", dpi=100, mode=ColorMode.COLOR, paper=PaperSize.A4)


def test_a_scanner_is_found_by_its_address_and_its_jam_is_named(
    make_application: Callable[..., Application], small_pages: Callable[[int], Path], tmp_path: Path, profile: Profile
) -> None:
    with network_scanner(small_pages(4), [{"page": 3, "fault": "jam"}], tmp_path) as url:
        application = make_application()
        application.change_settings({"scanning.addresses": [url]})
        found = [scanner for scanner in application.scanners.find().result(60) if scanner.backend == "escl"]
        assert len(found) == 1
        dossier = application.dossiers.new()
        chosen = Profile(**{**vars(profile), "device": found[0].device})

        with pytest.raises(PaperJam) as jam:
            application.scanners.start(chosen, dossier.id).result(60)
        assert "tờ 3" in jam.value.title_in("vi")
        assert [page.provenance.sequence for page in application.dossiers.pages(dossier.id)] == [1, 2]
