"""Make resources/catalogue.json out of a table of procedures: python resources/make_catalogue.py TABLE.tsv.

The table has a heading and, divided by tabs: code, name, field, levels ("Cấp tỉnh, Cấp xã"), whether any desk may
receive it (Y, N, or with "?" where the source is not sure), results ("name [code]; ..."), documents divided by "|",
and how sure the source is. The rest of the catalogue, which no table holds, is written here with its dates.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from pathlib import Path

_RESULT = re.compile(r"(?P<name>.+?)\s*(?:\[(?P<code>[^\]]+)\]|\(mã KQ: \?\))(?:;\s*|$)")
_BRACKET = re.compile(r"\s*\((?P<inside>[^()]*)\)")
# Words in brackets that say in which case a paper is asked for; other brackets are part of its name.
_CONDITION = re.compile(r"\bnếu\b|\btrừ\b|\bchỉ với\b|\bkhi\b|\bngười\b.*\b(?:dưới|đã lâu|nước ngoài)\b|\bCBCCVC\b")
_ALWAYS = {"valid_from": None, "valid_to": None}
_UNTIL_MERGE = {"valid_from": None, "valid_to": "2025-06-30"}

# Districts ended on 1/7/2025; the catalogue of 7/2026 has no procedure at their level.
LEVELS = [
    {"name": "Cấp bộ", **_ALWAYS},
    {"name": "Cấp tỉnh", **_ALWAYS},
    {"name": "Cấp huyện", **_UNTIL_MERGE},
    {"name": "Cấp xã", **_ALWAYS},
    {"name": "Cơ quan khác", **_ALWAYS},
]

# Shares of dossiers with digitised papers, in percent, as set for Bắc Giang by notice 148/UBND-NC.
TARGETS = [
    {"level": "Cấp tỉnh", "percent": 50, "due": "2022-11-30", "source": "148/UBND-NC", **_ALWAYS},
    {"level": "Cấp huyện", "percent": 40, "due": "2022-11-30", "source": "148/UBND-NC", **_UNTIL_MERGE},
    {"level": "Cấp xã", "percent": 35, "due": "2022-11-30", "source": "148/UBND-NC", **_ALWAYS},
]

# Samples only: a province's own list replaces them when the station first meets its centre.
AGENCIES = [
    {"code": code, "old_code": old, "name": f"{name} (mẫu)", "level": level, "parent": parent, "sample": True, **validity}
    for code, old, name, level, parent, validity in (
        ("H02", "000.00.00.H02", "Tỉnh Bắc Giang", "Cấp tỉnh", None, _UNTIL_MERGE),
        ("H02.15", "000.00.15.H02", "Huyện thí điểm", "Cấp huyện", "H02", _UNTIL_MERGE),
        ("H02.15.03", "000.03.15.H02", "Xã thí điểm", "Cấp xã", "H02.15", _UNTIL_MERGE),
        ("H05", "000.00.00.H05", "Tỉnh Bắc Ninh", "Cấp tỉnh", None, _ALWAYS),
    )
]


def component(number: int, text: str) -> dict[str, str]:
    """Give one row of a checklist; what is taken out of the name stays as its ``note``."""
    notes: list[str] = []

    def take_out(match: re.Match[str]) -> str:
        inside = match["inside"]
        if not inside.startswith("xuất trình") and not _CONDITION.search(inside):
            return match[0]
        kept, comma, condition = inside.rpartition(", ")
        if comma and condition == "nếu có":
            notes.append(condition)
            return f" ({kept})"
        notes.append(inside)
        return ""

    name = _BRACKET.sub(take_out, text).strip()
    note = "; ".join(notes)
    presented = "xuất trình" in note
    requirement = "presented" if presented else "conditional" if note or "theo từng trường hợp" in name else "required"
    row = {"code": f"TP{number:02d}", "name": name, "requirement": requirement}
    return {**row, "note": note} if note else row


def procedure(row: dict[str, str]) -> dict[str, object]:
    """Give one procedure out of a line of the table."""
    sure = {"Y": True, "N": False}.get(row["non_boundary"])
    notes = {} if sure is not None else {"non_boundary_note": "likely" if row["non_boundary"] == "Y?" else "unknown"}
    return {
        "code": row["code"],
        "name": row["name"],
        "field": row["field"],
        "levels": row["level"].split(", "),
        "non_boundary": sure,
        **notes,
        "results": [
            {"code": match["code"] or "", "name": match["name"].replace("...", "…").replace(" …", "…")}
            for match in _RESULT.finditer(row["result"])
        ],
        "components": [component(number, text) for number, text in enumerate(row["documents"].split("|"), 1)],
        "confidence": row["confidence"],
        **_ALWAYS,
    }


def catalogue(table: Path) -> dict[str, object]:
    """Give the whole catalogue as it is written to the file."""
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {
        "format": "sohoa-catalogue/1",
        "version": "2026-07",
        "source": "dichvucong.gov.vn, 7/2026; documents shortened; confidence says how far each row was checked",
        "levels": LEVELS,
        "targets": TARGETS,
        "agencies": AGENCIES,
        "procedures": [procedure(row) for row in rows],
    }


def main() -> None:
    """Read the table named on the command line and write the catalogue beside this script, or where told."""
    parser = argparse.ArgumentParser(description="Make catalogue.json out of a table of procedures.")
    parser.add_argument("table", type=Path, help="tab-separated table of procedures")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("catalogue.json"))
    arguments = parser.parse_args()
    text = json.dumps(catalogue(arguments.table), ensure_ascii=False, indent=1)
    arguments.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
