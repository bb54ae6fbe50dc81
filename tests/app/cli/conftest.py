"""A station for the commands: its own data folder, and settings that suit small pages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SETTINGS = """language = "{language}"

[filing]
min_dpi = 100

[recognition]
workers = 1
"""


@pytest.fixture
def settings_file() -> Path:
    """The settings that the commands of this test read, in English."""
    path = Path(os.environ["SOHOA_SETTINGS"])
    path.write_text(SETTINGS.format(language="en"), "utf-8")
    return path


@pytest.fixture
def no_sane(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SANE that knows no scanner."""
    folder = tmp_path / "sane"
    folder.mkdir()
    (folder / "dll.conf").write_text("")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(folder))


@pytest.fixture
def data(settings_file: Path) -> Path:
    """The data folder of the commands."""
    return Path(os.environ["SOHOA_DATA"])
