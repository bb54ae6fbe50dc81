"""Every word of the window, in Vietnamese as a clerk says it and in English."""

from __future__ import annotations

import enum

from app.errors import Text
from app.model.dossier import DossierState
from app.model.history import Step
from app.model.outbox import OutboxState
from app.model.profile import AfterScan, Backs, Blanks, ColorMode, Source, Way
from app.settings import Rule

APP_NAME = Text("Số hoá Một cửa", "Sohoa scanning desk")

# Top bar
SCAN = Text("Quét", "Scan")
STOP = Text("Dừng", "Stop")
STOP_TIP = Text("Dừng sau tờ đang quét", "Stop after the sheet being scanned")
STOP_NOW = Text("Dừng ngay", "Stop now")
LAST_KEPT = Text("Trang cuối đã lưu, để so với giấy", "The last page that is kept, to compare with the paper")
SESSION_FIRST = Text(
    "Lần quét này chưa xong: bấm F5 để quét tiếp hoặc Esc để kết thúc.",
    "This scan is not over yet: press F5 to go on, or Esc to end it.",
)
SCAN_BEFORE = Text("Quét chèn trước trang này", "Scan before this page")
SCAN_INSTEAD = Text("Quét thay trang này", "Scan in place of this page")
BLANKS_REMOVED = Text("Đã bỏ trang trắng. Ctrl+Z để lấy lại.", "Blank pages were taken out. Ctrl+Z brings them back.")
PROFILE_MENU = Text("Chọn cấu hình quét", "Choose a scan profile")
NO_PROFILE = Text("Chưa có cấu hình quét", "No scan profile yet")
SCANNER_FIRST = Text("Máy quét đầu tiên tìm thấy", "First scanner found")
SCANNER_VIRTUAL = Text("Máy quét mẫu (ảnh có sẵn)", "Sample scanner (pictures on disk)")
FIND = Text("Tìm hồ sơ, chủ hồ sơ, thủ tục", "Find a dossier, owner or procedure")
FIND_ALL = Text("Liệt kê mọi hồ sơ có những chữ này", "List every dossier with these words")
FIND_ALL_HINT = Text("Tìm cả trong nội dung các trang", "Also looks into the text of the pages")
FOUND = Text("{count} hồ sơ có “{words}”", "{count} dossier(s) with “{words}”")
FOUND_LEAVE = Text("Về danh sách theo trạng thái", "Back to the list by state")
IMPORT = Text("Nhập tệp PDF, ảnh…", "Import PDFs, images…")
IMPORT_REFUSED = Text(
    "Không nhập được {count} tệp; các tệp khác đã vào hồ sơ.", "{count} files were not imported; the others are in the dossier."
)
IMPORT_NONE = Text("Không nhập được tệp nào trong {count} tệp.", "None of the {count} files could be imported.")
IMPORT_EACH = Text("Xem từng tệp…", "See each file…")
IMPORT_HEADS = (Text("Tệp", "File"), Text("Lý do", "Reason"), Text("Cách xử lý", "What to do"))
IMPORTED = Text("Đã nhập {count} trang", "{count} page(s) imported")
IMPORTED_NEW = Text("Đã nhập {count} trang vào hồ sơ mới {number}", "{count} page(s) imported into the new dossier {number}")
IMPORTED_BESIDE = Text(
    "Hồ sơ {closed} đã khóa: {count} trang được nhập vào hồ sơ mới {number}",
    "Dossier {closed} is closed: {count} page(s) went into the new dossier {number}",
)
OTHER_LANGUAGE = Text("EN", "VI")
LANGUAGE_TIP = Text("Switch to English", "Chuyển sang tiếng Việt")
SETTINGS = Text("Cấu hình", "Settings")
BACK_TO_DESK = Text("Về bàn làm việc", "Back to the desk")
NEW_DOSSIER = Text("Hồ sơ mới", "New dossier")

# Left: queue
STATES = {
    DossierState.OPEN: Text("Đang làm", "In progress"),
    DossierState.FINISHED: Text("Chờ gửi", "Waiting to be sent"),
    DossierState.REFUSED: Text("Bị trả lại", "Sent back"),
    DossierState.ACCEPTED: Text("Đã nhận", "Accepted"),
}
DOSSIER_LIST = Text("Danh sách hồ sơ", "List of dossiers")
NO_DOSSIERS = Text("Không có hồ sơ nào", "No dossiers here")
NO_OWNER = Text("Chưa ghi chủ hồ sơ", "Owner not filled in yet")
NO_PROCEDURE = Text("Chưa chọn thủ tục", "No procedure chosen yet")
PROVISIONAL = Text("mã tạm", "provisional")

# Centre: the page
PAGE_VIEW = Text("Trang đang xem", "Page on screen")
EMPTY_TITLE = Text("Đặt giấy vào khay rồi bấm Quét (F5)", "Put the paper in the feeder and press Scan (F5)")
EMPTY_DETAIL = Text(
    "Trang hiện ra ngay khi quét xong từng tờ. Hồ sơ mới được mở tự động.",
    "Each page appears as soon as its sheet is done. A new dossier opens by itself.",
)
EMPTY_SCANNING = Text("Đang quét…", "Scanning…")
EMPTY_SOON = Text("Trang đầu hiện ra ở đây ngay khi quét xong tờ.", "The first page appears here as soon as its sheet is done.")
BEFORE = Text("Ảnh gốc", "Original")
AFTER = Text("Đã xử lý", "Processed")
TURN_LEFT = Text("Xoay trái", "Turn left")
TURN_RIGHT = Text("Xoay phải", "Turn right")
CROP = Text("Cắt trang", "Crop")
CROP_APPLY = Text("Cắt theo khung", "Crop to the frame")
CROP_CANCEL = Text("Bỏ", "Leave")
CROP_HINT = Text("Kéo góc hoặc cạnh của khung. Enter: cắt. Esc: bỏ.", "Drag corners or edges. Enter: crop. Esc: leave.")
MARK_BLANK = Text("Đánh dấu trang trắng", "Mark as blank")
DELETE = Text("Xóa trang", "Delete page")
UNDO = Text("Hoàn tác", "Undo")
REDO = Text("Làm lại", "Redo")
UNDO_WHAT = Text("Hoàn tác: {what}", "Undo: {what}")
REDO_WHAT = Text("Làm lại: {what}", "Redo: {what}")
UNDONE = Text("Đã hoàn tác: {what}", "Undone: {what}")
REDONE = Text("Đã làm lại: {what}", "Done again: {what}")
NOTHING_TO_UNDO = Text("Không còn gì để hoàn tác", "Nothing left to undo")
NOTHING_TO_REDO = Text("Không còn gì để làm lại", "Nothing left to do again")
ZOOM_IN = Text("Phóng to", "Zoom in")
ZOOM_OUT = Text("Thu nhỏ", "Zoom out")
ZOOM_FIT = Text("Vừa khung", "Fit")
ZOOM_ACTUAL = Text("Cỡ thật 1:1", "Actual size 1:1")
PAGE_OF = Text("Trang {number}/{total}", "Page {number} of {total}")
PREVIOUS_PAGE = Text("Trang trước", "Previous page")
NEXT_PAGE = Text("Trang sau", "Next page")

# Badges
BADGE_SKEW = Text("Nghiêng {degrees}°", "Skewed {degrees}°")
BADGE_SKEW_TIP = Text(
    "Đã nắn thẳng theo khung dò được. Bấm để xem lại khung.", "Straightened by the frame that was found. Click to check it."
)
BADGE_BLANK = Text("Trang trắng?", "Blank page?")
BADGE_BLANK_TIP = Text("Bấm nếu trang có nội dung.", "Click if there is something on it.")
BADGE_BLANK_SET = Text("Trang trắng", "Blank page")
BADGE_LOW_DPI = Text("Chỉ {dpi} dpi", "Only {dpi} dpi")
BADGE_LOW_DPI_TIP = Text(
    "Độ phân giải thấp hơn quy định. Nên quét lại tờ này.", "Below the required resolution. Better scan this sheet again."
)
BADGE_DARK = Text("Tối", "Dark")
BADGE_FAINT = Text("Chữ nhạt", "Faint")
BADGE_BLURRED = Text("Mờ", "Blurred")
BADGE_LOOK_TIP = Text(
    "Phóng to xem có đọc được không; nếu không, quét lại tờ này.",
    "Zoom in to see whether it can be read; if not, scan the sheet again.",
)
BADGE_DAMAGED = Text("Tệp ảnh hỏng bên trong", "Picture file damaged inside")
BADGE_DAMAGED_TIP = Text(
    "Một phần ảnh có thể đã mất. Xem kỹ cả trang; nếu thiếu hoặc lệch chữ, quét lại tờ này.",
    "A part of the picture may be lost. Look at the whole page; where print is missing or shifted, scan the sheet again.",
)
BADGE_STREAK = Text("Vệt sọc do mặt kính bẩn", "Streak from dirty glass")
BADGE_STREAK_TIP = Text(
    "Lau mặt kính của máy quét rồi quét lại tờ này.", "Clean the scanner's glass, then scan this sheet again."
)
BADGE_CUT_OFF = Text("Chữ sát mép, có thể bị cắt", "Print at the edge, may be cut off")
BADGE_CUT_OFF_TIP = Text(
    "Bấm để xem lại khung; nếu chữ bị cắt, đặt giấy ngay ngắn rồi quét lại tờ này.",
    "Click to check the frame; if print is cut off, lay the sheet straight and scan it again.",
)
BADGE_PAPERS = Text("Nhiều giấy tờ trong một ảnh: bấm để tách", "Several papers in one picture: click to split")
BADGE_PAPERS_TIP = Text(
    "Tách thành mỗi giấy một trang. Ảnh gốc giữ nguyên, hoàn tác được.",
    "Makes a page of each paper. The original stays; it can be undone.",
)
SPLIT_DONE = Text("Đã tách thành {count} trang", "Split into {count} pages")
BADGE_FINGER = Text("Ngón tay che mép giấy", "A finger covers the edge")
BADGE_FINGER_TIP = Text(
    "Xem chỗ bị che có chữ không; nếu có, quét lại tờ này.", "See whether print is covered; if so, scan the sheet again."
)
BADGE_CLIP = Text("Còn ghim hoặc kẹp", "A clip or staple is on it")
BADGE_CLIP_TIP = Text(
    "Gỡ ghim, kẹp trước khi quét để khỏi kẹt giấy và che chữ; nếu bị che, quét lại tờ này.",
    "Take clips and staples off before scanning, or they jam and cover print; if print is covered, scan it again.",
)
BADGE_DOUBLE = Text("Hai trang trong một ảnh", "Two pages in one picture")
BADGE_DOUBLE_TIP = Text(
    "Nếu là hai tờ bị kéo cùng lúc, tách ra rồi quét lại; nếu là quyển sổ đang mở, xem hai trang có đủ chữ không.",
    "If two sheets went through together, part them and scan again; if it is an open booklet, see that both pages are whole.",
)
BADGE_SEPARATOR = Text("Tờ phân cách", "Separator sheet")
BADGE_SEPARATOR_TIP = Text(
    "Tờ này chỉ để chia tập giấy, không phải giấy tờ của hồ sơ. Bấm Del nếu muốn xóa.",
    "This sheet only parts the batch and is no paper of the dossier. Press Del to delete it.",
)
BADGE_FAILED = Text("Chưa xử lý được", "Could not be processed")
BADGE_FAILED_TIP = Text(
    "Ảnh gốc vẫn còn nguyên. Xem ảnh gốc, hoặc quét lại tờ này.", "The original is safe. Look at it, or scan the sheet again."
)

# Turning the rest of a pile
STACK_QUESTION = Text(
    "{count} trang khác cùng lượt quét đang nằm hướng khác. Xoay giống trang này?",
    "{count} other page(s) of this scan lie another way. Turn them like this one?",
)
STACK_TURN = Text("Xoay cả tập", "Turn the rest")
STACK_TURNED = Text("Đã xoay thêm {count} trang cùng tập", "{count} more page(s) of the pile were turned")

# Strip
STRIP = Text("Các trang của hồ sơ, theo thành phần", "Pages of the dossier, by paper")
NOT_PLACED = Text("Chưa xếp", "Not placed")
GROUP_PAGES = Text("{count} trang", "{count} p.")
PAGE_NAME = Text("Trang {number}, {group}", "Page {number}, {group}")
PLACE_UNDER = Text("Xếp vào", "Place under")
PLACED = Text("Đã xếp {count} trang vào “{component}”", "{count} page(s) placed under “{component}”")
UNPLACED = Text("Đã đưa {count} trang về chưa xếp", "{count} page(s) taken back to “not placed”")
DELETED = Text("Đã xóa {count} trang. Ctrl+Z để lấy lại.", "{count} page(s) deleted. Ctrl+Z brings them back.")
NO_SUCH_COMPONENT = Text("Thủ tục này không có thành phần số {number}", "This procedure has no paper number {number}")

# Right: the dossier
DOSSIER_NUMBER = Text("Mã hồ sơ", "Dossier number")
GET_NUMBER = Text("Lấy số", "Get number")
GET_NUMBER_TIP = Text("Xin trung tâm cấp mã hồ sơ", "Ask the centre for a dossier number")
NUMBER_GOT = Text("Trung tâm đã cấp mã {number}", "The centre issued {number}")
PROCEDURE = Text("Thủ tục", "Procedure")
PROCEDURE_HINT = Text("Gõ mã hoặc tên, không cần dấu", "Type a code or name, accents not needed")
OWNER_NAME = Text("Chủ hồ sơ", "Owner of the dossier")
OWNER_HINT = Text("Họ và tên như trên giấy tờ", "Full name as on the papers")
OWNER_ID = Text("Số định danh cá nhân", "Personal ID number")
OWNER_ID_HINT = Text("12 chữ số; tổ chức: mã số thuế", "12 digits; an organisation: tax code")
COMPETENT = Text("Cơ quan có thẩm quyền", "Agency that decides")
COMPETENT_HINT = Text("Mã cơ quan, nếu khác nơi nhận", "Its code, if it is not the desk's own")
CHECKLIST = Text("Thành phần hồ sơ", "Papers of the dossier")
CHECKLIST_EMPTY = Text(
    "Chọn thủ tục để thấy danh sách giấy tờ cần có.", "Choose a procedure to see the papers that it asks for."
)
MISSING = Text("thiếu", "missing")
CONDITIONAL = Text("nếu có", "if any")
PRESENTED = Text("xuất trình", "shown")
PAGES_COUNT = Text("{count} trang", "{count} p.")
FINISH = Text("Hoàn tất hồ sơ", "Finish the dossier")
FINISHING = Text("Đang đóng gói hồ sơ…", "Packing the dossier…")
FINISHED = Text("Hồ sơ {number} đã xong và chờ gửi", "Dossier {number} is finished and waits to be sent")
OFFERS = Text("Đọc được trên giấy, chờ nhận", "Read on the papers, not taken yet")
OFFERS_TIP = Text(
    "Bấm dòng để xem trên trang; bấm dấu ✓ hoặc phím A để nhận", "Click a line to see it; the tick or A takes it over"
)
OFFER_WHERE = Text("trang {page} · {sure}", "page {page} · {sure}")
ACCEPT_ALL = Text("Nhận hết", "Take all")
ACCEPTED_OFFER = Text("Đã nhận {name}: {value}", "Taken over: {name}: {value}")
TO_DO = Text("Còn phải làm", "Still to do")
NOTHING_TO_DO = Text("Đã đủ. Có thể hoàn tất.", "All there. Ready to finish.")
NO_DOSSIER = Text("Chưa mở hồ sơ nào", "No dossier open")
STATE_LINES = {
    DossierState.FINISHED: Text(
        "Đã hoàn tất, chờ gửi về trung tâm. Muốn sửa phải mở lại.", "Finished, waiting to be sent. Reopen it to change it."
    ),
    DossierState.ACCEPTED: Text("Trung tâm đã nhận, có biên nhận.", "The centre has it and gave a receipt."),
    DossierState.REFUSED: Text("Trung tâm trả lại. Xem lý do trong Hộp gửi.", "The centre sent it back. The outbox says why."),
}
REVISION_OPEN = Text(
    "Đang mở bản {revision} để sửa; trung tâm vẫn giữ bản {kept}. Mở nhầm: “Việc khác”, “Bỏ đính chính”.",
    "Revision {revision} is open; the centre keeps revision {kept}. By mistake: “More”, “Withdraw the correction”.",
)
FILES_AT_CENTRE = Text(
    "Đã gửi, tệp ở máy chủ trung tâm. Ở đây còn thông tin, ảnh nhỏ và biên nhận.",
    "Sent; the files are at the centre. The record, small pictures and the receipt are here.",
)
MORE = Text("Việc khác", "More")
REUSE_OFFER = Text(
    "“{paper}” đã được số hóa ngày {day} (hồ sơ {dossier}); dùng lại?",
    "“{paper}” was digitised on {day} (dossier {dossier}); use it again?",
)
REUSE_UNSURE = Text("Giấy không ghi thời hạn, hãy xem lại.", "It does not say how long it is valid; look at it.")
REUSE_HERE = Text("trên máy này", "on this machine")
REUSE = Text("Dùng lại", "Use it again")
REUSE_NOT = Text("Không, sẽ quét", "No, scan it")
REUSE_END = Text("Thôi dùng lại “{paper}”", "Do not reuse “{paper}”")
REUSED = Text("Dùng lại “{paper}”, không cần quét", "“{paper}” is reused, no scan is needed")
REUSED_ROW = Text("dùng lại", "reused")
CORRECT = Text("Đính chính hồ sơ…", "Correct the dossier…")
CORRECT_INTRO = Text(
    "Hồ sơ đã hoàn tất được giữ nguyên. Đính chính tạo bản mới; lý do và tên người sửa đi cùng bản đó về trung tâm.",
    "What was finished stays as it is. A correction is a new revision; its reason and your name go to the centre with it.",
)
CORRECT_HINT = Text("Điều gì sai, sửa thế nào", "What was wrong and what is mended")
CORRECT_GO = Text("Mở để đính chính", "Open it")
WITHDRAW = Text("Bỏ đính chính, về bản đã nhận", "Withdraw the correction")
WITHDRAWN = Text("Đã bỏ bản đính chính; hồ sơ về bản trung tâm đã nhận", "The correction is withdrawn")
WITHDRAW_ALL = Text("Bỏ cả sửa đổi", "Drop the changes too")
HISTORY = Text("Lịch sử hồ sơ", "History of the dossier")
HISTORY_HEADS = (
    Text("Bản", "Revision"),
    Text("Thời điểm", "When"),
    Text("Việc", "What"),
    Text("Người làm", "Who"),
    Text("Lý do", "Why"),
)
HISTORY_STEPS = {
    Step.BEGUN: Text("Tiếp nhận", "Begun"),
    Step.RESULT: Text("Mở để số hóa kết quả", "Opened for the result"),
    Step.CORRECTION: Text("Mở để đính chính", "Opened for a correction"),
    Step.REOPENED: Text("Mở lại để sửa", "Opened again to mend"),
    Step.FINISHED: Text("Hoàn tất", "Finished"),
    Step.ACCEPTED: Text("Trung tâm đã nhận", "Accepted by the centre"),
    Step.REFUSED: Text("Trung tâm trả lại", "Sent back by the centre"),
    Step.WITHDRAWN: Text("Bỏ bản đính chính", "Correction withdrawn"),
    Step.CLEARED: Text("Xóa tệp trên máy này, trung tâm giữ", "Files removed here, the centre has them"),
}
EXPORT_FOLDER = Text("Xuất hồ sơ ra thư mục…", "Export as a folder…")
EXPORT_BAG = Text("Xuất gói lưu trữ (BagIt)…", "Export as a BagIt package…")
EXPORT_WHERE = Text("Chọn nơi đặt gói", "Choose where the package goes")
EXPORTED = Text("Đã xuất ra {path}", "Exported to {path}")
VERIFY = Text("Kiểm tra gói đã xuất…", "Check an exported package…")
VERIFY_WHERE = Text("Chọn thư mục của gói", "Choose the package's folder")
VERIFY_HEADS = (Text("Chỗ sai", "What is wrong"),)
VERIFY_WHOLE = Text("Gói nguyên vẹn: {count} tệp đúng như khi xuất.", "The package is whole: {count} files are what they were.")
VERIFY_BROKEN = Text(
    "Gói KHÔNG nguyên vẹn: {count} chỗ sai. Đừng giao gói này; hãy xuất lại từ hồ sơ.",
    "The package is NOT whole: {count} things are wrong. Do not hand it over; export it again from the dossier.",
)
REPORT_COPY = Text("Chép báo cáo", "Copy the report")
REOPEN = Text("Mở lại để sửa", "Open again to mend")
BEGIN_RESULT = Text("Số hóa kết quả", "Digitise the result")
RESULT_OF = Text("Kết quả: {name}", "Result: {name}")
MUST_DIGITISE = Text("bắt buộc", "mandatory")
NOT_DIGITISED = Text("không số hóa", "not digitised")
SECRET = Text("mật", "secret")
EXCUSED = Text("có lý do", "excused")
PAPER_DATA = Text("Dữ liệu giấy tờ…", "Data of the paper…")
PAPER_DATA_TIP = Text(
    "Số, ngày cấp, nơi cấp, hiệu lực, số tờ; lý do nếu thiếu (Ctrl+D)",
    "Number, date, issuer, validity, sheets; why it is missing (Ctrl+D)",
)
PAPER_SAVE = Text("Lưu", "Save")
PAPER_SHEETS = Text("số tờ đã đếm", "sheets counted")
PAPER_SIDES = Text("số mặt mỗi tờ", "sides of each")
PAPER_ABSENCE = Text("lý do không có giấy tờ này", "why this paper is not there")
IN_FORCE = {None: Text("chưa rõ", "not known"), True: Text("còn hiệu lực", "in force"), False: Text("hết hiệu lực", "ended")}
ACCEPT_FLAWS = Text("Đã xem cảnh báo, giữ trang này", "Looked at the warnings, keep the page")
SLIP_WITH = Text("Trang chụp có phiếu dán", "Taken with the slip on it")
SLIP_WITHOUT = Text("Trang chụp đã gỡ phiếu", "Taken without the slip")
SLIP_NONE = Text("Không có phiếu dán", "No slip on it")
OPEN_OUTBOX = Text("Xem hộp gửi", "See the outbox")

# Bottom line
READY = Text("Sẵn sàng", "Ready")
PAGES_READ = Text("Đã đọc chữ {done}/{total} trang", "{done} of {total} pages read")
CENTRE_ONLINE = Text("Trung tâm: trực tuyến", "Centre: online")
CENTRE_LOOK = Text("Trung tâm: có điều cần xem trong Hộp gửi (Ctrl+B)", "Centre: look into the outbox (Ctrl+B)")
CENTRE_OFFLINE = Text("Trung tâm: mất kết nối", "Centre: offline")
CENTRE_REFUSES = Text("Trung tâm: phải ghi danh lại trạm này (Ctrl+B)", "Centre: enrol this station again (Ctrl+B)")
CENTRE_UNKNOWN = Text("Trung tâm: chưa kết nối", "Centre: not connected")
CENTRE_WAITING = Text("{count} hồ sơ chờ gửi", "{count} to be sent")
CENTRE_NONE_WAITING = Text("không còn hồ sơ chờ gửi", "nothing to be sent")
SYNC_TIP = Text("Mở hộp gửi", "Open the outbox")
SCAN_STARTING = Text("Đang mở máy quét…", "Opening the scanner…")
CLOSING = Text("Dừng sau tờ đang quét rồi đóng cửa sổ…", "Stopping after this sheet, then closing…")
CLOSING_WORK = Text("Làm nốt việc đang chạy rồi đóng cửa sổ…", "Ending the running work, then closing…")

# Outbox
OUTBOX_TITLE = Text("Hộp gửi về trung tâm", "Outbox to the centre")
OUTBOX_EMPTY = Text("Chưa có hồ sơ nào được hoàn tất.", "No dossier has been finished yet.")
OUTBOX_LIST = Text("Các hồ sơ đã hoàn tất", "Finished dossiers")
SEND_NOW = Text("Gửi ngay", "Send now")
ENROL = Text("Ghi danh trạm", "Enrol this station")
OUTBOX_STATES = {
    OutboxState.WAITING: Text("Chờ gửi", "Waiting"),
    OutboxState.UNCONFIRMED: Text("Đang gửi", "Being sent"),
    OutboxState.ACCEPTED: Text("Đã nhận", "Accepted"),
    OutboxState.REFUSED: Text("Bị trả lại", "Sent back"),
}
ERRAND_EXPORT = Text("Xuất ra USB…", "Export to USB…")
ERRAND_EXPORT_TIP = Text(
    "Ghi mọi hồ sơ chờ gửi thành một tệp niêm phong, để mang về trung tâm khi không có mạng",
    "Writes everything that waits into one sealed file, to be carried to the centre where there is no network",
)
ERRAND_EXPORT_WHERE = Text("Chọn đĩa USB hoặc thư mục để đặt gói niêm phong", "Choose a USB disk or folder for it")
ERRAND_RECEIPTS = Text("Nhập biên nhận…", "Take receipts in…")
ERRAND_RECEIPTS_TIP = Text(
    "Nhận tệp biên nhận mà trung tâm ghi lên USB cho gói niêm phong",
    "Takes the receipts that the centre put on the disk",
)
ERRAND_CHECK = Text("Kiểm tra gói…", "Check a package…")
ERRAND_CHECK_TIP = Text(
    "Đọc lại một gói niêm phong trên USB: còn nguyên vẹn không, có mấy hồ sơ", "Reads a sealed file on a disk to its end"
)
ERRAND_COMPARE = Text("Đối chiếu", "Compare")
ERRAND_COMPARE_TIP = Text(
    "So toàn bộ danh sách với trung tâm, gửi lại hoặc lấy lại biên nhận còn thiếu (trạm tự làm mỗi ngày cho 31 ngày gần nhất)",
    "Compares all records with the centre and mends what is missing (done by itself every day for the last 31 days)",
)
ERRAND_VERIFY = Text("Kiểm tra biên nhận", "Check receipts")
ERRAND_VERIFY_TIP = Text(
    "Kiểm tra lại chữ ký của mọi biên nhận đã giữ, không cần mạng",
    "Checks the signature of every kept receipt, offline",
)
ERRAND_CLEAR = Text("Giải phóng ổ đĩa…", "Free disk space…")
ERRAND_CLEAR_TIP = Text(
    "Hỏi trung tâm rồi xóa tệp của hồ sơ mà trung tâm còn giữ đủ và đã hết thời hạn giữ (trạm tự làm mỗi ngày)",
    "Asks the centre, then removes the files of dossiers that it holds and whose retention time is over (done daily by itself)",
)
ERRAND_CLEAR_NOW = Text("Xóa các tệp này", "Remove these files")
ERRAND_LINES = Text("Xem từng hồ sơ…", "See each record…")
SEALED_FILES = Text("Gói niêm phong (*.sealed)", "Sealed files (*.sealed)")
RECEIPT_FILES = Text("Tệp biên nhận (*.receipts.json)", "Files of receipts (*.receipts.json)")
LINE_HEADS = (Text("Hồ sơ", "Record"), Text("Tình trạng", "State"), Text("Nội dung", "What"))
LINE_WELL = Text("đã xử lý", "mended")
LINE_TO_SEE = Text("cần người xem", "needs a person")
FINISHED_AT = Text("Hoàn tất {time}", "Finished {time}")
RECEIVED_AT = Text("Biên nhận lúc {time}", "Receipt at {time}")
NEXT_TRY = Text("Thử lại lúc {time} (đã thử {attempts} lần)", "Next try at {time} ({attempts} so far)")
FILES_SENT = Text("{done}/{total} tệp", "{done} of {total} files")
REVISION = Text("bản {number}", "revision {number}")

# Enrolment
ENROL_HOW = Text(
    "Xin người quản trị trung tâm một mã ghi danh, rồi bấm “Ghi danh trạm” trong Hộp gửi.",
    "Ask the centre's administrator for an enrolment code, then press “Enrol this station” in the outbox.",
)
ENROL_INTRO = Text(
    "Người quản trị trung tâm cấp mã ghi danh, dùng một lần.", "An administrator of the centre gives a code that works once."
)
ENROL_KIND = Text("Gửi hồ sơ đến", "Send records to")
ENROL_OURS = Text("Trung tâm Số hoá Một cửa", "A centre of this product")
ENROL_LGSP = Text("Hệ thống của tỉnh (LGSP)", "The province's own system (LGSP)")
ENROL_LGSP_INTRO = Text(
    "Đơn vị quản lý LGSP cấp client id và mã bí mật. Mã bí mật được thử trước, rồi giữ trong kho khóa của máy.",
    "Who runs the LGSP gives a client id and a secret. The secret is tried first, then kept in this machine's keyring.",
)
ENROL_CLIENT = Text("Client id", "Client id")
ENROL_SECRET = Text("Mã bí mật", "Secret")
ENROL_UNIT = Text("Mã đơn vị tiếp nhận (trống: mã cơ quan)", "Receiving unit (empty: the agency)")
ENROL_URL = Text("Địa chỉ máy chủ", "Server address")
ENROL_CODE = Text("Mã ghi danh", "Enrolment code")
ENROL_CA = Text("Tệp chứng thư CA (nếu có)", "CA certificate file (if any)")
ENROL_GO = Text("Ghi danh", "Enrol")
ENROL_RUNNING = Text("Đang hỏi trung tâm…", "Asking the centre…")
ENROL_DONE = Text("Trạm đã được ghi danh", "This station is enrolled")
BROWSE = Text("Chọn…", "Choose…")
CANCEL = Text("Bỏ", "Cancel")

# Settings
SETTINGS_TITLE = Text("Cấu hình trạm", "Settings of this station")
SETTINGS_SAVE = Text("Lưu cấu hình", "Save settings")
SETTINGS_SAVED = Text("Đã lưu cấu hình", "Settings saved")
SETTINGS_SAME = Text("Không có gì thay đổi", "Nothing has changed")
SECTIONS = {
    "": Text("Chung", "General"),
    "station": Text("Trạm", "Station"),
    "server": Text("Trung tâm", "Centre"),
    "scanning": Text("Máy quét", "Scanners"),
    "recognition": Text("Nhận dạng chữ", "Reading text"),
    "filing": Text("Hoàn tất hồ sơ", "Finishing"),
    "checks": Text("Kiểm tra hồ sơ", "Checks"),
    "profiles": Text("Cấu hình quét", "Scan profiles"),
    "catalogue": Text("Danh mục thủ tục", "Procedures"),
}
SETTING_NAMES = {
    "language": Text("Ngôn ngữ", "Language"),
    "server.kind": Text("Loại hệ thống trung tâm", "Kind of centre"),
    "server.unit_code": Text("LGSP: mã đơn vị tiếp nhận; trống = mã cơ quan", "LGSP: receiving unit; empty = the agency"),
    "server.dialect": Text("LGSP: tệp mô tả cách gọi riêng (TOML)", "LGSP: a file of own ways to call (TOML)"),
    "filing.packing": Text("Cách nén trang trong PDF", "Packing of pages in the PDF"),
}
PROFILE_NEW = Text("Thêm cấu hình", "Add a profile")
PROFILE_REMOVE = Text("Bỏ cấu hình", "Remove the profile")
PROFILE_NAME_NEW = Text("Cấu hình mới", "New profile")
PROFILE_IMPORT = Text("Nhập từ tệp…", "Import from a file…")
PROFILE_EXPORT = Text("Xuất ra tệp…", "Export to a file…")
PROFILE_LOCKED = Text("Quản trị khóa cấu hình này", "The administrator locked this profile")
PROFILES_TAKEN = Text("Đã nhận cấu hình: {names}", "Profiles taken in: {names}")
PROFILES_WRITTEN = Text("Đã ghi {count} cấu hình vào {file}", "{count} profiles written into {file}")
TOML_FILES = Text("Tệp cấu hình (*.toml)", "Profile files (*.toml)")
PROFILES_BUILT_IN = Text(
    "Trạm chưa có cấu hình riêng và dùng hai cấu hình có sẵn: máy quét đầu tiên tìm thấy, và quét tập. "
    "Bấm “Thêm cấu hình” để chọn máy quét, cách đưa giấy và phím.",
    "This station has no profiles of its own and uses the two built-in ones: the first scanner found, and practice. "
    "“Add a profile” lets you choose the scanner, how paper comes, and the key.",
)
PROFILE_LIST = Text("Danh sách cấu hình quét", "List of scan profiles")
FIND_SCANNERS = Text("Tìm máy quét", "Find scanners")
FINDING_SCANNERS = Text("Đang tìm máy quét…", "Looking for scanners…")
SCANNERS_FOUND = Text("Tìm thấy {count} máy quét", "{count} scanner(s) found")
SCANNERS_CAME = Text("Đã thấy máy quét: {names}", "Scanner found: {names}")
SCANNERS_WENT = Text("Không còn thấy máy quét: {names}", "Scanner gone: {names}")
WHICH_SCANNER = Text("Chọn máy…", "Choose the scanner…")
SCANNER_PLACE = Text("{label} – ở {place}", "{label} – at {place}")
SCANNER_OPTIONS = Text("Tùy chọn của máy…", "The scanner's options…")
OPTIONS_TITLE = Text("Tùy chọn của máy quét – {profile}", "The scanner's options – {profile}")
OPTIONS_READING = Text("Đang hỏi máy quét…", "Asking the scanner…")
OPTIONS_OF = Text("{device} – {count} tùy chọn", "{device} – {count} options")
OPTION_SEARCH = Text("Tìm tùy chọn", "Find an option")
OPTION_ADVANCED = Text("Cả tùy chọn nâng cao", "Advanced ones too")
OPTION_BACK = Text("Về mặc định", "Back to default")
OPTION_NONE = Text("(không)", "(none)")
OPTION_KEEP = Text("Dùng cho cấu hình này", "Use in this profile")
LINES_HINT = Text("Mỗi mẫu cách nhau bằng dấu ;", "Parted by ;")

LITERALS = {
    "vi": Text("Tiếng Việt", "Tiếng Việt"),
    "en": Text("English", "English"),
    "auto": Text("tự chọn (nên dùng)", "chosen by itself (recommended)"),
    "tesserocr": Text("tesserocr: nhanh, giữ mô hình trong bộ nhớ", "tesserocr: fast, keeps the model in memory"),
    "pytesseract": Text("pytesseract: chậm hơn, chạy chương trình tesseract", "pytesseract: slower, runs tesseract itself"),
    "sohoa": Text("máy chủ của sản phẩm này", "this product's own server"),
    "lgsp": Text("hệ thống của tỉnh, qua LGSP", "the province's own system, by its LGSP"),
    "faithful": Text("giữ nguyên ảnh (JPEG)", "faithful (JPEG)"),
    "layered": Text("tách lớp: nhỏ hơn nhiều, giữ màu dấu", "layered: much smaller, seals keep their colour"),
    "bitonal": Text("đen trắng: nhỏ nhất, mất màu", "black and white: smallest, no colour"),
    "": Text("(phím còn trống)", "(the next free one)"),
}
SOURCES: dict[enum.Enum, Text] = {
    Source.FLATBED: Text("mặt kính", "flatbed"),
    Source.FEEDER: Text("khay nạp, một mặt", "feeder, one side"),
    Source.DUPLEX: Text("khay nạp, hai mặt", "feeder, both sides"),
}
MODES: dict[enum.Enum, Text] = {
    ColorMode.COLOR: Text("màu", "colour"),
    ColorMode.GRAY: Text("thang xám", "grey"),
    ColorMode.BITONAL: Text("đen trắng", "black and white"),
}

WAYS: dict[enum.Enum, Text] = {
    Way.ONCE: Text("một lượt", "in one go"),
    Way.MORE: Text("nhiều lượt, hỏi sau mỗi lượt", "pile by pile, asks after each"),
    Way.TURN_OVER: Text("hai mặt thủ công: mặt trước rồi mặt sau", "both sides by hand: fronts, then backs"),
}
BACKS: dict[enum.Enum, Text] = {
    Backs.REVERSED: Text("tờ cuối trước (lật cả tập)", "last sheet first (pile turned over)"),
    Backs.SAME: Text("tờ đầu trước", "first sheet first"),
}
BLANKS: dict[enum.Enum, Text] = {
    Blanks.FLAG: Text("chỉ báo", "only flag them"),
    Blanks.REMOVE: Text("bỏ ra, hoàn tác được", "take out, can be undone"),
    Blanks.REMOVE_BACKS: Text("chỉ bỏ mặt sau trắng", "take out blank backs only"),
}
AFTER_SCAN: dict[enum.Enum, Text] = {
    AfterScan.NEXT_COMPONENT: Text("xếp vào thành phần còn trống đầu tiên", "put pages under the first empty paper"),
    AfterScan.NEW_DOSSIER: Text("lượt quét sau mở hồ sơ mới", "the next scan opens a new dossier"),
}
RULES: dict[enum.Enum, Text] = {
    Rule.BLOCK: Text("chặn", "block"),
    Rule.WARN: Text("lưu ý", "warn"),
    Rule.OFF: Text("tắt", "off"),
}
CHOICES = {**RULES, **SOURCES, **MODES, **WAYS, **BACKS, **BLANKS, **AFTER_SCAN}
PROFILE_FIELDS = {
    "name": Text("Tên cấu hình", "Name"),
    "backend": Text("Trình điều khiển", "Driver"),
    "device": Text("Địa chỉ máy quét (trống: máy đầu tiên)", "Scanner (empty: the first found)"),
    "source": Text("Nguồn giấy", "Paper from"),
    "mode": Text("Màu", "Colour"),
    "dpi": Text("Độ phân giải (dpi)", "Resolution (dpi)"),
    "paper": Text("Khổ giấy", "Paper size"),
    "way": Text("Cách đưa giấy", "How paper comes"),
    "wait_for_paper": Text("Khay trống thì chờ giấy rồi tự quét", "Wait for paper, then scan by itself"),
    "backs": Text("Thứ tự mặt sau", "Order of the backs"),
    "blanks": Text("Trang trắng", "Blank pages"),
    "after": Text("Quét xong thì", "When the scan is over"),
    "key": Text("Phím (trống: phím còn trống)", "Key (empty: the next free one)"),
}

# Titles of background work
READ_DOSSIER = Text("Đọc hồ sơ", "Read the dossier")
READ_QUEUE = Text("Đọc danh sách hồ sơ", "Read the list of dossiers")
READ_OUTBOX = Text("Đọc hộp gửi", "Read the outbox")
CHANGE_DOSSIER = Text("Sửa hồ sơ", "Change the dossier")
CHANGE_SETTINGS = Text("Lưu cấu hình", "Save settings")
DISMISS = Text("Ẩn thông báo", "Hide this message")
RETRY_SCAN = Text("Tiếp tục quét (F5)", "Go on scanning (F5)")

# The check of a scanner
CHECK_SCANNER_BUTTON = Text("Kiểm tra máy quét…", "Check the scanner…")
CHECK_TITLE = Text("Kiểm tra máy quét của cấu hình “{profile}”", "Check the scanner of the profile “{profile}”")
CHECK_HOW = Text(
    "In tờ kiểm tra trên giấy A4 trắng, tỉ lệ 100%. Đặt từ hai tờ trở lên vào khay, rồi quét. Ảnh không vào hồ sơ nào.",
    "Print the test sheet on white A4 at 100 %. Put two or more of it into the feeder, then scan. No dossier gets the pages.",
)
CHECK_SHEET = Text("Ghi tờ kiểm tra (PDF)…", "Save the test sheet (PDF)…")
CHECK_EXPORT = Text("Xuất danh mục thiết bị…", "Export the inventory…")
CHECK_CLAIMED = Text("Trang/phút công bố (0: không rõ)", "Pages a minute claimed (0: unknown)")
CHECK_GO = Text("Quét và đo", "Scan and measure")
CHECK_RUNNING = Text("Đang quét và đo…", "Scanning and measuring…")
CHECK_WHAT = Text("Mục", "What")
CHECK_FOUND = Text("Đo được", "Measured")
CHECK_TO_DO = Text("Cần xử lý", "To do")
CHECK_DATE = Text("Lúc", "When")
CHECK_SCANNER = Text("Máy quét", "Scanner")
CHECK_HISTORY = Text("Các lần kiểm tra gần đây", "The last checks")
CHECK_CLOSE = Text("Đóng", "Close")

# The list of procedures
CATALOGUE_IN_USE = Text("Đang dùng {count} thủ tục, bản {version}.", "{count} procedures are in use, version {version}.")
CATALOGUE_HOW = Text(
    "Trạm tự nhận danh mục mới từ trung tâm. Khi chưa nối trung tâm, có thể nhập từ tệp Excel, CSV hoặc JSON: trước hết chỉ "
    "kiểm tra và nói rõ chỗ nào không nhận được, bạn đồng ý rồi mới nhập.",
    "The station fetches new lists from the centre by itself. Without a centre, take one in from Excel, CSV or JSON: it is "
    "checked first and you see what cannot be taken, then nothing is taken in before you agree.",
)
CATALOGUE_IMPORT = Text("Nhập danh mục thủ tục từ tệp…", "Import procedures from a file…")
CATALOGUE_FILES = "Excel, CSV, JSON (*.xlsx *.csv *.tsv *.txt *.json)"
CATALOGUE_HEADS = (Text("Hàng", "Row"), Text("Cột", "Column"), Text("Lý do", "Reason"), Text("Cách sửa", "Remedy"))
CATALOGUE_WOULD = Text(
    "Nhận được {count} thủ tục; bỏ qua {notes} dòng ghi chú; từ chối {refused} chỗ.",
    "{count} procedures can be taken; {notes} lines are notes; {refused} things are refused.",
)
CATALOGUE_FIRST = Text(
    "Dưới đây là {count} chỗ đầu; xem đủ bằng lệnh sohoa procedures import TỆP --check --json.",
    "These are the first {count}; sohoa procedures import FILE --check --json gives all.",
)
CATALOGUE_GO = Text("Nhập {count} thủ tục", "Take in {count} procedures")
CATALOGUE_TAKEN = Text("Đã nhập {count} thủ tục từ {file}", "{count} procedures were taken in from {file}")
