"""Where scanned pages go in a dossier: pure reordering of its pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from app.model.page import Page
from app.model.profile import Source


@dataclass(frozen=True)
class Spot:
    """A place by the id of a page that is there: before it, after it or instead of it; all empty means the end."""

    before: str = ""
    after: str = ""
    instead_of: str = ""

    @property
    def anchor(self) -> str:
        """The page that the place is named by, empty for the end."""
        return self.before or self.after or self.instead_of


def moved(pages: Sequence[Page], ids: Collection[str], before: str | None) -> list[Page]:
    """Put pages, in the order given, before another page, which may be one of them, or at the end."""
    at = next((index for index, page in enumerate(pages) if page.id == before), len(pages))
    return _put(pages, ids, at)


def brought(pages: Sequence[Page], ids: Sequence[str], spot: Spot, gone: Collection[str] = ()) -> list[Page]:
    """Put pages to a spot, in the order given, under the component that the spot's page lies under, and take others out.

    Without a spot they go where the first of them lies. A spot whose page is not there any more leaves the order as it is.
    Instead of one side of a sheet comes the same side: the other one was scanned with it, and goes.
    """
    anchor = next((page for page in pages if page.id == spot.anchor), None)
    if anchor is not None and spot.instead_of:
        other = _other_sides(pages, ids, anchor)
        ids = [page_id for page_id in ids if page_id not in other]
        gone = {*gone, *other, anchor.id} if ids else gone
    if spot.anchor and (anchor is None or not ids):
        return [replace(page, deleted=True) for page in pages if page.id in gone]
    if anchor is None:
        at = next((index for index, page in enumerate(pages) if page.id in ids), len(pages))
    else:
        at = pages.index(anchor) + bool(spot.after)
        pages = [replace(page, component=anchor.component) if page.id in ids else page for page in pages]
    return [replace(page, deleted=page.deleted or page.id in gone) for page in _put(pages, ids, at)]


def _other_sides(pages: Sequence[Page], ids: Collection[str], old: Page) -> set[str]:
    """Give those of the pages that show the other side of a sheet of which an old page shows one."""
    both = Source.DUPLEX.value
    if old.provenance.source != both:
        return set()
    origins = {page.id: page.provenance for page in pages if page.id in ids}
    return {name for name, origin in origins.items() if origin.source == both and origin.side != old.provenance.side}


def _put(pages: Sequence[Page], ids: Collection[str], at: int) -> list[Page]:
    """Give all pages with their new positions; those named lie before what was the page at index ``at``."""
    chosen = dict.fromkeys(ids)
    by_id = {page.id: page for page in pages}
    bunch = [by_id[page_id] for page_id in chosen if page_id in by_id]
    rest = [page for page in pages if page.id not in chosen]
    kept_before = sum(page.id not in chosen for page in pages[:at])
    positions = sorted(page.position for page in pages)
    ordered = [*rest[:kept_before], *bunch, *rest[kept_before:]]
    return [replace(page, position=position) for page, position in zip(ordered, positions, strict=True)]
