"""Profiles from files: taken in whole or not at all, and the administrator's win over the station's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.acquisition.profiles import FileNotWritten, ProfileLocked, Profiles, ProfilesBroken, ProfilesUnreadable
from app.model.profile import PRACTICE, Blanks, Way, keys_of
from app.settings import SettingsFile

LOCKED = """[[profiles]]
name = "Hồ sơ chuẩn"
backend = "escl"
dpi = 300
key = "F2"

[[profiles]]
name = "Thẻ"
paper = "Card"
"""


class Station:
    """Settings in a file, and perhaps an administrator's profiles."""

    def __init__(self, folder: Path) -> None:
        self.file = SettingsFile(folder / "settings.toml")
        self.site = folder / "site.toml"
        self.profiles = Profiles(self.file.load, self.file.change, self.site)

    def lock(self) -> None:
        self.site.write_text(LOCKED, "utf-8")
        self.profiles.read_site()

    def names(self) -> list[tuple[str, bool]]:
        return [(profile.name, profile.locked) for profile in self.profiles.all()]


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return Station(tmp_path)


def own(station: Station, *names: str) -> None:
    station.file.change({"profiles": [{"name": name, "dpi": 200} for name in names]})


def test_without_any_there_is_a_scanner_and_one_to_practise_with(station: Station) -> None:
    first, practice = station.profiles.all()
    assert (first.backend, practice.backend) == ("", PRACTICE)


def test_locked_profiles_win_over_own_ones_of_the_same_name(station: Station) -> None:
    own(station, "Của tôi", "hồ sơ chuẩn")
    station.lock()
    assert station.names() == [("Của tôi", False), ("Hồ sơ chuẩn", True), ("Thẻ", True)]
    assert station.profiles.all()[1].dpi == 300
    assert keys_of(station.profiles.all()) == ("F3", "F2", "F4")


def test_what_is_written_comes_back_as_it_was(station: Station, tmp_path: Path) -> None:
    values = {"name": "Hai mặt", "way": "turn_over", "blanks": "remove", "after": ["next_component"], "options": {"a": "b"}}
    station.file.change({"profiles": [values, {"name": "Khác"}]})
    before = station.profiles.all()
    assert station.profiles.export_to(tmp_path / "out.toml") == 2
    station.file.change({"profiles": []})
    assert station.profiles.import_from(tmp_path / "out.toml") == ("Hai mặt", "Khác")
    assert station.profiles.all() == before
    assert (before[0].way, before[0].blanks) == (Way.TURN_OVER, Blanks.REMOVE)
    assert station.profiles.export_to(tmp_path / "one.toml", ["khác"]) == 1


def test_an_import_takes_the_place_of_the_same_name_only(station: Station, tmp_path: Path) -> None:
    own(station, "A", "B")
    (tmp_path / "new.toml").write_text('[[profiles]]\nname = "b"\ndpi = 400\n', "utf-8")
    station.profiles.import_from(tmp_path / "new.toml")
    assert [(profile.name, profile.dpi) for profile in station.profiles.all()] == [("A", 200), ("b", 400)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[[profiles]]\nname = "A"\ndpi = 5\n', 3),
        ('[[profiles]]\nname = "A"\n[[profiles]]\nname = "B"\nway = "sideways"\n', 5),
        ('[[profiles]]\nname = "A"\nname = "B"\n', 3),
        ('[[profiles]]\nname = "A"\n\n[[profiles]]\nname = "a"\n', 1),
        ("profiles = 1\n", 1),
        ('language = "vi"\n', 1),
    ],
)
def test_a_bad_file_is_refused_with_its_line_and_changes_nothing(
    station: Station, tmp_path: Path, text: str, line: int
) -> None:
    own(station, "A")
    (tmp_path / "bad.toml").write_text(text, "utf-8")
    before = station.file.path.read_bytes()
    with pytest.raises(ProfilesBroken) as broken:
        station.profiles.import_from(tmp_path / "bad.toml")
    assert f"dòng {line}:" in broken.value.title_in("vi")
    assert station.file.path.read_bytes() == before


def test_a_file_that_is_not_there_says_so(station: Station, tmp_path: Path) -> None:
    with pytest.raises(ProfilesUnreadable) as unread:
        station.profiles.import_from(tmp_path / "none.toml")
    assert unread.value.title_in("vi").endswith("none.toml: không có tệp hoặc thư mục này")
    with pytest.raises(FileNotWritten) as unwritten:
        station.profiles.export_to(tmp_path / "no" / "such" / "folder.toml")
    assert unwritten.value.title_in("vi").endswith("folder.toml: không có tệp hoặc thư mục này")


def test_a_locked_profile_is_not_replaced_by_an_import(station: Station, tmp_path: Path) -> None:
    station.lock()
    (tmp_path / "new.toml").write_text('[[profiles]]\nname = "Mới"\n[[profiles]]\nname = "thẻ"\n', "utf-8")
    with pytest.raises(ProfileLocked):
        station.profiles.import_from(tmp_path / "new.toml")
    assert station.names() == [("Hồ sơ chuẩn", True), ("Thẻ", True)]


def test_a_broken_file_of_the_administrator_locks_nothing_and_is_told(station: Station) -> None:
    own(station, "A")
    station.site.write_text("[[profiles]\n", "utf-8")
    with pytest.raises(ProfilesBroken):
        station.profiles.read_site()
    assert station.names() == [("A", False)]
