"""The words of the pages in Vietnamese and English."""

from __future__ import annotations

from typing import Literal

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
    "page_of": ("Trang {n} / {of}", "Page {n} of {of}"),
    "newer": ("Mới hơn", "Newer"),
    "older": ("Cũ hơn", "Older"),
    "other_language": ("English", "Tiếng Việt"),
}


def language_of(value: str | None) -> Language:
    """Read a ``lang`` parameter; anything unknown is Vietnamese."""
    return "en" if value == "en" else "vi"


class Texts:
    """Gives the words of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.other: Language = "vi" if language == "en" else "en"

    def __call__(self, key: str, **values: object) -> str:
        """Give one text with its places filled."""
        return _TEXTS[key][self.language == "en"].format(**values)
