"""Reuse instead of rescanning: look here, then at the centre, for a paper of this owner that is still valid."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from rapidfuzz import fuzz

from app.errors import ExitCode, ItemFailed, SohoaError, Text
from app.events import Change, Events, Topic
from app.filing.facts import VIETNAM
from app.filing.stores import Stores, places_of
from app.jobs import Job, Jobs, JobState, Lane
from app.model.dossier import Dossier, DossierState
from app.model.manifest import KnownPaper, ManifestReuse
from app.model.procedure import Component
from app.model.vietnamese import fold
from app.output.manifest import BrokenManifest, parse_manifest
from app.settings import Settings

_log = logging.getLogger(__name__)

_ASKING = Text("Hỏi trung tâm về giấy tờ đã số hóa", "Ask the centre for papers digitised before")
# Where one side names no kind of paper, the names must agree this far (0 to 100, folded).
_SAME_NAME = 90.0

AskCentre = Callable[[str, str], tuple[KnownPaper, ...]]


class NothingToReuse(ItemFailed):
    """No paper of that code fits the component."""

    title = Text("Không có giấy tờ nào dùng lại được cho “{component}”", "No paper can be reused for “{component}”")
    remedy = Text(
        "Xem các giấy tờ dùng lại được bằng “sohoa dossier reuse”, hoặc quét bản giấy.",
        "“sohoa dossier reuse” lists what can be reused; otherwise scan the paper.",
    )
    exit_code = ExitCode.INPUT


@dataclass(frozen=True)
class ReuseOffer:
    """A paper that could stand for a component. ``valid`` is None where the paper does not say how long it is valid."""

    component: Component
    paper: KnownPaper
    valid: bool | None


class Reuse:
    """Finds papers that are digitised already, and lets them stand for components with where they come from."""

    def __init__(
        self,
        stores: Stores,
        ask_centre: AskCentre,
        jobs: Jobs,
        events: Events,
        settings: Callable[[], Settings],
        clock: Callable[[], datetime],
    ) -> None:
        self._stores = stores
        self._ask_centre = ask_centre
        self._jobs = jobs
        self._events = events
        self._settings = settings
        self._clock = clock
        self._again: Job[int] | None = None

    def offers(self, dossier_id: str) -> tuple[ReuseOffer, ...]:
        """Give what can be reused as far as it is known here: in the checklist's order, newest first.

        Only components without pages are offered anything. Not offered is what is no longer valid, nor what says neither
        how long it is valid nor of what kind it is.
        """
        dossier = self._stores.dossiers.get(dossier_id)
        places = self._wanted(dossier)
        if not places:
            return ()
        papers, today = self._known(dossier), self._clock().astimezone(VIETNAM).date()
        return tuple(_offers(places, papers, today))

    def attached(self, dossier_id: str) -> dict[str, ManifestReuse]:
        """The papers that stand for components, by component."""
        return self._stores.reuse.attached(dossier_id)

    def attach(self, dossier_id: str, component: str, code: str = "") -> ManifestReuse:
        """Let a paper that is offered stand for a component; without a code the first one.

        Raises NothingToReuse, NoSuchDossier or DossierFrozen.
        """
        fitting = (offer for offer in self.offers(dossier_id) if offer.component.code == component)
        chosen = next((offer for offer in fitting if code in ("", offer.paper.code)), None)
        if chosen is None:
            raise NothingToReuse(component=component)
        operator = self._settings().station.operator
        reuse = ManifestReuse(component, chosen.component.name, chosen.paper, self._clock(), operator)
        self._stores.reuse.attach(dossier_id, reuse)
        self._events.announce(Topic.DOSSIERS, dossier_id)
        return reuse

    def detach(self, dossier_id: str, component: str) -> bool:
        """Take a paper back from a component; False where none stood for it. Raises NoSuchDossier or DossierFrozen."""
        gone = self._stores.reuse.detach(dossier_id, component)
        if gone:
            self._events.announce(Topic.DOSSIERS, dossier_id)
        return gone

    # --- the centre ------------------------------------------------------------------------------

    def ask(self, dossier_id: str) -> Job[int]:
        """Ask the centre for papers of this dossier's owner; the job gives how many it told of.

        Where the centre cannot be reached the question is kept and asked again. The job raises NotEnrolled or a kind of
        Unreachable then; what is known here can be used meanwhile.
        """
        return self._jobs.submit(Lane.SYNC, _ASKING, lambda _job: self._ask_for(dossier_id))

    def ask_again(self) -> Job[int]:
        """Ask everything that could not be asked before."""
        return self._jobs.submit(Lane.SYNC, _ASKING, lambda _job: self._ask_all(self._stores.reuse.questions()))

    def keep_asking(self, online: Callable[[], bool]) -> None:
        """From now on ask again whenever the centre can be reached."""

        def heard(change: Change) -> None:
            if change.topic is not Topic.OUTBOX or change.dossier_id or not online():
                return
            running = self._again is not None and self._again.state in (JobState.WAITING, JobState.RUNNING)
            if not running and self._stores.reuse.questions():
                self._again = self.ask_again()

        self._events.subscribe(heard)

    def _ask_for(self, dossier_id: str) -> int:
        dossier = self._stores.dossiers.get(dossier_id)
        places = self._wanted(dossier)
        kinds = {place.paper_kind for place in places}
        asked = sorted(kinds) if all(kinds) else [""]
        return self._ask_all([(dossier.owner_id_number, kind) for kind in asked]) if places else 0

    def _ask_all(self, questions: Iterable[tuple[str, str]]) -> int:
        told = 0
        failure: SohoaError | None = None
        for owner, kind in questions:
            try:
                papers = self._ask_centre(owner, kind) if failure is None else ()
            except SohoaError as error:
                _log.info("the centre could not be asked for papers: %s", type(error).__name__)
                failure = error
            if failure is not None:
                self._stores.reuse.ask_later(owner, kind)
                continue
            own = [paper for paper in papers if paper.fields.owner_id == owner]
            self._stores.reuse.keep_answer(owner, kind, own)
            told += len(own)
        if failure is not None:
            raise failure
        if told:
            self._events.announce(Topic.DOSSIERS)
        return told

    def _wanted(self, dossier: Dossier) -> list[Component]:
        procedure = self._stores.procedure_of(dossier)
        if procedure is None or not dossier.owner_id_number or dossier.state is not DossierState.OPEN:
            return []
        held = {page.component for page in self._stores.pages.of_dossier(dossier.id)} | set(self.attached(dossier.id))
        return [place for place in places_of(dossier, procedure) if place.takes_pages and place.code not in held]

    def _known(self, dossier: Dossier) -> list[KnownPaper]:
        """The owner's papers: those of this station first, and each once."""
        owner = dossier.owner_id_number
        here = [paper for path in self._stores.reuse.manifests_of(owner, dossier.id) for paper in _papers_in(path)]
        told = [paper for paper in self._stores.reuse.told(owner) if paper.record_id != dossier.id]
        mine = {paper.code: paper for paper in (*told, *here) if paper.fields.owner_id == owner}
        return sorted(mine.values(), key=lambda paper: paper.digitised_at, reverse=True)


def _offers(places: Iterable[Component], papers: list[KnownPaper], today: date) -> Iterator[ReuseOffer]:
    for place in places:
        for paper in papers:
            valid = paper.fields.in_force_on(today)
            if _lasting(paper, valid) and _fits(place, paper):
                yield ReuseOffer(place, paper, valid)


def _lasting(paper: KnownPaper, valid: bool | None) -> bool:
    """Whether a paper outlives its dossier: it is valid, or of a known kind. A declaration made for one case is neither."""
    return valid is True or (valid is None and bool(paper.fields.kind_code))


def _fits(place: Component, paper: KnownPaper) -> bool:
    if place.paper_kind and paper.fields.kind_code:
        return place.paper_kind == paper.fields.kind_code
    return fuzz.ratio(fold(place.name), fold(paper.title)) >= _SAME_NAME


@lru_cache(maxsize=512)
def _papers_in(path: Path) -> tuple[KnownPaper, ...]:
    """The papers of a finished record, which never change; none where its files were cleared or damaged."""
    try:
        manifest = parse_manifest(path.read_bytes())
    except (OSError, BrokenManifest):
        return ()
    return tuple(
        KnownPaper(
            code=paper.paper_id,
            record_id=manifest.record_id,
            revision=manifest.revision,
            dossier_number=manifest.dossier.number,
            agency_code=manifest.dossier.agency_code,
            title=paper.title,
            fields=paper.fields,
            file=paper.file,
            pages=len(paper.pages),
            digitised_at=manifest.dossier.finished_at,
        )
        for paper in manifest.papers
        if paper.fields is not None
    )
