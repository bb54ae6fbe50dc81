"""One picture of several papers as several pages: each is the same original, cut to its paper."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from app.model.page import Crop, Page, PageState

_PAPER_NAMES = uuid.UUID("0b9a4c55-7d0e-5b53-8a0f-2f6f4f0f9f3c")


def can_split(page: Page) -> bool:
    """Tell whether several papers were found on a page that the clerk has not cut already."""
    return page.findings is not None and len(page.findings.papers) > 1 and not any(isinstance(e, Crop) for e in page.edits)


def split(page: Page) -> tuple[Page, ...]:
    """Give the pages of a picture on which several papers were found: the page itself, cut to the first, then the others.

    The others have ids of their own made of the page's, so splitting again after undo gives the same pages.
    """
    papers = page.findings.papers if page.findings is not None else ()
    batch = f"{page.provenance.batch}/{page.provenance.sequence}"
    first = replace(page, edits=(*page.edits, Crop(papers[0])))
    others = (
        replace(
            page,
            id=str(uuid.uuid5(_PAPER_NAMES, f"{page.id}/{number}")),
            provenance=replace(page.provenance, batch=batch[-64:], sequence=number),
            edits=(Crop(paper),),
            state=PageState.NEW,
            findings=None,
            failure="",
        )
        for number, paper in enumerate(papers[1:], start=2)
    )
    return (first, *others)


def split_in_place(pages: Sequence[Page], parts: Sequence[Page]) -> list[Page]:
    """Give all pages with new positions, the parts of a picture where the first of them was."""
    at = next(number for number, page in enumerate(pages) if page.id == parts[0].id)
    order = [*pages[:at], *parts, *pages[at + 1 :]]
    return [replace(page, position=number) for number, page in enumerate(order)]
