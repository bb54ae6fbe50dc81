"""What people call the data of a paper (TT 01/2023/TT-VPCP, Art. 9), by the names of PaperFields."""

from __future__ import annotations

from app.errors import Text

NAMES = {
    "kind_code": Text("mã loại giấy tờ", "kind code"),
    "owner_name": Text("tên chủ giấy tờ", "owner's name"),
    "owner_id": Text("số định danh chủ giấy tờ", "owner's ID"),
    "title": Text("tên giấy tờ", "name of the paper"),
    "number": Text("số, ký hiệu", "number"),
    "issued_on": Text("ngày cấp", "date of issue"),
    "issued_at": Text("nơi cấp", "place of issue"),
    "issuer": Text("cơ quan cấp", "issuer"),
    "signer": Text("người ký", "signer"),
    "summary": Text("trích yếu", "summary"),
    "valid_from": Text("hiệu lực từ", "valid from"),
    "valid_to": Text("hiệu lực đến", "valid to"),
    "unlimited": Text("vô thời hạn", "without end"),
    "in_force": Text("còn hiệu lực", "still in force"),
    "scope": Text("phạm vi hiệu lực", "scope"),
}
