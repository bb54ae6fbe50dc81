"""Sessions with the practice scanner in its own process and a real store: what the dossier holds in the end, in which order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from app.acquisition.errors import FeederEmpty, PaperJam
from app.acquisition.prompts import ending_of, prompt_of
from app.acquisition.session_messages import Stage
from app.acquisition.sittings import Sitting, Standing
from app.errors import Language
from app.model.order import Spot
from app.model.profile import AfterScan, Blanks, Profile, Source, Way


class Glass:
    """A session with a folder for a tray; a page is known by the grey of its middle."""

    def __init__(self, room, folder: Path) -> None:
        self.room = room
        self.folder = folder
        self.dossier_id = room.dossiers.new().id

    def load(self, *sheets: int) -> None:
        """Put exactly these sheets into the tray, in this order, all at once."""
        fresh = self.folder.with_name("fresh")
        fresh.mkdir()
        for place, sheet in enumerate(sheets):
            Image.new("L", (200, 280), sheet * 10).save(fresh / f"{place:03d}.png", dpi=(100, 100))
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            path.unlink()
        fresh.replace(self.folder)

    def begin(self, spot: Spot | None = None, **values: object) -> Sitting:
        profile = replace(Profile("thử", "virtual", str(self.folder), dpi=100), **values)
        sitting = self.room.sittings.open(profile, self.dossier_id, spot)
        sitting.begin()
        return sitting

    def asked(self, sitting: Sitting) -> Standing:
        """Wait until a person has to act or all is over."""
        return sitting.wait(lambda standing: standing.asking or standing.stage is Stage.OVER)

    def sheets(self) -> list[int]:
        """What the dossier holds, by the sheets' grey."""
        pages = self.room.kept(self.dossier_id)
        pictures = [Image.open(self.room.pages.path_of(page)).convert("L") for page in pages]
        return [round(picture.getpixel((100, 140)) / 10) for picture in pictures]


@pytest.fixture
def glass(room, tmp_path: Path) -> Glass:
    made = Glass(room, tmp_path / "tray")
    made.load(1, 2, 3)
    return made


def spoken(standing: Standing, language: Language = "vi") -> str:
    prompt = prompt_of(standing)
    assert prompt is not None
    text = " ".join(part.vi if language == "vi" else part.en for part in (prompt.title, prompt.remedy))
    assert "{" not in text
    return text


def test_one_batch_ends_by_itself(glass: Glass) -> None:
    standing = glass.asked(glass.begin())
    assert standing.stage is Stage.OVER
    assert ending_of(standing).vi == "Đã quét xong 3 trang"
    assert glass.sheets() == [1, 2, 3]


def test_page_by_page_at_the_glass(glass: Glass) -> None:
    glass.load(1)
    sitting = glass.begin(source=Source.FLATBED)
    for sheet in (2, 3):
        standing = glass.asked(sitting)
        assert standing.stage is Stage.NEXT
        assert "Trang tiếp (F5)" in spoken(standing)
        glass.load(sheet)
        sitting.go_on()
    assert glass.asked(sitting).stage is Stage.NEXT
    sitting.done()
    assert glass.asked(sitting).stage is Stage.OVER
    assert glass.sheets() == [1, 2, 3]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_jam_names_the_sheet_and_the_session_goes_on_from_it(glass: Glass, language: Language) -> None:
    glass.load(1, 2, 3, 4)
    sitting = glass.begin(options={"fault": "jam", "fault_page": "3"})
    standing = glass.asked(sitting)
    assert isinstance(standing.trouble, PaperJam)
    assert standing.last_whole == glass.room.kept(glass.dossier_id)[1].id
    text = spoken(standing, language)
    assert ("đặt lại từ tờ 3" if language == "vi" else "from sheet 3 on") in text
    assert ("Trang cuối đã lưu là trang 2" if language == "vi" else "last page that is kept is page 2") in text
    glass.load(3, 4)
    notes: set[str] = set()
    sitting.watch(lambda: notes.add(sitting.standing.note.en))
    sitting.go_on()
    assert glass.asked(sitting).stage is Stage.OVER
    assert "Scanning sheet 3…" in notes
    assert glass.sheets() == [1, 2, 3, 4]


def test_a_second_jam_counts_over_the_whole_pile(glass: Glass) -> None:
    glass.load(1, 2, 3, 4, 5)
    sitting = glass.begin(options={"fault": "jam", "fault_page": "2"})
    glass.asked(sitting)
    glass.load(2, 3, 4, 5)
    sitting.go_on()
    assert "đặt lại từ tờ 3" in spoken(glass.asked(sitting))
    glass.load(3)
    sitting.go_on()
    assert glass.asked(sitting).stage is Stage.OVER
    assert glass.sheets() == [1, 2, 3]


def test_a_sheet_whose_back_jammed_is_there_once(glass: Glass) -> None:
    glass.load(1, 11, 2, 12)
    sitting = glass.begin(source=Source.DUPLEX, options={"fault": "jam", "fault_page": "4"})
    assert "đặt lại từ tờ 2" in spoken(glass.asked(sitting))
    glass.load(2, 12)
    sitting.go_on()
    assert glass.asked(sitting).stage is Stage.OVER
    assert glass.sheets() == [1, 11, 2, 12]
    assert glass.room.page_actions.history(glass.dossier_id)[0] is not None


def test_nothing_kept_at_all_ends_the_session_with_its_error(glass: Glass) -> None:
    standing = glass.asked(glass.begin(options={"fault": "jam", "fault_page": "1"}))
    assert (standing.stage, type(standing.trouble), standing.pages) == (Stage.OVER, PaperJam, ())


def test_fronts_and_backs_by_hand(glass: Glass) -> None:
    sitting = glass.begin(way=Way.TURN_OVER)
    assert "3 mặt trước" in spoken(glass.asked(sitting))
    glass.load(13, 12, 11)
    sitting.go_on()
    assert glass.asked(sitting).stage is Stage.OVER
    assert glass.sheets() == [1, 11, 2, 12, 3, 13]
    undone = glass.room.page_actions.undo(glass.dossier_id)
    assert undone is not None
    assert undone.vi == "xen mặt trước và mặt sau"
    assert glass.sheets() == [1, 2, 3, 13, 12, 11]


def test_a_missing_back_is_explained_and_loses_nothing(glass: Glass) -> None:
    sitting = glass.begin(way=Way.TURN_OVER)
    glass.asked(sitting)
    glass.load(13, 11)
    sitting.go_on()
    standing = glass.asked(sitting)
    assert "3 mặt trước nhưng 2 mặt sau" in spoken(standing)
    assert glass.sheets() == [1, 2, 3, 13, 11]
    glass.load(13, 12, 11)
    sitting.go_on()
    assert glass.asked(sitting).complete
    assert glass.sheets() == [1, 11, 2, 12, 3, 13]


def test_fronts_alone_are_kept_and_said(glass: Glass) -> None:
    sitting = glass.begin(way=Way.TURN_OVER)
    glass.asked(sitting)
    sitting.done()
    standing = glass.asked(sitting)
    assert not standing.complete
    assert "3 trang" in ending_of(standing).vi
    assert glass.sheets() == [1, 2, 3]


def test_an_empty_feeder_is_waited_for(glass: Glass, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.acquisition.session.POLL_SECONDS", 0.1)
    glass.load()
    sitting = glass.begin(wait_for_paper=True)
    sitting.wait(lambda standing: standing.stage is Stage.PAPER)
    assert "chờ giấy" in sitting.standing.note.vi
    glass.load(1, 2)
    assert glass.asked(sitting).stage is Stage.OVER
    assert glass.sheets() == [1, 2]


def test_waiting_for_paper_can_be_given_up(glass: Glass) -> None:
    glass.load()
    sitting = glass.begin(wait_for_paper=True)
    sitting.wait(lambda standing: standing.stage is Stage.PAPER)
    sitting.stop()
    standing = glass.asked(sitting)
    assert (standing.stage, standing.pages, standing.trouble) == (Stage.OVER, (), None)


def test_an_empty_feeder_without_waiting_is_an_error(glass: Glass) -> None:
    glass.load()
    assert isinstance(glass.asked(glass.begin()).trouble, FeederEmpty)


def test_pages_go_before_a_page_and_under_its_component(glass: Glass) -> None:
    glass.asked(glass.begin())
    dossiers, dossier_id = glass.room.dossiers, glass.dossier_id
    dossiers.set_procedure(dossier_id, "1.001193")
    second = glass.room.kept(dossier_id)[1].id
    glass.room.page_actions.place(dossier_id, [second], "TP01")
    glass.load(5, 6)
    assert glass.asked(glass.begin(Spot(before=second))).stage is Stage.OVER
    assert glass.sheets() == [1, 5, 6, 2, 3]
    assert [page.component for page in glass.room.kept(dossier_id)] == ["", "TP01", "TP01", "TP01", ""]


def test_pages_lie_in_their_place_as_they_come_and_are_undone_together(glass: Glass) -> None:
    glass.asked(glass.begin())
    second = glass.room.kept(glass.dossier_id)[1].id
    glass.load(5, 6, 7)
    sitting = glass.begin(Spot(before=second), options={"page_delay": "0.5"})
    sitting.wait(lambda standing: len(standing.pages) == 2)
    assert glass.sheets() == [1, 5, 6, 2, 3]
    glass.asked(sitting)
    assert glass.sheets() == [1, 5, 6, 7, 2, 3]
    glass.room.page_actions.undo(glass.dossier_id)
    assert glass.sheets() == [1, 2, 3, 5, 6, 7]
    glass.room.page_actions.redo(glass.dossier_id)
    assert glass.sheets() == [1, 5, 6, 7, 2, 3]


def test_a_page_is_replaced_and_comes_back_by_undo(glass: Glass) -> None:
    glass.asked(glass.begin())
    second = glass.room.kept(glass.dossier_id)[1].id
    glass.load(9)
    glass.asked(glass.begin(Spot(instead_of=second)))
    assert glass.sheets() == [1, 9, 3]
    undone = glass.room.page_actions.undo(glass.dossier_id)
    assert undone is not None
    assert undone.vi == "thay trang"
    assert glass.sheets() == [1, 2, 3, 9]
    glass.room.page_actions.redo(glass.dossier_id)
    assert glass.sheets() == [1, 9, 3]


@pytest.mark.parametrize("way", Way)
def test_a_page_is_replaced_by_one_sheet_of_the_pile(glass: Glass, way: Way) -> None:
    glass.asked(glass.begin())
    second = glass.room.kept(glass.dossier_id)[1].id
    glass.load(7, 8, 9)
    standing = glass.asked(glass.begin(Spot(instead_of=second), way=way))
    assert standing.stage is Stage.OVER
    assert ending_of(standing).vi == "Đã thay trang bằng một tờ. Giấy còn trong khay chưa được quét."
    assert glass.sheets() == [1, 7, 3]


@pytest.mark.parametrize(("replaced", "expected"), [(2, [1, 2, 7, 4]), (3, [1, 2, 3, 8])])
def test_a_side_of_a_sheet_is_replaced_by_the_same_side(glass: Glass, replaced: int, expected: list[int]) -> None:
    glass.load(1, 2, 3, 4)
    glass.asked(glass.begin(source=Source.DUPLEX))
    for _ in range(2):  # what replaced a page can be replaced in its turn
        old = glass.room.kept(glass.dossier_id)[replaced].id
        glass.load(7, 8, 9, 10)
        assert glass.asked(glass.begin(Spot(instead_of=old), source=Source.DUPLEX)).stage is Stage.OVER
        assert glass.sheets() == expected
    glass.room.page_actions.undo(glass.dossier_id)
    assert old in [page.id for page in glass.room.kept(glass.dossier_id)]


def test_the_wrong_side_alone_replaces_nothing_and_is_kept(glass: Glass) -> None:
    glass.load(1, 2)
    glass.asked(glass.begin(source=Source.DUPLEX))
    back = glass.room.kept(glass.dossier_id)[1].id
    glass.load(7)
    standing = glass.asked(glass.begin(Spot(instead_of=back), source=Source.DUPLEX))
    assert "mặt trước" in ending_of(standing).vi
    assert glass.sheets() == [1, 2, 7]


def test_a_page_of_one_side_is_replaced_by_both_sides_of_its_sheet(glass: Glass) -> None:
    glass.asked(glass.begin())
    second = glass.room.kept(glass.dossier_id)[1].id
    glass.load(7, 8, 9)
    glass.asked(glass.begin(Spot(instead_of=second), source=Source.DUPLEX, blanks=Blanks.REMOVE_BACKS))
    assert glass.sheets() == [1, 7, 8, 3]
    glass.room.page_actions.undo(glass.dossier_id)
    assert glass.sheets() == [1, 2, 3, 7, 8]


def test_a_page_that_was_deleted_meanwhile_leaves_the_new_ones_at_the_end(glass: Glass) -> None:
    glass.asked(glass.begin())
    second = glass.room.kept(glass.dossier_id)[1].id
    glass.room.page_actions.delete(glass.dossier_id, [second])
    glass.load(5)
    assert glass.asked(glass.begin(Spot(before=second))).stage is Stage.OVER
    assert glass.sheets() == [1, 3, 5]


def test_stop_keeps_what_came(glass: Glass) -> None:
    sitting = glass.begin(options={"page_delay": "0.3"})
    sitting.wait(lambda standing: len(standing.pages) >= 1)
    sitting.stop()
    standing = glass.asked(sitting)
    assert standing.stage is Stage.OVER
    assert "vẫn còn" in ending_of(standing).vi
    assert glass.sheets() == [1, 2, 3][: len(standing.pages)]


def test_keys_that_come_too_late_do_nothing(glass: Glass) -> None:
    sitting = glass.begin()
    glass.asked(sitting)
    for late in (sitting.go_on, sitting.done, sitting.stop, sitting.begin):
        late()
    assert sitting.standing.stage is Stage.OVER
    assert glass.sheets() == [1, 2, 3]


def test_watchers_hear_of_every_page(glass: Glass) -> None:
    seen: list[int] = []
    sitting = glass.room.sittings.open(Profile("x", "virtual", str(glass.folder), dpi=100), glass.dossier_id)
    sitting.watch(lambda: seen.append(len(sitting.standing.pages)))
    sitting.begin()
    glass.asked(sitting)
    assert set(seen) >= {0, 1, 2, 3}


def test_the_next_empty_component_takes_the_pages(glass: Glass) -> None:
    glass.room.dossiers.set_procedure(glass.dossier_id, "1.001193")
    for _ in range(2):
        glass.asked(glass.begin(after=(AfterScan.NEXT_COMPONENT,)))
    components = [page.component for page in glass.room.kept(glass.dossier_id)]
    rows = [row.component.code for row in glass.room.dossiers.checklist(glass.dossier_id)]
    assert components[:3] == [rows[0]] * 3
    assert components[3] == components[5] != components[0]
    assert components[3] in rows
