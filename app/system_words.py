"""What the operating system's errors are called: in both languages where they are known, else its own words with their code.

Windows' codes are those of its SDK (winerror.h); Python gives ``errno`` for most of them there too.
"""

from __future__ import annotations

import errno

from app.errors import Text

_NOT_THERE = Text("không có tệp hoặc thư mục này", "there is no such file or folder")
_DENIED = Text("tài khoản này không có quyền", "this account has no permission")
_NO_ROOM = Text("ổ đĩa đã đầy", "the disk is full")
_UNREACHABLE = Text("không có đường mạng tới máy kia", "the network has no way to the other machine")
_TOO_LONG = Text("đường dẫn hoặc tên tệp quá dài", "the path or the file's name is too long")
_IN_USE = Text("đang được chương trình khác dùng", "another program is using it")
_DISK_BROKEN = Text(
    "ổ đĩa báo lỗi đọc ghi, có thể đã hỏng hoặc bị rút ra", "the disk failed to read or write; it may be bad or unplugged"
)
_CUT = Text("kết nối bị cắt giữa chừng", "the connection was cut")
_DISK_GONE = Text("ổ đĩa đã bị rút ra hoặc chưa sẵn sàng", "the disk was unplugged or is not ready")
_READ_ONLY = Text("ổ đĩa chỉ cho đọc, không ghi được", "the disk can only be read, not written")

_BY_ERRNO = {
    errno.ENOENT: _NOT_THERE,
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: Text("đã dùng hết phần đĩa của tài khoản này", "this account's share of the disk is used up"),
    errno.EFBIG: Text("tệp quá lớn đối với ổ đĩa này", "the file is too large for this disk"),
    errno.EROFS: _READ_ONLY,
    errno.EIO: _DISK_BROKEN,
    errno.ENODEV: _DISK_GONE,
    errno.ENXIO: _DISK_GONE,
    errno.EBUSY: _IN_USE,
    errno.ETXTBSY: _IN_USE,
    errno.EEXIST: Text("đã có tệp hoặc thư mục tên đó", "a file or folder of that name is there already"),
    errno.ENOTEMPTY: Text("thư mục còn tệp bên trong", "the folder is not empty"),
    errno.ENOTDIR: Text("một phần của đường dẫn là tệp, không phải thư mục", "a part of the path is a file, not a folder"),
    errno.EISDIR: Text("đây là thư mục, không phải tệp", "it is a folder, not a file"),
    errno.ENAMETOOLONG: _TOO_LONG,
    errno.ELOOP: Text("các liên kết trỏ vòng vào nhau", "links point at each other in a circle"),
    errno.EXDEV: Text("hai nơi nằm trên hai ổ đĩa khác nhau", "the two places are on different disks"),
    errno.EMFILE: Text("chương trình đang mở quá nhiều tệp", "this program has too many files open"),
    errno.ENFILE: Text("máy đang mở quá nhiều tệp", "this machine has too many files open"),
    errno.ENOMEM: Text("máy không còn đủ bộ nhớ", "this machine is out of memory"),
    errno.EINVAL: Text("ổ đĩa không nhận tên hoặc thao tác này", "the disk does not take this name or action"),
    errno.ENOTSUP: Text("ổ đĩa không làm được việc này", "the disk cannot do this"),
    errno.ETIMEDOUT: Text("chờ quá lâu không thấy trả lời", "no answer came in time"),
    errno.ECONNREFUSED: Text("máy kia từ chối kết nối", "the other machine refused the connection"),
    errno.EHOSTUNREACH: _UNREACHABLE,
    errno.ENETUNREACH: _UNREACHABLE,
    errno.ENETDOWN: _UNREACHABLE,
    errno.ECONNRESET: _CUT,
    errno.ECONNABORTED: _CUT,
    errno.EPIPE: _CUT,
    errno.EADDRINUSE: Text("cổng đang được chương trình khác dùng", "the port is in use by another program"),
    errno.EADDRNOTAVAIL: Text("máy này không có địa chỉ đó", "this machine does not have that address"),
}
# What Windows tells apart, and Python files under an errno that says less.
_BY_WINERROR = {
    19: _READ_ONLY,
    21: _DISK_GONE,
    32: Text("tệp đang mở trong chương trình khác", "the file is open in another program"),
    33: Text("tệp đang mở trong chương trình khác", "the file is open in another program"),
    53: _UNREACHABLE,
    206: _TOO_LONG,
    1117: _DISK_BROKEN,
}


def system_words(error: OSError) -> Text:
    """Say what the operating system complained of, as part of a sentence; it names no file."""
    known = _BY_WINERROR.get(getattr(error, "winerror", None) or 0) or _BY_ERRNO.get(error.errno or 0)
    if known is not None:
        return known
    if error.strerror:
        return Text(f"mã lỗi hệ thống {error.errno}: {error.strerror}", f"system error {error.errno}: {error.strerror}")
    kind = type(error).__name__
    return Text(f"lỗi hệ thống {kind}", f"system error {kind}")
