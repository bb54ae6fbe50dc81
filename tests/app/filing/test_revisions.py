"""Corrections and packages of real finished dossiers: what was accepted stays, and everything can be told later."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import bagit
import pytest

from app.filing.errors import NoReason, NothingFinished, NumberFixed
from app.model.dossier import DossierState
from app.model.history import Step
from app.model.outbox import OutboxEntry
from app.output.manifest import parse_manifest
from app.output.package import PackageExists, PackageNotWritten
from app.settings import StationSettings
from app.store.errors import DossierFrozen
from tests.office import Office
from tests.records import a_receipt

NUMBER = "H02.15-261123-0001"


class Case:
    """A finished dossier of two papers."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.id = office.complete()
        office.dossiers.set_fields(self.id, owner_name="Trần Thị <Thử> {1}")
        self.entry = self.finish()

    def finish(self) -> OutboxEntry:
        return self.office.finishing.start(self.id).result(60)

    def accept(self) -> None:
        self.office.outbox.accept(self.entry.id, a_receipt(self.entry, NUMBER))

    def steps(self) -> list[tuple[int, Step]]:
        return [(line.revision, line.step) for line in self.office.revisions.history(self.id)]


@pytest.fixture
def case(office: Office) -> Case:
    station = StationSettings(name="Bàn thử", operator="Lê Thị Mẫu")
    office.settings = office.settings.model_copy(update={"station": station})
    return Case(office)


def read(case: Case, entry: OutboxEntry) -> Any:
    return parse_manifest((case.office.folder.root / entry.manifest_path).read_bytes())


def test_a_correction_is_the_next_revision_and_the_accepted_one_stays(case: Case) -> None:
    case.accept()
    first = read(case, case.entry)
    dossier = case.office.revisions.correct(case.id, "  Sai tên\nchủ hồ sơ ")
    assert (dossier.state, dossier.revision) == (DossierState.OPEN, 2)
    with pytest.raises(NumberFixed):
        case.office.dossiers.set_fields(case.id, number="H02.15-261123-0002")
    case.office.dossiers.set_fields(case.id, number=NUMBER, owner_name="Trần Thị Đúng")
    second = read(case, case.finish())
    assert (second.revision, second.reason, second.record_id) == (2, "Sai tên chủ hồ sơ", first.record_id)
    assert second.dossier.number == NUMBER
    assert read(case, case.entry) == first
    assert all((case.office.folder.root / file.path).is_file() for file in case.entry.files)
    assert case.steps() == [
        (1, Step.BEGUN),
        (1, Step.FINISHED),
        (1, Step.ACCEPTED),
        (2, Step.CORRECTION),
        (2, Step.FINISHED),
    ]
    told = {(line.revision, line.step): line for line in case.office.revisions.history(case.id)}
    assert told[2, Step.CORRECTION].reason == "Sai tên chủ hồ sơ"
    assert told[2, Step.CORRECTION].operator == "Lê Thị Mẫu"
    assert told[1, Step.FINISHED].operator == "Lê Thị Mẫu"


def test_a_revision_that_was_never_sent_is_made_anew_with_its_reason(case: Case) -> None:
    dossier = case.office.revisions.correct(case.id, "Thiếu một trang")
    assert (dossier.state, dossier.revision) == (DossierState.OPEN, 1)
    case.finish()
    told = case.office.revisions.history(case.id)
    assert [line.step for line in told] == [Step.BEGUN, Step.REOPENED, Step.FINISHED]
    assert told[1].reason == "Thiếu một trang"
    assert told[1].detail == case.entry.manifest_sha256


@pytest.mark.parametrize("reason", ["", "   ", "x" * 601])
def test_a_correction_needs_a_reason(case: Case, reason: str) -> None:
    case.accept()
    with pytest.raises(NoReason):
        case.office.revisions.correct(case.id, reason)
    assert case.office.dossiers.get(case.id).state is DossierState.ACCEPTED


def test_nothing_is_corrected_while_the_answer_is_awaited(case: Case) -> None:
    case.office.outbox.mark_tried(case.entry.id)
    with pytest.raises(DossierFrozen):
        case.office.revisions.correct(case.id, "Sai tên")


def export(case: Case, folder: Path, form: str = "folder", revision: int = 0) -> Path:
    return case.office.exporting.start(case.id, folder, form, revision).result(60)


def test_a_folder_package_is_whole_and_can_be_read_by_people(case: Case, tmp_path: Path) -> None:
    case.accept()
    package = export(case, tmp_path / "ra")
    assert package == tmp_path / "ra" / NUMBER
    names = {path.name for path in package.iterdir()}
    assert names == {
        "bia-ho-so.html",
        "ho-so.json",
        "manifest.json",
        "manifest-sha256.txt",
        *(file.name for file in case.entry.files),
    }
    verdict = case.office.exporting.verify(package)
    assert (verdict.form, verdict.faults, verdict.files) == ("folder", (), 6)
    cover = (package / "bia-ho-so.html").read_text("utf-8")
    assert "Trần Thị &lt;Thử&gt; {1}" in cover
    assert NUMBER in cover
    assert case.entry.files[0].sha256 in cover
    facts = json.loads((package / "ho-so.json").read_text("utf-8"))
    assert facts["ma_ho_so"] == NUMBER
    assert facts["thoi_han_luu_tru"] is None
    assert facts["bien_nhan"]["receipt_id"] == "BN-1"


def test_a_bag_is_what_other_programs_call_one(case: Case, tmp_path: Path) -> None:
    package = export(case, tmp_path, "bagit")
    bag = bagit.Bag(str(package))
    bag.validate()
    assert bag.info["External-Description"].startswith("1.001193 ")
    assert bag.info["Internal-Sender-Identifier"] == case.id
    assert case.office.exporting.verify(package).faults == ()
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("form", ["folder", "bagit"])
@pytest.mark.parametrize("harm", ["change", "remove", "add", "empty"])
def test_a_harmed_package_is_found_out(case: Case, tmp_path: Path, form: str, harm: str) -> None:
    package = export(case, tmp_path, form)
    payload = package / "data" if form == "bagit" else package
    paper = next(payload.glob("*.pdf"))
    if harm == "change":
        paper.write_bytes(paper.read_bytes()[:-1] + b"!")
    elif harm == "remove":
        paper.unlink()
    elif harm == "add":
        (payload / "{thêm}.txt").write_text("?")
    else:
        shutil.rmtree(package)
        package.mkdir()
    faults = case.office.exporting.verify(package).faults
    assert faults
    assert all(fault.show("vi") and fault.show("en") for fault in faults)


def test_an_older_revision_can_be_exported_and_nothing_is_written_over(case: Case, tmp_path: Path) -> None:
    case.accept()
    case.office.revisions.correct(case.id, "Sai tên")
    first = export(case, tmp_path, revision=1)
    with pytest.raises(PackageExists):
        export(case, tmp_path)
    assert json.loads((first / "manifest.json").read_bytes())["revision"] == 1
    with pytest.raises(NothingFinished):
        export(case, tmp_path, revision=2)
    (tmp_path / "tệp").write_text("")
    with pytest.raises(PackageNotWritten):
        export(case, tmp_path / "tệp" / "trong")
