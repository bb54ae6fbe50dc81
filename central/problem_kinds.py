"""The kinds of problem: a slug for programs, a title and a remedy for people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind; ``slug`` ends its type URI, ``retry_after`` is how many seconds the sender should wait, if any."""

    slug: str
    status: int
    title: str
    title_vi: str
    remedy: str
    remedy_vi: str
    retry_after: int = 0


_RETRY = ("Try again later; nothing is lost.", "Hãy thử lại sau; không mất gì cả.")
_UPDATE = (
    "The sender made a request that this server does not know. Update the workstation.",
    "Bên gửi dùng yêu cầu mà máy chủ không hiểu. Hãy cập nhật phần mềm trạm quét.",
)
_UPLOAD_AGAIN = ("Upload the file again from the start.", "Hãy tải lại tệp này từ đầu.")
_ADMIN = ("Ask the administrator of the centre.", "Hãy báo người quản trị máy chủ trung tâm.")

_ALL = (
    Kind("bad-request", 400, "The request is not understood", "Yêu cầu không hợp lệ", *_UPDATE),
    Kind(
        "unauthorized",
        401,
        "The station is not signed in",
        "Trạm chưa được xác thực",
        "Enrol the station again with a new code from the administrator.",
        "Hãy đăng ký lại trạm bằng mã mới do người quản trị cấp.",
    ),
    Kind("forbidden", 403, "Not allowed", "Không được phép", *_ADMIN),
    Kind(
        "enrol-code-refused",
        403,
        "The code is unknown, used or expired",
        "Mã ghi danh sai, đã dùng hoặc đã hết hạn",
        "Ask the administrator for a new code; a code works once, within a day.",
        "Hãy xin người quản trị mã mới; mỗi mã chỉ dùng một lần, trong một ngày.",
    ),
    Kind(
        "other-station",
        403,
        "This belongs to another station",
        "Dữ liệu này thuộc về trạm khác",
        "Send the record from the station that made it.",
        "Hãy gửi hồ sơ từ chính trạm đã lập hồ sơ.",
    ),
    Kind(
        "form-expired",
        403,
        "The form is too old",
        "Biểu mẫu đã quá hạn",
        "Go back, reload the page and try again.",
        "Hãy quay lại, tải lại trang rồi thử lại.",
    ),
    Kind("not-found", 404, "There is nothing here", "Không tìm thấy", *_UPDATE),
    Kind("upload-unknown", 404, "The upload is unknown", "Không có lượt tải lên này", *_UPLOAD_AGAIN),
    Kind("method-not-allowed", 405, "This cannot be done here", "Thao tác không được hỗ trợ tại địa chỉ này", *_UPDATE),
    Kind("conflict", 409, "The offset differs from the server's", "Vị trí tải lên không khớp với máy chủ", *_RETRY),
    Kind(
        "files-missing",
        409,
        "Files of the record have not arrived",
        "Còn tệp của hồ sơ chưa về tới máy chủ",
        "Upload the listed files, then send the record again.",
        "Hãy tải lên các tệp được liệt kê rồi gửi lại hồ sơ.",
    ),
    Kind(
        "revision-conflict",
        409,
        "Another manifest was accepted under this revision",
        "Bản sửa đổi này đã được nhận với nội dung khác",
        "Finish the dossier again as the next revision, with a reason.",
        "Hãy hoàn tất lại hồ sơ thành bản sửa đổi tiếp theo, có ghi lý do.",
    ),
    Kind(
        "revision-missing",
        409,
        "The revision before this one is not here",
        "Chưa có bản sửa đổi liền trước",
        "Send the earlier revisions first.",
        "Hãy gửi các bản trước theo đúng thứ tự.",
    ),
    Kind(
        "number-conflict",
        409,
        "The record already has another dossier number",
        "Hồ sơ này đã có mã hồ sơ khác",
        "Use the number from the first receipt.",
        "Hãy dùng mã hồ sơ trong biên nhận đầu tiên.",
    ),
    Kind("upload-gone", 410, "The upload has expired", "Lượt tải lên đã hết hạn", *_UPLOAD_AGAIN),
    Kind("precondition-failed", 412, "Only tus 1.0.0 is spoken here", "Máy chủ chỉ hỗ trợ tus 1.0.0", *_UPDATE),
    Kind(
        "too-large",
        413,
        "This is larger than the server takes",
        "Dữ liệu vượt quá dung lượng cho phép",
        "Split the paper, or scan at a lower resolution.",
        "Hãy tách giấy tờ hoặc quét ở độ phân giải thấp hơn.",
    ),
    Kind("unsupported-media-type", 415, "The content type is not taken", "Kiểu dữ liệu không được hỗ trợ", *_UPDATE),
    Kind("invalid", 422, "Some fields are not valid", "Có trường dữ liệu không hợp lệ", *_UPDATE),
    Kind(
        "checksum-mismatch",
        422,
        "The file differs from its declared SHA-256",
        "Nội dung tệp không khớp mã SHA-256 đã khai",
        *_UPLOAD_AGAIN,
    ),
    Kind(
        "wrong-content",
        422,
        "A PDF cannot be opened or has another number of pages",
        "Có tệp PDF không mở được hoặc sai số trang",
        "Open the dossier again on the workstation, check the papers named here and finish it anew.",
        "Hãy mở lại hồ sơ tại trạm quét, kiểm tra các giấy tờ được nêu rồi hoàn tất lại.",
    ),
    Kind(
        "too-many-attempts",
        429,
        "Too many failed attempts",
        "Sai quá nhiều lần",
        "Wait a quarter of an hour, then try again.",
        "Hãy đợi mười lăm phút rồi thử lại.",
    ),
    Kind("too-many-requests", 429, "Too many requests", "Gửi quá nhiều yêu cầu trong một phút", *_RETRY),
    Kind("internal", 500, "Something went wrong inside the server", "Máy chủ gặp lỗi bên trong", *_RETRY),
    Kind("unavailable", 503, "The server is busy", "Máy chủ đang bận", *_RETRY, retry_after=10),
    Kind(
        "catalogue-missing",
        503,
        "The procedure catalogue is not installed",
        "Máy chủ chưa có danh mục thủ tục",
        "The administrator puts the catalogue file in place; the station goes on with its last copy.",
        "Người quản trị cần cài tệp danh mục; trạm tiếp tục dùng bản đã lưu gần nhất.",
    ),
    Kind(
        "numbers-used-up",
        503,
        "No dossier number is left for this day",
        "Đã hết mã hồ sơ của ngày này",
        *_ADMIN,
    ),
    Kind(
        "storage-full",
        507,
        "The server's disk is full",
        "Ổ đĩa của máy chủ đã đầy",
        "Ask the administrator to make room; the upload goes on from where it stopped.",
        "Hãy báo người quản trị giải phóng dung lượng; lượt tải sẽ tiếp tục từ chỗ dừng.",
        retry_after=60,
    ),
)

KINDS = {kind.slug: kind for kind in _ALL}

# The first of each status is the one for errors that the framework raises.
BY_STATUS: dict[int, Kind] = {}
for _kind in _ALL:
    BY_STATUS.setdefault(_kind.status, _kind)
