"""The procedure catalogue, handed out byte for byte with a strong ETag."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.model.procedure import Catalogue
from central.centre import API, Centre, CentreDep
from central.fact_tables import CatalogueVersion
from central.problems import Problem, declared
from central.stations import CallerDep

router = APIRouter(prefix=API, tags=["catalogue"])

_CATALOGUE = TypeAdapter(Catalogue)
_JSON = TypeAdapter(dict[str, Any])
_CONTENT = {"application/json": {"schema": {"type": "object", "additionalProperties": True}}}


class BadCatalogue(ValueError):
    """The file that the catalogue begins with is none."""


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
    content = current(centre)
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if if_none_match is not None and _matches(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


def current(centre: Centre) -> bytes:
    """Give the catalogue in force: the newest that somebody made on the pages, else the file. Raises Problem."""
    newest = select(CatalogueVersion).options(undefer(CatalogueVersion.content)).order_by(CatalogueVersion.number.desc())
    with centre.database.read() as session:
        version = session.scalar(newest.limit(1))
    if version is not None:
        return version.content
    try:
        return centre.settings.catalogue.read_bytes()
    except OSError as error:
        raise Problem("catalogue-missing") from error


def known(centre: Centre) -> Catalogue:
    """Give the catalogue in force for the pages; an empty one where there is none that can be read."""
    try:
        return parsed(current(centre))
    except (Problem, ValueError):
        return Catalogue("", ())


@functools.lru_cache(maxsize=2)
def parsed(content: bytes) -> Catalogue:
    """Read a catalogue; what newer programs wrote into it is let pass. Raises ValueError."""
    found: dict[str, Any] = _JSON.validate_json(content)
    return _CATALOGUE.validate_python({"version": "", **found})


def check_catalogue(file: Path) -> bool:
    """Say whether the seed is there; one that is no catalogue would only be found out by the stations. Raises BadCatalogue."""
    try:
        parsed(file.read_bytes())
    except FileNotFoundError:
        return False
    except ValueError as error:
        raise BadCatalogue(str(file)) from error
    return True


def _matches(condition: str, etag: str) -> bool:
    # RFC 9110, 13.1.2: If-None-Match compares weakly, so W/ in front does not matter.
    offered = {part.strip().removeprefix("W/") for part in condition.split(",")}
    return etag in offered or offered == {"*"}
