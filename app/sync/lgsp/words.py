"""What a refusal of a province's system means for the clerk: its own words, and what to do about it."""

from __future__ import annotations

from app.errors import SohoaError, Text
from app.sync.errors import CentreComplains, Problem, Refused
from app.sync.lgsp.answers import Said
from app.sync.lgsp.dialect import Meaning

_TITLES = {
    Meaning.NUMBER_USED: Text("mã hồ sơ đã được dùng cho hồ sơ khác", "the dossier number is another dossier's"),
    Meaning.UNKNOWN_PROCEDURE: Text("không có thủ tục này", "there is no such procedure"),
    Meaning.FIELD_MISSING: Text("thiếu thông tin bắt buộc", "something required is missing"),
}
_REMEDIES = {
    Meaning.NUMBER_USED: Text(
        "Mở lại hồ sơ, xóa hoặc sửa mã hồ sơ, rồi hoàn tất lại; để trống thì hệ thống cấp mã mới.",
        "Reopen the dossier, remove or mend its number, and finish it again; without one the system gives a new number.",
    ),
    Meaning.UNKNOWN_PROCEDURE: Text(
        "Mở lại hồ sơ, chọn đúng thủ tục; nếu thủ tục đúng, báo đơn vị quản lý LGSP khai báo mã này.",
        "Reopen the dossier and choose the right procedure; if it is right, have who runs the LGSP add its code.",
    ),
    Meaning.FIELD_MISSING: Text(
        "Mở lại hồ sơ, điền phần còn thiếu, rồi hoàn tất và gửi lại.",
        "Reopen the dossier, fill in what is missing, then finish and send it again.",
    ),
}


def failure_of(said: Said, refused: type[Refused]) -> SohoaError:
    """Give the error for an answer: a refusal that a person must mend, or one that is tried again later."""
    remedy = _REMEDIES.get(said.meaning)
    if remedy is None:
        return complaint(said)
    title = Text(said.message, said.message) if said.message else _TITLES[said.meaning]
    return refused.because(Problem(said.meaning, title, remedy))


def complaint(said: Said) -> CentreComplains:
    """Give the error for an answer that a person here can do nothing about."""
    return CentreComplains(host=said.answer.host, code=said.code, words=said.message)
