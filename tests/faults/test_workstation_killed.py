"""The workstation is killed (SIGKILL) at each step of taking a page in, and while finishing: nothing is lost or doubled."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from app.bootstrap import Application
from app.model.dossier import DossierState
from app.model.outbox import OutboxState
from tests.support import PYTHON, ROOT, wait_processed, wait_until

SCAN = """
import os, signal, sys
from pathlib import Path
from app import bootstrap
from app.acquisition import intake
from app.model.profile import Profile
from app.store.pages import PageStore

data, folder, step, at = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
taken = 0

def die_before(owner, name):
    original = getattr(owner, name)
    def dying(*arguments, **named):
        global taken
        taken += 1
        if taken == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **named)
    setattr(owner, name, dying)

steps = {
    "announced": (intake, "_check"),
    "checked": (intake, "_copy_in"),
    "copied": (PageStore, "add"),
    "committed": (intake.Intake, "_keep_thumbnail"),
    "thumbnail kept": (intake, "_remove"),
}
die_before(*steps[step])
if __name__ == "__main__":
    application = bootstrap.build(data, data.with_suffix(".toml"))
    dossier = application.dossiers.new("1.001193")
    application.scanners.start(Profile("x", "virtual", folder), dossier.id).result()
"""


def run_killed(script: str, *arguments: str | Path) -> None:
    """Run a script that kills itself, and see that it did."""
    done = subprocess.run([*PYTHON, "-c", script, *map(str, arguments)], cwd=ROOT, capture_output=True, timeout=90, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.parametrize("step", ["announced", "checked", "copied", "committed", "thumbnail kept"])
def test_killed_while_taking_in_the_third_page_keeps_three_pages_once(
    step: str, tmp_path: Path, small_pages: Callable[[int], Path], make_application: Callable[..., Application]
) -> None:
    folder = small_pages(5)
    run_killed(SCAN, tmp_path / "data", folder, step, "3")

    application = make_application()
    (dossier,) = application.dossiers.list()
    pages = application.dossiers.pages(dossier.id)
    assert [page.provenance.sequence for page in pages] == [1, 2, 3]
    for page in pages:
        stored = (application.folder.pages / page.file).read_bytes()
        assert hashlib.sha256(stored).hexdigest() == page.sha256
    assert list(application.folder.spool.iterdir()) == []
    assert any("khôi phục" in notice.vi for notice in application.notices)


def test_killed_in_mid_batch_by_the_system_keeps_every_delivered_page(
    tmp_path: Path, small_pages: Callable[[int], Path], make_application: Callable[..., Application]
) -> None:
    folder, data = small_pages(9), tmp_path / "data"
    environment = {**os.environ, "SOHOA_DATA": str(data), "SOHOA_SETTINGS": str(tmp_path / "s.toml")}
    command = [*PYTHON, "-m", "app.cli", "scan", "--device", str(folder), "--option", "page_delay=0.3"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait_until(lambda: len(list((data / "pages").glob("*/*.jpg"))) >= 3, what="three pages")
        process.kill()
        process.communicate(timeout=20)

    application = make_application(data)
    (dossier,) = application.dossiers.list()
    sequences = [page.provenance.sequence for page in application.dossiers.pages(dossier.id)]
    assert len(sequences) >= 3
    assert sequences == list(range(1, len(sequences) + 1))
    said = f"giữa lúc quét hồ sơ {dossier.shown_number}; đã lưu {len(sequences)} trang."
    assert any(said in notice.vi for notice in application.notices)


FINISH = """
import os, signal, sys
from pathlib import Path
from app import bootstrap
from app.filing import finish
from app.store.dossiers import DossierStore
from app.events import Events, Topic

data, dossier_id, step = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def die(*arguments, **named):
    os.kill(os.getpid(), signal.SIGKILL)

if step == "second paper":
    original, made = finish.write_pdfa, []
    def write(*arguments, **named):
        made.append(1)
        return die() if len(made) == 2 else original(*arguments, **named)
    finish.write_pdfa = write
elif step == "manifest":
    finish.build_manifest_bytes = die
elif step == "before commit":
    DossierStore.finish = die
elif step == "after commit":
    announce = Events.announce
    Events.announce = lambda self, topic, *rest: die() if topic is Topic.OUTBOX else announce(self, topic, *rest)
if __name__ == "__main__":
    application = bootstrap.build(data, data.with_suffix(".toml"))
    application.finishing.start(dossier_id).result()
"""


@pytest.fixture
def ready(tmp_path: Path, small_pages: Callable[[int], Path], make_application: Callable[..., Application]) -> str:
    """A dossier with two papers that could be finished; gives its id."""
    from app.model.profile import Profile

    application = make_application()
    application.change_settings({"filing.min_dpi": 100})
    dossier = application.dossiers.new("1.001193")
    application.scanners.start(Profile("x", "virtual", str(small_pages(3)), dpi=100), dossier.id).result(60)
    pages = application.dossiers.pages(dossier.id)
    application.page_actions.place(dossier.id, [pages[0].id, pages[1].id], "TP01")
    application.page_actions.place(dossier.id, [pages[2].id], "TP02")
    application.dossiers.set_fields(dossier.id, owner_name="Trần Thị Thử")
    wait_processed(application, dossier.id)
    application.close()
    (tmp_path / "data.toml").write_text((tmp_path / "settings.toml").read_text())
    return dossier.id


@pytest.mark.parametrize("step", ["second paper", "manifest", "before commit"])
def test_killed_before_the_commit_leaves_the_dossier_open_and_finishable(
    step: str, ready: str, tmp_path: Path, make_application: Callable[..., Application]
) -> None:
    run_killed(FINISH, tmp_path / "data", ready, step)

    application = make_application()
    assert application.dossiers.get(ready).state is DossierState.OPEN
    assert len(application.dossiers.pages(ready)) == 3
    assert list(application.folder.papers.iterdir()) == []
    assert any("giữa lúc hoàn tất 1 hồ sơ" in notice.vi for notice in application.notices) is (step != "before commit")
    entry = application.finishing.start(ready).result(60)
    assert len(entry.files) == 2


def test_killed_after_the_commit_leaves_a_finished_dossier_with_all_its_files(
    ready: str, tmp_path: Path, make_application: Callable[..., Application]
) -> None:
    run_killed(FINISH, tmp_path / "data", ready, "after commit")

    application = make_application()
    assert application.dossiers.get(ready).state is DossierState.FINISHED
    (entry,) = application.outbox.unsent()
    assert entry.state is OutboxState.WAITING
    for file in entry.files:
        assert hashlib.sha256((application.folder.root / file.path).read_bytes()).hexdigest() == file.sha256
