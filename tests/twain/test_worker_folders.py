"""The folders of the TWAIN workers as installer/twain_worker.py makes them: whole, of one kind, and pytwain apart."""

from __future__ import annotations

import subprocess
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.wine import HOME

# Every DLL of Windows that Wine knows, of either kind.
OF_WINDOWS = Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows")


@pytest.fixture(params=[("64", "pei-x86-64"), ("32", "pei-i386")], ids=["64", "32"])
def worker(request: pytest.FixtureRequest, wine: dict[str, str]) -> tuple[Path, str]:
    bits, kind = request.param
    return HOME / f"twain-worker-{bits}", kind


def test_every_part_is_of_one_kind_and_needs_nothing_but_windows(worker: tuple[Path, str]) -> None:
    folder, kind = worker
    parts = [path for path in folder.rglob("*") if path.suffix in (".exe", ".dll", ".pyd")]
    assert {"sohoa-twain-worker", "_ctypes", "_imaging"} <= {path.name.partition(".")[0] for path in parts}
    here = {path.name.lower() for path in folder.iterdir()}
    for part in parts:
        told = subprocess.run(["x86_64-w64-mingw32-objdump", "-p", part], capture_output=True, text=True, check=True).stdout
        assert f"file format {kind}" in told
        needed = {line.split()[-1].lower() for line in told.splitlines() if "DLL Name:" in line}
        assert needed
        absent = {name for name in needed - here if not name.startswith("api-ms-win-") and not (OF_WINDOWS / name).exists()}
        assert not absent, part.name


def test_pytwain_lies_apart_in_source_with_its_licence_and_none_of_it_in_ours(worker: tuple[Path, str]) -> None:
    folder, _ = worker
    assert (folder / "pytwain" / "twain" / "__init__.py").stat().st_size > 0
    assert "GNU General Public Licence, Version 2" in (folder / "licences" / "pytwain.txt").read_text()
    assert "pytwain" in (folder / "README.txt").read_text()
    with zipfile.ZipFile(folder / "sohoa.zip") as ours:
        names = ours.namelist()
    assert {"drivers/twain_worker.pyc", "drivers/twain_backend.pyc", "drivers/worker.pyc"} <= set(names)
    assert all(name.startswith("drivers/") for name in names)
    assert not {"drivers/escl.pyc", "drivers/sane_backend.pyc", "drivers/virtual.pyc"} & set(names)


def test_the_package_of_the_workstation_does_not_ask_for_pytwain() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert not [one for one in project["project"]["dependencies"] if "twain" in one]
    assert [one.split(">")[0] for one in project["dependency-groups"]["twain-worker"]] == ["pytwain"]
