from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.errors import ExitCode
from app.model import identifiers as ids
from app.model.procedure import Requirement
from app.store.procedures import CatalogueBroken, load_catalogue

RESOURCES = Path(__file__).parents[3] / "resources"


def _content() -> dict[str, Any]:
    return {
        "format": "sohoa-catalogue/1",
        "version": "1",
        "something_new": [],
        "procedures": [
            {
                "code": "1.001193",
                "name": "Đăng ký khai sinh",
                "field": "Hộ tịch",
                "levels": ["Cấp xã"],
                "non_boundary": None,
                "results": [{"code": "KQ.G15.000031", "name": "Giấy khai sinh"}],
                "components": [
                    {"code": "TP01", "name": "Tờ khai", "requirement": "required"},
                    {"code": "000.00.00.G09-KQ002269", "name": "Giấy chứng sinh", "requirement": "conditional"},
                ],
                "confidence": "high",
                "valid_from": "2025-07-01",
                "valid_to": None,
            },
        ],
    }  # fmt: skip


def test_the_shipped_catalogue_is_consistent() -> None:
    catalogue = load_catalogue(RESOURCES / "catalogue.json")
    assert len(catalogue.procedures) == 69
    assert len({ids.parse_procedure_code(item.code).base for item in catalogue.procedures}) == 69
    for procedure in catalogue.procedures:
        assert [item.code for item in procedure.components] == [f"TP{n:02d}" for n in range(1, len(procedure.components) + 1)]
        assert procedure.results
        for result in procedure.results:
            assert not result.code or not ids.parse_result_kind(result.code).warnings
        for name in (*(item.name for item in procedure.components), *(item.name for item in procedure.results)):
            assert "nếu có" not in name
            assert "xuất trình" not in name
            assert "mã KQ" not in name
            assert name == name.strip()
    known = {level["name"] for level in json.loads((RESOURCES / "catalogue.json").read_text(encoding="utf-8"))["levels"]}
    assert {level for item in catalogue.procedures for level in item.levels} <= known


def test_a_birth_registration_asks_for_what_the_portal_says() -> None:
    birth = next(item for item in load_catalogue(RESOURCES / "catalogue.json").procedures if item.code == "1.001193")
    asked = [item.requirement for item in birth.components]
    assert asked == [Requirement.REQUIRED] * 2 + [Requirement.CONDITIONAL] * 3 + [Requirement.PRESENTED] * 2
    assert birth.non_boundary is None
    assert [item.code for item in birth.results] == ["KQ.G15.000031"]


def test_a_result_whose_name_holds_a_semicolon_stays_one() -> None:
    land = next(item for item in load_catalogue(RESOURCES / "catalogue.json").procedures if item.code == "1.012783")
    assert [item.code for item in land.results] == ["KQ.G10.001147"]


def test_the_sample_dossier_fits_the_catalogue_and_its_pages() -> None:
    sample = json.loads((RESOURCES / "samples/dossier.json").read_text(encoding="utf-8"))
    procedure = next(
        item for item in load_catalogue(RESOURCES / "catalogue.json").procedures if item.code == sample["procedure"]
    )
    ids.parse_personal_id(sample["owner"]["id_number"])
    assert [page["file"] for page in sample["pages"]] == sorted(
        item.name for item in (RESOURCES / "samples/pages").glob("*.jpg")
    )
    for page in sample["pages"]:
        component = page["component"] and procedure.component(page["component"])
        assert component is None or component.requirement is not Requirement.PRESENTED
        assert bool(component) == bool(page["component"])


def test_a_catalogue_is_read_with_unknown_keys_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(json.dumps(_content()), encoding="utf-8-sig")
    catalogue = load_catalogue(path)
    assert catalogue.version == "1"
    assert catalogue.procedures[0].levels == ("Cấp xã",)
    assert str(catalogue.procedures[0].valid_from) == "2025-07-01"


def _set(content: dict[str, Any], key: str, value: object) -> None:
    content["procedures"][0][key] = value


BREAKS: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda c: c.pop("format"), "format"),
    (lambda c: c.update(format="sohoa-catalogue/2"), "format"),
    (lambda c: c.pop("version"), "version"),
    (lambda c: c.update(version=" "), "version"),
    (lambda c: c.update(procedures={}), "procedures"),
    (lambda c: c.update(procedures=["x"]), "procedures[0]"),
    (lambda c: c["procedures"][0].pop("name"), "procedures[0].name (1.001193)"),
    (lambda c: _set(c, "name", ""), "procedures[0] (1.001193).name"),
    (lambda c: _set(c, "code", "1.1"), "procedures[0] (1.1).code"),
    (lambda c: _set(c, "code", None), "procedures[0].code"),
    (lambda c: _set(c, "valid_to", "2025-06-30"), "procedures[0] (1.001193).valid_to"),
    (lambda c: _set(c, "valid_to", "30/6/2025"), "procedures[0].valid_to (1.001193)"),
    (lambda c: c["procedures"].append({**c["procedures"][0], "code": "1.001193.H48"}), "procedures[1] (1.001193.H48).code"),
    (lambda c: c["procedures"][0]["components"][1].update(code="TP01"), "procedures[0] (1.001193).components[1].code"),
    (lambda c: c["procedures"][0]["components"][0].update(code="a/b"), "procedures[0] (1.001193).components[0].code"),
    (lambda c: c["procedures"][0]["components"][0].update(name=" "), "procedures[0] (1.001193).components[0].name"),
    (
        lambda c: c["procedures"][0]["components"][0].update(requirement="?"),
        "procedures[0].components[0].requirement (1.001193)",
    ),
    (lambda c: c["procedures"][0]["results"][0].update(code="x" * 65), "procedures[0] (1.001193).results[0].code"),
]


@pytest.mark.parametrize(("damage", "where"), BREAKS)
def test_a_broken_catalogue_says_where(damage: Callable[[dict[str, Any]], object], where: str, tmp_path: Path) -> None:
    content = _content()
    damage(content)
    path = tmp_path / "danh-muc.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(CatalogueBroken) as caught:
        load_catalogue(path)
    assert "danh-muc.json" in caught.value.title_in("vi")
    assert f" {where}: " in caught.value.title_in("vi")
    assert caught.value.remedy_in("vi") != caught.value.remedy_in("en")
    assert caught.value.exit_code is ExitCode.INPUT


@pytest.mark.parametrize(
    ("data", "where"), [(b'{\n "format": ', "line 2"), (b"\xff\xfe\x00", "line 1"), (b"[]", "format"), (b"", "line 1")]
)
def test_a_file_that_is_no_catalogue_is_refused(data: bytes, where: str, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(data)
    with pytest.raises(CatalogueBroken) as caught:
        load_catalogue(path)
    assert f" {where}: " in caught.value.title_in("en")
    assert "line" not in caught.value.title_in("vi")


def test_a_missing_file_is_refused_with_its_folder(tmp_path: Path) -> None:
    with pytest.raises(CatalogueBroken) as caught:
        load_catalogue(tmp_path / "none.json")
    assert caught.value.title_in("vi").endswith(f"{tmp_path}: không có tệp hoặc thư mục này.")
