"""What is said of work on the outbox, in one shape for window and command: a sentence, and a line for each record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.errors import Text
from app.sync.by_disk import SealedCheck, SealedPackage, TakenReceipts
from app.sync.clearing import Cleared, Kept
from app.sync.proofs import Proof, ReceiptFinding
from app.sync.reconcile import Gap, Reconciliation

_PROOFS = {
    Proof.UNSIGNED: Text("biên nhận không có chữ ký", "the receipt is not signed"),
    Proof.KEY_UNKNOWN: Text("không biết khóa đã ký biên nhận", "the key that signed the receipt is not known here"),
    Proof.RECEIPT_CHANGED: Text("biên nhận đã bị thay đổi", "the receipt was changed"),
    Proof.MANIFEST_CHANGED: Text(
        "tệp kê khai trên máy này bị mất hoặc bị thay đổi", "the manifest on this machine is missing or was changed"
    ),
}
_GAPS = {
    Gap.LACKING_THERE: Text("trung tâm không còn hồ sơ, sẽ gửi lại", "the centre lacks the record; it is sent again"),
    Gap.RECEIPT_LACKING: Text("trạm thiếu biên nhận có chữ ký", "the station lacks the signed receipt"),
    Gap.OTHER_THERE: Text("trung tâm giữ một bản kê khai khác", "the centre holds another manifest"),
    Gap.UNKNOWN_HERE: Text("trạm không có hồ sơ này", "the station does not have this record"),
}
_KEPT = {
    Kept.NOT_SENT: Text("còn bản chưa được trung tâm nhận", "a revision that the centre does not have yet"),
    Kept.RECENT: Text("chưa hết thời hạn giữ", "the retention time is not over"),
    Kept.UNPROVEN: Text("biên nhận không có chữ ký đúng", "a receipt without the right signature"),
    Kept.DISPUTED: Text(
        "trung tâm không còn giữ đủ như ở đây, hãy bấm “Đối chiếu” (“sohoa sync --reconcile”)",
        "the centre does not hold all of it as it is here; press “Compare” (“sohoa sync --reconcile”)",
    ),
    Kept.UNASKED: Text("không hỏi được trung tâm còn giữ không", "the centre could not be asked whether it holds them"),
}
_DID = {True: Text("Có thể xóa", "May be removed:"), False: Text("Đã xóa", "Removed:")}
_FOR_EVER = Text(
    "Không xóa gì: tệp được giữ mãi mãi (server.keep_days = 0). Đặt số ngày giữ trong Cấu hình nếu muốn có thêm chỗ.",
    "Nothing goes: files are kept for ever (server.keep_days = 0). Set the days in the settings to make room.",
)


@dataclass(frozen=True)
class Line:
    """One record: its number, what is said of it, and whether all is well with it now."""

    well: bool
    number: str
    said: Text


@dataclass(frozen=True)
class Answer:
    """What came of the work. ``well`` is false where a person must look; ``facts`` is what a script reads."""

    summary: Text
    well: bool
    facts: object
    lines: tuple[Line, ...] = ()


def of_package(package: SealedPackage) -> Answer:
    """Say what was sealed."""
    count, left, path = package.records, package.left_out, package.path
    left_out = Text(
        f" Bỏ lại {left} hồ sơ có tệp trên máy này bị hỏng; xem lý do ở từng hồ sơ.",
        f" {left} are left out: their files on this machine are damaged; each says why.",
    )
    summary = Text(
        f"Đã niêm phong {count} hồ sơ vào {path} và đọc lại được. Hồ sơ vẫn chờ gửi cho đến khi nhận biên nhận."
        f"{left_out.vi if left else ''}",
        f"{count} records are sealed in {path}, which was read back. They wait until their receipts come."
        f"{left_out.en if left else ''}",
    )
    return Answer(summary, not left, package)


def of_check(check: SealedCheck) -> Answer:
    """Say that a sealed file is whole."""
    count, name = check.records, check.path.name
    return Answer(Text(f"{name} nguyên vẹn: {count} hồ sơ.", f"{name} is whole: {count} records."), True, check)


def of_receipts(taken: TakenReceipts) -> Answer:
    """Say which receipts count."""
    doubtful = taken.unproven + taken.unknown
    why = Text(
        f" ({taken.unproven} không có chữ ký đúng của trung tâm, {taken.unknown} không thuộc hồ sơ nào ở đây)",
        f" ({taken.unproven} without the centre's right signature, {taken.unknown} of no record here)",
    )
    summary = Text(
        f"Đã nhận {taken.accepted} biên nhận, {taken.known} đã có từ trước, {doubtful} không được tính"
        f"{why.vi if doubtful else ''}.",
        f"{taken.accepted} receipts taken in, {taken.known} were here already, {doubtful} do not count"
        f"{why.en if doubtful else ''}.",
    )
    return Answer(summary, not doubtful, taken)


def of_proofs(findings: Sequence[ReceiptFinding], number_of: Callable[[str], str]) -> Answer:
    """Say how many kept receipts prove what they say; ``number_of`` gives a dossier's number by its id."""
    doubtful = [finding for finding in findings if finding.proof is not Proof.PROVEN]
    proven = len(findings) - len(doubtful)
    summary = Text(
        f"{proven}/{len(findings)} biên nhận có chữ ký đúng của trung tâm.",
        f"{proven}/{len(findings)} receipts carry the right signature of the centre.",
    )
    lines = tuple(Line(False, number_of(finding.dossier_id), _PROOFS[finding.proof]) for finding in doubtful)
    return Answer(summary, not doubtful, {"proven": proven, "doubtful": doubtful}, lines)


def of_comparison(compared: Reconciliation) -> Answer:
    """Say how station and centre differ and what was mended."""
    count, still = len(compared.differences), compared.open
    summary = Text(
        f"So với {compared.compared} hồ sơ ở trung tâm: {count} chỗ khác, còn {still} chỗ cần người xem.",
        f"Compared with {compared.compared} records at the centre: {count} differences, {still} need a person.",
    )
    lines = tuple(Line(one.mended, one.dossier_number or one.record_id, _GAPS[one.gap]) for one in compared.differences)
    return Answer(summary, not still, compared, lines)


def of_cleared(cleared: Cleared, *, dry: bool) -> Answer:
    """Say what went from this machine, or may go where it was only counted, and what stayed and why."""
    error = cleared.error
    facts = {
        "days": cleared.days,
        "dossiers": cleared.dossiers,
        "size": cleared.size,
        "kept": {kind.value: count for kind, count in cleared.kept},
        "error": type(error).__name__ if error else "",
    }
    if not cleared.days:
        return Answer(_FOR_EVER, True, facts)
    did, count, megabytes = _DID[dry], cleared.dossiers, f"{cleared.size / 1e6:.1f}"
    vi, en = ["Không có tệp nào xóa được."], ["There is nothing that may be removed."]
    if count:
        vi = [f"{did.vi} tệp của {count} hồ sơ, {megabytes.replace('.', ',')} MB; thông tin, ảnh nhỏ và biên nhận vẫn giữ."]
        en = [f"{did.en} the files of {count} dossier(s), {megabytes} MB; records, small pictures and receipts stay."]
    for kind, many in cleared.kept:
        vi.append(f"Số hồ sơ giữ lại: {many}, {_KEPT[kind].vi}.")
        en.append(f"Dossiers kept: {many}, {_KEPT[kind].en}.")
    if error is not None:
        vi.append(f"{error.title_in('vi')}. {error.remedy_in('vi')}")
        en.append(f"{error.title_in('en')}. {error.remedy_in('en')}")
    well = error is None and Kept.DISPUTED not in dict(cleared.kept)
    return Answer(Text("\n".join(vi), "\n".join(en)), well, facts)
