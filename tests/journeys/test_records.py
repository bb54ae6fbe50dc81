"""The life of a record after its first receipt, with a real centre: found, reused at another desk, corrected, exported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.bootstrap import Application
from app.filing.reuse import NothingToReuse
from app.model.dossier import DossierState
from app.model.dossier_query import DossierQuery
from app.model.history import Step
from app.sync.errors import Unreachable
from tests.support import central_server, wait_processed

OWNER = "024198000001"


def fill(application: Application, dossier_id: str) -> None:
    application.dossiers.set_fields(dossier_id, owner_name="Trần Thị Thử", owner_id_number=OWNER)


def send(application: Application, dossier_id: str) -> None:
    wait_processed(application, dossier_id)
    application.finishing.start(dossier_id).result(60)
    report = application.sync.run_once()
    assert (report.accepted, report.error) == (1, None)
    assert application.dossiers.get(dossier_id).state is DossierState.ACCEPTED


def test_a_record_is_reused_elsewhere_and_corrected_here(
    make_application: Callable[..., Application], small_pages: Callable[[int], Path], tmp_path: Path
) -> None:
    first, second = make_application(tmp_path / "quầy 1"), make_application(tmp_path / "quầy 2")
    first.change_settings({"filing.min_dpi": 75, "recognition.workers": 1})
    with central_server(tmp_path / "centre") as server:
        first.sync.enrol(server.url, server.code()).result(30)
        here = first.dossiers.new("1.001193").id
        pages = first.importing.start(here, sorted(small_pages(2).iterdir())).result(60).page_ids
        fill(first, here)
        first.page_actions.place(here, pages[:1], "TP01")
        first.page_actions.place(here, pages[1:], "TP02")
        for component in ("TP01", "TP02"):
            first.papers.set_fields(here, component, {"unlimited": "có"})
        send(first, here)

        second.change_settings({"filing.min_dpi": 75})
        second.sync.enrol(server.url, server.code()).result(30)
        there = second.dossiers.new("1.001193").id
        fill(second, there)
        assert second.reuse.ask(there).result(30) == 2
        for component in ("TP01", "TP02"):
            second.reuse.attach(there, component)
        send(second, there)

        first.revisions.correct(here, "Giấy thứ hai của người khác")
        first.page_actions.delete(here, pages[1:])
        send(first, here)
        assert first.dossiers.get(here).revision == 2
        again = second.dossiers.new("1.001193").id
        fill(second, again)
        assert second.reuse.ask(again).result(30) == 1, "what a correction took out is told no more"

    sent = [Step.FINISHED, Step.ACCEPTED]
    assert [line.step for line in first.revisions.history(here)] == [Step.BEGUN, *sent, Step.CORRECTION, *sent]
    number = first.dossiers.get(here).number
    assert [dossier.id for dossier in first.search.find(DossierQuery(number)).dossiers] == [here]
    for revision in (1, 2):
        package = first.exporting.start(here, tmp_path / f"gói {revision}", "bagit", revision).result(60)
        assert first.exporting.verify(package).faults == ()
    with pytest.raises(Unreachable):
        second.reuse.ask(again).result(30)
    assert [offer.component.code for offer in second.reuse.offers(again)] == ["TP01"], "what is known is offered offline"
    with pytest.raises(NothingToReuse):
        second.reuse.attach(again, "TP02")
