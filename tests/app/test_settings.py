"""A settings file that is wrong is refused with its line; what was good stays in force, and comments stay."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bootstrap import Application
from app.errors import ExitCode
from app.model.profile import PROFILE_KEYS, AfterScan, ColorMode, Profile, Source, Way, keys_of
from app.settings import (
    ProfileKey,
    SettingRefused,
    Settings,
    SettingsBroken,
    SettingsFile,
    SettingsNotWritten,
    SettingsUnreadable,
)

GOOD = """# cấu hình của bàn số 1
language = "en"  # tiếng Anh

[station]
name = "Bàn số 7"

[[profiles]]
name = "Nhanh"
dpi = 200

[[profiles]]
name = "Đẹp"
dpi = 300
source = "duplex"
mode = "gray"
[profiles.options]
page_delay = "0"
"""


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "settings.toml")


def test_no_file_means_the_defaults(file: SettingsFile) -> None:
    assert file.load() == Settings()
    assert file.load_good() == Settings()


def test_a_good_file_is_read_and_kept_as_the_last_good_one(file: SettingsFile) -> None:
    file.path.write_text(GOOD, "utf-8")
    settings = file.load()
    assert (settings.language, settings.station.name) == ("en", "Bàn số 7")
    profile = settings.profiles[1].to_profile()
    assert (profile.source, profile.mode, profile.options) == (Source.DUPLEX, ColorMode.GRAY, {"page_delay": "0"})
    assert file.good.read_text("utf-8") == GOOD


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b"\r\n"])
def test_what_windows_editors_write_is_read(file: SettingsFile, prefix: bytes) -> None:
    file.path.write_bytes(prefix + GOOD.replace("\n", "\r\n").encode())
    assert file.load().station.name == "Bàn số 7"
    assert file.change({"station.name": "Bàn số 8"}).station.name == "Bàn số 8"


BROKEN: list[tuple[str, str | bytes, int, str]] = [
    ("bad TOML", 'language = "vi"\n[station\nname = "x"\n', 2, ""),
    ("a word without quotes", "language = vi\n", 1, ""),
    ("a key twice", 'language = "vi"\nlanguage = "en"\n', 2, "language"),
    ("not UTF-8", b'language = "vi"\n# ok\n[station]\nname = "B\xe0n"\n', 4, "UTF-8"),
    ("an unknown key", 'language = "vi"\nlangage = "en"\n', 2, "langage"),
    ("an unknown key in a section", '[station]\nname = "x"\nnam = "y"\n', 3, "station.nam"),
    ("an unknown section", 'language = "vi"\n\n[statoin]\nname = "x"\n', 3, "statoin"),
    ("a wrong type", "# a\n\n[filing]\nmin_dpi = [200]\n", 4, "filing.min_dpi"),
    ("a text for a number", '[filing]\nmin_dpi = "sharp"\n', 2, "filing.min_dpi"),
    ("out of range", "[server]\n# seconds\ntimeout = 0\n", 3, "server.timeout"),
    ("a section that is a value", 'station = "Bàn số 1"\n', 1, "station"),
    ("a header with a remark", "[station]  # here\nname = ''\n", 2, "station.name"),
    ("the same key elsewhere", '[station]\nname = "x"\n[[profiles]]\nname = 5\n', 4, "profiles.0.name"),
    ("the second profile", GOOD.replace("dpi = 300", "dpi = 30"), 13, "profiles.1.dpi"),
    ("a word in the second profile", GOOD.replace('"gray"', '"grey"'), 15, "profiles.1.mode"),
    ("an option of a profile", GOOD.replace('page_delay = "0"', "page_delay = 0"), 17, "profiles.1.options.page_delay"),
    ("a dotted key", 'station.name = "x"\nfiling.jpeg_quality = 5\n', 2, "filing.jpeg_quality"),
    ("a table in one line", 'language = "vi"\nstation = { name = "" }\n', 2, "station.name"),
    ("a pattern", '[filing]\njpeg_quality = 80\ndossier_number_patterns = [\n  "(",\n]\n', 3, "dossier_number_patterns"),
    ("an address", '[server]\nurl = "centre.example.vn"\n', 2, "server.url"),
]


@pytest.mark.parametrize(("content", "line", "named"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_file_names_the_wrong_line(file: SettingsFile, content: str | bytes, line: int, named: str) -> None:
    file.path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsBroken) as broken:
        file.load()
    assert broken.value.values["line"] == line
    assert f"dòng {line}" in broken.value.title_in("vi")
    assert named in broken.value.title_in("en")
    assert str(file.path) in broken.value.remedy_in("vi")
    assert broken.value.exit_code is ExitCode.SETTINGS


@given(
    profiles=st.lists(st.sampled_from([75, 200, 300, 1200]), min_size=1, max_size=6),
    wrong=st.integers(0, 5),
    gap=st.integers(0, 3),
    remark=st.booleans(),
)
def test_the_line_is_right_whichever_profile_is_wrong(profiles: list[int], wrong: int, gap: int, remark: bool) -> None:
    wrong %= len(profiles)
    lines, expected = ['language = "vi"'], 0
    for number, dpi in enumerate(profiles):
        lines += [""] * gap + ["[[profiles]]" + (" # dpi = 9" if remark else ""), f'name = "{number}"']
        lines.append(f"dpi = {9 if number == wrong else dpi}")
        if number == wrong:
            expected = len(lines)
    with pytest.raises(SettingsBroken) as broken:
        SettingsFile(Path("x"))._parse("\n".join(lines).encode())
    assert broken.value.values["line"] == expected


def test_what_is_wrong_is_said_in_the_words_of_the_form(file: SettingsFile) -> None:
    cases: tuple[tuple[dict[str, object], str], ...] = (
        ({"server.url": "centre"}, "server.url (Địa chỉ máy chủ trung tâm): không đúng dạng"),
        ({"server.send_hours": "7h30"}, "không đúng dạng"),
        ({"filing.min_dpi": 10}, "phải từ 75 trở lên"),
        ({"station.name": ""}, "station.name (Tên trạm): không được để trống"),
        ({"profiles": [{"key": "F5"}]}, "'F8' hoặc 'F9'"),
        ({"filing.paper_name": "{dossier}"}, "phải có {serial} hoặc {component}"),
        ({"filing.paper_name": "{day}.{serial}"}, "chỉ dùng được {dossier}, {serial}, {component}, {revision}"),
        ({"filing.result_name": "{serial:x-}"}, "ngoặc nhọn viết không đúng"),
        ({"filing.result_name": "{serial"}, "ngoặc nhọn viết không đúng"),
        ({"filing.dossier_number_patterns": ["H0("]}, "“H0(” không phải biểu thức chính quy, sai từ ký tự thứ 3"),
        ({"filing.dossier_number_patterns": ["(?P<org>H)"]}, "thiếu nhóm (?P<date>…), (?P<seq>…)"),
        ({"filing.dossier_number_patterns": "H"}, "phải là danh sách trong ngoặc vuông"),
        ({"station": 1}, "phải là một bảng [tên]"),
        ({"language": "en", "language.more": 1}, "language không phải một nhóm cấu hình"),
        ({"recognition.engine": "x"}, "chỉ nhận 'auto'"),
        ({"profiles": [{"name": "x", "dpi": 5000}]}, "profiles.0.dpi (Độ phân giải, điểm trên inch): nhiều nhất là 1200"),
        ({"filing.paper_name": "{nope}"}, "{dossier}"),
    )
    for values, said in cases:
        with pytest.raises(SettingRefused) as refused:
            file.change(values)
        assert said in refused.value.title_in("vi")
        assert "String should" not in refused.value.title_in("en")


def test_a_folder_in_its_place_is_said(file: SettingsFile) -> None:
    file.path.mkdir()
    with pytest.raises(SettingsUnreadable) as unreadable:
        file.load()
    assert f"{file.path}: đây là thư mục, không phải tệp" in unreadable.value.title_in("vi")
    assert "line" not in unreadable.value.title_in("en") + unreadable.value.remedy_in("en")


def test_settings_that_cannot_be_written_are_not_blamed_on_the_value(file: SettingsFile) -> None:
    file.path.write_text(GOOD, "utf-8")
    inside_a_file = SettingsFile(file.path / "settings.toml")
    with pytest.raises(SettingsUnreadable):
        inside_a_file.change({"language": "vi"})
    nowhere = SettingsFile(Path("/proc/nowhere/settings.toml"))
    with pytest.raises(SettingsNotWritten) as refused:
        nowhere.change({"language": "vi"})
    assert "Không ghi được tệp cấu hình /proc/nowhere/settings.toml" in refused.value.title_in("vi")
    assert file.path.read_text("utf-8") == GOOD


def test_the_last_good_settings_stay_in_force(file: SettingsFile, make_application: Callable[..., Application]) -> None:
    file.path.write_text(GOOD, "utf-8")
    file.load()
    file.path.write_text(GOOD + "nonsense", "utf-8")
    application = make_application()
    assert application.settings().station.name == "Bàn số 7"
    (notice,) = application.notices
    assert "dòng 18" in notice.vi
    with pytest.raises(SettingsBroken):
        application.change_settings({"language": "vi"})
    assert file.path.read_text("utf-8") == GOOD + "nonsense"
    assert application.settings().language == "en"


def test_a_broken_copy_beside_a_broken_file_gives_the_defaults(file: SettingsFile) -> None:
    file.path.write_text("x = ", "utf-8")
    file.good.write_text("half a fil", "utf-8")
    assert file.load_good() == Settings()


def test_a_change_keeps_comments_order_and_the_other_values(file: SettingsFile) -> None:
    file.path.write_text(GOOD, "utf-8")
    settings = file.change({"station.name": "Bàn số 9", "server.url": "https://centre.example.vn"})
    text = file.path.read_text("utf-8")
    assert text.startswith('# cấu hình của bàn số 1\nlanguage = "en"  # tiếng Anh\n')
    assert (settings.station.name, settings.server.url) == ("Bàn số 9", "https://centre.example.vn")
    assert file.load() == settings
    assert [profile.name for profile in settings.profiles] == ["Nhanh", "Đẹp"]
    assert file.good.read_text("utf-8") == text
    assert tomllib.loads(text)["station"] == {"name": "Bàn số 9"}


@pytest.mark.parametrize(
    "values",
    [
        {"language": "fr"},
        {"filing.min_dpi": 10},
        {"station.name": "Bàn số 9", "filing.min_dpi": "sharp"},
        {"station.nmae": "x"},
        {"language.dialect": "x"},
        {"filing.dossier_number_patterns": ["("]},
        {"server.ca_file": None},
        {"server.ca_file": object()},
    ],
)
def test_a_value_that_is_not_valid_leaves_the_file_untouched(file: SettingsFile, values: dict[str, object]) -> None:
    file.path.write_text(GOOD, "utf-8")
    with pytest.raises(SettingRefused) as refused:
        file.change(values)
    assert file.path.read_text("utf-8") == GOOD
    assert list(file.path.parent.iterdir()) == [file.path]
    assert "vẫn như cũ" in refused.value.remedy_in("vi")
    assert refused.value.exit_code is ExitCode.SETTINGS


def test_a_change_begins_a_file_where_there_is_none(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "not yet" / "settings.toml")
    assert file.change({"filing.min_dpi": 100}).filing.min_dpi == 100
    assert file.load().filing.min_dpi == 100


def test_a_profile_says_how_paper_comes_and_which_key_starts_it(file: SettingsFile) -> None:
    file.path.write_text(
        '[[profiles]]\nname = "Một"\n[[profiles]]\nname = "Hai"\nway = "turn_over"\nkey = "F2"\nafter = ["next_component"]\n',
        "utf-8",
    )
    profiles = [profile.to_profile() for profile in file.load().profiles]
    assert (profiles[1].way, profiles[1].key, profiles[1].after) == (Way.TURN_OVER, "F2", (AfterScan.NEXT_COMPONENT,))
    assert keys_of(profiles) == ("F3", "F2")


def test_a_key_that_belongs_to_no_profile_is_refused_with_its_line(file: SettingsFile) -> None:
    file.path.write_text('[[profiles]]\nname = "Một"\nkey = "F5"\n', "utf-8")
    with pytest.raises(SettingsBroken) as broken:
        file.load()
    assert broken.value.values["line"] == 3


def test_every_key_of_the_model_can_be_set() -> None:
    assert get_args(ProfileKey) == ("", *PROFILE_KEYS)


def test_more_profiles_than_keys_leave_the_last_without() -> None:
    profiles = [Profile(str(number), "virtual", "", key="F9" if number in (0, 1) else "") for number in range(9)]
    keys = keys_of(profiles)
    assert keys == ("F9", "F2", "F3", "F4", "F6", "F7", "F8", "", "")
