"""What the rules are called that read a value: kept in English with the proposal, said in both languages."""

from __future__ import annotations

from app.errors import Text

_WHOLE = {
    "title": Text("dòng tiêu đề", "title"),
    "agency in the heading": Text("cơ quan ở đầu trang", "agency in the heading"),
    "known agency": Text("cơ quan có trong danh mục", "known agency"),
    "what it is about": Text("trích yếu", "what it is about"),
    "number after Số": Text("số đứng sau chữ “Số”", "number after “Số”"),
    "date after place": Text("ngày đứng sau địa danh", "date after the place"),
    "date alone": Text("ngày đứng riêng một dòng", "date alone on a line"),
    "place before date": Text("địa danh trước ngày", "place before the date"),
    "date of the opening": Text("ngày ở lời mở đầu", "date of the opening"),
    "name at the end": Text("họ tên ở cuối trang", "name at the end"),
    "name under issuer": Text("họ tên dưới chức danh người ký", "name under the signer's office"),
    "name under applicant": Text("họ tên dưới chỗ người làm đơn ký", "name under the applicant's signature"),
    "card QR": Text("mã QR thẻ căn cước", "QR code of the card"),
    "kind by blankness": Text("trang trắng", "blank page"),
    "kind by code": Text("mã vạch tờ phân cách", "code of the separator"),
    "kind by title": Text("theo tiêu đề", "by its title"),
    "kind by marks": Text("theo các chữ đặc trưng", "by its marks"),
    "kind by card QR": Text("theo mã QR thẻ căn cước", "by the card's QR code"),
    "kind by what stands under the number": Text("theo trích yếu dưới số ký hiệu", "by what stands under the number"),
    "kind by number and addressee": Text("theo số ký hiệu và nơi nhận", "by number and addressee"),
    "kind by want of a heading": Text("vì không có quốc hiệu", "for want of a heading"),
}
_BEGUN = {
    "label ": Text("nhãn “{rest}”", "label “{rest}”"),
    "code ": Text("mã vạch {rest}", "code {rest}"),
    "name under ": Text("họ tên dưới chỗ ký ({rest})", "name under {rest}"),
}


def rule_words(rule: str) -> Text:
    """Say a rule's name; one that confirmed another follows a comma. A name of another version stays as it is."""
    said = [_said(part) for part in rule.rsplit(", ", 1)] if rule.endswith(", card QR") else [_said(rule)]
    return Text(", ".join(text.vi for text in said), ", ".join(text.en for text in said))


def _said(rule: str) -> Text:
    if rule in _WHOLE:
        return _WHOLE[rule]
    for begin, text in _BEGUN.items():
        if rule.startswith(begin):
            rest = rule.removeprefix(begin)
            return Text(text.show("vi", rest=rest), text.show("en", rest=rest))
    return Text(rule, rule)
