"""Pages that came through the scanner in one pile lie the same way: what that says once the clerk has turned one of them."""

from __future__ import annotations

from collections.abc import Sequence

from app.model.page import Page, Turn

# As surely as this a page's own way up was read (0 to 1), so that the pile says nothing about it.
_SURE = 0.8


def rest_of_stack(pages: Sequence[Page], page_id: str) -> dict[str, int]:
    """Give which pages of a turned page's pile should be turned, and by how many degrees clockwise, to lie as it does.

    The pile is the pages of one batch and one side. Left alone are pages that the clerk has turned, and those that were
    surely read to lie in another way than the turned page was thought to.
    """
    turned = next((page for page in pages if page.id == page_id), None)
    if turned is None or not any(isinstance(edit, Turn) for edit in turned.edits):
        return {}
    rest = {}
    for page in pages:
        if page.id == page_id or _pile(page) != _pile(turned) or any(isinstance(edit, Turn) for edit in page.edits):
            continue
        degrees = (turned.geometry.turn - page.geometry.turn) % 360
        if degrees and not _lies_surely_otherwise(page, turned):
            rest[page.id] = degrees
    return rest


def _pile(page: Page) -> tuple[str, str]:
    return page.provenance.batch, page.provenance.side


def _lies_surely_otherwise(page: Page, turned: Page) -> bool:
    found, thought = page.findings, turned.findings
    if found is None or thought is None:
        return False
    return found.orientation != thought.orientation and found.orientation_confidence >= _SURE
