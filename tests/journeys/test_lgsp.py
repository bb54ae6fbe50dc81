"""A desk whose province has a system of its own: set up, asked and used from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import ExitCode
from tests.lgsp import CLIENT, SECRET, Lgsp
from tests.support import sohoa


@pytest.fixture(scope="module")
def lgsp() -> Iterator[Lgsp]:
    lgsp = Lgsp()
    yield lgsp
    lgsp.close()


def test_a_station_is_set_up_by_command(lgsp: Lgsp, tmp_path: Path) -> None:
    asked = ("server", "lgsp", lgsp.url, CLIENT, "--unit", "H02.15.7")
    refused = sohoa(*asked, given="falsch\n")
    assert refused.code == ExitCode.SIGN_IN
    assert "client id" in refused.err
    done = sohoa(*asked, given=f"{SECRET}\n")
    assert done.code == 0, done.err
    about = sohoa("server", "--json").json()
    settled = {"url": lgsp.url, "account": CLIENT, "unit_code": "H02.15.7", "dialect": "", "enrolled": True}
    assert about == {"kind": "lgsp", "features": [], **settled}
    assert SECRET not in (tmp_path / "own-settings.toml").read_text("utf-8")
    lacking = sohoa("catalogue")
    assert lacking.code == ExitCode.INPUT
    assert "không có: cấp danh mục thủ tục" in lacking.err
