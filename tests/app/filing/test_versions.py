"""A dossier keeps the version of its procedure that it began with, whatever catalogue comes after."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.bootstrap import Application
from app.filing.procedures import UnknownProcedure
from app.model.procedure import Catalogue, Procedure, Requirement


def names(application: Application, dossier_id: str) -> list[str]:
    return [row.component.name for row in application.dossiers.checklist(dossier_id)]


def test_a_newer_catalogue_counts_at_once_and_only_for_dossiers_that_begin_after_it(
    make_application: Callable[..., Application], tmp_path: Path
) -> None:
    application = make_application()
    old = application.dossiers.new("1.001193")
    before = names(application, old.id)
    file = tmp_path / "ds.csv"
    file.write_text("code,name,documents\n1.001193,Khai sinh mới,Đơn mới|Ảnh mới\n", "utf-8")
    application.catalogue.run(file)

    assert application.procedures.find("1.001193").name == "Khai sinh mới"
    assert names(application, old.id) == before
    new = application.dossiers.new("1.001193")
    assert names(application, new.id) == ["Đơn mới", "Ảnh mới"]
    assert {old.procedure_version, new.procedure_version} > {old.procedure_version}
    assert application.dossiers.get(old.id).procedure_name == "Đăng ký khai sinh"
    application.close()

    again = make_application()
    assert again.procedures.find("1.001193").name == "Khai sinh mới"
    assert names(again, old.id) == before


def test_a_dossier_outlives_its_procedure(make_application: Callable[..., Application], tmp_path: Path) -> None:
    application = make_application()
    dossier = application.dossiers.new("1.001193")
    before = names(application, dossier.id)
    application.procedures.use(Catalogue("x", ()))
    with pytest.raises(UnknownProcedure):
        application.procedures.find("1.001193")
    assert names(application, dossier.id) == before
    assert "procedure" not in {found.check for found in application.dossiers.check(dossier.id)}


def test_two_versions_stand_beside_each_other_and_the_day_chooses(
    make_application: Callable[..., Application], tmp_path: Path
) -> None:
    application = make_application()
    version = {
        "code": "1.999998", "name": "Cũ", "field": "", "levels": [], "non_boundary": True, "results": [], "confidence": "x",
        "components": [{"code": "TP01", "name": "Đơn", "requirement": "required"}], "valid_to": "2020-12-31",
    }  # fmt: skip
    file = tmp_path / "c.json"
    later = {**version, "name": "Mới", "valid_from": "2021-01-01", "valid_to": None, "retention": "70 năm"}
    content = {"format": "sohoa-catalogue/1", "version": "1", "procedures": [version, later]}
    file.write_text(json.dumps(content), "utf-8")
    assert application.catalogue.run(file).taken == 2
    chosen = application.dossiers.new("1.999998")
    assert chosen.procedure_name == "Mới"
    found: list[Procedure] = [match.procedure for match in application.procedures.search("1.999998")]
    assert [(item.name, item.retention) for item in found] == [("Mới", "70 năm")]
    assert found[0].components[0].requirement is Requirement.REQUIRED
    assert all(item.retention == "" for item in application.procedures.catalogue.procedures if item.code != "1.999998")
