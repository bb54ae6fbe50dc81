"""The same window goes on scanning after each kind of scanner trouble, without a restart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.settings import ProfileSettings

pytestmark = pytest.mark.window

FAULTS = ["jam", "double_feed", "cover_open", "truncate", "segfault", "die", "die_after_rename", "empty"]


def test_the_same_window_goes_on_scanning_after_each_trouble(open_desk, small_pages: Callable[[int], Path]) -> None:
    tray = small_pages(3)
    desk = open_desk(tray)
    scanning = desk.window.scanning

    def use(options: dict[str, str]) -> None:
        profile = ProfileSettings(name="Thử", backend="virtual", device=str(tray), dpi=100, options=options)
        desk.application.change_settings({"profiles": [profile.model_dump(mode="json")]})
        desk.wait(lambda: scanning.profile is not None and scanning.profile.options == options)

    def told() -> None:
        """See that the clerk is told or asked; where asked, end the session."""
        desk.wait(lambda: not scanning.running and (desk.window.banner.isVisible() or scanning.asking))
        if scanning.asking:
            desk.window.scan_view.prompt.done_button.click()
            desk.wait(lambda: not scanning.asking)

    count = 0
    for fault in FAULTS:
        use({"fault": fault, "fault_page": "1" if fault == "empty" else "2"})
        desk.window.bar.scan.click()
        told()
        count += {"die_after_rename": 2, "empty": 0}.get(fault, 1)
        desk.wait(lambda count=count: len(desk.strip.page_ids()) == count)
        use({})
        desk.window.bar.scan.click()
        count += 3
        desk.wait(lambda count=count: not scanning.running and not scanning.asking and len(desk.strip.page_ids()) == count)
        desk.window.banner.hide()
    assert len(desk.pages) == count
