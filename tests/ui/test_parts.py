"""The parts that decide without a window: groups, the next step, badges, keys, and the models that keep identity."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Literal, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal

from app.errors import Text
from app.filing.checklist import ChecklistRow
from app.model.dossier import Dossier, DossierState
from app.model.page import MarkBlank, Page, PageState, Provenance
from app.model.page_findings import Findings
from app.model.procedure import Component, Requirement
from app.model.profile import PROFILE_KEYS, PaperSize
from app.settings import ProfileSettings, Settings
from ui import icons, keys, messages, style
from ui.centre import CentreView, Trouble
from ui.desk import Snapshot
from ui.items.cells import cells_of, groups_of
from ui.items.thumbnail_model import ThumbnailModel
from ui.next_step import Step, next_step
from ui.widgets.badges import Remedy, badges_of
from ui.widgets.settings_form import simple_fields
from ui.widgets.status_line import StatusLine
from ui.words import Words

pytestmark = pytest.mark.window

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
FRAME = ((0.0, 0.0), (100.0, 0.0), (100.0, 140.0), (0.0, 140.0))
NO_KEYS = Qt.KeyboardModifier.NoModifier


def make_page(name: str, component: str = "", position: int = 0, **values: object) -> Page:
    origin = Provenance("b", 1, "virtual", "feeder", "front", "color", 150, NOW, "Người quét")
    return Page(name, "d", position, f"{name}.jpg", "0" * 64, 100, 140, origin, component=component, **values)


def make_snapshot(pages: list[Page], state: DossierState = DossierState.OPEN) -> Snapshot:
    dossier = Dossier("d", "TAM-1", "", "1.001193", "Đăng ký khai sinh", "H02.15", "", "", "x", state, 1, NOW)
    components = [
        Component("A", "Tờ khai", Requirement.REQUIRED),
        Component("B", "Căn cước", Requirement.PRESENTED),
        Component("C", "Giấy ủy quyền", Requirement.CONDITIONAL),
    ]
    rows = tuple(
        ChecklistRow(each, sum(page.component == each.code for page in pages), each.requirement is Requirement.REQUIRED)
        for each in components
    )
    return Snapshot(dossier, tuple(pages), rows, (), None, None)


class Thumbs(QObject):
    thumbnail_ready = Signal(str)

    def thumbnail(self, page: Page) -> None:
        return None


def test_groups_leave_out_papers_that_are_only_shown() -> None:
    groups = groups_of(make_snapshot([make_page("p", "A"), make_page("q")]))
    assert [(group.code, group.number, group.pages) for group in groups] == [("", 0, 1), ("A", 1, 1), ("C", 2, 0)]


def test_page_numbers_are_those_of_the_dossier() -> None:
    cells = cells_of(make_snapshot([make_page("p", "A"), make_page("q"), make_page("r", "unknown")]))
    assert [cell.key for cell in cells] == ["group:", "q", "r", "group:A", "p", "group:C"]
    assert [cell.number for cell in cells if cell.page is not None] == [2, 3, 1]


@given(st.lists(st.lists(st.integers(0, 12), unique=True, max_size=12), min_size=2, max_size=5))
def test_the_strip_keeps_rows_whatever_changes(orders: list[list[int]]) -> None:
    model = ThumbnailModel(Thumbs(), Words("vi"))
    # A proxy checks every begin/end pair against what it knows, and would be left with wrong rows.
    mirror = QSortFilterProxyModel()
    mirror.setSourceModel(model)
    held: dict[str, object] = {}
    for order in orders:
        cells = cells_of(make_snapshot([make_page(str(number), "A" if number % 3 else "") for number in order]))
        model.update(cells)
        assert [cell.key for cell in model.cells] == [cell.key for cell in cells]
        assert mirror.rowCount() == model.rowCount() == len(cells)
        for key, index in list(held.items()):
            assert index.isValid() == (model.row_of(key) >= 0)
            if index.isValid():
                assert model.cells[index.row()].key == key

        held = {cell.key: QPersistentModelIndex(model.index(row)) for row, cell in enumerate(cells)}


@pytest.mark.parametrize(
    ("pages", "state", "scanning", "cropping", "at_desk", "step"),
    [
        (0, None, False, False, True, Step.SCAN),
        (0, DossierState.OPEN, False, False, True, Step.SCAN),
        (2, DossierState.OPEN, False, False, True, Step.FINISH),
        (2, DossierState.OPEN, True, False, True, Step.STOP),
        (2, DossierState.OPEN, False, True, True, Step.CROP),
        (2, DossierState.FINISHED, False, False, True, Step.SCAN),
        (2, DossierState.OPEN, False, False, False, Step.ELSEWHERE),
    ],
)
def test_there_is_one_next_step(
    pages: int, state: DossierState | None, scanning: bool, cropping: bool, at_desk: bool, step: Step
) -> None:
    snapshot = make_snapshot([make_page(str(number)) for number in range(pages)], state) if state else None
    assert next_step(snapshot, scanning=scanning, asking=False, cropping=cropping, at_desk=at_desk) is step


def test_a_session_that_asks_comes_before_finishing() -> None:
    snapshot = make_snapshot([make_page("1")], DossierState.OPEN)
    assert next_step(snapshot, scanning=False, asking=True, cropping=False, at_desk=True) is Step.GO_ON


def test_badges_say_what_to_look_at() -> None:
    found = Findings(FRAME, True, 0.9, -2.13, 0, 0.9, True, 0.001, ("skew", "low_dpi", "blurred"))
    badges = badges_of(make_page("p", findings=found, state=PageState.READY))
    assert [badge.remedy for badge in badges] == [
        Remedy.NOT_BLANK,
        Remedy.NOTHING,
        Remedy.CHECK_FRAME,
        Remedy.ACTUAL_SIZE,
    ]
    assert badges[2].value == pytest.approx(2.13)
    assert badges[0].text.vi == "Trang trắng?"
    answered = make_page("p", findings=found, edits=(MarkBlank(False),))
    assert Remedy.NOT_BLANK not in [badge.remedy for badge in badges_of(answered)]


def test_keys() -> None:
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    assert keys.page_command(Qt.Key.Key_R, NO_KEYS) == "turn_right"
    assert keys.page_command(Qt.Key.Key_R, control) == ""
    assert keys.page_command(Qt.Key.Key_Z, control) == "undo"
    assert keys.page_command(Qt.Key.Key_Z, control | shift) == "redo"
    assert keys.component_number(Qt.Key.Key_9, Qt.KeyboardModifier.KeypadModifier) == 9
    assert keys.component_number(Qt.Key.Key_0, NO_KEYS) == 0
    assert "F5" not in PROFILE_KEYS


def test_words_speak_both_languages() -> None:
    words = Words("vi")
    said: list[str] = []
    words.bind(said.append, Text("một", "one"))
    words.use("en")
    assert said == ["một", "one"]
    assert words.number(2.13) == "2.1"
    words.use("vi")
    assert words.number(2.13) == "2,1"
    assert words.joined(Text("Mất mạng", ""), Text("Thử lại.", "")) == "Mất mạng. Thử lại."


def test_what_is_wrong_while_the_centre_is_there_is_told_at_the_bottom(dressed) -> None:
    line = StatusLine(Words("vi"))
    line.show_sync(CentreView(online=True))
    assert line.centre.text() == "Trung tâm: trực tuyến, không còn hồ sơ chờ gửi"
    assert not line.centre.toolTip()
    line.show_sync(CentreView(online=True, trouble=Trouble(Text("Đồng hồ lệch", "Off"), Text("Chỉnh lại.", "Set it."))))
    assert line.centre.text().startswith("Trung tâm: có điều cần xem trong Hộp gửi (Ctrl+B)")
    assert line.centre.toolTip() == "Đồng hồ lệch. Chỉnh lại."
    line.show_sync(CentreView(online=False, trouble=Trouble(Text("Mất mạng", "Away"), Text("Chờ.", "Wait."))))
    assert line.centre.text().startswith("Trung tâm: mất kết nối")


def test_every_icon_can_be_drawn(dressed) -> None:
    for path in style.ICONS.glob("*.svg"):
        assert not icons.pixmap(path.stem).isNull()
        assert "currentColor" in path.read_text("utf-8") or path.stem == "sohoa"


def test_every_value_of_a_choice_in_the_settings_has_words() -> None:
    sections = [getattr(Settings(), name) for name in messages.SECTIONS if name not in ("", "profiles", "catalogue")]
    kinds = [field.annotation for part in (Settings(), *sections, ProfileSettings()) for field in simple_fields(part).values()]
    literals = {str(item) for kind in kinds if get_origin(kind) is Literal for item in get_args(kind)}
    wordless = {item for item in literals if item not in messages.LITERALS}
    assert wordless == {"F2", "F3", "F4", "F6", "F7", "F8", "F9"}
    chosen = {item for kind in kinds if isinstance(kind, type) and issubclass(kind, enum.Enum) for item in kind}
    assert {item for item in chosen if item not in messages.CHOICES} == set(PaperSize)
