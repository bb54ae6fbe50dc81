"""Signing in and out, and the style sheet. Everything is rendered here; there is no script in the browser."""

from __future__ import annotations

import secrets
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse

from central.centre import CentreDep
from central.problems import Problem
from central.web import sessions
from central.web.texts import Language, language_of
from central.web.views import HERE, Lang, redirect, render

router = APIRouter(tags=["pages"])


def _login_page(request: Request, language: Language, message: str = "", status: int = 200, username: str = "") -> Response:
    cookie = request.cookies.get(sessions.COOKIE) or secrets.token_urlsafe(32)
    form_token = sessions.form_token(cookie)
    values = {"message": message, "username": username, "form_token": form_token, "person": None}
    response = render(request, "login.html", language, status, **values)
    sessions.set_cookie(request, response, cookie)
    return response


@router.get("/")
def get_login(request: Request, centre: CentreDep, lang: Lang = None) -> Response:
    """Show the sign-in form, or go on to the records."""
    language = language_of(lang)
    return redirect("/records", language) if sessions.signed_in(centre, request) else _login_page(request, language)


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
        return _login_page(request, language, "form_expired", 403, username)
    address = request.client.host if request.client else ""
    try:
        cookie = sessions.sign_in(centre, username, password, address)
    except sessions.TooManyAttempts:
        return _login_page(request, language, "throttled", 429, username)
    if cookie is None:
        return _login_page(request, language, "wrong", 401, username)
    response = redirect("/records", language)
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
    response = redirect("/", language_of(lang))
    response.delete_cookie(sessions.COOKIE)
    return response


@router.get("/static/{name}")
def get_static(name: Annotated[Literal["style.css", "icon.svg"], PathParameter()]) -> Response:
    """Give the style sheet or the icon."""
    media_type = {"style.css": "text/css", "icon.svg": "image/svg+xml"}[name]
    return FileResponse(HERE / "static" / name, media_type=media_type, headers={"Cache-Control": "max-age=3600"})
