"""What a person sees in place of a page when something went wrong; programs get problem details (central.problems)."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from central.centre import API
from central.problem_kinds import Kind
from central.problems import problem_response
from central.web.texts import Texts, language_of
from central.web.views import render

# Kinds whose remedy speaks to a station; people get words of their own.
_OWN_WORDS = {
    "not-found": "error_not_found",
    "forbidden": "error_forbidden",
    "invalid": "error_form",
    "bad-request": "error_form",
    "method-not-allowed": "error_form",
    "unsupported-media-type": "error_form",
    "too-large": "error_too_large",
}


def answer(
    request: Request,
    kind: Kind,
    detail: str = "",
    headers: dict[str, str] | None = None,
    members: dict[str, Any] | None = None,
) -> Response:
    """Answer with a page who asks for one with a browser, anybody else with problem details."""
    problem = problem_response(kind, detail, headers, members)
    if request.url.path.startswith(f"{API}/") or "text/html" not in request.headers.get("accept", ""):
        return problem
    language = language_of(request.query_params.get("lang"))
    own = _OWN_WORDS.get(kind.slug)
    title, remedy = (kind.title, kind.remedy) if language == "en" else (kind.title_vi, kind.remedy_vi)
    remedy = Texts(language)(own) if own else remedy
    # Without the menu: who it is is in the database, and that may be what is away.
    page = render(request, "error.html", language, kind.status, title=title, remedy=remedy, person=None)
    page.headers.update({name: value for name, value in problem.headers.items() if name in ("retry-after", "allow")})
    return page
