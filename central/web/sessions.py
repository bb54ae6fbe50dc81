"""Signing in to the pages: password check, slowed guessing, sessions and form tokens."""

from __future__ import annotations

import functools
import hmac
import logging
import secrets
import threading
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from fastapi import Request, Response
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from central.centre import Centre
from central.people import Person, Role
from central.stations import secret_hash
from central.tables import Admin, LoginFailure, WebSession

COOKIE = "sohoa_session"
_WINDOW = timedelta(minutes=15)
_PER_PAIR, _PER_ADDRESS, _PER_USER = 5, 30, 60

_log = logging.getLogger("sohoa.central.web")
_hasher = PasswordHasher()
# Each check takes 64 MiB on purpose; as many as there are threads would take the memory of the server.
_checks = threading.BoundedSemaphore(4)


class TooManyAttempts(Exception):
    """Too many attempts failed lately: for this name from this address, or for either alone."""


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


def remove_admin(centre: Centre, username: str) -> bool:
    """Remove a person with all sessions; say whether there was one. What the person did stays in the lists."""
    with centre.database.write() as session:
        session.execute(delete(WebSession).where(WebSession.username == username))
        removed = session.execute(delete(Admin).where(Admin.username == username).returning(Admin.username))
        return removed.scalar_one_or_none() is not None


def list_admins(centre: Centre) -> list[Admin]:
    """Give everyone who may sign in, by name."""
    with centre.database.read() as session:
        return list(session.scalars(select(Admin).order_by(Admin.username)))


def sign_in(centre: Centre, username: str, password: str, address: str) -> str | None:
    """Check a password; give the new session's cookie value, or None. Raises TooManyAttempts."""
    now = centre.clock()
    _count_attempt(centre, username, address, now)
    with centre.database.read() as session:
        admin = session.get(Admin, username)
    # An unknown name costs the same time as a wrong password.
    stored = admin.password_hash if admin else _nobodys_hash()
    try:
        with _checks:
            good = _hasher.verify(stored, password) and admin is not None
    except (Argon2Error, InvalidHashError):
        good = False
    if not good:
        _log.warning("a sign-in failed")
        return None
    with centre.database.write() as session:
        # Changed meanwhile, or the person is gone.
        if session.scalar(select(Admin.password_hash).where(Admin.username == username)) != stored:
            return None
        session.execute(delete(WebSession).where(WebSession.expires_at < now))
        session.execute(delete(LoginFailure).where(LoginFailure.username == username, LoginFailure.address == address))
        value = secrets.token_urlsafe(32)
        expires = now + timedelta(hours=centre.settings.session_hours)
        session.add(WebSession(cookie_hash=secret_hash(value), username=username, expires_at=expires))
    return value


def _count_attempt(centre: Centre, username: str, address: str, now: datetime) -> None:
    # Before the password is looked at: of many guesses sent at once, each would else see that none has failed yet.
    with centre.database.write(f"sign-in as {username}", f"sign-in from {address}") as session:
        session.execute(delete(LoginFailure).where(LoginFailure.failed_at < now - _WINDOW))
        if _is_throttled(session, username, address):
            raise TooManyAttempts
        session.add(LoginFailure(username=username, address=address, failed_at=now))


def _is_throttled(session: Session, username: str, address: str) -> bool:
    by_user, by_address = LoginFailure.username == username, LoginFailure.address == address

    def failures(*conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(LoginFailure).where(*conditions)) or 0

    return failures(by_user, by_address) >= _PER_PAIR or failures(by_address) >= _PER_ADDRESS or failures(by_user) >= _PER_USER


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
