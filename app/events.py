"""Change notices: they say what kind of thing changed; whoever shows it marks itself stale and reads anew."""

from __future__ import annotations

import enum
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

_log = logging.getLogger(__name__)


class Topic(enum.StrEnum):
    """The kinds of things that change."""

    DOSSIERS = "dossiers"
    PAGES = "pages"
    PAGE_ADDED = "page_added"
    PAGE_PROCESSED = "page_processed"
    OUTBOX = "outbox"
    DEVICES = "devices"
    SETTINGS = "settings"
    CATALOGUE = "catalogue"
    SCAN = "scan"
    BLANKS_REMOVED = "blanks_removed"


@dataclass(frozen=True)
class Change:
    """Something of this kind changed; ids are empty where the change is wider than one."""

    topic: Topic
    dossier_id: str = ""
    page_id: str = ""


Listener = Callable[[Change], None]


class Events:
    """Passes notices on, in the thread that announces them. Listeners must be quick and must not raise."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[object, Listener] = {}

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Add a listener; call what is returned to take it off again."""
        key = object()
        with self._lock:
            self._listeners[key] = listener

        def unsubscribe() -> None:
            with self._lock:
                self._listeners.pop(key, None)

        return unsubscribe

    def announce(self, topic: Topic, dossier_id: str = "", page_id: str = "") -> None:
        """Tell every listener; one that raises is logged and does not keep the others from hearing."""
        change = Change(topic, dossier_id, page_id)
        with self._lock:
            listeners = tuple(self._listeners.values())
        for listener in listeners:
            try:
                listener(change)
            except Exception:
                _log.exception("a listener failed on %s", topic)
