"""What was read is shown and taken over by commands; ID numbers stay masked in what is printed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from resources import resource
from tests.commands import quickly


@pytest.mark.usefixtures("data", "no_sane")
def test_a_declaration_fills_its_dossier(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(resource("samples/pages/smoke_002_to_khai.jpg"), folder)
    number = quickly("scan", "--backend", "virtual", "--device", folder, "--procedure", "1.001193", "--json").json()["number"]
    offers = quickly("dossier", "fields", number, "--json").json()
    by_name = {(offer["place"], offer["field"]): offer for offer in offers}
    assert by_name["page", "component"]["component"] == "TP01"
    owner = by_name["dossier", "owner_name"]
    assert (owner["value"], owner["page"], owner["confidence"] > 0.7) == ("DƯƠNG THỊ TUYẾT HƯỜNG", 1, True)
    assert by_name["dossier", "owner_id_number"]["value"] == "0790********"

    refused = quickly("dossier", "fields", number, "--accept", "99")
    assert (refused.code, "all" in refused.err) == (2, True)
    left = quickly("dossier", "fields", number, "--accept", "all", "--json").json()
    assert {offer["place"] for offer in left} == {"paper"}
    assert quickly("dossier", "show", number, "--json").json()["owner"] == "DƯƠNG THỊ TUYẾT HƯỜNG"
