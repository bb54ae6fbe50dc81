"""Documents that nobody checks rot: every command and path named in README and docs exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from app.cli.__main__ import app as station
from app.cli.settings_page import settings_page
from app.errors import ExitCode
from central.__main__ import app as centre

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/decisions/*.md")])
_COMMAND = re.compile(r"(?:^|`|\./run |\.venv/bin/)(sohoa(?:-central)? [^`\n#]*)", re.MULTILINE)
_PATH = re.compile(r"`((?:app|ui|drivers|central|resources|tests|docs|installer)/[\w./-]*)`|\]\(([\w./-]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_is_named_exists(page: Path) -> None:
    named = [first or second for first, second in _PATH.findall(page.read_text("utf-8"))]
    missing = [name for name in named if not ((ROOT if (ROOT / name).exists() else page.parent) / name).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_named_exists(page: Path) -> None:
    for found in _COMMAND.findall(page.read_text("utf-8")):
        program, *words = shlex.split(found)
        command = get_command(centre if program == "sohoa-central" else station)
        for word in words:
            if not hasattr(command, "commands") or word.startswith("-") or not word.islower():
                break
            assert word in command.commands, f"{found!r}: {word!r}"
            command = command.commands[word]
        options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        unknown = [word for word in words if word.startswith("--") and word.split("=")[0] not in {*options, "--help"}]
        assert not unknown, found


def test_the_page_of_settings_is_current() -> None:
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == settings_page()


def test_every_exit_code_is_explained() -> None:
    text = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)] == [*map(int, ExitCode), 130]


def test_no_line_of_the_change_log_stands_twice() -> None:
    lines = [line for line in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines() if line.startswith("- ")]
    assert not {line for line in lines if lines.count(line) > 1}, "a union merge doubles what both sides changed"
