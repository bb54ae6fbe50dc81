"""Papers in the window: their data in a small form, how each is to be digitised, the findings, and the second side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.model.dossier import DossierState
from app.model.page import Slip
from app.model.procedure import Side
from tests.records import a_receipt
from tests.ui.conftest import Desk
from ui.items.checklist_model import name_text

pytestmark = pytest.mark.window


def row_of(desk: Desk, code: str) -> str:
    model = desk.screen.panel.checklist
    at = [row.component.code for row in model.rows].index(code)
    return str(model.index(at).data())


@pytest.fixture
def desk(open_desk: Callable[..., Desk], small_pages: Callable[[int], Path]) -> Desk:
    made = open_desk(small_pages(3))
    made.application.change_settings({"filing.min_dpi": 100, "checks.quality": "off"})
    made.scan(3)
    made.choose_procedure("1.001193")
    made.processed()
    return made


def place_all(desk: Desk) -> None:
    dossier_id = desk.window.desk.dossier_id
    first, *rest = [page.id for page in desk.pages]
    desk.application.page_actions.place(dossier_id, [first], "TP01")
    desk.application.page_actions.place(dossier_id, rest, "TP02")
    desk.wait(lambda: all(page.component for page in desk.pages))


def test_a_paper_is_described_in_the_form_and_wrong_data_are_said_there(desk: Desk) -> None:
    place_all(desk)
    form = desk.screen.form
    desk.bot.keyClick(desk.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    desk.wait(form.isVisible)
    assert form.lines["title"].placeholderText()
    form.lines["number"].setText("12/2026")
    form.lines["issued_on"].setText("31/02/2026")
    form.sheets.setValue(5)
    desk.shoot("paper-form")
    form.save.click()
    desk.wait(lambda: bool(form.problem.text()))
    assert "31/02/2026" in form.problem.text()
    assert form.isVisible()
    form.lines["issued_on"].setText("03/11/2026")
    form.save.click()
    desk.wait(lambda: not form.isVisible())
    dossier_id = desk.window.desk.dossier_id
    (paper,) = desk.application.papers.of_dossier(dossier_id).values()
    assert (paper.fields.number, paper.sheets, paper.sides) == ("12/2026", 5, 1)
    desk.wait(lambda: any(found.check == "sheets" for found in desk.screen.panel.findings.model.findings))
    desk.shoot("paper-findings")
    desk.screen.panel.paper.click()
    desk.wait(form.isVisible)
    assert form.lines["issued_on"].text() == "03/11/2026"
    form.reject()


def test_the_reason_why_a_paper_is_missing_takes_the_finding_away(desk: Desk) -> None:
    dossier_id = desk.window.desk.dossier_id
    desk.application.page_actions.place(dossier_id, [page.id for page in desk.pages], "TP01")
    findings = desk.screen.panel.findings
    desk.wait(lambda: any(found.component == "TP02" for found in findings.model.findings))
    missing = next(found for found in findings.model.findings if found.component == "TP02")
    findings.paper_wanted.emit(missing.component)
    form = desk.screen.form
    desk.wait(form.isVisible)
    form.absence.setText("Dùng lại bản đã số hóa")
    form.save.click()
    desk.wait(lambda: not any(found.component == "TP02" for found in findings.model.findings))
    assert row_of(desk, "TP02").endswith("có lý do")


def test_pages_are_marked_as_a_slip_s_pair_from_their_menu(desk: Desk) -> None:
    place_all(desk)
    desk.strip.show_page(desk.pages[1].id)
    actions = {action.text().split("\t")[0]: action for action in desk.screen.make_menu().actions()}
    actions["Trang chụp có phiếu dán"].trigger()
    desk.wait(lambda: desk.pages[1].slip is Slip.WITH)
    desk.wait(lambda: any(found.check == "slips" for found in desk.screen.panel.findings.model.findings))


def test_the_result_is_begun_from_a_finished_dossier_and_has_its_own_rows(desk: Desk) -> None:
    place_all(desk)
    application, dossier_id = desk.application, desk.window.desk.dossier_id
    application.dossiers.set_fields(dossier_id, owner_name="Trần Thị Thử", owner_id_number="024198000001")
    entry = application.finishing.start(dossier_id).result(60)
    application.outbox.accept(entry.id, a_receipt(entry))
    desk.window.desk.mark_stale(at_once=True)
    panel = desk.screen.panel
    desk.wait(panel.result.isVisible)
    desk.shoot("result-before")
    panel.result.click()
    desk.wait(lambda: (snapshot := desk.window.desk.snapshot) is not None and snapshot.dossier.side is Side.RESULT)
    desk.wait(lambda: "KQ(1)" in [row.component.code for row in panel.checklist.rows])
    result = next(row for row in panel.checklist.rows if row.component.code == "KQ(1)")
    assert name_text(result, desk.window.words) == "Kết quả: Giấy khai sinh"
    assert row_of(desk, "KQ(1)").endswith("bắt buộc")
    desk.scan(3)
    desk.shoot("result-side")
    snapshot = desk.window.desk.snapshot
    assert snapshot is not None
    assert (snapshot.dossier.state, snapshot.dossier.revision) == (DossierState.OPEN, 2)


def test_the_agency_that_decides_is_asked_for_where_any_desk_receives(desk: Desk, tmp_path: Path) -> None:
    row = desk.screen.panel.fields.rows["competent_agency"]
    assert not row.isVisible()
    file = tmp_path / "ds.csv"
    file.write_text("code,name,non_boundary,documents\n1.999998,Phi địa giới,Y,Đơn\n", "utf-8")
    desk.application.catalogue.run(file)
    desk.choose_procedure("1.999998")
    desk.wait(row.isVisible)
    row.field.setText("H5")
    row.commit()
    desk.wait(lambda: row.error is not None)
    row.field.setText("h05")
    row.commit()
    dossier_id = desk.window.desk.dossier_id
    desk.wait(lambda: desk.application.dossiers.get(dossier_id).competent_agency == "H05")
    desk.shoot("competent-agency")
