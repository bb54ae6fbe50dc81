"""A command that is written wrongly is answered in both languages, with the way to its help, and ends with 2."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.__main__ import app as sohoa
from central.__main__ import app as centre
from tests.commands import quickly
from tests.support import PYTHON, ROOT
from tests.support import sohoa as started

WRONG = [
    (["dossier", "show"], "Còn thiếu “reference”", "Missing argument 'reference'.", "sohoa dossier show"),
    (["dossier", "nothing"], "Không có lệnh “nothing”", "No such command 'nothing'.", "sohoa dossier"),
    (["scan", "--foo"], "Không có tùy chọn --foo", "No such option: --foo", "sohoa scan"),
    (["dossier", "list", "x"], "Không rõ “x” để làm gì", "unexpected extra argument", "sohoa dossier list"),
    (["scan", "--dpi", "5000"], "“--dpi”: nhiều nhất là 1200", "--dpi: must be 1200 at most", "sohoa scan"),
    (["scan", "--source", "roof"], "“--source”: chỉ nhận 'flatbed'", "'roof' is not one of", "sohoa scan"),
    (["dossier", "turn", "x", "1", "y"], "“degrees”: phải là số", "degrees: must be a number", "sohoa dossier turn"),
    (["dossier", "turn", "x", "1", "45"], "“degrees”: chỉ nhận 90", "degrees: must be 90, 180 or 270", "sohoa dossier turn"),
    (
        ["dossier", "search", "--since", "x"],
        "“--since”: phải là ngày như 2026-11-23",
        "does not match the format",
        "sohoa dossier search",
    ),
    (["outbox", "export", "nope"], "“folder”: không có “nope”", "does not exist", "sohoa outbox export"),
    (["outbox", "check", "."], "“file”: “.” là thư mục", "is a directory", "sohoa outbox check"),
    (["dossier", "paper", "x", "y", "-f", "z=1"], "“--field”: viết tên=giá_trị", "write name=value", "sohoa dossier paper"),
]


@pytest.mark.parametrize(("arguments", "vietnamese", "english", "command"), WRONG, ids=[" ".join(case[0]) for case in WRONG])
def test_a_wrong_use_is_said_in_both_languages(arguments: list[str], vietnamese: str, english: str, command: str) -> None:
    done = CliRunner().invoke(sohoa, arguments, prog_name="sohoa")
    said, remedy = done.stderr.splitlines()
    assert (done.exit_code, done.stdout) == (2, "")
    assert said.startswith(f"✗ {vietnamese}")
    assert english in said
    assert remedy == f"→ Cách viết / how to write it: {command} --help"


@pytest.mark.parametrize("option", ["--dossier", "--json=3"])
def test_an_option_without_its_value_or_with_one_too_many(option: str) -> None:
    done = CliRunner().invoke(sohoa, ["scan", option], prog_name="sohoa")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"✗ Tùy chọn {option.partition('=')[0]} ")


def test_the_centre_says_it_alike() -> None:
    done = CliRunner().invoke(centre, ["serve", "--port", "99999"], prog_name="sohoa-central")
    assert done.exit_code == 2
    assert done.stderr.startswith("✗ “--port”: nhiều nhất là 65535 / --port: must be 65535 at most\n")


def test_a_group_by_itself_shows_its_help_and_nothing_of_shells() -> None:
    ran = quickly("dossier")
    assert ran.code == 2
    assert "Hồ sơ: tạo, xem" in ran.out
    assert "completion" not in ran.out
    assert ran.err == ""


def test_what_is_written_is_utf8_whatever_the_systems_language() -> None:
    ran = started("dossier", "show", environment={"PYTHONIOENCODING": "latin-1"})
    assert "Còn thiếu “reference”" in ran.err


def test_an_output_that_takes_nothing_is_said() -> None:
    command = [*PYTHON, "-m", "app.cli", "--help"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 6
    assert done.stderr == "✗ Không ghi được kết quả: ổ đĩa đã đầy / The output could not be written: the disk is full\n"
