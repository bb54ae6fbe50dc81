"""``sohoa settings``, and docs/settings.md: both come from the one place where settings are declared."""

from __future__ import annotations

import enum
import json
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import BaseModel

from app.cli.common import AsJson, console, opened, print_json, say
from app.errors import ExitCode, ItemFailed, Text
from app.settings import ProfileSettings, Settings, default_settings_path

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Cấu hình của trạm / settings of the station.")

_HEAD = """# Settings

One TOML file: `~/.config/sohoa/settings.toml` on Linux, or where the environment variable `SOHOA_SETTINGS` points. Change
a value in the window, with `sohoa settings set NAME VALUE`, or in the file. A file that cannot be read is refused with the
line that is wrong, and the last good settings, kept beside it, stay in force.

This page is made by `python -m app.cli.settings_page` from the place where settings are declared.

| name | type | default | meaning |
|---|---|---|---|
"""


class UnknownSetting(ItemFailed):
    """There is no setting of that name."""

    title = Text("Không có mục cấu hình “{name}”", "There is no setting “{name}”")
    remedy = Text("Xem các mục bằng “sohoa settings show”.", "See all of them with “sohoa settings show”.")
    exit_code = ExitCode.SETTINGS


@dataclass(frozen=True)
class Declared:
    """A setting as it is declared."""

    name: str
    kind: str
    default: Any
    meaning: str


def declared(model: type[BaseModel] = Settings, prefix: str = "") -> Iterator[Declared]:
    """Give every setting with its dotted name; a profile's are named ``profiles[].name``."""
    for name, field in model.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from declared(annotation, f"{prefix}{name}.")
        elif name == "profiles":
            yield Declared(name, "list", (), field.description or "")
            yield from declared(ProfileSettings, "profiles[].")
        else:
            yield Declared(
                prefix + name, _kind(annotation), field.get_default(call_default_factory=True), field.description or ""
            )


def settings_page() -> str:
    """Give the text of docs/settings.md."""
    rows = [f"| `{item.name}` | {item.kind} | `{_shown(item.default)}` | {item.meaning} |" for item in declared()]
    return _HEAD + "\n".join(rows) + "\n"


@app.command()
def show(as_json: AsJson = False) -> None:
    """Xem mọi mục cấu hình và giá trị đang dùng / show all settings and their values."""
    with opened(as_json=as_json) as application:
        current = application.settings().model_dump(mode="json")
        if as_json:
            print_json(current)
            return
        console.print(str(default_settings_path()), highlight=False, soft_wrap=True)
        for item in declared():
            if "[]" not in item.name:
                console.print(
                    f"{item.name} = {_shown(_at(current, item.name))}    {item.meaning}", highlight=False, markup=False
                )


@app.command("set")
def set_(
    name: Annotated[str, typer.Argument(help="Tên mục, ví dụ language / dotted name.")],
    value: Annotated[str, typer.Argument(help="Giá trị mới / new value.")],
) -> None:
    """Đổi một mục cấu hình / change one setting."""
    with opened() as application:
        kinds = {item.name: item.kind for item in declared() if "[]" not in item.name}
        if name not in kinds:
            raise UnknownSetting(name=name)
        application.change_settings({name: value if kinds[name] == "text" else _parsed(value)})
        say(Text("Đã đổi.", "Changed."))


def _kind(annotation: Any) -> str:
    """Give a type in plain words; the values themselves where there are only a few."""
    if typing.get_origin(annotation) is Literal:
        return " / ".join(map(str, typing.get_args(annotation)))
    if isinstance(annotation, type) and issubclass(annotation, enum.StrEnum):
        return " / ".join(annotation)
    names = {str: "text", int: "whole number", float: "number", bool: "true / false"}
    return names.get(annotation) or ("list" if typing.get_origin(annotation) is tuple else "table")


def _at(values: Any, name: str) -> Any:
    for part in name.split("."):
        values = values[part]
    return values


def _parsed(text: str) -> Any:
    """Read numbers, true, false and lists as such; anything else is text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _shown(value: Any) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


if __name__ == "__main__":
    Path(__file__).parents[2].joinpath("docs", "settings.md").write_text(settings_page(), "utf-8")
