"""Settings, each declared once: name, type, default, sentence. The form, ``--help`` and docs/settings.md come from here.

They live in one TOML file. A bad file is refused with the line that is wrong, and the last good settings stay in force.
"""

from __future__ import annotations

import contextlib
import enum
import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Literal

import platformdirs
import tomlkit
from pydantic import BaseModel, ConfigDict, Field, field_validator

from app.errors import ExitCode, MustStop, Text
from app.files import write_whole
from app.model.identifiers import BadNumberPattern, compile_dossier_patterns
from app.model.names import PAPER_NAME, RESULT_NAME, BadNameRule, NameFault, check_name_rule
from app.model.profile import AfterScan, Backs, Blanks, ColorMode, PaperSize, Profile, Source, Way
from app.system_words import system_words
from app.toml_files import ENCODING, BadToml, parse
from app.wrong_values import ValueRefused

# As PROFILE_KEYS of the model, which a type checker cannot read.
ProfileKey = Literal["", "F2", "F3", "F4", "F6", "F7", "F8", "F9"]


class SettingsBroken(MustStop):
    """The settings file cannot be read; ``line`` and ``what`` say where and why."""

    title = Text("Tệp cấu hình sai ở dòng {line}: {what}", "The settings file is wrong at line {line}: {what}")
    remedy = Text(
        "Sửa tệp {file}. Bản tốt gần nhất nằm ở {good}; chép nó đè lên nếu cần.",
        "Mend {file}. The last good copy is {good}; put it back if you need to.",
    )
    exit_code = ExitCode.SETTINGS


class SettingsUnreadable(SettingsBroken):
    """The settings file is there and cannot be opened; ``what`` says why."""

    title = Text("Không đọc được tệp cấu hình {file}: {what}", "The settings file {file} cannot be read: {what}")
    remedy = Text(
        "Đang dùng bản tốt gần nhất, hoặc cấu hình mặc định. Xem lại quyền đọc và nơi cất tệp, rồi mở lại chương trình.",
        "The last good settings, or the defaults, are in force. Look at the file's rights and place, then start again.",
    )


class SettingsNotWritten(SettingsBroken):
    """New settings could not be written; ``what`` says why. The file is as it was."""

    title = Text("Không ghi được tệp cấu hình {file}: {what}", "The settings file {file} could not be written: {what}")
    remedy = Text(
        "Cấu hình vẫn như cũ. Xem lại ổ đĩa và quyền ghi của thư mục, rồi lưu lại.",
        "The settings are as they were. Look at the disk and the folder's rights, then save again.",
    )


class SettingRefused(SettingsBroken):
    """A value that was to be set is not valid; the file is as it was."""

    title = Text("Không nhận giá trị mới: {what}", "The new value is refused: {what}")
    remedy = Text(
        "Cấu hình vẫn như cũ; sửa giá trị này rồi lưu lại. Giá trị hợp lệ: “sohoa settings show” (tệp {file}).",
        "The settings are as they were; mend this value and save again. “sohoa settings show” says what is allowed ({file}).",
    )


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProfileSettings(_Section):
    """One scan profile."""

    name: str = Field("Hồ sơ 300 dpi", description="Tên hiện trên nút quét / name on the scan button")
    backend: str = Field("virtual", description="Loại trình điều khiển: sane, twain, escl, virtual / kind of driver")
    device: str = Field("", description="Địa chỉ máy quét; trống = máy đầu tiên tìm thấy / scanner; empty = the first found")
    source: Source = Field(Source.FEEDER, description="Nguồn giấy: flatbed, feeder, duplex / where sheets come from")
    mode: ColorMode = Field(ColorMode.COLOR, description="Màu: color, gray, bitonal / what a pixel holds")
    dpi: int = Field(300, ge=75, le=1200, description="Độ phân giải, điểm trên inch / dots per inch")
    paper: PaperSize = Field(PaperSize.A4, description="Khổ giấy / paper size")
    identity: str = Field("", description="Điều không đổi để nhận lại máy quét / what the scanner is known by")
    options: dict[str, str] = Field(default_factory=dict, description="Tùy chọn riêng của máy / the backend's own options")

    way: Way = Field(Way.ONCE, description="Cách đưa giấy: once, more (nhiều lượt), turn_over (lật mặt sau) / how paper comes")
    wait_for_paper: bool = Field(False, description="Khay trống thì chờ giấy rồi tự quét / wait for paper in the feeder")
    backs: Backs = Field(Backs.REVERSED, description="Thứ tự mặt sau: reversed (tờ cuối trước), same / order of the backs")
    blanks: Blanks = Field(Blanks.FLAG, description="Trang trắng: flag (chỉ báo), remove (bỏ), remove_backs / blank pages")
    after: tuple[AfterScan, ...] = Field((), description="Quét xong: next_component, new_dossier / what follows a scan")
    key: ProfileKey = Field("", description="Phím F2-F9 (trừ F5); trống = phím còn trống / key; empty = the next free one")

    def to_profile(self, *, locked: bool = False) -> Profile:
        """Give it as the model's value."""
        return Profile(**{name: getattr(self, name) for name in type(self).model_fields}, locked=locked)

    @classmethod
    def of(cls, profile: Profile) -> ProfileSettings:
        """Give a profile as it is written to a file."""
        return cls(**{name: getattr(profile, name) for name in cls.model_fields})


class StationSettings(_Section):
    """Who and where this station is."""

    name: str = Field("Bàn số 1", min_length=1, max_length=80, description="Tên trạm / name of the station")
    agency_code: str = Field("H02.15", description="Mã định danh cơ quan / agency code")
    operator: str = Field("Người quét", max_length=80, description="Người đang quét / who is scanning")
    organisation: str = Field("", max_length=40, description="Mã tổ chức của người quét / code of the operator's organisation")


# Spans of the day such as 07:30-11:30, parted by commas.
_SPAN = r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d"
HOURS = rf"^({_SPAN}(, ?{_SPAN})*)?$"


class ServerSettings(_Section):
    """The province's central server."""

    kind: Literal["sohoa", "lgsp"] = Field(
        "sohoa", description="Loại hệ thống: sohoa (của sản phẩm này), lgsp (của tỉnh) / kind of centre"
    )
    url: str = Field("", pattern=r"^(https?://[^\s]+)?$", description="Địa chỉ máy chủ trung tâm / central server's address")
    ca_file: str = Field("", description="Tệp chứng thư CA riêng (PEM) / private CA file")
    station_id: str = Field(
        "", description="Mã trạm do trung tâm cấp khi ghi danh, hoặc client id (lgsp) / station id, or client id"
    )
    unit_code: str = Field(
        "", max_length=35, description="lgsp: mã đơn vị tiếp nhận; trống = mã cơ quan / receiving unit; empty = the agency"
    )
    dialect: str = Field("", description="lgsp: tệp mô tả cách gọi riêng (TOML) / a file of own ways to call")
    timeout: float = Field(20.0, gt=0, le=300, description="Giây chờ một trả lời / seconds to wait for an answer")
    proxy: str = Field(
        "", pattern=r"^(https?://[^\s]+)?$", description="Proxy ra mạng; trống = theo hệ thống / proxy; empty = the system's"
    )
    limit_kbps: int = Field(0, ge=0, description="Giới hạn tốc độ gửi, kbit/giây; 0 = không / limit, kbit/s; 0 = none")
    limit_hours: str = Field(
        "",
        pattern=HOURS,
        description="Giờ áp dụng giới hạn, ví dụ 07:30-17:00; trống = luôn / limited hours, as 07:30-17:00; empty = always",
    )
    send_hours: str = Field(
        "",
        pattern=HOURS,
        description="Chỉ tự gửi trong giờ này; trống = luôn / send by itself only in these hours; empty = always",
    )
    keep_days: int = Field(
        0,
        ge=0,
        le=36500,
        description="Số ngày giữ tệp mà trung tâm đã nhận; 0 = mãi / days to keep files that the centre has; 0 = for ever",
    )
    files_at_once: int = Field(3, ge=1, le=8, description="Số tệp gửi cùng lúc / files that are sent at once")
    token_days: int = Field(
        30,
        ge=0,
        le=3650,
        description="Đổi thẻ truy cập sau số ngày; 0 = không / days until a new token; 0 = never",
    )


class ScanningSettings(_Section):
    """Scanners."""

    addresses: tuple[str, ...] = Field((), description="Địa chỉ máy quét mạng (eSCL) nhập tay / network scanners typed in")
    twain_workers: str = Field(
        "",
        description="Thư mục có twain-worker-32, -64; trống = cạnh chương trình / where they are; empty = beside the program",
    )


class RecognitionSettings(_Section):
    """Reading text."""

    engine: Literal["auto", "tesserocr", "pytesseract"] = Field("auto", description="Cách gọi Tesseract / binding of Tesseract")
    workers: int = Field(0, ge=0, le=16, description="Số tiến trình xử lý trang; 0 = tự chọn / page processes; 0 = chosen")
    rules: str = Field("", description="Tệp quy tắc nhận trường riêng (TOML) / a file of own rules for fields")

    @property
    def rules_file(self) -> Path | None:
        """The file of own rules, None where there is none."""
        return Path(self.rules) if self.rules else None


_NAME_FAULTS = {
    NameFault.UNKNOWN_PLACE: Text(
        "trong ngoặc nhọn chỉ dùng được {dossier}, {serial}, {component}, {revision}",
        "only {dossier}, {serial}, {component} and {revision} can stand in braces",
    ),
    NameFault.NO_SERIAL: Text(
        "phải có {serial} hoặc {component}, nếu không hai giấy tờ sẽ trùng tên",
        "{serial} or {component} must be in it, or two papers would have the same name",
    ),
    NameFault.FORM: Text(
        "ngoặc nhọn viết không đúng; mẫu đúng: {dossier}.{serial:03d}",
        "the braces are not written rightly; a right one is {dossier}.{serial:03d}",
    ),
}


def _pattern_fault(error: BadNumberPattern) -> Text:
    shown = error.pattern[:60]
    if error.missing:
        names = ", ".join(f"(?P<{name}>…)" for name in error.missing)
        return Text(f"mẫu “{shown}” thiếu nhóm {names}", f"the pattern “{shown}” lacks the group {names}")
    return Text(
        f"mẫu “{shown}” không phải biểu thức chính quy, sai từ ký tự thứ {error.at}",
        f"the pattern “{shown}” is no regular expression, wrong from character {error.at} on",
    )


class FilingSettings(_Section):
    """Finishing dossiers."""

    min_dpi: int = Field(200, ge=75, le=600, description="Độ phân giải tối thiểu (TT 01/2023) / lowest resolution")

    @field_validator("dossier_number_patterns")
    @classmethod
    def _patterns_compile(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        try:
            compile_dossier_patterns(patterns)
        except BadNumberPattern as error:
            raise ValueRefused(_pattern_fault(error)) from error
        return patterns

    jpeg_quality: int = Field(80, ge=30, le=98, description="Chất lượng ảnh trong PDF / picture quality in the PDF")
    paper_name: str = Field(
        PAPER_NAME, max_length=80, description="Mẫu tên tệp giấy tờ (TT 02/2019) / pattern of papers' file names"
    )
    result_name: str = Field(
        RESULT_NAME, max_length=80, description="Mẫu tên tệp kết quả (NĐ 45/2020) / pattern of results' file names"
    )

    @field_validator("paper_name", "result_name")
    @classmethod
    def _names_can_be_made(cls, rule: str) -> str:
        try:
            check_name_rule(rule)
        except BadNameRule as error:
            raise ValueRefused(_NAME_FAULTS[error.fault]) from error
        return rule

    dossier_number_patterns: tuple[str, ...] = Field((), description="Mẫu mã hồ sơ riêng (regex) / own number patterns")
    packing: Literal["faithful", "layered", "bitonal"] = Field(
        "faithful",
        description="Cách nén trang: faithful (JPEG), layered (nhỏ, giữ dấu), bitonal (đen trắng) / packing of pages",
    )
    min_free_mb: int = Field(300, ge=10, description="Dung lượng trống tối thiểu, MB / lowest free space, MB")


class Rule(enum.StrEnum):
    """What a check does that finds something: keep the dossier from being finished, only say so, or nothing."""

    BLOCK = "block"
    WARN = "warn"
    OFF = "off"


class CheckSettings(_Section):
    """The checks before a dossier is finished. What makes no record at all, or is forbidden, always blocks."""

    owner_name: Rule = Field(Rule.BLOCK, description="Thiếu tên chủ hồ sơ / the owner's name is missing")
    owner_id: Rule = Field(Rule.WARN, description="Thiếu số định danh / the owner's ID number is missing")
    owner_doubt: Rule = Field(Rule.WARN, description="Tên hoặc số định danh có vẻ sai / name or ID number looks wrong")
    number: Rule = Field(Rule.WARN, description="Chưa có mã hồ sơ / there is no dossier number")
    number_doubt: Rule = Field(Rule.WARN, description="Mã hồ sơ của cơ quan khác / the number is another agency's")
    agency: Rule = Field(Rule.WARN, description="Cơ quan không còn hoặc không có trong danh mục / agency not known or ended")
    procedure_dates: Rule = Field(Rule.WARN, description="Thủ tục không có hiệu lực ngày tiếp nhận / procedure not in force")
    mandatory: Rule = Field(Rule.BLOCK, description="Thiếu giấy tờ phải số hóa / a paper that must be digitised is missing")
    required: Rule = Field(Rule.WARN, description="Thiếu giấy tờ phải nộp / a required paper is missing")
    not_digitised: Rule = Field(Rule.WARN, description="Giấy tờ không phải số hóa / a paper that need not be digitised")
    sheets: Rule = Field(Rule.BLOCK, description="Số ảnh khác số tờ đã đếm / images differ from the counted sheets")
    uncounted: Rule = Field(Rule.OFF, description="Chưa đếm số tờ / the sheets were not counted")
    slips: Rule = Field(Rule.BLOCK, description="Trang có phiếu dán chưa đủ cặp / a slip page without its pair")
    resolution: Rule = Field(Rule.BLOCK, description="Dưới độ phân giải tối thiểu / below the lowest resolution")
    colour: Rule = Field(Rule.BLOCK, description="Không quét màu / not scanned in colour")
    blank: Rule = Field(Rule.WARN, description="Trang trắng / blank pages")
    quality: Rule = Field(Rule.WARN, description="Cảnh báo chất lượng chưa xem / quality flags nobody dealt with")
    unread: Rule = Field(Rule.WARN, description="Chưa đọc được chữ / the text could not be read")
    paper_data: Rule = Field(Rule.OFF, description="Thiếu dữ liệu tối thiểu của giấy tờ / a paper's least data are missing")
    paper_codes: Rule = Field(Rule.WARN, description="Mã của giấy tờ có vẻ sai / a paper's codes look wrong")
    paper_dates: Rule = Field(Rule.BLOCK, description="Ngày tháng của giấy tờ vô lý / a paper's dates cannot be")
    validity: Rule = Field(Rule.WARN, description="Giấy tờ hết hạn, kết quả chưa rõ thời hạn / validity of papers and results")
    same_image: Rule = Field(Rule.WARN, description="Ảnh đã có trong kho / the image is already in the store")
    reused: Rule = Field(Rule.WARN, description="Vừa dùng lại bản đã số hóa vừa có trang / a paper is reused and has pages too")
    same_paper: Rule = Field(Rule.WARN, description="Giấy tờ đã có trong kho / the paper is already in the store")


class Settings(_Section):
    """All settings of a station."""

    language: Literal["vi", "en"] = Field("vi", description="Ngôn ngữ: vi, en / language of the windows")
    station: StationSettings = Field(default_factory=StationSettings)
    server: ServerSettings = Field(default_factory=ServerSettings)
    scanning: ScanningSettings = Field(default_factory=ScanningSettings)
    recognition: RecognitionSettings = Field(default_factory=RecognitionSettings)
    filing: FilingSettings = Field(default_factory=FilingSettings)
    checks: CheckSettings = Field(default_factory=CheckSettings)
    profiles: tuple[ProfileSettings, ...] = Field((), description="Các cấu hình quét / scan profiles")


_NOT_WRITABLE = Text("giá trị này không ghi được vào tệp cấu hình", "this value cannot be written into the settings file")


class SettingsFile:
    """The file that holds the settings, and the last good copy beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.good = path.with_suffix(".good.toml")

    def load(self) -> Settings:
        """Read the settings; defaults where there is no file. Raises SettingsBroken with the wrong line, SettingsUnreadable."""
        content = self._content()
        if content is None:
            return Settings()
        settings = self._parse(content)
        self._keep_good(content)
        return settings

    def load_good(self) -> Settings:
        """Read the last good copy, or give the defaults where there is none that can be read."""
        try:
            return self._parse(self.good.read_bytes())
        except (OSError, SettingsBroken):
            return Settings()

    def change(self, values: dict[str, Any]) -> Settings:
        """Set values by dotted name (``server.url``), keep comments, write in one step, and give the new settings.

        Raises SettingsBroken, SettingRefused where a value is not valid, SettingsNotWritten; the file is as it was then.
        """
        content = self._content() or b""
        self._parse(content)
        document = tomlkit.parse(content.decode(ENCODING))
        try:
            for name, value in values.items():
                _put(document, name.split("."), value)
            new = tomlkit.dumps(document).encode()
            settings = self._parse(new)
        except SettingsBroken as error:
            raise SettingRefused(**error.values) from error
        except (TypeError, ValueError) as error:
            what = error.said if isinstance(error, ValueRefused) else _NOT_WRITABLE
            raise SettingRefused(what=what, file=self.path) from error
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, new)
        except OSError as error:
            raise SettingsNotWritten(file=self.path, what=system_words(error)) from error
        self._keep_good(new)
        return settings

    def _content(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SettingsUnreadable(file=self.path, what=system_words(error)) from error

    def _keep_good(self, content: bytes) -> None:
        """Keep a copy to fall back on; a folder that cannot be written does not make the settings any worse."""
        with contextlib.suppress(OSError):
            if not self.good.exists() or self.good.read_bytes() != content:
                write_whole(self.good, content)

    def _parse(self, content: bytes) -> Settings:
        try:
            return parse(content, Settings)
        except BadToml as error:
            raise self._broken(error.line, error.what) from error

    def _broken(self, line: int, what: Text) -> SettingsBroken:
        return SettingsBroken(line=line, what=what, file=self.path, good=self.good)


def default_settings_path() -> Path:
    """Where the settings file is: SOHOA_SETTINGS, or the user's configuration folder."""
    given = os.environ.get("SOHOA_SETTINGS")
    return Path(given) if given else Path(platformdirs.user_config_path("sohoa")) / "settings.toml"


def default_data_path() -> Path:
    """Where pages and records are kept: SOHOA_DATA, or the user's data folder."""
    given = os.environ.get("SOHOA_DATA")
    return Path(given) if given else Path(platformdirs.user_data_path("sohoa"))


def _put(document: Any, place: list[str], value: Any) -> None:
    """Set a value in a TOML document; raises ValueRefused where the place is inside something that is no table."""
    *sections, key = place
    table = document
    for section in sections:
        table = table.setdefault(section, tomlkit.table())
        if not isinstance(table, MutableMapping):
            raise ValueRefused(Text(f"{section} không phải một nhóm cấu hình", f"{section} is no group of settings"))
    table[key] = value
