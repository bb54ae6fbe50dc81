"""Checks of the pages: each in its place, sharp, in colour, read, and not in another dossier as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from app.errors import Text
from app.filing.facts import Check, Facts, Found, spans
from app.model.page import Page, PageState
from app.model.page_findings import Quad
from app.model.procedure import Component
from app.model.profile import ColorMode
from app.settings import FilingSettings

_FLAWS = {
    "damaged": Text("có tệp ảnh bị hỏng bên trong", "with a picture file that is damaged inside"),
    "skew": Text("nghiêng", "skewed"),
    "low_dpi": Text("độ phân giải thấp", "of low resolution"),
    "dark": Text("tối", "dark"),
    "faint": Text("mờ nhạt", "faint"),
    "blurred": Text("nhòe", "blurred"),
    "cut_off": Text("có thể bị cắt chữ", "perhaps cut off"),
    "streak": Text("có sọc", "streaked"),
    "finger": Text("bị ngón tay che", "covered by a finger"),
    "clip": Text("còn ghim hoặc kẹp", "with a clip or staple"),
    "double_page": Text("có hai trang trong một ảnh", "two pages in one picture"),
}


def page_findings(facts: Facts, rules: FilingSettings) -> Iterator[Found]:
    """What is wrong with the pages, those without a place first (TT 01/2023/TT-VPCP Art. 8: every page)."""
    if not facts.reused and not any(page.component for page in facts.pages):
        yield Found(Check.NO_PAGES, Text("chưa có trang nào được xếp vào thành phần", "no page is under a component yet"))
    loose = {number: page for number, page in facts.numbered() if not page.component and not page.blank}
    if loose:
        numbers = spans(sorted(loose))
        reason = Text(f"trang {numbers} chưa xếp vào thành phần nào", f"not under any component: page {numbers}")
        yield Found(Check.UNPLACED, reason, loose[min(loose)].id)
    places = {place.code: place for place in facts.procedure.places} if facts.procedure else {}
    for number, page in facts.numbered():
        if page.component and facts.procedure is not None:
            yield from _place(number, page, places.get(page.component))
        yield from _look(number, page, rules)
    yield from _known_images(facts)


def _place(number: int, page: Page, place: Component | None) -> Iterator[Found]:
    if place is None:
        reason = Text(
            f"trang {number} nằm dưới thành phần “{page.component}” mà thủ tục không có",
            f"page {number} is under the component “{page.component}”, which the procedure does not have",
        )
        yield Found(Check.WRONG_COMPONENT, reason, page.id, page.component)
    elif place.secret:
        reason = Text(
            f"trang {number} là “{place.name}”, thuộc bí mật nhà nước, không số hóa",
            f"page {number} is “{place.name}”, which is a state secret and is not digitised",
        )
        yield Found(Check.SECRET, reason, page.id, place.code)
    elif not place.takes_pages:
        reason = Text(
            f"trang {number} là “{place.name}”, chỉ xuất trình, không số hóa",
            f"page {number} is “{place.name}”, which is only presented and is not digitised",
        )
        yield Found(Check.PRESENTED, reason, page.id, place.code)


def _look(number: int, page: Page, rules: FilingSettings) -> Iterator[Found]:
    """ND 30/2020/NĐ-CP: in colour, at least 200 dpi."""
    if page.blank:
        left_out = Text(f"trang trắng {number} sẽ không vào PDF", f"the blank page {number} goes into no PDF")
        kept = Text(f"trang {number} có vẻ trắng", f"page {number} looks blank")
        yield Found(Check.BLANK, kept if page.component else left_out, page.id)
    if page.provenance.dpi < rules.min_dpi:
        reason = Text(
            f"trang {number} chỉ {page.provenance.dpi} dpi, cần ít nhất {rules.min_dpi}",
            f"page {number} has only {page.provenance.dpi} dpi, at least {rules.min_dpi} are needed",
        )
        yield Found(Check.RESOLUTION, reason, page.id)
    if page.component and page.provenance.mode != ColorMode.COLOR:
        reason = Text(f"trang {number} không quét màu", f"page {number} was not scanned in colour")
        yield Found(Check.COLOUR, reason, page.id)
    if page.component and page.open_warnings:
        flaws = [_FLAWS.get(kind, Text(kind, kind)) for kind in page.open_warnings]
        reason = Text(
            f"xem lại trang {number}: {', '.join(flaw.vi for flaw in flaws)}",
            f"look at page {number}: {', '.join(flaw.en for flaw in flaws)}",
        )
        yield Found(Check.QUALITY, reason, page.id)
    if page.state is PageState.FAILED:
        reason = Text(f"trang {number} chưa đọc được chữ", f"the text of page {number} could not be read")
        yield Found(Check.UNREAD, reason, page.id)


def _known_images(facts: Facts) -> Iterator[Found]:
    # The papers of one picture are pages of one original, each with a cut of its own.
    counts = Counter((page.sha256, page.geometry.quad) for page in facts.pages if page.component)
    seen: set[tuple[str, Quad]] = set()
    for number, page in facts.numbered():
        image = (page.sha256, page.geometry.quad)
        if page.component and page.sha256 in facts.same_pages:
            other = facts.same_pages[page.sha256]
            reason = Text(f"ảnh trang {number} đã có trong hồ sơ {other}", f"page {number} is already in the dossier {other}")
            yield Found(Check.SAME_IMAGE, reason, page.id)
        elif page.component and counts[image] > 1 and image in seen:
            reason = Text(
                f"ảnh trang {number} trùng với một trang khác của hồ sơ", f"page {number} is the same image as another page"
            )
            yield Found(Check.SAME_IMAGE, reason, page.id)
        seen.add(image)
