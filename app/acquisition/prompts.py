"""What a session says to the clerk: what happened, what to do next, and what the two answers are called."""

from __future__ import annotations

from dataclasses import dataclass

from app.acquisition.session_messages import Stage
from app.acquisition.sittings import Standing
from app.errors import SohoaError, Text
from app.model.profile import Backs

NEXT_PAGE = Text("Trang tiếp (F5)", "Next page (F5)")
NEXT_PILE = Text("Lượt tiếp (F5)", "Next pile (F5)")
SCAN_BACKS = Text("Quét mặt sau (F5)", "Scan the backs (F5)")
BACKS_AGAIN = Text("Quét lại mặt sau (F5)", "Scan the backs again (F5)")
GO_ON = Text("Tiếp tục quét (F5)", "Go on scanning (F5)")
DONE = Text("Xong (Esc)", "Done (Esc)")
NO_WAIT = Text("Thôi chờ (Esc)", "Stop waiting (Esc)")
LEAVE = Text("Để nguyên (Esc)", "Leave as it is (Esc)")

_PAPER = (
    Text("Khay nạp giấy đang trống.", "The feeder is empty."),
    Text("Đặt giấy vào khay: máy tự quét tiếp, không cần bấm gì.", "Put paper in: scanning goes on by itself."),
)
_TURN = {
    Backs.REVERSED: Text(
        "Lấy cả tập ở khay ra, lật úp cả tập rồi đặt lại vào khay (tờ cuối đi trước), bấm Quét mặt sau (F5).",
        "Take the whole pile out, turn it over as one and put it back (the last sheet goes first);"
        " then press Scan the backs (F5).",
    ),
    Backs.SAME: Text(
        "Lật từng tờ mà giữ nguyên thứ tự (tờ đầu đi trước), đặt lại vào khay, bấm Quét mặt sau (F5).",
        "Turn each sheet and keep their order (the first sheet goes first), put them back, then press Scan the backs (F5).",
    ),
}


@dataclass(frozen=True)
class Prompt:
    """``go_on`` is None where nothing has to be pressed; ``page`` is the last one kept, to be compared with the paper."""

    title: Text
    remedy: Text
    go_on: Text | None
    done: Text
    page: str = ""
    error: bool = False


def prompt_of(standing: Standing) -> Prompt | None:
    """Say what a session asks for; None while it asks for nothing."""
    match standing.stage:
        case Stage.PAPER:
            return Prompt(*_PAPER, None, NO_WAIT, _last(standing))
        case Stage.NEXT:
            return _next(standing)
        case Stage.TURN:
            return _turn(standing)
        case Stage.UNEVEN:
            return _uneven(standing)
        case Stage.PUT_BACK:
            return _put_back(standing)
        case _:
            return None


def ending_of(standing: Standing) -> Text:
    """Say in a sentence how a session ended that is over."""
    count = len(standing.pages)
    if standing.replacing and count:
        return _replaced(standing)
    if not standing.complete:
        return Text(
            f"Đã lưu {count} trang, nhưng mặt trước và mặt sau chưa được ghép: xem lại thứ tự các trang.",
            f"{count} pages are kept, but fronts and backs are not brought together: check the order of the pages.",
        )
    if standing.stopped:
        return Text(f"Đã dừng quét. {count} trang đã quét vẫn còn.", f"Scanning stopped. The {count} pages so far are kept.")
    return Text(f"Đã quét xong {count} trang", f"Scanning is done: {count} pages")


def _replaced(standing: Standing) -> Text:
    sheets = -(-standing.undelivered // standing.sides)
    if not standing.complete:
        return Text(
            "Chỉ quét được mặt trước của tờ thay: xem lại trang cần thay.",
            "Only the front of the new sheet was scanned: check the page that was to be replaced.",
        )
    if sheets:
        return Text(
            f"Đã thay trang. Máy kéo thêm {sheets} tờ nhưng không quét: lấy lại ở khay ra.",
            f"The page is replaced. {sheets} more sheets were fed and not scanned: take them from the output tray.",
        )
    if standing.glass:
        return Text("Đã thay trang", "The page is replaced")
    return Text(
        "Đã thay trang bằng một tờ. Giấy còn trong khay chưa được quét.",
        "The page is replaced by one sheet. Paper that is left in the feeder was not scanned.",
    )


def _next(standing: Standing) -> Prompt:
    count, piles = len(standing.pages), standing.pile_number - 1
    remedy = Text(
        "Đặt giấy tiếp theo vào khay rồi bấm Lượt tiếp (F5). Hết giấy thì bấm Xong (Esc).",
        "Put the next paper into the feeder and press Next pile (F5). When that was all, press Done (Esc).",
    )
    title = Text(f"Đã quét {piles} lượt, {count} trang.", f"{piles} piles scanned, {count} pages.")
    if standing.glass:
        title = Text(f"Đã quét {count} trang.", f"{count} page(s) scanned.")
        remedy = Text(
            "Đặt trang tiếp theo lên mặt kính rồi bấm Trang tiếp (F5). Hết thì bấm Xong (Esc).",
            "Lay the next page on the glass and press Next page (F5). When that was all, press Done (Esc).",
        )
    title = _title(standing.trouble) if standing.trouble else title
    return Prompt(title, remedy, NEXT_PAGE if standing.glass else NEXT_PILE, DONE, _last(standing))


def _turn(standing: Standing) -> Prompt:
    count = standing.fronts
    title = Text(f"Đã quét {count} mặt trước.", f"{count} fronts are scanned.")
    title = _title(standing.trouble) if standing.trouble else title
    return Prompt(title, _TURN[standing.backs], SCAN_BACKS, DONE, _last(standing))


def _uneven(standing: Standing) -> Prompt:
    fronts, backs = standing.fronts, standing.pile
    title = Text(
        f"{fronts} mặt trước nhưng {backs} mặt sau: chưa ghép được. Mọi trang vẫn còn nguyên.",
        f"{fronts} fronts but {backs} backs: they cannot be brought together yet. Every page is kept.",
    )
    remedy = Text(
        "Có thể máy đã kéo hai tờ cùng lúc hoặc còn tờ chưa lật. Đặt lại cả tập, mặt sau, rồi bấm Quét lại mặt sau (F5);"
        " hoặc bấm Để nguyên (Esc) và tự xếp.",
        "Two sheets may have gone in at once, or one was not turned. Put the whole pile back, backs, and press Scan the backs"
        " again (F5); or press Leave as it is (Esc) and arrange the pages yourself.",
    )
    return Prompt(title, remedy, BACKS_AGAIN, LEAVE, error=True)


def _put_back(standing: Standing) -> Prompt:
    if standing.undelivered or standing.trouble is None:
        title, remedy = _stopped(standing)
    else:
        error = renumbered(standing.trouble, standing)
        title, remedy = _title(error), Text(error.remedy_in("vi"), error.remedy_in("en"))
    return Prompt(title, _with_last(remedy, standing), GO_ON, DONE, standing.last_whole, error=True)


def _stopped(standing: Standing) -> tuple[Text, Text]:
    kept = standing.sheet - 1
    fed = -(-(standing.pile + standing.undelivered) // standing.sides)
    return (
        Text(
            f"Đã dừng: máy đã kéo {fed} tờ, nhận được ảnh của {kept} tờ.",
            f"Stopped: {fed} sheets fed, {kept} delivered.",
        ),
        Text(
            f"Lấy {fed - kept} tờ cuối ở khay ra, đặt lại từ tờ {standing.sheet}, bấm Tiếp tục quét (F5); hoặc bấm Xong (Esc).",
            f"Take the last {fed - kept} sheets from the output tray, put them back from sheet {standing.sheet} on and press"
            " Go on scanning (F5); or press Done (Esc).",
        ),
    )


def _with_last(remedy: Text, standing: Standing) -> Text:
    if not standing.last_whole:
        return remedy
    number = standing.pages.index(standing.last_whole) + 1
    return Text(
        f"{remedy.vi} Trang cuối đã lưu là trang {number} của lần quét này.",
        f"{remedy.en} The last page that is kept is page {number} of this scan.",
    )


def _last(standing: Standing) -> str:
    return standing.pages[-1] if standing.pages else ""


def renumbered(error: SohoaError, standing: Standing) -> SohoaError:
    """Give the error with the sheet and the pages counted over the whole pile instead of over its last batch."""
    if "sheet" not in error.values:
        return error
    return type(error)(**{**error.values, "sheet": standing.sheet, "safe": len(standing.pages)})


def _title(error: SohoaError) -> Text:
    return Text(error.title_in("vi"), error.title_in("en"))
