"""The procedure catalogue, handed out byte for byte with a strong ETag."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Header, Response

from central.centre import API, CentreDep
from central.problems import Problem, declared
from central.stations import CallerDep

router = APIRouter(prefix=API, tags=["catalogue"])

_CONTENT = {"application/json": {"schema": {"type": "object", "additionalProperties": True}}}


@router.get(
    "/catalogue",
    response_class=Response,
    responses={
        200: {"content": _CONTENT, "headers": {"ETag": {"schema": {"type": "string"}}}},
        304: {"description": "The caller's copy is current"},
        **declared("unauthorized", "catalogue-missing"),
    },
)
def get_catalogue(_caller: CallerDep, centre: CentreDep, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """Give the catalogue, or 304 when the caller has this very version."""
    try:
        content = centre.settings.catalogue.read_bytes()
    except OSError as error:
        raise Problem("catalogue-missing") from error
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if if_none_match is not None and _matches(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


def _matches(condition: str, etag: str) -> bool:
    # RFC 9110, 13.1.2: If-None-Match compares weakly, so W/ in front does not matter.
    offered = {part.strip().removeprefix("W/") for part in condition.split(",")}
    return etag in offered or offered == {"*"}
