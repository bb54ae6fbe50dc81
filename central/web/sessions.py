"""Signing in to the pages: password check, slowed guessing, sessions and form tokens."""

from __future__ import annotations

import functools
import hmac
import logging
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from fastapi import Request, Response
from sqlalchemy import ColumnElement, delete, func, select

from central.centre import Centre
from central.people import Person, Role
from central.stations import secret_hash
from central.tables import Admin, LoginFailure, WebSession

COOKIE = "sohoa_session"
_WINDOW = timedelta(minutes=15)
_PER_PAIR, _PER_ADDRESS, _PER_USER = 5, 30, 60

_log = logging.getLogger("sohoa.central.web")
_hasher = PasswordHasher()


def add_admin(centre: Centre, username: str, password: str, role: Role | None = None, agency: str | None = None) -> bool:
    """Add a person or change the password, which ends the person's sessions; say whether the person is new.

    Without ``role`` and ``agency`` somebody who is known keeps them; somebody new looks at the whole province.
    """
    with centre.database.write() as session:
        admin = session.get(Admin, username)
        if admin is None:
            admin = Admin(username=username, password_hash=_hasher.hash(password), created_at=centre.clock())
            admin.role, admin.agency_code = role or Role.VIEWER, agency or ""
            session.add(admin)
            return True
        admin.role = role or admin.role
        admin.agency_code = admin.agency_code if agency is None else agency
        admin.password_hash = _hasher.hash(password)
        session.execute(delete(WebSession).where(WebSession.username == username))
        return False


def is_throttled(centre: Centre, username: str, address: str) -> bool:
    """Say whether too many attempts failed lately: for this name from this address, or for either alone."""
    since = centre.clock() - _WINDOW
    by_user, by_address = LoginFailure.username == username, LoginFailure.address == address
    with centre.database.read() as session:

        def failures(*conditions: ColumnElement[bool]) -> int:
            query = select(func.count()).select_from(LoginFailure).where(LoginFailure.failed_at > since, *conditions)
            return session.scalar(query) or 0

        return (
            failures(by_user, by_address) >= _PER_PAIR or failures(by_address) >= _PER_ADDRESS or failures(by_user) >= _PER_USER
        )


def sign_in(centre: Centre, username: str, password: str, address: str) -> str | None:
    """Check a password; give the new session's cookie value, or None. Failures are counted."""
    with centre.database.read() as session:
        admin = session.get(Admin, username)
    # An unknown name costs the same time as a wrong password.
    stored = admin.password_hash if admin else _nobodys_hash()
    now = centre.clock()
    try:
        good = _hasher.verify(stored, password) and admin is not None
    except (Argon2Error, InvalidHashError):
        good = False
    with centre.database.write() as session:
        session.execute(delete(LoginFailure).where(LoginFailure.failed_at < now - _WINDOW))
        session.execute(delete(WebSession).where(WebSession.expires_at < now))
        if not good:
            session.add(LoginFailure(username=username, address=address, failed_at=now))
            _log.warning("a sign-in failed")
            return None
        session.execute(delete(LoginFailure).where(LoginFailure.username == username, LoginFailure.address == address))
        value = secrets.token_urlsafe(32)
        expires = now + timedelta(hours=centre.settings.session_hours)
        session.add(WebSession(cookie_hash=secret_hash(value), username=username, expires_at=expires))
    return value


@functools.cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))


def signed_in(centre: Centre, request: Request) -> Person | None:
    """Give the person behind a request, or None."""
    value = request.cookies.get(COOKIE, "")
    with centre.database.read() as session:
        row = session.get(WebSession, secret_hash(value))
        if row is None or row.expires_at <= centre.clock():
            return None
        admin = session.get_one(Admin, row.username)
        return Person(admin.username, Role(admin.role), admin.agency_code)


def sign_out(centre: Centre, request: Request) -> None:
    """End the session of a request."""
    with centre.database.write() as session:
        session.execute(delete(WebSession).where(WebSession.cookie_hash == secret_hash(request.cookies.get(COOKIE, ""))))


def set_cookie(request: Request, response: Response, value: str) -> None:
    """Hand out a session cookie that scripts and other sites cannot use."""
    response.set_cookie(COOKIE, value, httponly=True, samesite="lax", secure=request.url.scheme == "https")


def form_token(cookie: str) -> str:
    """Give the token that a form carries; another site cannot know it, because it cannot read the cookie."""
    return secret_hash(f"form {cookie}")


def form_is_ours(request: Request, token: str) -> bool:
    """Say whether a posted form came from a page that this server gave to this browser."""
    cookie = request.cookies.get(COOKIE, "")
    return bool(cookie) and hmac.compare_digest(form_token(cookie).encode(), token.encode("utf-8", "replace"))
