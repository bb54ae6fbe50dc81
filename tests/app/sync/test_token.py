"""Where the token lies, and that it never shows."""

from __future__ import annotations

import logging
import sys

import keyring.backends.fail
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from app.sync.connector import Enrolled, ServerAddress
from app.sync.token import FILE_NAME, IN_FILE, IN_KEYRING, TokenStore


class Ring(KeyringBackend):
    priority = 5.0  # type: ignore[assignment]

    def __init__(self):
        self.kept = {}
        self.locked = False

    def set_password(self, service, username, password):
        if self.locked:
            raise KeyringLocked
        self.kept[service, username] = password

    def get_password(self, service, username):
        if self.locked:
            raise KeyringLocked
        return self.kept.get((service, username))

    def delete_password(self, service, username):
        if (service, username) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, username]


def test_the_keyring_is_used_where_there_is_one(tmp_path):
    ring = Ring()
    store = TokenStore(tmp_path, ring)
    store.keep("st1", "secret-one")
    assert store.get("st1") == "secret-one"
    assert store.get("st2") == ""
    assert store.where() == IN_KEYRING
    assert list(tmp_path.iterdir()) == []
    store.forget("st1")
    store.forget("st1")
    assert store.get("st1") == ""


def test_a_file_for_the_owner_alone_without_a_keyring(tmp_path):
    store = TokenStore(tmp_path, keyring.backends.fail.Keyring())
    store.keep("st1", "secret-one")
    assert store.where() == IN_FILE
    assert store.get("st1") == "secret-one"
    assert store.get("st2") == ""
    if sys.platform != "win32":
        assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600
    store.keep("st1", "secret-two")
    assert store.get("st1") == "secret-two"
    store.forget("st1")
    assert store.get("st1") == ""


def test_a_locked_keyring_makes_way_for_the_file_and_gets_the_token_back_later(tmp_path, caplog):
    ring = Ring()
    ring.locked = True
    store = TokenStore(tmp_path, ring)
    with caplog.at_level(logging.DEBUG):
        store.keep("st1", "secret-one")
        assert store.get("st1") == "secret-one"
        assert store.get("st2") == ""
    assert store.where() == IN_FILE
    ring.locked = False
    store.keep("st1", "secret-one")
    assert store.where() == IN_KEYRING
    assert store.get("st1") == "secret-one"
    assert "secret" not in caplog.text


@pytest.mark.parametrize("value", [ServerAddress("https://x", token="secret-one"), Enrolled("st1", "secret-one")])
def test_the_token_does_not_show_in_what_is_printed(value):
    assert "secret" not in repr(value)


def test_a_keyring_that_breaks_in_any_way_is_no_reason_to_stop(tmp_path):
    class Broken(Ring):
        def set_password(self, service, username, password):
            raise RuntimeError("no bus")

        def get_password(self, service, username):
            raise RuntimeError("no bus")

    store = TokenStore(tmp_path, Broken())
    store.keep("st1", "secret-one")
    assert store.get("st1") == "secret-one"
    assert store.get("st2") == ""
    assert store.where() == IN_FILE
