"""What all pages share: who looks, in which language, and how a page is made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.orm import Session

from app.model.procedure import Catalogue
from central import catalogue
from central.centre import Centre, CentreDep
from central.fact_tables import Fact
from central.indicators import read_indicators
from central.people import AgencyTree, Person
from central.problems import Problem
from central.progress import known_agencies
from central.reach import Reach, deciding_agencies
from central.web import sessions
from central.web.texts import Language, Texts, decimal_text, language_of, month_text, number_text, percent_text, points_text

PAGE_SIZE = 25
LAST_PAGE = 1_000_000
HERE = Path(__file__).parent
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
_templates.filters["percent"] = percent_text
_templates.filters["number"] = number_text
_templates.filters["day"] = lambda day: day.strftime("%d/%m/%Y")
_templates.filters["points"] = points_text
_templates.filters["decimal"] = decimal_text
_templates.filters["month"] = month_text

Lang = Annotated[str | None, Query(max_length=8)]
PageNumber = Annotated[int, Query(ge=1, le=LAST_PAGE)]


class SignInNeeded(Exception):
    """Nobody is signed in; the browser is sent to the form."""


def to_sign_in(request: Request, _error: Exception) -> Response:
    """Answer SignInNeeded."""
    return redirect("/", language_of(request.query_params.get("lang")))


def redirect(path: str, language: Language) -> RedirectResponse:
    """Send the browser to another page in its language."""
    return RedirectResponse(Texts(language).link(path), 303)


def render(request: Request, name: str, language: Language, status: int = 200, /, **values: Any) -> HTMLResponse:
    """Fill a template. Nothing that a browser gets may run, be framed or be kept."""
    texts = Texts(language)
    query = {key: value for key, value in request.query_params.items() if key != "lang"}
    other = Texts(texts.other).link(request.url.path if request.method == "GET" else "/", **query)
    body = _templates.get_template(name).render(t=texts, lang=language, other_language=other, **values)
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    return HTMLResponse(body, status, headers)


@dataclass(frozen=True)
class View:
    """One look of one person; what lies outside the person's agency does not exist for it."""

    request: Request
    centre: Centre
    person: Person
    language: Language

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue in force."""
        return catalogue.known(self.centre)

    @cached_property
    def tree(self) -> AgencyTree:
        """Who stands under whom."""
        return AgencyTree(self.catalogue.agencies)

    @property
    def texts(self) -> Texts:
        """The words of the person's language."""
        return Texts(self.language)

    def may_see(self, agency: str) -> bool:
        """Say whether the person may see what belongs to an agency."""
        return self.tree.covers(self.person.agency, agency)

    def agencies(self, session: Session) -> list[str]:
        """Give the agencies that have sent something and that the person may see."""
        return [code for code in known_agencies(session) if self.may_see(code)]

    def may_see_dossier(self, fact: Fact) -> bool:
        """Say whether the person may see a dossier: of an agency of theirs, by the desk or by who decides."""
        return self.may_see(fact.agency_code) or self.may_see(fact.competent_agency)

    def reach(self, session: Session) -> Reach | None:
        """Give whose dossiers a question must be limited to, None where the person may see all."""
        if not self.person.agency:
            return None
        deciding = frozenset(code for code in deciding_agencies(session) if self.may_see(code))
        return Reach(frozenset(self.agencies(session)), deciding)

    def page(self, name: str, **values: Any) -> HTMLResponse:
        """Make a page."""
        form_token = sessions.form_token(self.request.cookies[sessions.COOKIE])
        return render(self.request, name, self.language, person=self.person, form_token=form_token, **values)

    def check_form(self, token: str) -> None:
        """Raise Problem unless a posted form is ours."""
        if not sessions.form_is_ours(self.request, token):
            raise Problem("form-expired")


def indicator_names(view: View) -> dict[str, str]:
    """Give the names of the indicators by their codes."""
    return {one.code: getattr(one.name, view.language) for one in read_indicators(view.centre.settings.indicators)}


def _view(request: Request, centre: CentreDep, lang: Lang = None) -> View:
    person = sessions.signed_in(centre, request)
    if person is None:
        raise SignInNeeded
    return View(request, centre, person, language_of(lang))


ViewDep = Annotated[View, Depends(_view)]
