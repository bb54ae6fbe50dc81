"""What can go wrong between a station and its centre, in words that say what to do.

Four families decide what the engine does next: ``Unreachable`` (try again later, nobody has to act), ``SignInFailed``
(stop until someone acts), ``Refused`` (the centre's final answer about one thing) and other ``ItemFailed`` (this
record later, the others now).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar

from app.errors import ExitCode, ItemFailed, MustStop, SohoaError, Text
from app.sync.places import in_words

_KEPT_LENGTH = 400
_LONGEST_WORDS = 160

_KEPT_SAFE = Text(
    "Hồ sơ vẫn an toàn trên máy này và sẽ tự gửi lại. ",
    "Records are safe on this machine and are sent again by themselves. ",
)


def _waits(vi: str, en: str) -> Text:
    return Text(_KEPT_SAFE.vi + vi, _KEPT_SAFE.en + en)


class Unreachable(MustStop):
    """The centre cannot be spoken to now; it is tried again later."""

    exit_code = ExitCode.NETWORK


class NoConnection(Unreachable):
    """There is no way to the server, or it was cut."""

    title = Text("Không kết nối được máy chủ {host}", "Cannot connect to the server {host}")
    remedy = _waits(
        "Kiểm tra dây mạng hoặc Wi-Fi, và địa chỉ máy chủ.", "Check the network cable or Wi-Fi, and the server's address."
    )


class NotSecure(Unreachable):
    """Something listens there, but it does not speak TLS."""

    title = Text("{host} không mở kết nối bảo mật (https) ở cổng này", "{host} does not speak https at this port")
    remedy = Text(
        "Chưa gửi gì cả. Kiểm tra địa chỉ và số cổng của máy chủ; hỏi người quản trị trung tâm.",
        "Nothing was sent. Check the server's address and port; ask the centre's administrator.",
    )


class ServerTimeout(Unreachable):
    """The server did not answer in time."""

    title = Text("Máy chủ {host} không trả lời kịp", "The server {host} did not answer in time")
    remedy = _waits(
        "Nếu mạng chậm, tăng “Giây chờ một trả lời” trong Cấu hình (server.timeout).",
        "On a slow network, raise “Seconds to wait for an answer” in the settings (server.timeout).",
    )


class WrongCertificate(Unreachable):
    """Nobody that we trust vouches for this server."""

    title = Text("Không xác minh được chứng thư của máy chủ {host}", "The certificate of the server {host} cannot be verified")
    remedy = Text(
        "Chưa gửi gì cả. Kiểm tra ngày giờ của máy này và tệp chứng thư CA (server.ca_file); hỏi người quản trị trung tâm.",
        "Nothing was sent. Check this machine's date and time and the CA file (server.ca_file); ask the administrator.",
    )


class WrongCaFile(WrongCertificate):
    """The CA file of the settings is not there or holds no certificate."""

    title = Text(
        "Tệp chứng thư CA “{file}” không có hoặc không phải chứng thư PEM",
        "The CA file “{file}” is missing or holds no PEM certificate",
    )
    remedy = Text(
        "Chưa gửi gì cả. Chọn lại “Tệp chứng thư CA” (server.ca_file), hoặc để trống nếu máy chủ dùng chứng thư công cộng.",
        "Nothing was sent. Choose the CA file again (server.ca_file), or leave it empty for a public certificate.",
    )


class NotTheCentre(Unreachable):
    """Something else answered, such as the sign-in page of a public network."""

    title = Text("{host} trả lời nhưng không phải máy chủ trung tâm", "{host} answered, but not as the central server")
    remedy = _waits(
        "Nếu mạng này đòi đăng nhập, mở trình duyệt đăng nhập trước; rồi kiểm tra địa chỉ máy chủ.",
        "If this network wants a sign-in, do that in a browser first; then check the server's address.",
    )


class ServerTrouble(Unreachable):
    """The server answered that it cannot do it now."""

    title = Text("Máy chủ {host} đang gặp lỗi (mã {status})", "The server {host} is in trouble (status {status})")
    remedy = _waits("Nếu kéo dài, báo người quản trị trung tâm.", "If it goes on, tell the centre's administrator.")


class ServerFull(ServerTrouble):
    """The server has no room left."""

    title = Text("Ổ đĩa của máy chủ {host} đã đầy (mã {status})", "The disk of the server {host} is full (status {status})")
    remedy = _waits("Báo người quản trị trung tâm giải phóng dung lượng.", "Ask the centre's administrator to make room.")


class ServerBusy(ServerTrouble):
    """The server asks to wait ``seconds`` before it is asked again."""

    title = Text("Máy chủ {host} đang bận, hẹn gửi lại sau {seconds} giây", "The server {host} is busy for {seconds} seconds")
    remedy = _waits("Không cần làm gì.", "There is nothing to do.")


class SignInFailed(MustStop):
    """Nothing can be sent until someone acts."""

    exit_code = ExitCode.SIGN_IN


class NotEnrolled(SignInFailed):
    """The station has no address, id or token yet."""

    title = Text("Trạm này chưa ghi danh với máy chủ trung tâm", "This station is not enrolled at the central server")
    remedy = Text(
        "Xin người quản trị trung tâm một mã ghi danh, rồi bấm “Ghi danh trạm” trong Hộp gửi hoặc chạy “sohoa enrol”"
        " (hệ thống của tỉnh: client id và mã bí mật).",
        "Ask the centre's administrator for an enrolment code, then enrol in the outbox or run “sohoa enrol”"
        " (a province's own system: client id and secret).",
    )


class TokenRefused(SignInFailed):
    """The centre does not know this station any more."""

    title = Text("Máy chủ {host} không còn nhận trạm này", "The server {host} does not accept this station any more")
    remedy = Text(
        "Hồ sơ vẫn an toàn trên máy này. Xin trung tâm mã ghi danh lại cho trạm {station}, ghi danh lại, rồi gửi tiếp.",
        "Records are safe on this machine. Ask the centre for a code for station {station}, enrol again, then go on sending.",
    )


class BadServerAddress(SignInFailed):
    """The address cannot be that of a centre."""

    title = Text("Địa chỉ máy chủ “{url}” không dùng được", "The server's address “{url}” cannot be used")
    remedy = Text(
        "Nhập địa chỉ dạng https://ten-may-chu; http:// chỉ dùng được cho máy chủ trên chính máy này.",
        "Enter an address such as https://server-name; http:// is only for a server on this very machine.",
    )
    exit_code = ExitCode.SETTINGS


class NotOffered(ItemFailed):
    """The kind of centre in use lacks something that another kind has."""

    title = Text("Hệ thống trung tâm đang dùng không có: {what_vi}", "The centre in use does not offer: {what_en}")
    remedy = Text(
        "Hồ sơ vẫn gửi được như thường. Xem hệ thống đang dùng có những gì bằng “sohoa server”.",
        "Records are still sent as always. See what the centre in use has with “sohoa server”.",
    )
    exit_code = ExitCode.INPUT


class ClientRefused(SignInFailed):
    """Another province's system does not take the client id and its secret."""

    title = Text(
        "Hệ thống {host} không nhận client id “{account}” hoặc mã bí mật của nó",
        "The system {host} does not accept the client id “{account}” or its secret",
    )
    remedy = Text(
        "Hồ sơ vẫn an toàn trên máy này. Hỏi đơn vị quản lý LGSP, khai báo lại trong Hộp gửi (“Ghi danh trạm”)"
        " hoặc bằng “sohoa server lgsp”, rồi gửi tiếp.",
        "Records are safe on this machine. Ask who runs the LGSP, set it up again in the outbox (“Enrol this station”)"
        " or with “sohoa server lgsp”, then go on.",
    )


class DialectBroken(SignInFailed):
    """The file that says how another province's system is spoken to cannot be used."""

    title = Text(
        "Tệp cách gọi LGSP sai ở dòng {line}: {what}",
        "The file of ways to call the LGSP is wrong at line {line}: {what}",
    )
    remedy = Text(
        "Hồ sơ vẫn an toàn trên máy này. Sửa tệp {file} (server.dialect), hoặc để trống để dùng cách gọi có sẵn.",
        "Records are safe on this machine. Mend {file} (server.dialect), or leave it empty for the ways that ship.",
    )
    exit_code = ExitCode.SETTINGS


class DialectUnreadable(DialectBroken):
    """The file of ways to call is not there, or may not be read; ``what`` says why."""

    title = Text(
        "Không đọc được tệp cách gọi LGSP {file}: {what}", "The file of ways to call the LGSP {file} cannot be read: {what}"
    )
    remedy = Text(
        "Hồ sơ vẫn an toàn trên máy này. Xem lại nơi cất và quyền đọc tệp (server.dialect), hoặc để trống để dùng cách có sẵn.",
        "Records are safe on this machine. Look at the file's place and rights (server.dialect), or leave it empty.",
    )


class AccountUnusable(ItemFailed):
    """A client id or a secret that was typed in cannot be one."""

    title = Text(
        "Client id hoặc mã bí mật trống hoặc có ký tự không dùng được",
        "The client id or its secret is empty or has characters that cannot be used",
    )
    remedy = Text(
        "Chép lại từ văn bản cấp, không có dấu cách hay dấu tiếng Việt. Cấu hình vẫn như cũ.",
        "Copy them again from the letter that gave them, without spaces or accents. The settings are as they were.",
    )
    exit_code = ExitCode.INPUT


class CentreComplains(ItemFailed):
    """Another province's system answered with an error that nothing is known of; the record is tried again later."""

    title = Text("Hệ thống {host} báo lỗi {code}: {words}", "The system {host} answered with error {code}: {words}")
    remedy = _waits(
        "Nếu lặp lại, gửi nội dung này cho đơn vị quản lý LGSP.", "If it comes again, send these words to who runs the LGSP."
    )
    exit_code = ExitCode.NETWORK


class ReceiptsFileBroken(ItemFailed):
    """A file that should hold receipts cannot be read."""

    title = Text("Tệp “{file}” không phải tệp biên nhận của trung tâm", "The file “{file}” holds no receipts of the centre")
    remedy = Text(
        "Chép lại từ đĩa tệp có đuôi .receipts.json mà trung tâm đã tạo cạnh gói; hồ sơ vẫn chờ như cũ.",
        "Copy the file ending in .receipts.json, which the centre made beside the package, once more; records wait as before.",
    )


class NothingToSend(ItemFailed):
    """There is nothing that a sealed file could carry."""

    title = Text("Không có hồ sơ nào chờ gửi", "No record waits to be sent")
    remedy = Text(
        "Hoàn tất hồ sơ trước rồi xuất; hồ sơ trung tâm đã nhận thì không phải gửi lại.",
        "Finish a dossier first, then export; what the centre has need not be sent again.",
    )
    exit_code = ExitCode.INPUT


class SealNotOpened(ItemFailed):
    """A sealed file cannot be read to its end with this station's token."""

    title = Text("Gói niêm phong “{file}” không mở được", "The sealed file “{file}” cannot be opened")
    remedy = Text(
        "Đĩa hỏng, tệp bị cắt cụt, của trạm khác, hoặc niêm phong trước khi trạm đổi khóa. Xuất lại gói, tốt nhất ra đĩa khác.",
        "The disk is bad, or the file was cut off, is another station's or older than this station's token. Export it again.",
    )
    exit_code = ExitCode.INCOMPLETE


class ListsDiffer(ItemFailed):
    """The daily comparison with the centre found differences that a person must look at."""

    title = Text(
        "Danh sách của trung tâm và của trạm khác nhau ở {count} hồ sơ",
        "The centre's list and the station's differ in {count} records",
    )
    remedy = Text(
        "Bấm “Đối chiếu” trong Hộp gửi (hoặc chạy “sohoa sync --reconcile”) để xem từng hồ sơ, rồi báo quản trị trung tâm.",
        "Press “Compare” in the outbox (or run “sohoa sync --reconcile”) to see each, then tell the centre's administrator.",
    )


class ClockWrong(ItemFailed):
    """This machine's clock and the centre's differ; sending goes on, but dates on papers and records will be wrong."""

    title = Text("Đồng hồ máy này lệch {off} so với trung tâm", "This machine's clock is {off} off the centre's")
    remedy = Text(
        "Hồ sơ vẫn gửi được. Chỉnh lại ngày giờ của máy (bên trung tâm là {time}), nhất là trước khi hoàn tất hồ sơ.",
        "Records are still sent. Set this machine's date and time (the centre says {time}) before finishing more dossiers.",
    )
    exit_code = ExitCode.NETWORK


class LocalFileChanged(ItemFailed):
    """A finished file is not what it was when the dossier was finished; it is never sent."""

    title = Text(
        "Tệp số {number} của hồ sơ đã hoàn tất bị mất hoặc bị thay đổi trên máy này",
        "File no. {number} of the finished dossier is missing or was changed on this machine",
    )
    remedy = Text(
        "Không gửi gì cả. Khôi phục tệp từ bản sao lưu, hoặc nhờ người quản trị chạy “sohoa doctor”.",
        "Nothing is sent. Put the file back from a backup, or have the administrator run “sohoa doctor”.",
    )
    exit_code = ExitCode.STORAGE


class UploadDamaged(ItemFailed):
    """A file arrived with another content than was sent."""

    title = Text("Một tệp bị hỏng trên đường truyền", "A file was damaged on its way")
    remedy = _waits("Không cần làm gì.", "There is nothing to do.")
    exit_code = ExitCode.NETWORK


class FilesLost(ItemFailed):
    """The centre keeps saying that files are missing which it took."""

    title = Text("Máy chủ báo còn thiếu tệp đã gửi", "The server says that files are missing which were sent")
    remedy = _waits("Nếu kéo dài, báo người quản trị trung tâm.", "If it goes on, tell the centre's administrator.")
    exit_code = ExitCode.NETWORK


class EarlierLacking(ItemFailed):
    """The centre lacks the revision before this one, which it had accepted; that one is sent again first."""

    title = Text("Máy chủ không còn bản trước của hồ sơ này", "The server does not have the revision before this one any more")
    remedy = _waits(
        "Bản trước được gửi lại trước. Nếu kéo dài, báo người quản trị trung tâm.",
        "The one before goes first. If it goes on, tell the centre's administrator.",
    )
    exit_code = ExitCode.NETWORK


class ReceiptNotProven(ItemFailed):
    """The receipt does not carry the right signature of a key that the centre is known by; it does not count."""

    title = Text(
        "Biên nhận của máy chủ không có chữ ký đúng, nên chưa được tính",
        "The centre's receipt does not carry the right signature, so it does not count",
    )
    remedy = _waits(
        "Nếu lặp lại, báo người quản trị trung tâm: khóa ký biên nhận có thể đã bị thay.",
        "If it comes again, tell the centre's administrator: the key that signs receipts may have been changed.",
    )
    exit_code = ExitCode.NETWORK


@dataclass(frozen=True)
class Problem:
    """The centre's own words about a refusal; ``slug`` is for programs, ``where`` names the places that it is about."""

    slug: str
    title: Text
    remedy: Text
    where: tuple[str, ...] = ()


class Refused(ItemFailed):
    """The centre's final answer about one thing, in the centre's words."""

    exit_code: ClassVar[ExitCode] = ExitCode.INPUT
    remedy = Text("{remedy_vi}", "{remedy_en}")

    @classmethod
    def because(cls, problem: Problem) -> Refused:
        """Make the error out of the centre's words."""
        places = [in_words(place) for place in problem.where]
        where_vi, where_en = "; ".join(place.vi for place in places), "; ".join(place.en for place in places)
        return cls(
            reason_vi=f"{problem.title.vi} ({where_vi})" if where_vi else problem.title.vi,
            reason_en=f"{problem.title.en} ({where_en})" if where_en else problem.title.en,
            remedy_vi=problem.remedy.vi,
            remedy_en=problem.remedy.en,
        )


class RecordRefused(Refused):
    """The centre does not take this record."""

    title = Text("Máy chủ trung tâm từ chối hồ sơ: {reason_vi}", "The centre refused the record: {reason_en}")


class RevisionTaken(RecordRefused):
    """The centre has this revision with another content: it is made anew as the next one (app.model.outbox.REVISION_TAKEN)."""


class NumberRefused(Refused):
    """The centre does not give a number."""

    title = Text("Máy chủ trung tâm không cấp mã hồ sơ: {reason_vi}", "The centre gave no dossier number: {reason_en}")


class EnrolmentRefused(Refused):
    """The centre does not take this code."""

    title = Text("Máy chủ trung tâm từ chối ghi danh: {reason_vi}", "The centre refused the enrolment: {reason_en}")
    exit_code = ExitCode.SIGN_IN


_KNOWN: dict[str, type[SohoaError]] = {
    kind.__name__: kind
    for kind in (
        NoConnection,
        NotSecure,
        ServerTimeout,
        WrongCertificate,
        NotTheCentre,
        ServerTrouble,
        ServerFull,
        ServerBusy,
        LocalFileChanged,
        UploadDamaged,
        FilesLost,
        EarlierLacking,
        ReceiptNotProven,
        CentreComplains,
        TokenRefused,
        ClientRefused,
        RecordRefused,
        RevisionTaken,
        NumberRefused,
    )
}


def to_detail(error: SohoaError) -> str:
    """Write an error's values down so that ``from_detail`` can show it after a restart; at most 400 characters."""
    longest = _LONGEST_WORDS
    while True:
        values = {name: str(value)[:longest] for name, value in error.values.items()}
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        if len(text) <= _KEPT_LENGTH:
            return text
        longest -= 5


def from_detail(name: str, detail: str) -> SohoaError | None:
    """Make a kept error again; None for no error, the root of all errors for one that is not known here."""
    if not name:
        return None
    kind = _KNOWN.get(name, SohoaError)
    try:
        error = kind(**json.loads(detail))
    except (ValueError, TypeError, KeyError):
        return SohoaError()
    try:
        error.title_in("vi"), error.title_in("en"), error.remedy_in("vi"), error.remedy_in("en")
    except (KeyError, IndexError):
        return SohoaError()
    return error
