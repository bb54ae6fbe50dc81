"""Dossiers for tests of the window, made beside it."""

from __future__ import annotations

from tests.records import a_receipt

OWNER = "024198000001"


def filled(desk, small_pages) -> str:
    """A dossier that can be finished, made beside the window."""
    application = desk.application
    application.change_settings({"filing.min_dpi": 75})
    dossier_id = application.dossiers.new("1.001193").id
    pages = application.importing.start(dossier_id, sorted(small_pages(2).iterdir())).result(60).page_ids
    application.dossiers.set_fields(dossier_id, owner_name="Trần Thị Thử", owner_id_number=OWNER)
    application.page_actions.place(dossier_id, pages[:1], "TP01")
    application.page_actions.place(dossier_id, pages[1:], "TP02")
    for component in ("TP01", "TP02"):
        application.papers.set_fields(dossier_id, component, {"unlimited": "có"})
    return dossier_id


def accepted(desk, small_pages) -> str:
    """A finished and accepted dossier, made beside the window."""
    application, dossier_id = desk.application, filled(desk, small_pages)
    entry = application.finishing.start(dossier_id).result(90)
    application.outbox.accept(entry.id, a_receipt(entry))
    return dossier_id
