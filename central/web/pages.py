"""The routes of the pages. Everything is rendered here; there is no script in the browser."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, StreamingResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import func, select

from central.blobs import SHA256_PATTERN
from central.centre import VIETNAM, Centre, CentreDep
from central.problems import Problem
from central.records import RecordId, RevisionNumber
from central.tables import AccessEntry, Record, Revision, RevisionFile, Station
from central.web import sessions
from central.web.texts import Language, Texts, language_of

PAGE_SIZE = 25
_HERE = Path(__file__).parent
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
# What a browser shows by itself without running anything; the rest is only saved.
_SHOWN = {"application/pdf", "image/png", "image/jpeg"}
_templates = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined)

router = APIRouter(tags=["pages"])
Lang = Annotated[str | None, Query(max_length=8)]


def _page(name: str, language: Language, status: int = 200, /, **values: Any) -> HTMLResponse:
    body = _templates.get_template(name).render(t=Texts(language), lang=language, **values)
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    return HTMLResponse(body, status, headers)


def _login_page(request: Request, language: Language, message: str = "", status: int = 200) -> Response:
    cookie = request.cookies.get(sessions.COOKIE) or secrets.token_urlsafe(32)
    form_token, path = sessions.form_token(cookie), "/"
    response = _page("login.html", language, status, message=message, form_token=form_token, path=path, user=None)
    sessions.set_cookie(request, response, cookie)
    return response


def _to(path: str, language: Language) -> RedirectResponse:
    return RedirectResponse(path if language == "vi" else f"{path}?lang=en", 303)


@router.get("/")
def get_login(request: Request, centre: CentreDep, lang: Lang = None) -> Response:
    """Show the sign-in form, or go on to the records."""
    language = language_of(lang)
    return _to("/records", language) if sessions.signed_in(centre, request) else _login_page(request, language)


@router.post("/")
def post_login(
    request: Request,
    centre: CentreDep,
    username: Annotated[str, Form(max_length=64)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
    form_token: Annotated[str, Form(max_length=128)] = "",
    lang: Lang = None,
) -> Response:
    """Sign in."""
    language = language_of(lang)
    if not sessions.form_is_ours(request, form_token):
        return _login_page(request, language, "form_expired", 403)
    address = request.client.host if request.client else ""
    if sessions.is_throttled(centre, username, address):
        return _login_page(request, language, "throttled", 429)
    cookie = sessions.sign_in(centre, username, password, address)
    if cookie is None:
        return _login_page(request, language, "wrong", 401)
    response = _to("/records", language)
    sessions.set_cookie(request, response, cookie)
    return response


@router.post("/sign-out")
def post_sign_out(
    request: Request, centre: CentreDep, form_token: Annotated[str, Form(max_length=128)] = "", lang: Lang = None
) -> Response:
    """Sign out."""
    if not sessions.form_is_ours(request, form_token):
        raise Problem("form-expired")
    sessions.sign_out(centre, request)
    response = _to("/", language_of(lang))
    response.delete_cookie(sessions.COOKIE)
    return response


@router.get("/records")
def get_records_page(
    request: Request, centre: CentreDep, page: Annotated[int, Query(ge=1, le=1_000_000)] = 1, lang: Lang = None
) -> Response:
    """List the received records, newest first."""
    language, user = language_of(lang), sessions.signed_in(centre, request)
    if user is None:
        return _to("/", language)
    total, lines = _lines(centre, page)
    return _page(
        "records.html",
        language,
        user=user,
        form_token=sessions.form_token(request.cookies[sessions.COOKIE]),
        path="/records",
        lines=lines,
        total=total,
        page=page,
        last_page=max(1, -(-total // PAGE_SIZE)),
    )


def _lines(centre: Centre, page: int) -> tuple[int, list[dict[str, Any]]]:
    query = (
        select(Revision, Station.name)
        .join(Record, Revision.record_id == Record.record_id)
        .join(Station, Record.station_id == Station.station_id)
        .order_by(Revision.received_at.desc(), Revision.record_id, Revision.revision.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    with centre.database.read() as session:
        total = session.scalar(select(func.count()).select_from(Revision)) or 0
        rows = session.execute(query).all()
        return total, [_line(revision, station_name) for revision, station_name in rows]


def _line(row: Revision, station_name: str) -> dict[str, Any]:
    return {
        "record_id": row.record_id,
        "revision": row.revision,
        "number": row.record.dossier_number,
        "procedure_code": row.procedure_code,
        "procedure_name": row.procedure_name,
        "owner_name": row.owner_name,
        "owner_id": row.owner_id_masked,
        "station": station_name,
        "pages": row.pages,
        "received": row.received_at.astimezone(VIETNAM),
        "files": [{"sha256": file.sha256, "title": file.title or file.name, "pages": file.pages} for file in row.files],
    }


@router.get("/records/{record_id}/{revision}/files/{sha256}")
def get_file(
    request: Request,
    centre: CentreDep,
    record_id: RecordId,
    revision: RevisionNumber,
    sha256: Annotated[str, PathParameter(pattern=SHA256_PATTERN)],
) -> Response:
    """Open one file of a record, and note who did."""
    user = sessions.signed_in(centre, request)
    if user is None:
        return _to("/", "vi")
    with centre.database.write() as session:
        row = session.scalar(
            select(RevisionFile)
            .where(RevisionFile.record_id == record_id, RevisionFile.revision == revision, RevisionFile.sha256 == sha256)
            .limit(1)
        )
        if row is None or centre.blobs.size(sha256) is None:
            raise Problem("not-found")
        session.add(AccessEntry(username=user, opened_at=centre.clock(), record_id=record_id, revision=revision, sha256=sha256))
    return _file_response(centre, row)


def _file_response(centre: Centre, row: RevisionFile) -> Response:
    shown = row.media_type in _SHOWN
    name = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(row.name, safe='')}"
    headers = {
        "Content-Disposition": name,
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; img-src 'self'",
    }
    headers["Content-Length"] = str(row.size)
    media_type = row.media_type if shown else "application/octet-stream"
    return StreamingResponse(centre.blobs.chunks(row.sha256), media_type=media_type, headers=headers)


@router.get("/static/style.css")
def get_style() -> Response:
    """Give the style sheet."""
    return FileResponse(_HERE / "static" / "style.css", media_type="text/css", headers={"Cache-Control": "max-age=3600"})
