"""Exporting a finished revision as a package, and verifying packages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol, TypeVar

from app.errors import Text
from app.filing.errors import NothingFinished
from app.filing.revisions import Revisions
from app.filing.stores import Stores
from app.jobs import Job, Jobs, Lane
from app.model.identifiers import safe_file_name
from app.output.package import Form, Source, Verdict, verify_package, write_package
from app.store.errors import FilesAtCentre
from app.store.outbox import OutboxStore

T = TypeVar("T")

_EXPORTING = Text("Đang xuất hồ sơ…", "Exporting the dossier…")


class RunAlone(Protocol):
    """Runs a function of a module in a process of its own and gives its result."""

    def __call__(self, function: Callable[..., T], *args: Any) -> T:
        """Run it; raises what it raised, or that the process died."""


class Exporting:
    """Packages leave the data folder only on a clerk's word; what lies in it is never changed by them."""

    def __init__(self, stores: Stores, outbox: OutboxStore, revisions: Revisions, jobs: Jobs, run_alone: RunAlone) -> None:
        self._stores = stores
        self._outbox = outbox
        self._revisions = revisions
        self._jobs = jobs
        self._run_alone = run_alone

    def start(self, dossier_id: str, folder: Path, form: Form, revision: int = 0) -> Job[Path]:
        """Write a package inside ``folder``; the job gives its path. ``revision`` 0 is the newest finished one.

        The job raises NothingFinished, FilesAtCentre, PackageExists, PackageNotWritten or BrokenManifest.
        """

        def work(_job: Job[Path]) -> Path:
            dossier = self._stores.dossiers.get(dossier_id)
            entry = self._outbox.of_dossier(dossier_id, revision)
            if entry is None:
                raise NothingFinished(dossier=dossier.shown_number)
            if dossier.cleared_at is not None:
                raise FilesAtCentre(dossier=dossier.shown_number)
            root = self._stores.pages.folder.root
            receipt = asdict(entry.receipt) if entry.receipt else None
            source = Source((root / entry.manifest_path).parent, dossier.number, self._revisions.history(dossier_id), receipt)
            ending = f"-r{entry.revision}" if entry.revision > 1 else ""
            target = folder.absolute() / safe_file_name(f"{dossier.shown_number}{ending}")
            return self._run_alone(write_package, source, target, form)

        return self._jobs.submit(Lane.FILES, _EXPORTING, work)

    def verify(self, package: Path) -> Verdict:
        """Check a package file by file; what is wrong stands in the verdict."""
        return self._run_alone(verify_package, package.absolute())
