"""Qt's own words in Vietnamese, for its file dialog and the menus of its fields: Qt ships none."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, QTranslator

from ui.words import Words

# By what Qt says in English, whichever of its parts says it; an accelerator (&) stays with the first letter.
_VIETNAMESE = {
    "&Look in:": "&Trong thư mục:",
    "Look in:": "Trong thư mục:",
    "Directory:": "Thư mục:",
    "Folder": "Thư mục",
    "File &name:": "Tê&n tệp:",
    "Files of &type:": "&Loại tệp:",
    "Files of type:": "Loại tệp:",
    "Name": "Tên",
    "Size": "Cỡ",
    "Type": "Loại",
    "Kind": "Loại",
    "Date Modified": "Ngày sửa",
    "My Computer": "Máy này",
    "Computer": "Máy này",
    "Drive": "Ổ đĩa",
    "File Folder": "Thư mục",
    "%1 File": "Tệp %1",
    "File": "Tệp",
    "Open": "Mở",
    "&Open": "&Mở",
    "&Save": "&Lưu",
    "Save": "Lưu",
    "Save As": "Lưu thành",
    "&Choose": "&Chọn",
    "Cancel": "Bỏ",
    "&Cancel": "&Bỏ",
    "OK": "Được",
    "&OK": "Đượ&c",
    "Close": "Đóng",
    "&Yes": "&Có",
    "&No": "&Không",
    "Back": "Lùi",
    "Forward": "Tiến",
    "Parent Directory": "Thư mục cha",
    "Create New Folder": "Tạo thư mục mới",
    "&New Folder": "&Thư mục mới",
    "New Folder": "Thư mục mới",
    "List View": "Dạng danh sách",
    "Detail View": "Dạng chi tiết",
    "Go back": "Lùi lại",
    "Go forward": "Tiến tới",
    "Go to the parent directory": "Lên thư mục cha",
    "Create a New Folder": "Tạo thư mục mới",
    "Change to list view mode": "Xem dạng danh sách",
    "Change to detail view mode": "Xem dạng chi tiết",
    "Show &hidden files": "Hiện tệp ẩ&n",
    "&Rename": "Đổi &tên",
    "&Delete": "&Xóa",
    "All Files (*)": "Mọi tệp (*)",
    "%1 already exists.\nDo you want to replace it?": "Đã có %1.\nGhi đè lên?",
    "%1\nFile not found.\nPlease verify the correct file name was given.": "Không có tệp %1.\nXem lại tên tệp.",
    "%1\nDirectory not found.\nPlease verify the correct directory name was given.": "Không có thư mục %1.\nXem lại tên.",
    "&Undo": "&Hoàn tác",
    "&Redo": "&Làm lại",
    "Cu&t": "&Cắt",
    "&Copy": "Ché&p",
    "&Paste": "&Dán",
    "Select All": "Chọn hết",
}


class QtWords(QTranslator):
    """Speaks for Qt while the window speaks Vietnamese."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        words.changed.connect(self._follow)
        self._follow()

    def isEmpty(self) -> bool:
        """Qt: there are words."""
        return False

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        """Qt: give a word, or None where Qt's own stays."""
        return _VIETNAMESE.get(source)

    def _follow(self) -> None:
        if self._words.language == "vi":
            QCoreApplication.installTranslator(self)
        else:
            QCoreApplication.removeTranslator(self)
