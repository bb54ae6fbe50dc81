"""Profiles on the command line: listed with their keys, written out, taken in again, and refused where they are wrong."""

from __future__ import annotations

from pathlib import Path

from tests.support import sohoa


def test_profiles_go_into_a_file_and_come_back(tmp_path: Path) -> None:
    (tmp_path / "site-profiles.toml").write_text('[[profiles]]\nname = "Chuẩn"\nkey = "F9"\n', "utf-8")
    out = tmp_path / "out.toml"
    assert sohoa("profiles", "export", out).code == 0
    refused = sohoa("profiles", "import", out)
    assert refused.code == 8
    assert "“Chuẩn” do quản trị khóa" in refused.err
    out.write_text(out.read_text("utf-8").replace("Chuẩn", "Của tôi").replace("F9", "F4"), "utf-8")
    assert sohoa("profiles", "import", out).code == 0
    listed = sohoa("profiles", "list", "--json").json()["profiles"]
    assert [(each["name"], each["key"], each["locked"]) for each in listed] == [("Của tôi", "F4", False), ("Chuẩn", "F9", True)]
    out.write_text("[[profiles]]\nway = 1\n", "utf-8")
    broken = sohoa("profiles", "import", out)
    assert (broken.code, "dòng 2" in broken.err) == (8, True)
    assert "Của tôi" in sohoa("profiles", "list").out
