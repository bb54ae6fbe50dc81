"""The window at a desk whose province has a system of its own: set up in the same dialog, sent to, shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.model.outbox import OutboxState
from tests.lgsp import CLIENT, SECRET, Lgsp
from tests.ui.cases import filled

pytestmark = pytest.mark.window


@pytest.fixture
def lgsp() -> Iterator[Lgsp]:
    lgsp = Lgsp()
    yield lgsp
    lgsp.close()


def test_a_province_s_system_is_set_up_and_sent_to(desk, lgsp: Lgsp, small_pages) -> None:
    desk.window.show_outbox()
    dialog = desk.window.outbox.open_enrol()
    assert dialog.code.isVisible()
    assert not dialog.secret.isVisible()
    dialog.kind.setCurrentIndex(dialog.kind.findData("lgsp"))
    assert not dialog.code.isVisible()
    assert not dialog.go.isEnabled()
    for field, text in (
        (dialog.url, lgsp.url),
        (dialog.client_id, CLIENT),
        (dialog.secret, "falsch"),
        (dialog.unit_code, "H02.15.7"),
    ):
        field.setText(text)
    dialog.go.click()
    desk.wait(lambda: bool(dialog.problem.text()))
    desk.shoot("lgsp-refused")
    assert desk.application.settings().server.kind == "sohoa"
    dialog.secret.setText(SECRET)
    dialog.go.click()
    desk.wait(lambda: not dialog.isVisible())

    dossier_id = filled(desk, small_pages)
    desk.application.finishing.start(dossier_id).result(90)
    desk.wait(lambda: len(desk.window.screen_outbox.model.rows) == 1)
    assert desk.application.sync.run_once().accepted == 1
    desk.wait(lambda: desk.window.screen_outbox.model.rows[0].entry.state is OutboxState.ACCEPTED)
    assert len(lgsp.dossiers) == 1
    desk.window.screen_outbox.tools.compare.click()
    desk.wait(desk.window.banner.isVisible)
    assert "đối chiếu danh sách" in desk.window.banner.title.text()
    desk.shoot("lgsp-outbox")
