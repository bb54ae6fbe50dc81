"""Settings, each declared once: name, type, default, sentence. The form, ``--help`` and docs/settings.md come from here.

They live in one TOML file. A bad file is refused with the line that is wrong, and the last good settings stay in force.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Literal

import platformdirs
import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from tomlkit.exceptions import ParseError

from app.errors import ExitCode, MustStop, Text
from app.model.identifiers import compile_dossier_patterns
from app.model.profile import ColorMode, PaperSize, Profile, Source


class SettingsBroken(MustStop):
    """The settings file cannot be read; ``line`` and ``what`` say where and why."""

    title = Text("Tệp cấu hình sai ở dòng {line}: {what}", "The settings file is wrong at line {line}: {what}")
    remedy = Text(
        "Sửa tệp {file}. Bản tốt gần nhất nằm ở {good}; chép nó đè lên nếu cần.",
        "Mend {file}. The last good copy is {good}; put it back if you need to.",
    )
    exit_code = ExitCode.SETTINGS


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProfileSettings(_Section):
    """One scan profile."""

    name: str = Field("Hồ sơ 300 dpi", description="Tên hiện trên nút quét / name on the scan button")
    backend: str = Field("virtual", description="Loại trình điều khiển: virtual, sane / kind of driver")
    device: str = Field("", description="Địa chỉ máy quét; trống = máy đầu tiên tìm thấy / scanner; empty = the first found")
    source: Source = Field(Source.FEEDER, description="Nguồn giấy: flatbed, feeder, duplex / where sheets come from")
    mode: ColorMode = Field(ColorMode.COLOR, description="Màu: color, gray, bitonal / what a pixel holds")
    dpi: int = Field(300, ge=75, le=1200, description="Độ phân giải, điểm trên inch / dots per inch")
    paper: PaperSize = Field(PaperSize.A4, description="Khổ giấy / paper size")
    options: dict[str, str] = Field(default_factory=dict, description="Tùy chọn riêng của máy / the backend's own options")

    def to_profile(self) -> Profile:
        """Give it as the model's value."""
        return Profile(**{name: getattr(self, name) for name in type(self).model_fields})


class StationSettings(_Section):
    """Who and where this station is."""

    name: str = Field("Bàn số 1", min_length=1, max_length=80, description="Tên trạm / name of the station")
    agency_code: str = Field("H02.15", description="Mã định danh cơ quan / agency code")
    operator: str = Field("Người quét", max_length=80, description="Người đang quét / who is scanning")


class ServerSettings(_Section):
    """The province's central server."""

    url: str = Field("", pattern=r"^(https?://[^\s]+)?$", description="Địa chỉ máy chủ trung tâm / central server's address")
    ca_file: str = Field("", description="Tệp chứng thư CA riêng (PEM) / private CA file")
    station_id: str = Field("", description="Mã trạm do trung tâm cấp khi ghi danh / station id, given at enrolment")
    timeout: float = Field(20.0, gt=0, le=300, description="Giây chờ một trả lời / seconds to wait for an answer")


class RecognitionSettings(_Section):
    """Reading text."""

    engine: Literal["auto", "tesserocr", "pytesseract"] = Field("auto", description="Cách gọi Tesseract / binding of Tesseract")
    workers: int = Field(0, ge=0, le=16, description="Số tiến trình xử lý trang; 0 = tự chọn / page processes; 0 = chosen")


class FilingSettings(_Section):
    """Finishing dossiers."""

    min_dpi: int = Field(200, ge=75, le=600, description="Độ phân giải tối thiểu (TT 01/2023) / lowest resolution")

    @field_validator("dossier_number_patterns")
    @classmethod
    def _patterns_compile(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        compile_dossier_patterns(patterns)
        return patterns

    jpeg_quality: int = Field(80, ge=30, le=98, description="Chất lượng ảnh trong PDF / picture quality in the PDF")
    dossier_number_patterns: tuple[str, ...] = Field((), description="Mẫu mã hồ sơ riêng (regex) / own number patterns")
    min_free_mb: int = Field(300, ge=10, description="Dung lượng trống tối thiểu, MB / lowest free space, MB")


class Settings(_Section):
    """All settings of a station."""

    language: Literal["vi", "en"] = Field("vi", description="Ngôn ngữ: vi, en / language of the windows")
    station: StationSettings = Field(default_factory=StationSettings)
    server: ServerSettings = Field(default_factory=ServerSettings)
    recognition: RecognitionSettings = Field(default_factory=RecognitionSettings)
    filing: FilingSettings = Field(default_factory=FilingSettings)
    profiles: tuple[ProfileSettings, ...] = Field((), description="Các cấu hình quét / scan profiles")


class SettingsFile:
    """The file that holds the settings, and the last good copy beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.good = path.with_suffix(".good.toml")

    def load(self) -> Settings:
        """Read the settings; defaults where there is no file. Raises SettingsBroken with the wrong line."""
        if not self.path.exists():
            return Settings()
        settings = self._parse(self.path.read_bytes())
        if not self.good.exists() or self.good.read_bytes() != self.path.read_bytes():
            shutil.copyfile(self.path, self.good)
        return settings

    def load_good(self) -> Settings:
        """Read the last good copy, or give the defaults where there is none."""
        return self._parse(self.good.read_bytes()) if self.good.exists() else Settings()

    def change(self, values: dict[str, Any]) -> Settings:
        """Set values by dotted name (``server.url``), keep comments, write in one step, and give the new settings.

        Raises SettingsBroken and leaves the file as it was where a value is not valid.
        """
        document = tomlkit.parse(self.path.read_text("utf-8")) if self.path.exists() else tomlkit.document()
        for name, value in values.items():
            *sections, key = name.split(".")
            table: Any = document
            for section in sections:
                table = table.setdefault(section, tomlkit.table())
            table[key] = value
        text = tomlkit.dumps(document)
        settings = self._parse(text.encode())
        self.path.parent.mkdir(parents=True, exist_ok=True)
        _write_in_one_step(self.path, text.encode())
        shutil.copyfile(self.path, self.good)
        return settings

    def _parse(self, content: bytes) -> Settings:
        try:
            text = content.decode()
            return Settings.model_validate(tomlkit.parse(text).unwrap())
        except UnicodeDecodeError as error:
            raise self._broken(content[: error.start].count(b"\n") + 1, "không phải UTF-8 / not UTF-8") from error
        except ParseError as error:
            raise self._broken(error.line, str(error)) from error
        except ValidationError as error:
            first = error.errors()[0]
            place = [str(part) for part in first["loc"]]
            raise self._broken(_line_of(text, place), f"{'.'.join(place)}: {first['msg']}") from error

    def _broken(self, line: int, what: str) -> SettingsBroken:
        return SettingsBroken(line=line, what=what, file=self.path, good=self.good)


def default_settings_path() -> Path:
    """Where the settings file is: SOHOA_SETTINGS, or the user's configuration folder."""
    given = os.environ.get("SOHOA_SETTINGS")
    return Path(given) if given else Path(platformdirs.user_config_path("sohoa")) / "settings.toml"


def default_data_path() -> Path:
    """Where pages and records are kept: SOHOA_DATA, or the user's data folder."""
    given = os.environ.get("SOHOA_DATA")
    return Path(given) if given else Path(platformdirs.user_data_path("sohoa"))


def _line_of(text: str, place: list[str]) -> int:
    """Find the line of a dotted name: the last of its keys that stands at the start of a line."""
    key = next((part for part in reversed(place) if not part.isdigit()), "")
    section = ".".join(part for part in place[:-1] if not part.isdigit())
    inside = not section
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            inside = stripped.strip("[] ") == section
        elif inside and stripped.split("=")[0].strip().strip('"') == key:
            return number
    return 1


def _write_in_one_step(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, suffix=".part", delete=False) as part:
        part.write(content)
        part.flush()
        os.fsync(part.fileno())
    Path(part.name).replace(path)
