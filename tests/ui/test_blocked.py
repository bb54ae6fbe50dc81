"""What keeps a dossier from being finished is said as it is now, until it is mended or another dossier is open."""

from __future__ import annotations

import pytest

from app.filing.errors import IncompleteDossier
from tests.ui.cases import filled

pytestmark = pytest.mark.window


def test_the_banner_of_a_blocked_finish_follows_the_dossier(desk, small_pages) -> None:
    application, banner = desk.application, desk.window.banner
    dossier_id = filled(desk, small_pages)
    pages = [page.id for page in application.dossiers.pages(dossier_id)]
    application.page_actions.place(dossier_id, pages, "")
    desk.window.open_dossier(dossier_id)
    desk.wait(lambda: desk.window.desk.snapshot is not None and len(desk.pages) == 2)
    desk.screen.panel.finish.click()
    desk.wait(banner.isVisible)
    before = banner.title.text()
    assert "Chưa hoàn tất được" in before

    application.page_actions.place(dossier_id, pages[:1], "TP01")
    desk.wait(lambda: banner.title.text() != before)
    assert banner.isVisible()
    application.page_actions.place(dossier_id, pages[1:], "TP02")
    desk.wait(lambda: not banner.isVisible())


def test_another_message_is_left_alone(desk, small_pages) -> None:
    dossier_id = filled(desk, small_pages)
    desk.window.open_dossier(dossier_id)
    desk.wait(lambda: len(desk.pages) == 2)
    said = IncompleteDossier(dossier="x", reasons_vi="a", reasons_en="a")
    banner = desk.window.banner
    banner.show_error(ValueError("something else"))
    banner.change_error(said, None)
    assert banner.isVisible()
    banner.show_error(said)
    banner.hide()
    banner.change_error(said, said)
    assert not banner.isVisible()
