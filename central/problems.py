"""Everything that can go wrong, as problem details (RFC 9457) with what to do next in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.routing import Route

from central.problem_kinds import BY_STATUS, KINDS, Kind

MEDIA_TYPE = "application/problem+json"


class ProblemDetail(BaseModel):
    """The body of every answer that is not a success."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"additionalProperties": True})

    type: str
    title: str
    status: int
    detail: str
    title_vi: str
    remedy: str
    remedy_vi: str


class Problem(HTTPException):
    """A known problem; ``members`` are further fields of the body, ``headers`` go to the answer.

    It is FastAPI's own kind of error, because tuspyserver passes on no other.
    """

    def __init__(self, slug: str, detail: str = "", *, headers: dict[str, str] | None = None, **members: Any) -> None:
        self.kind = KINDS[slug]
        self.members = members
        super().__init__(self.kind.status, detail or self.kind.title, headers)


def problem_response(
    kind: Kind, detail: str = "", headers: dict[str, str] | None = None, members: dict[str, Any] | None = None
) -> JSONResponse:
    """Write a problem down as an answer."""
    body = ProblemDetail(
        type=f"/problems/{kind.slug}",
        title=kind.title,
        status=kind.status,
        detail=detail or kind.title,
        title_vi=kind.title_vi,
        remedy=kind.remedy,
        remedy_vi=kind.remedy_vi,
        **(members or {}),
    )
    wait = {"Retry-After": str(kind.retry_after)} if kind.retry_after else {}
    return JSONResponse(body.model_dump(), kind.status, wait | (headers or {}), media_type=MEDIA_TYPE)


def faults_of(error: Any) -> list[dict[str, str]]:
    """List the fields of a pydantic or FastAPI validation error, at most 20; values stay out, one may be a name."""
    faults: list[dict[str, str]] = []
    for item in error.errors()[:20]:
        # The text of a check of ours quotes the value; pydantic's own texts do not.
        message = "The value is not valid" if item["type"] == "value_error" else item["msg"]
        faults.append({"where": ".".join(str(part) for part in item["loc"]), "message": message})
    return faults


Answer = Callable[[Request, Kind, str, dict[str, str], dict[str, Any]], Response]
"""Makes the answer to a request that failed, from the kind, its detail, its headers and further fields of the body."""


def _answer_to_problem(answer: Answer, request: Request, error: Exception) -> Response:
    assert isinstance(error, AnyHTTPException)  # noqa: S101 - registered for this class only
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = _allowed(request)
    if isinstance(error, Problem):
        return answer(request, error.kind, error.detail, headers, error.members)
    kind = BY_STATUS.get(error.status_code)
    if kind is None:
        kind = KINDS["bad-request"] if error.status_code < 500 else KINDS["internal"]
    return answer(request, kind, str(error.detail), headers, {})


def _allowed(request: Request) -> str:
    # The framework names the methods of the first route only that has this path.
    routes = [route for route in request.app.routes if isinstance(route, Route) and route.path_regex.match(request.url.path)]
    return ", ".join(sorted({method for route in routes for method in route.methods or ()}))


def install_problems(app: FastAPI, answer: Answer) -> None:
    """Make the framework's own errors problems too."""

    async def on_problem(request: Request, error: Exception) -> Response:
        return _answer_to_problem(answer, request, error)

    async def on_invalid(request: Request, error: Exception) -> Response:
        return answer(request, KINDS["invalid"], "", {}, {"errors": faults_of(error)})

    app.add_exception_handler(AnyHTTPException, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid)


def declared(*slugs: str) -> dict[int | str, dict[str, Any]]:
    """Declare problems of a route for OpenAPI."""
    schema = {"$ref": "#/components/schemas/ProblemDetail"}
    by_status: dict[int | str, dict[str, Any]] = {}
    for kind in (KINDS[slug] for slug in slugs):
        known = by_status.get(kind.status)
        text = f"`{kind.slug}`: {kind.title}"
        by_status[kind.status] = {
            "description": f"{known['description']}; {text}" if known else text,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
    return by_status
