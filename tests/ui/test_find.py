"""Finding dossiers in the window: suggestions from the records while one types, and the list of all of them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

pytestmark = pytest.mark.window


def test_an_old_dossier_is_suggested_and_listed(desk) -> None:
    """More dossiers than the window knows by heart: only the records have the oldest."""
    dossiers = desk.application.dossiers
    oldest = dossiers.set_fields(dossiers.new("1.001193").id, owner_name="Đỗ Văn Mận")
    for _ in range(205):
        dossiers.new()
    desk.wait(lambda: len(desk.window.queue.model.dossiers) == 200)
    assert oldest.id not in {dossier.id for dossier in desk.window.queue.model.dossiers}
    search = desk.window.search
    desk.bot.keyClick(desk.strip, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is search
    desk.bot.keyClicks(search, "do man")
    desk.wait(lambda: [row.value for row in search.suggestions[:1]] == [dossiers.get(oldest.id)])
    desk.shoot("find-suggestions")
    for _ in range(len(search.suggestions) - 1):
        desk.bot.keyClick(search.popup, Qt.Key.Key_Down)
    desk.bot.keyClick(search.popup, Qt.Key.Key_Return)
    queue = desk.window.queue
    desk.wait(lambda: [dossier.id for dossier in queue.model.dossiers] == [oldest.id])
    assert queue.leave_found.isVisible()
    desk.shoot("find-list")
    desk.bot.mouseClick(queue.leave_found, Qt.MouseButton.LeftButton)
    desk.wait(lambda: len(queue.model.dossiers) == 200)
    assert not queue.leave_found.isVisible()
