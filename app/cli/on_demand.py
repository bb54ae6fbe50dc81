"""Commands that are imported when they are asked for: ``sohoa process`` and its page workers need a fraction of the program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any

import typer
from typer.main import get_command

from app.usage import Commands

# Command -> module of app.cli and what to take from it: a function, or a Typer group of commands.
_PLACES = {
    "scan": "scanning:scan",
    "enrol": "sending:enrol",
    "server": "server:app",
    "sync": "sending:sync",
    "catalogue": "sending:catalogue",
    "demo": "demo:demo",
    "process": "process:process",
    "dossier": "groups:dossier",
    "settings": "settings_page:app",
    "profiles": "profiles:app",
    "devices": "devices:app",
    "procedures": "procedures:app",
    "outbox": "outbox:app",
    "doctor": "doctor:app",
    "page": "groups:page",
}


class OnDemand(Commands):
    """The station's commands: those that were given, and those of other modules when they are asked for."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Commands(self.commands)


class _Commands(MutableMapping[str, Any]):
    """Commands by name; one of another module is imported when it is taken."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._loaded = dict(given)
        self._names = dict.fromkeys([*given, *_PLACES])

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = _load(name, _PLACES[name])
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._names[name] = None
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._names[name]
        self._loaded.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _load(name: str, place: str) -> Any:
    module, attribute = place.split(":")
    found = getattr(import_module(f"app.cli.{module}"), attribute)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False)
        single.command(name)(found)
        found = single
    command = get_command(found)
    command.name = name
    return command
