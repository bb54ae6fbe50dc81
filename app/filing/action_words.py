"""What the actions on pages are called where they are undone and done again."""

from __future__ import annotations

from app.errors import Text
from app.store.pages import Arrangement

ACTION_WORDS = {
    Arrangement.TURN: Text("xoay trang", "turn"),
    Arrangement.SPLIT: Text("tách giấy tờ", "split into papers"),
    Arrangement.CROP: Text("cắt trang", "crop"),
    Arrangement.BLANK: Text("đánh dấu trang trắng", "mark as blank"),
    Arrangement.SLIP: Text("đánh dấu phiếu dán", "mark the slip"),
    Arrangement.ACCEPT: Text("chấp nhận trang", "accept the page"),
    Arrangement.DELETE: Text("xóa trang", "delete"),
    Arrangement.MOVE: Text("đổi thứ tự", "reorder"),
    Arrangement.PLACE: Text("xếp vào thành phần", "put under a component"),
    Arrangement.INSERT: Text("chèn trang vừa quét", "insert scanned pages"),
    Arrangement.REPLACE: Text("thay trang", "replace a page"),
    Arrangement.INTERLEAVE: Text("xen mặt trước và mặt sau", "bring fronts and backs together"),
    Arrangement.WITHDRAW: Text("bỏ bản đính chính", "withdraw the correction"),
    Arrangement.BLANKS: Text("bỏ trang trắng", "take blank pages out"),
}
