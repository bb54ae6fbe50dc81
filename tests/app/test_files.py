"""What must survive a power cut: whole or as it was."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import files
from app.files import SHARED, put_in_place, sync_folder, sync_tree, whole_file, write_whole


def test_a_file_is_as_it_was_until_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    write_whole(path, b"before")
    with whole_file(path) as stream:
        stream.write(b"after")
        assert path.read_bytes() == b"before"
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "package.sealed"
    with pytest.raises(ValueError, match="read only"), whole_file(path) as stream:
        stream.writelines(_pieces())
    assert list(tmp_path.iterdir()) == []


def _pieces() -> Iterator[bytes]:
    yield b"half"
    raise ValueError("read only so far")


def test_two_that_write_at_once_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    with whole_file(path) as first:
        first.write(b"first, ")
        write_whole(path, b"second")
        first.write(b"whole")
    assert path.read_bytes() == b"first, whole"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no modes")
def test_only_what_is_carried_elsewhere_may_be_read_by_others(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        write_whole(tmp_path / "token", b"x")
        write_whole(tmp_path / "export.toml", b"x", mode=SHARED)
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "export.toml").stat().st_mode) == 0o644


def test_bytes_are_synced_before_the_name_and_the_name_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[bool, bool]] = []
    synced = os.fsync

    def watched(handle: int) -> None:
        seen.append((stat.S_ISDIR(os.fstat(handle).st_mode), (tmp_path / "b").exists()))
        synced(handle)

    monkeypatch.setattr(os, "fsync", watched)
    write_whole(tmp_path / "b", b"x")
    assert seen == [(False, False), (True, True)]
    (tmp_path / "b").rename(tmp_path / "a")
    seen.clear()
    put_in_place(tmp_path / "a", tmp_path / "b")
    assert seen == [(False, False), (True, True)]


def test_a_tree_is_synced_with_every_file_and_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    for name in ("a", "data/b"):
        (tmp_path / name).write_bytes(b"x")
    seen: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: seen.append(os.fstat(handle).st_ino))
    sync_tree(tmp_path)
    assert set(seen) == {path.stat().st_ino for path in (tmp_path, *tmp_path.rglob("*"))}


@pytest.mark.parametrize(("code", "raised"), [(errno.EINVAL, False), (errno.EIO, True)])
def test_a_disk_that_syncs_no_folders_is_no_error_but_a_broken_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, raised: bool
) -> None:
    def refused(_handle: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(files.os, "fsync", refused)  # no disk here refuses to sync a folder
    if raised:
        with pytest.raises(OSError, match=os.strerror(code)):
            sync_folder(tmp_path)
    else:
        sync_folder(tmp_path)
