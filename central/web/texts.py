"""The words of the pages in Vietnamese and English."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlencode

Language = Literal["vi", "en"]

_TEXTS: dict[str, tuple[str, str]] = {
    "product": ("Số hoá Một cửa", "Một cửa digitisation"),
    "centre": ("Máy chủ trung tâm", "Central server"),
    "sign_in": ("Đăng nhập", "Sign in"),
    "sign_out": ("Đăng xuất", "Sign out"),
    "username": ("Tên đăng nhập", "User name"),
    "password": ("Mật khẩu", "Password"),
    "wrong": ("Tên đăng nhập hoặc mật khẩu không đúng.", "The user name or the password is not right."),
    "throttled": (
        "Sai quá nhiều lần. Hãy đợi mười lăm phút rồi thử lại.",
        "Too many failed attempts. Wait a quarter of an hour, then try again.",
    ),
    "form_expired": ("Trang đã quá hạn. Hãy thử lại.", "The page was too old. Please try again."),
    "to_start": ("Về trang đầu", "To the first page"),
    "error_not_found": (
        "Trang này không có, hoặc nằm ngoài phạm vi của bạn. Hãy kiểm tra lại địa chỉ.",
        "There is no such page, or it lies outside your scope. Check the address.",
    ),
    "error_forbidden": (
        "Tài khoản của bạn không được làm việc này. Hãy nhờ người quản trị máy chủ.",
        "Your account may not do this. Ask the administrator of the server.",
    ),
    "error_form": (
        "Địa chỉ hoặc biểu mẫu có giá trị không đúng; chưa thay đổi gì. Hãy quay lại trang trước, sửa rồi thử lại.",
        "The address or the form holds a value that is not right; nothing was changed. Go back, mend it and try again.",
    ),
    "error_too_large": (
        "Tệp lớn hơn mức máy chủ nhận; chưa thay đổi gì. Hãy chia tệp rồi thử lại.",
        "The file is larger than the server takes; nothing was changed. Divide it and try again.",
    ),
    "records": ("Hồ sơ đã nhận", "Received records"),
    "number": ("Mã hồ sơ", "Dossier number"),
    "procedure": ("Thủ tục", "Procedure"),
    "owner": ("Chủ hồ sơ", "Owner"),
    "station": ("Trạm quét", "Station"),
    "papers": ("Giấy tờ", "Papers"),
    "pages": ("Trang", "Pages"),
    "received": ("Nhận lúc", "Received"),
    "revision": ("bản sửa {n}", "revision {n}"),
    "empty": ("Chưa có hồ sơ nào.", "No record yet."),
    "total": ("{n} hồ sơ", "{n} records"),
    "total_one": ("", "{n} record"),
    "page_of": ("Trang {n} / {of}", "Page {n} of {of}"),
    "page_number": ("Trang {n}", "Page {n}"),
    "pages_count": ("{n} trang", "{n} pages"),
    "pages_count_one": ("", "{n} page"),
    "newer": ("Mới hơn", "Newer"),
    "older": ("Cũ hơn", "Older"),
    "other_language": ("English", "Tiếng Việt"),
    "progress": ("Tiến độ", "Progress"),
    "stations": ("Trạm quét", "Stations"),
    "catalogue": ("Danh mục", "Catalogue"),
    "access": ("Nhật ký mở tệp", "Opened files"),
    "menu": ("Các trang", "Pages of this server"),
    "search": ("Tìm", "Search"),
    "search_hint": ("Mã hồ sơ, họ tên, thủ tục, số định danh", "Number, name, procedure, ID number"),
    "found": ("{n} hồ sơ khớp", "{n} records match"),
    "found_one": ("", "{n} record matches"),
    "found_more": ("hơn {n} hồ sơ khớp; hãy gõ thêm từ", "more than {n} records match; type more words"),
    "found_none": ("Không có hồ sơ nào khớp. Hãy gõ ít từ hơn.", "No record matches. Type fewer words."),
    "agency": ("Cơ quan", "Agency"),
    "agencies": ("Theo cơ quan", "By agency"),
    "level": ("Cấp", "Level"),
    "procedures": ("Theo thủ tục", "By procedure"),
    "indicator": ("Chỉ tiêu", "Indicator"),
    "period": ("Thời gian", "Period"),
    "from": ("Từ tháng", "From month"),
    "to": ("Đến tháng", "To month"),
    "all": ("Tất cả", "All"),
    "show": ("Xem", "Show"),
    "code": ("Mã", "Code"),
    "month": ("Tháng", "Month"),
    "target": ("Mục tiêu %", "Target %"),
    "target_is": ("Mục tiêu {percent} trước {due}", "Target {percent} by {due}"),
    "no_target": ("Chưa đặt mục tiêu", "No target is set"),
    "no_level": ("Chưa rõ cấp", "Level not known"),
    "reached": ("Đạt", "Reached"),
    "base": ("Tổng số", "All"),
    "missing": ("Chưa đạt", "Not reached"),
    "share": ("Tỷ lệ", "Share"),
    "score": ("Điểm: {points} / {of}", "Points: {points} of {of}"),
    "trend": ("Diễn biến theo tháng", "Month by month"),
    "about": ("Cách tính", "How it is counted"),
    "target_reached": ("Đã đạt mục tiêu", "Target reached"),
    "target_missed": ("Còn thiếu {points} điểm %", "{points} points short"),
    "due_past": ("Đã quá hạn", "The deadline is past"),
    "due_in": ("Còn {n} ngày", "{n} days left"),
    "due_in_one": ("", "{n} day left"),
    "forecast_is": (
        "Dự báo {at}: {percent}. Đường thẳng qua {n} tháng đủ gần nhất, mỗi tháng {slope} điểm %.",
        "Forecast for {at}: {percent}. A straight line through the last {n} full months, {slope} points a month.",
    ),
    "forecast_none": ("Chưa đủ ba tháng có số liệu để dự báo.", "Fewer than three months with figures: no forecast."),
    "forecast": ("Dự báo", "Forecast"),
    "counting_note": (
        "Đếm theo tháng tiếp nhận, trên các hồ sơ mà trung tâm đã nhận; hồ sơ chưa trạm nào gửi về không có ở đây. "
        "0/0 để trống, không tính là 0.",
        "Counted by month of reception over the dossiers that the centre has; what no station has sent is not here. "
        "0/0 stays empty, it is not 0.",
    ),
    "structure_note": (
        "Trong thời gian này bộ máy thay đổi sau ngày {days}: mỗi hồ sơ tính cho cơ quan và cấp của nơi đã tiếp nhận, "
        "theo danh mục hiện nay; cơ quan đã kết thúc vẫn đứng riêng.",
        "The structure changed after {days}: each dossier counts for the agency that received it and that agency's level "
        "by today's catalogue; agencies that ended stand by themselves.",
    ),
    "numerator": ("Tử số", "Numerator"),
    "denominator": ("Mẫu số", "Denominator"),
    "every_dossier": ("mọi hồ sơ", "every dossier"),
    "all_of": ("đủ: {flags}", "all of: {flags}"),
    "any_of": ("ít nhất một: {flags}", "one of: {flags}"),
    "none_of": ("không có: {flags}", "none of: {flags}"),
    "component_digitised": ("có tệp thành phần", "a component's file"),
    "result_digitised": ("có tệp kết quả", "a result's file"),
    "reused_flag": ("dùng lại giấy tờ", "a reused paper"),
    "non_boundary_flag": ("nơi nhận khác nơi giải quyết", "received by another agency"),
    "data_entered": ("đã nhập dữ liệu", "data entered"),
    "all_present": ("đủ thành phần", "no component missing"),
    "nothing_counted": ("Không có hồ sơ nào trong thời gian này.", "There is no dossier in this time."),
    "export": ("Tải Excel", "Save as Excel"),
    "export_most": ("Tệp Excel có nhiều nhất {n} hồ sơ.", "The Excel file holds {n} dossiers at most."),
    "dossiers": ("Hồ sơ", "Dossiers"),
    "dossiers_reached": ("Hồ sơ đạt chỉ tiêu", "Dossiers that reach the indicator"),
    "dossiers_base": ("Hồ sơ được tính", "Dossiers that count"),
    "dossiers_missing": ("Hồ sơ chưa đạt", "Dossiers that do not reach it"),
    "back": ("Về trang tiến độ", "Back to progress"),
    "competent": ("Cơ quan giải quyết", "Competent agency"),
    "received_on": ("Ngày tiếp nhận", "Taken in on"),
    "component_files": ("Tệp thành phần", "Component files"),
    "result_files": ("Tệp kết quả", "Result files"),
    "reused": ("Dùng lại", "Reused"),
    "absent": ("Thành phần thiếu", "Absent components"),
    "file_progress": ("tien-do", "progress"),
    "file_dossiers": ("ho-so", "dossiers"),
    "newest_revision": ("Bản mới nhất", "Newest revision"),
    "earlier_revisions": ("Các bản trước", "Earlier revisions"),
    "state": ("Tình trạng", "State"),
    "heard": ("Báo lần cuối", "Last heard"),
    "waiting": ("Chờ gửi", "Waiting"),
    "refused_records": ("Bị từ chối", "Refused"),
    "room": ("Đĩa còn trống", "Free space"),
    "scanners": ("Máy quét", "Scanners"),
    "state_well": ("Bình thường", "Well"),
    "state_refused": ("Có hồ sơ bị từ chối", "Records were refused"),
    "state_silent": ("Hơn một ngày chưa báo", "Silent for over a day"),
    "state_trouble": ("Máy quét cần xem lại", "A scanner needs a look"),
    "state_never": ("Chưa báo lần nào", "Never heard of"),
    "state_revoked": ("Đã thu hồi", "Revoked"),
    "trouble_resolution": ("độ phân giải", "resolution"),
    "trouble_scale": ("tỷ lệ", "scale"),
    "trouble_skew": ("lệch", "skew"),
    "trouble_streaks": ("vệt sọc", "streaks"),
    "trouble_colour": ("màu", "colour"),
    "trouble_speed": ("tốc độ", "speed"),
    "version": ("Phiên bản", "Version"),
    "in_force": ("Đang dùng: {version}", "In force: {version}"),
    "import": ("Nhập từ tệp", "Import a file"),
    "import_about": (
        "Tệp .csv, .tsv, .xlsx hoặc .json, lớn nhất 4 MB. Thủ tục cùng mã, cùng thời gian được thay; thủ tục khác giữ nguyên. "
        "Tệp .json có thể kèm cơ quan, cấp, mục tiêu.",
        "A .csv, .tsv, .xlsx or .json file of 4 MB at most. The same version of a procedure is replaced, others stay. "
        "A .json file may bring agencies, levels and targets along.",
    ),
    "check": ("Kiểm tra", "Check only"),
    "do_import": ("Nhập", "Import"),
    "result_check": (
        "Kết quả kiểm tra: {n} thủ tục nhận được, chưa thay đổi gì",
        "Checked: {n} procedures fit, nothing was changed",
    ),
    "result_check_one": ("", "Checked: {n} procedure fits, nothing was changed"),
    "result_import": ("Đã nhập {n} thủ tục", "Imported {n} procedures"),
    "result_import_one": ("", "Imported {n} procedure"),
    "procedures_count": ("{n} thủ tục", "{n} procedures"),
    "procedures_count_one": ("", "{n} procedure"),
    "notes_left": ("{n} dòng ghi chú được bỏ qua", "{n} lines were notes and are left out"),
    "notes_left_one": ("", "{n} line was a note and is left out"),
    "refusals": ("Không nhận ({n})", "Refused ({n})"),
    "row": ("Hàng", "Row"),
    "column": ("Cột", "Column"),
    "reason": ("Lý do", "Reason"),
    "remedy": ("Cách sửa", "What to do"),
    "non_boundary": ("Thủ tục không phụ thuộc địa giới", "Non-boundary procedures"),
    "non_boundary_about": (
        "Mỗi dòng một mã; dán danh sách mà tỉnh đã công bố. Các trạm nhận danh mục mới ở lần đồng bộ tới.",
        "One code a line; paste the list that the province published. Stations get it when they next sync.",
    ),
    "save": ("Lưu", "Save"),
    "targets": ("Mục tiêu", "Targets"),
    "structure": ("Cơ quan và mục tiêu", "Agencies and targets"),
    "edit_structure": ("Sửa cơ quan và mục tiêu", "Change agencies and targets"),
    "back_to_catalogue": ("Về danh mục", "Back to the catalogue"),
    "structure_about": (
        "Mỗi thay đổi có hiệu lực từ một ngày: dòng cũ kết thúc ngày trước đó và vẫn còn trong danh sách. "
        "Ai sửa, lúc nào: xem các phiên bản của danh mục.",
        "Each change holds from a day on: the old line ends the day before and stays in the list. "
        "Who changed what and when: see the versions of the catalogue.",
    ),
    "agencies_list": ("Cơ quan", "Agencies"),
    "name": ("Tên", "Name"),
    "parent": ("Trực thuộc", "Stands under"),
    "successors": ("Nơi tiếp nhận công việc", "Successors"),
    "valid_from": ("Từ ngày", "From"),
    "last_day": ("Ngày cuối", "Last day"),
    "end_it": ("Kết thúc", "End"),
    "set_target": ("Đặt mục tiêu", "Set target"),
    "valid_holds": ("Đang hiệu lực", "In force"),
    "valid_ended": ("Đã kết thúc", "Ended"),
    "valid_coming": ("Sắp hiệu lực", "To come"),
    "not_taken": (
        "Không lưu được, {place}: {reason}. Chưa thay đổi gì; sửa lại rồi lưu lần nữa.",
        "Not saved, {place}: {reason}. Nothing was changed; mend it and save again.",
    ),
    "due": ("Hạn", "Deadline"),
    "source": ("Căn cứ", "Source"),
    "valid": ("Hiệu lực", "Valid"),
    "made_by": ("Người sửa", "Made by"),
    "made_at": ("Lúc", "At"),
    "note": ("Nội dung", "What"),
    "use_again": ("Dùng lại", "Use again"),
    "no_versions": ("Chưa ai sửa trên trang này; danh mục đọc từ tệp.", "Nobody changed it here; it is read from the file."),
    "catalogue_changed": (
        "Danh mục vừa được người khác sửa; chưa thay đổi gì.",
        "Somebody else changed the catalogue; nothing was changed now.",
    ),
    "choose_again": ("Xem lại danh sách dưới đây rồi lưu lần nữa.", "Look at the list below, then save again."),
    "codes_unknown": (
        "Danh mục không có mã: {codes}; chưa thay đổi gì.",
        "The catalogue has no such codes: {codes}; nothing was changed.",
    ),
    "codes_remedy": ("Sửa mã, hoặc nhập thủ tục vào danh mục trước.", "Mend the codes, or import the procedures first."),
    "no_stations": ("Chưa có trạm nào trong phạm vi của bạn.", "There is no station in your scope."),
    "not_counted": ("Chỉ tiêu không tính ở đây", "Indicators that are not counted here"),
    "move": ("Chuyển cơ quan", "Move"),
    "move_to": ("Sang cơ quan", "To agency"),
    "moved_from": ("Từ cơ quan", "From agency"),
    "moves": ("Trạm đã chuyển cơ quan", "Moved stations"),
    "moves_about": (
        "Hồ sơ trạm đã gửi vẫn thuộc cơ quan lúc tiếp nhận. Mỗi lần chuyển là một dòng trong nhật ký có chuỗi băm.",
        "What a station sent before stays with the agency that received it. Each move is a line of the hash-chained journal.",
    ),
    "no_such_agency": (
        "Không chuyển được: mã cơ quan không đúng dạng (ví dụ H02.15.03) hoặc ngoài phạm vi của bạn. Sửa mã rồi chuyển lại.",
        "Not moved: that is no agency code (such as H02.15.03), or it lies outside your scope. Mend the code and try again.",
    ),
    "station_changed": (
        "Trạm vừa được người khác chuyển; chưa thay đổi gì. Xem lại dưới đây rồi chuyển lại nếu cần.",
        "Somebody else has just moved the station; nothing was changed. Look below and move it again if need be.",
    ),
    "nothing_opened": ("Chưa ai mở tệp nào.", "Nobody has opened a file yet."),
    "who": ("Người mở", "Who"),
    "opened": ("Mở lúc", "Opened"),
    "file": ("Tệp (SHA-256)", "File (SHA-256)"),
    "role_viewer": ("người xem", "viewer"),
    "role_editor": ("người sửa danh mục", "editor"),
    "role_administrator": ("quản trị", "administrator"),
    "whole_province": ("toàn tỉnh", "whole province"),
}


def percent_text(value: float | None, language: Language) -> str:
    """Write a share; what is no number stays a dash, for it is not 0."""
    if value is None:
        return "–"
    return f"{points_text(value, language)} %"


def points_text(value: float, language: Language) -> str:
    """Write a number with two decimals."""
    text = f"{value:.2f}"
    return text.replace(".", ",") if language == "vi" else text


def decimal_text(value: float, language: Language) -> str:
    """Write a number as short as it is."""
    text = f"{value:g}"
    return text.replace(".", ",") if language == "vi" else text


def month_text(month: str | int, language: Language) -> str:
    """Write a month, given as yyyy-mm or as the number yyyymm."""
    digits = str(month).replace("-", "")
    return f"{digits[4:]}/{digits[:4]}" if language == "vi" else f"{digits[:4]}-{digits[4:]}"


def number_text(value: int, language: Language) -> str:
    """Write a whole number with its thousands apart."""
    text = f"{value:,}"
    return text.replace(",", ".") if language == "vi" else text


def language_of(value: str | None) -> Language:
    """Read a ``lang`` parameter; anything unknown is Vietnamese."""
    return "en" if value == "en" else "vi"


class Texts:
    """Gives the words of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.other: Language = "vi" if language == "en" else "en"

    def __call__(self, key: str, **values: object) -> str:
        """Give one text with its places filled; of one thing, the text that English has for it."""
        if self.language == "en" and str(values.get("n")) == "1" and f"{key}_one" in _TEXTS:
            key = f"{key}_one"
        return _TEXTS[key][self.language == "en"].format(**values)

    def link(self, path: str, /, **parameters: object) -> str:
        """Give an address that stays in this language."""
        words = {name: str(value) for name, value in parameters.items() if value not in ("", None)}
        query = urlencode(words | ({"lang": "en"} if self.language == "en" else {}))
        return f"{path}?{query}" if query else path
