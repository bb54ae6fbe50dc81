"""The scan profiles in force: the station's own, those that the administrator locked, and their way into and out of files."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import platformdirs
import tomlkit
from pydantic import BaseModel, ConfigDict, field_validator

from app.errors import ExitCode, ItemFailed, Language, Text
from app.files import SHARED, write_whole
from app.model.profile import PRACTICE, Profile
from app.settings import ProfileSettings, Settings
from app.system_words import system_words
from app.toml_files import BadToml, parse
from app.wrong_values import ValueRefused
from resources import resource

_NO_NAME = Text("có cấu hình không tên", "a profile has no name")


class ProfilesBroken(ItemFailed):
    """A file of profiles cannot be used; ``line`` and ``what`` say where and why."""

    title = Text(
        "Tệp cấu hình quét {file} sai ở dòng {line}: {what}",
        "The file of scan profiles {file} is wrong at line {line}: {what}",
    )
    remedy = Text("Không có gì thay đổi. Sửa tệp rồi thử lại.", "Nothing was changed. Mend the file and try again.")
    exit_code = ExitCode.SETTINGS


class ProfilesUnreadable(ProfilesBroken):
    """A file of profiles is not there, or may not be read; ``what`` says why."""

    title = Text("Không đọc được tệp cấu hình quét {file}: {what}", "The file of scan profiles {file} cannot be read: {what}")
    remedy = Text(
        "Không có gì thay đổi. Xem lại tên tệp và nơi cất rồi thử lại.",
        "Nothing was changed. Look at the file's name and place, then try again.",
    )


class ProfileLocked(ItemFailed):
    """The administrator's profiles are not changed here."""

    title = Text("Cấu hình quét “{name}” do quản trị khóa", "The scan profile “{name}” is locked by the administrator")
    remedy = Text(
        "Đặt tên khác cho cấu hình của bạn, hoặc nhờ quản trị sửa tệp {file}.",
        "Give your profile another name, or have the administrator change {file}.",
    )
    exit_code = ExitCode.SETTINGS


class FileNotWritten(ItemFailed):
    """The profiles could not be written."""

    title = Text("Không ghi được {file}: {what}", "{file} could not be written: {what}")
    remedy = Text("Chọn tệp hoặc thư mục khác.", "Choose another file or folder.")
    exit_code = ExitCode.STORAGE


class ProfileFile(BaseModel):
    """What a file of profiles holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    profiles: tuple[ProfileSettings, ...]

    @field_validator("profiles")
    @classmethod
    def _names_differ(cls, profiles: tuple[ProfileSettings, ...]) -> tuple[ProfileSettings, ...]:
        names = [profile.name.casefold() for profile in profiles]
        for profile in profiles:
            if not profile.name.strip() or names.count(profile.name.casefold()) > 1:
                name = profile.name.strip()
                raise ValueRefused(Text(f"tên “{name}” trùng", f"“{name}” is there twice") if name else _NO_NAME)
        return profiles


def default_site_path() -> Path:
    """Where the administrator's profiles are: SOHOA_SITE_PROFILES, or a system folder that users cannot write to."""
    given = os.environ.get("SOHOA_SITE_PROFILES")
    return Path(given) if given else Path(platformdirs.site_config_path("sohoa")) / "profiles.toml"


class Profiles:
    """The administrator's file wins over a profile of the same name. It protects as far as the system protects the file."""

    def __init__(self, settings: Callable[[], Settings], change: Callable[[dict[str, Any]], Settings], site: Path) -> None:
        self._settings = settings
        self._change = change
        self._site = site
        self._locked: tuple[Profile, ...] = ()

    def read_site(self) -> None:
        """Read the administrator's file, if there is one. Raises ProfilesBroken; no profile is locked then."""
        self._locked = ()
        if self._site.exists():
            self._locked = tuple(profile.to_profile(locked=True) for profile in _read(self._site))

    def all(self) -> tuple[Profile, ...]:
        """Give all profiles; where there are none, the first scanner and one to practise with."""
        locked = {profile.name.casefold(): profile for profile in self._locked}
        own = [profile.to_profile() for profile in self._settings().profiles]
        # The place of a station's own profile is its place in the settings, so the others come after.
        in_force = [locked.pop(profile.name.casefold(), profile) for profile in own] + list(locked.values())
        return tuple(in_force) or _default_profiles(self._settings().language)

    def export_to(self, path: Path, names: Sequence[str] = ()) -> int:
        """Write profiles into a file, all of them or those named; gives how many. Raises FileNotWritten."""
        wanted = {name.casefold() for name in names}
        chosen = [profile for profile in self.all() if not wanted or profile.name.casefold() in wanted]
        body = {"profiles": [ProfileSettings.of(profile).model_dump(mode="json") for profile in chosen]}
        try:
            write_whole(path, tomlkit.dumps(body).encode(), mode=SHARED)
        except OSError as error:
            raise FileNotWritten(file=path, what=system_words(error)) from error
        return len(chosen)

    def import_from(self, path: Path) -> tuple[str, ...]:
        """Take in the profiles of a file, in place of own ones of the same name; gives their names.

        Raises ProfilesBroken, ProfileLocked, SettingRefused; nothing is changed then.
        """
        new = _read(path)
        locked = {profile.name.casefold() for profile in self._locked}
        for profile in new:
            if profile.name.casefold() in locked:
                raise ProfileLocked(name=profile.name, file=self._site)
        merged = {profile.name.casefold(): profile for profile in (*self._settings().profiles, *new)}
        self._change({"profiles": [profile.model_dump(mode="json") for profile in merged.values()]})
        return tuple(profile.name for profile in new)


def _read(path: Path) -> tuple[ProfileSettings, ...]:
    try:
        return parse(path.read_bytes(), ProfileFile).profiles
    except OSError as error:
        raise ProfilesUnreadable(file=path, what=system_words(error)) from error
    except BadToml as error:
        raise ProfilesBroken(file=path, line=error.line, what=error.what) from error


def _default_profiles(language: Language) -> tuple[Profile, ...]:
    first = Text("Máy quét đầu tiên", "First scanner")
    practice = Text("Quét tập (trang mẫu)", "Practice (sample pages)")
    pages = str(resource("samples/pages"))
    return Profile(first.show(language), "", ""), Profile(practice.show(language), PRACTICE, pages)
