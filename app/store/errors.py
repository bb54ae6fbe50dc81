"""What can go wrong with the data folder, and the one place where foreign errors become ours."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from app.errors import ExitCode, ItemFailed, MustStop, Text
from app.system_words import system_words


class FolderInUse(MustStop):
    """Another window or command holds the data folder."""

    title = Text(
        "Thư mục dữ liệu {folder} đang được chương trình khác dùng", "The data folder {folder} is in use by another program"
    )
    remedy = Text(
        "Đóng cửa sổ sohoa đang mở trên máy này rồi thử lại; khóa tự mất khi chương trình kia kết thúc.",
        "Close the sohoa window that is open on this machine, then try again; the lock goes when that program ends.",
    )
    exit_code = ExitCode.IN_USE


class DiskFull(MustStop):
    """No room for what must be written."""

    title = Text("Ổ đĩa chứa {folder} đã đầy", "The disk that holds {folder} is full")
    remedy = Text(
        "Các trang đã quét vẫn an toàn. Xóa bớt tệp không cần trên ổ đĩa, rồi quét tiếp từ tờ vừa báo lỗi.",
        "The pages scanned so far are safe. Free some room on that disk, then go on from the sheet that failed.",
    )
    exit_code = ExitCode.STORAGE


class StorageFailed(MustStop):
    """The disk or the database refused."""

    title = Text("Không ghi hoặc đọc được {folder}: {what}", "Cannot write or read {folder}: {what}")
    remedy = Text(
        "Kiểm tra ổ đĩa còn cắm và quyền ghi của thư mục; nếu vẫn lỗi, nhờ người quản trị chạy “sohoa doctor”.",
        "See that the disk is plugged in and may be written to; if it stays, have the administrator run “sohoa doctor”.",
    )
    exit_code = ExitCode.STORAGE


class RecordsDamaged(StorageFailed):
    """The database file is no database any more."""

    title = Text("Kho dữ liệu trong {folder} bị hỏng: {what}", "The records in {folder} are damaged: {what}")
    remedy = Text(
        "Đừng xóa gì: ảnh gốc vẫn nằm trong thư mục này. Chép cả thư mục ra ổ khác rồi gọi hỗ trợ.",
        "Delete nothing: the pictures still lie in that folder. Copy the whole folder to another disk, then call support.",
    )


class DataTooNew(MustStop):
    """The data were written by a newer version."""

    title = Text("Dữ liệu trong {folder} thuộc phiên bản mới hơn", "The data in {folder} belong to a newer version")
    remedy = Text("Cài phiên bản sohoa mới nhất rồi mở lại.", "Install the newest sohoa, then open it again.")
    exit_code = ExitCode.STORAGE


class NoSuchDossier(ItemFailed):
    """There is no dossier of that id or number here."""

    title = Text("Không có hồ sơ “{dossier}” trên máy này", "There is no dossier “{dossier}” on this machine")
    remedy = Text("Tìm lại trong danh sách hồ sơ (“sohoa dossier list”).", "Look for it in the list (“sohoa dossier list”).")
    exit_code = ExitCode.INPUT


class NumberTaken(ItemFailed):
    """Another dossier here has that official number already."""

    title = Text("Mã hồ sơ {number} đã thuộc hồ sơ khác", "The dossier number {number} belongs to another dossier")
    remedy = Text(
        "So với giấy tiếp nhận. Nếu đúng là cùng một hồ sơ, mở hồ sơ {provisional} và quét tiếp vào đó.",
        "Compare with the paper receipt. If it is the same case, open the dossier {provisional} and go on there.",
    )
    exit_code = ExitCode.INPUT


class NotAcceptedYet(ItemFailed):
    """Only a dossier that the centre has can have a next revision."""

    title = Text("Trung tâm chưa nhận hồ sơ {dossier}", "The centre does not have the dossier {dossier} yet")
    remedy = Text(
        "Hồ sơ đang mở hoặc bị trả lại thì sửa thẳng trong hồ sơ. Nếu đang gửi, chờ biên nhận rồi làm lại.",
        "Mend an open or refused dossier as it is. Where it is being sent, wait for the receipt, then try again.",
    )
    exit_code = ExitCode.INPUT


class OriginalMissing(ItemFailed):
    """The picture file of a page is gone from the page store."""

    title = Text(
        "Ảnh gốc của trang ({file}) không còn trong kho", "The original picture of the page ({file}) is gone from the store"
    )
    remedy = Text(
        "Đừng xóa gì. Chép lại thư mục pages từ bản sao lưu, hoặc xóa trang này khỏi hồ sơ và quét lại tờ đó.",
        "Delete nothing. Put the folder pages back from a backup, or delete this page in the dossier and scan the sheet again.",
    )
    exit_code = ExitCode.STORAGE


class FilesAtCentre(ItemFailed):
    """The files of a dossier have gone from this machine, as they should: the centre has them."""

    title = Text(
        "Hồ sơ {dossier} đã gửi xong, tệp chỉ còn ở máy chủ trung tâm",
        "The files of the dossier {dossier} are at the centre only",
    )
    remedy = Text(
        "Máy này giữ thông tin, ảnh nhỏ và biên nhận. Muốn xem tệp, hỏi trung tâm; muốn đính chính, tạo hồ sơ mới, quét lại.",
        "Record, small pictures and receipt stay here. Ask the centre for the files; to correct it, scan a new dossier.",
    )
    exit_code = ExitCode.INPUT


class NoSuchPage(ItemFailed):
    """There is no page of that id."""

    title = Text("Không có trang này trong hồ sơ", "There is no such page in the dossier")
    remedy = Text("Tải lại hồ sơ rồi thử lại.", "Open the dossier again, then try again.")
    exit_code = ExitCode.INPUT


class DossierFrozen(ItemFailed):
    """A finished dossier is not changed any more."""

    title = Text(
        "Hồ sơ {dossier} đã hoàn tất nên không sửa được nữa", "The dossier {dossier} is finished and cannot be changed any more"
    )
    remedy = Text(
        "Muốn sửa thì mở lại khi chưa gửi, hoặc đính chính khi trung tâm đã nhận.",
        "To change it, reopen it while it is not sent yet, or correct it once the centre has it.",
    )
    exit_code = ExitCode.INPUT


class AnswerAwaited(DossierFrozen):
    """Whether the centre has the dossier is not known yet, so it can be neither reopened nor corrected."""

    title = Text(
        "Hồ sơ {dossier} đang gửi, chưa rõ trung tâm đã nhận chưa",
        "The dossier {dossier} is being sent; whether the centre has it is not known yet",
    )
    remedy = Text(
        "Gửi lại khi có mạng, chờ trung tâm trả lời rồi đính chính.",
        "Send again when the network is there, wait for the centre's answer, then correct it.",
    )


class NothingToWithdraw(ItemFailed):
    """No revision is open that could be withdrawn."""

    title = Text("Hồ sơ {dossier} không có bản đính chính nào bỏ được", "The dossier {dossier} has no correction to withdraw")
    remedy = Text(
        "Chỉ bỏ được bản đang mở trên hồ sơ trung tâm đã nhận. Bản mở từ phiên bản phần mềm cũ thì hoàn tất mà không sửa gì.",
        "Only one that is open on what the centre has can be withdrawn. Finish one of an older version as it is.",
    )
    exit_code = ExitCode.INPUT


class DossierStillOpen(ItemFailed):
    """A dossier that is open needs no reopening and no correction."""

    title = Text("Hồ sơ {dossier} đang mở, chưa hoàn tất", "The dossier {dossier} is open, not finished yet")
    remedy = Text("Sửa thẳng trong hồ sơ.", "Change it right in the dossier.")
    exit_code = ExitCode.INPUT


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turn errors of the disk and the database into ours. Raises DiskFull or StorageFailed."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFull(folder=folder) from error
        raise StorageFailed(folder=folder, what=system_words(error)) from error
    except DatabaseError as error:
        raise _of_database(folder, str(error.orig)) from error
    except sqlite3.DatabaseError as error:
        raise _of_database(folder, str(error)) from error


def _of_database(folder: Path, what: str) -> MustStop:
    """Tell SQLite's refusals apart by its words; they name tables and columns, never what is in them."""
    if "disk is full" in what:
        return DiskFull(folder=folder)
    damaged = "malformed" in what or "not a database" in what
    return (RecordsDamaged if damaged else StorageFailed)(folder=folder, what=what)
