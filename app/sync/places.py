"""The places of a manifest in a clerk's words: a centre that refuses a record names them as the protocol writes them."""

from __future__ import annotations

import re

from app.errors import Text
from app.model.paper_words import NAMES

FILE = "file:"
"""Begins a place that is a file's name."""

_DOSSIER = {
    "number": Text("mã hồ sơ", "dossier number"),
    "procedure_code": Text("mã thủ tục", "procedure code"),
    "procedure_name": Text("tên thủ tục", "procedure"),
    "agency_code": Text("mã cơ quan tiếp nhận", "code of the receiving agency"),
    "competent_agency": Text("mã cơ quan giải quyết", "code of the competent agency"),
    "owner.name": Text("họ tên chủ hồ sơ", "owner's name"),
    "owner.id_number": Text("số định danh chủ hồ sơ", "owner's ID number"),
    "created_at": Text("lúc tiếp nhận", "time of reception"),
    "finished_at": Text("lúc hoàn tất", "time of finishing"),
}
_OTHERS = {
    "reason": Text("lý do của bản sửa", "reason of the revision"),
    "station_id": Text("mã trạm", "station"),
    "operator": Text("người quét", "operator"),
    "record_id": Text("mã bản ghi của hồ sơ", "the record's id"),
}
_PAPER = NAMES | {
    "component_code": Text("mã thành phần", "component code"),
    "component_name": Text("tên thành phần", "component"),
    "file.size": Text("dung lượng tệp", "size of the file"),
    "pages.scanned_at": Text("lúc quét", "time of scanning"),
}
_WORDS = (
    {f"dossier.{name}": text for name, text in _DOSSIER.items()}
    | _OTHERS
    | {f"papers.{name}": text for name, text in _PAPER.items()}
    | {f"papers.fields.{name}": text for name, text in NAMES.items()}
)


def in_words(place: str) -> Text:
    """Say a place such as ``papers.0.fields.issued_on`` as "giấy tờ 1: ngày cấp"; one that has no words as it is."""
    if place.startswith(FILE):
        name = place.removeprefix(FILE)
        return Text(f"tệp {name}", f"file {name}")
    known = _WORDS.get(re.sub(r"\.\d+(?=\.|$)", "", place))
    if known is None:
        return Text(place, place)
    paper = re.match(r"papers\.(\d{1,4})\.", place)
    if paper is None:
        return known
    number = int(paper[1]) + 1
    return Text(f"giấy tờ {number}: {known.vi}", f"paper {number}: {known.en}")
