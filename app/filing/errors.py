"""What keeps a clerk from filing a dossier, and what to do about it."""

from __future__ import annotations

from app.errors import ExitCode, ItemFailed, Text


class NoProcedure(ItemFailed):
    """The dossier has no procedure yet."""

    title = Text("Hồ sơ chưa chọn thủ tục", "The dossier has no procedure yet")
    remedy = Text(
        "Chọn thủ tục trước, ví dụ 1.001193, rồi xếp trang.",
        "Choose the procedure first, such as 1.001193, then place the pages.",
    )
    exit_code = ExitCode.INPUT


class OnePaper(ItemFailed):
    """Only one paper is seen on the page, or the clerk has cut it already."""

    title = Text("Trên trang này không thấy nhiều giấy tờ", "Several papers are not seen on this page")
    remedy = Text(
        "Cắt trang bằng tay, hoặc đặt các giấy cách nhau và cách mép kính rồi quét lại.",
        "Crop the page by hand, or lay the papers apart from each other and from the rim of the glass and scan again.",
    )
    exit_code = ExitCode.INPUT


class UnknownComponent(ItemFailed):
    """The procedure has no such component."""

    title = Text("Thủ tục {procedure} không có thành phần “{code}”", "The procedure {procedure} has no component “{code}”")
    remedy = Text("Chọn một trong: {known}.", "Choose one of: {known}.")
    exit_code = ExitCode.INPUT


class OnlyPresented(ItemFailed):
    """A paper that is only shown at the desk must not be digitised (TT 01/2023/TT-VPCP)."""

    title = Text("“{component}” chỉ xuất trình, không số hóa", "“{component}” is only presented and is not digitised")
    remedy = Text(
        "Trả giấy này lại cho công dân và xóa trang đã quét. Nếu thật sự phải lưu, xếp vào thành phần khác.",
        "Give the paper back and delete its page. If it really has to be kept, put it under another component.",
    )
    exit_code = ExitCode.INPUT


class SecretPaper(ItemFailed):
    """A paper that holds a state secret is never digitised here (TT 01/2023/TT-VPCP)."""

    title = Text("“{component}” thuộc bí mật nhà nước, không số hóa", "“{component}” is a state secret and is not digitised")
    remedy = Text(
        "Bỏ trang đã quét khỏi hồ sơ và xử lý giấy này theo quy định bảo vệ bí mật nhà nước.",
        "Take the page out of the dossier and handle the paper as the rules on state secrets say.",
    )
    exit_code = ExitCode.INPUT


class IncompleteDossier(ItemFailed):
    """Something blocks finishing; ``findings`` says what, each in both languages."""

    title = Text(
        "Chưa hoàn tất được hồ sơ {dossier}: {reasons_vi}", "The dossier {dossier} cannot be finished yet: {reasons_en}"
    )
    remedy = Text(
        "Sửa các mục trên rồi bấm Hoàn tất lại. Các trang đã quét vẫn được giữ.",
        "Mend these, then finish again. The scanned pages are kept.",
    )
    exit_code = ExitCode.INCOMPLETE


class PaperNotMade(ItemFailed):
    """A PDF could not be made; nothing was changed."""

    title = Text("Không tạo được tệp PDF của “{paper}”: {what_vi}", "The PDF of “{paper}” could not be made: {what_en}")
    remedy = Text(
        "Hồ sơ vẫn đang mở và các trang còn nguyên. Kiểm tra trang vừa nêu, quét lại nếu cần, rồi hoàn tất lại.",
        "The dossier is still open and its pages are whole. Look at that page, scan it again if need be, then finish again.",
    )
    exit_code = ExitCode.STORAGE


class NameTooLong(ItemFailed):
    """A name is longer than any form has room for."""

    title = Text(
        "Tên chủ hồ sơ dài {length} ký tự, nhiều nhất {most}",
        "The owner's name has {length} characters, at most {most} are possible",
    )
    remedy = Text("Chỉ ghi họ và tên như trên giấy tờ.", "Enter only the full name as on the papers.")
    exit_code = ExitCode.INPUT


class NumberFixed(ItemFailed):
    """A later revision keeps the number that the first was received under."""

    title = Text("Hồ sơ đã được nhận với mã {number}", "The centre has this dossier as {number}")
    remedy = Text(
        "Bản đính chính giữ nguyên mã này. Nếu mã sai, báo trung tâm và lập hồ sơ mới.",
        "A correction keeps this number. If it is wrong, tell the centre and begin a new dossier.",
    )
    exit_code = ExitCode.INPUT


class NoReason(ItemFailed):
    """A correction says why."""

    title = Text(
        "Chưa ghi lý do đính chính, hoặc lý do dài quá {most} ký tự", "The reason is missing or longer than {most} signs"
    )
    remedy = Text(
        "Ghi ngắn gọn điều gì sai và sửa thế nào; lý do đi cùng hồ sơ về trung tâm.",
        "Say in short what was wrong and what is mended; the reason goes to the centre with the record.",
    )
    exit_code = ExitCode.INPUT


class RevisionChanged(ItemFailed):
    """A correction in which something was done already."""

    title = Text("Bản đính chính của hồ sơ {dossier} đã có sửa đổi", "The correction of the dossier {dossier} holds changes")
    remedy = Text(
        "Bấm “Bỏ cả sửa đổi” (lệnh: --drop) để về bản trung tâm đã nhận, hoặc giữ lại và hoàn tất. Ảnh vẫn lưu trên máy.",
        "Press “Drop the changes too” (command: --drop) to go back to what the centre has, or finish it. Pictures stay stored.",
    )
    exit_code = ExitCode.INCOMPLETE


class NothingFinished(ItemFailed):
    """Only what was finished has files to export."""

    title = Text("Hồ sơ {dossier} chưa có bản hoàn tất nào như vậy", "The dossier {dossier} has no such finished revision")
    remedy = Text(
        "Hoàn tất hồ sơ trước; các bản nằm trong “Lịch sử hồ sơ” (“sohoa dossier history”).",
        "Finish the dossier first; its revisions are in “History of the dossier” (“sohoa dossier history”).",
    )
    exit_code = ExitCode.INPUT
