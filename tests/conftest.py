"""What many tests need: an application on folders of its own, sample pages, and the guard against leaks."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from PIL import Image, ImageDraw

from app.bootstrap import Application, build
from resources import resource

os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the user's settings or data."""
    monkeypatch.setenv("SOHOA_DATA", str(tmp_path / "own-data"))
    monkeypatch.setenv("SOHOA_SETTINGS", str(tmp_path / "own-settings.toml"))
    monkeypatch.setenv("SOHOA_SITE_PROFILES", str(tmp_path / "site-profiles.toml"))


@pytest.fixture
def sole_listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No other test announces or lists network scanners meanwhile: all processes of a run hear one loopback."""
    with (tmp_path_factory.getbasetemp().parent / "listening").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def own_temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for temporary files that is this run's own, so that whatever is left in it is this run's too."""
    tmp_path_factory.getbasetemp()
    folder = Path(tempfile.mkdtemp(prefix="sohoa-test-"))
    # PostgreSQL runs as a user of its own and goes through here.
    folder.chmod(0o711)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setattr(tempfile, "tempdir", str(folder))
        yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def no_leaks(own_temporary: Path) -> Iterator[None]:
    """Fail the run when it leaves processes or temporary files behind or keeps files open."""
    this = psutil.Process()
    yield
    deadline = time.monotonic() + 10
    while (left := _own_children(this)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left, f"processes left behind: {[child.cmdline() for child in left]}"
    stray = [file.path for file in this.open_files() if file.path.endswith((".db", ".part", ".jpg", ".pdf", "lock"))]
    assert not stray, f"files left open: {stray}"
    left_over = sorted(path.name for path in own_temporary.iterdir())
    assert not left_over, f"temporary files left behind: {left_over}"


def _own_children(process: psutil.Process) -> list[psutil.Process]:
    """Children that are not Python's own helper of multiprocessing."""
    return [child for child in process.children(recursive=True) if "resource_tracker" not in " ".join(_command(child))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


@pytest.fixture
def make_application(tmp_path: Path) -> Iterator[Callable[..., Application]]:
    """Opens applications on a data folder (tmp_path/data unless named) and closes those still open at the end."""
    opened: list[Application] = []

    def make(data: Path = tmp_path / "data", **options: bool) -> Application:
        application = build(data, tmp_path / "settings.toml", **options)
        opened.append(application)
        return application

    yield make
    for application in opened:
        application.close()


@pytest.fixture
def sample_folder() -> Path:
    """The eight sample pages that ship."""
    return resource("samples/pages")


@pytest.fixture
def small_pages(tmp_path: Path) -> Callable[[int], Path]:
    """Makes a folder with that many small numbered pages (A6 at 100 dpi), quick to scan."""

    def make(count: int) -> Path:
        folder = tmp_path / f"pages-{count}"
        folder.mkdir(exist_ok=True)
        for number in range(1, count + 1):
            page = Image.new("RGB", (413, 583), "white")
            ImageDraw.Draw(page).text((60, 80), f"Trang {number}", fill="black", font_size=40)
            page.save(folder / f"{number:03d}.jpg", dpi=(100, 100), quality=90)
        return folder

    return make
