"""A record as a package: a plain folder or a BagIt bag (RFC 8493), made in one step and verified file by file."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from app.errors import ExitCode, ItemFailed, Text
from app.files import sha256_of, sync_folder, sync_tree
from app.model.history import HistoryLine
from app.model.manifest import Manifest
from app.output.cover import cover_sheet
from app.output.manifest import BrokenManifest, parse_manifest
from app.system_words import system_words

Form = Literal["folder", "bagit"]

COVER, FACTS, MANIFEST, SUMS = "bia-ho-so.html", "ho-so.json", "manifest.json", "manifest-sha256.txt"
_PAYLOAD = "data"


class PackageExists(ItemFailed):
    """Something lies where the package should go."""

    title: ClassVar[Text] = Text("Đã có {path}", "{path} is there already")
    remedy: ClassVar[Text] = Text(
        "Chọn thư mục khác, hoặc đổi tên gói cũ; không ghi đè lên gói đã có.",
        "Choose another folder or rename the old package; nothing is written over.",
    )
    exit_code: ClassVar[ExitCode] = ExitCode.INPUT


class PackageNotWritten(ItemFailed):
    """The place chosen for the package cannot be written, or a file of the record is gone."""

    title: ClassVar[Text] = Text("Không ghi được gói vào {path}: {what}", "The package cannot be written to {path}: {what}")
    remedy: ClassVar[Text] = Text(
        "Chọn thư mục khác có quyền ghi và còn chỗ. Hồ sơ trên máy này không thay đổi.",
        "Choose another folder with room and write permission. The record here is unchanged.",
    )
    exit_code: ClassVar[ExitCode] = ExitCode.STORAGE


@dataclass(frozen=True)
class Source:
    """What a package is made of: ``folder`` holds the revision's PDFs and its manifest."""

    folder: Path
    number: str
    history: tuple[HistoryLine, ...]
    receipt: dict[str, Any] | None = None


@dataclass(frozen=True)
class Verdict:
    """What a look at a package showed: how many files it holds, and everything that is wrong with it."""

    files: int
    form: Form
    faults: tuple[Text, ...]


def write_package(source: Source, target: Path, form: Form) -> Path:
    """Write a record's package as the folder ``target`` and give it; half a package never bears that name.

    BagIt's library changes the working folder of its process, so this runs in a worker process.
    Raises PackageExists, PackageNotWritten or BrokenManifest.
    """
    if target.exists():
        raise PackageExists(path=target)
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        manifest = _fill(source, part)
        if form == "bagit":
            _bag(part, source, manifest)
        else:
            _sum_up(part)
        # Who sees it on a USB disk pulls the disk out.
        sync_tree(part)
        part.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise PackageNotWritten(path=target, what=system_words(error)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def _fill(source: Source, part: Path) -> Manifest:
    content = (source.folder / MANIFEST).read_bytes()
    manifest = parse_manifest(content)
    for paper in manifest.papers:
        shutil.copyfile(source.folder / paper.file.name, part / paper.file.name)
    (part / MANIFEST).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    (part / COVER).write_text(cover_sheet(manifest, digest, source.number, source.history), "utf-8")
    facts = {**archive_facts(manifest, source.number), "lich_su": [asdict(line) for line in source.history]}
    if source.receipt is not None:
        facts["bien_nhan"] = source.receipt
    (part / FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=2, default=str) + "\n", "utf-8")
    return manifest


def archive_facts(manifest: Manifest, number: str) -> dict[str, Any]:
    """Give the metadata that TT 05/2025/TT-BNV names for a digitised dossier; null is what nobody has said."""
    dossier = manifest.dossier
    counted = [paper.sheets for paper in manifest.papers]
    return {
        "ma_ho_so": number or None,
        "ma_tam": dossier.provisional,
        "tieu_de": f"{dossier.procedure_name}: {dossier.owner.name}",
        "thoi_han_luu_tru": dossier.retention or None,
        "muc_do_tiep_can": None,
        "ngon_ngu": "Tiếng Việt",
        "thoi_gian_bat_dau": dossier.created_at.isoformat(),
        "thoi_gian_ket_thuc": dossier.finished_at.isoformat(),
        "tu_khoa": [dossier.procedure_code, *(paper.title for paper in manifest.papers)],
        "tong_so_tai_lieu": len(manifest.papers),
        "so_to": sum(counted) if all(counted) else None,
        "so_trang": sum(len(paper.pages) for paper in manifest.papers),
        "tinh_trang_vat_ly": None,
        "ky_hieu_thong_tin": None,
        "muc_do_tin_cay": None,
        "ma_ho_so_goc_giay": None,
        "che_do_du_phong": None,
    }


def _bag(part: Path, source: Source, manifest: Manifest) -> None:
    import bagit

    dossier = manifest.dossier
    said = {
        "Source-Organization": dossier.agency_code,
        "External-Identifier": source.number or dossier.provisional,
        "External-Description": f"{dossier.procedure_code} {dossier.procedure_name}",
        "Internal-Sender-Identifier": manifest.record_id,
        "Internal-Sender-Description": f"Revision {manifest.revision}",
        "Bagging-Software": manifest.software,
    }
    bagit.make_bag(str(part), {name: value for name, value in said.items() if value}, checksums=["sha256"])


def _sum_up(part: Path) -> None:
    lines = [f"{sha256_of(path)}  {path.name}\n" for path in sorted(part.iterdir())]
    (part / SUMS).write_text("".join(lines), "utf-8")


# --- verifying -------------------------------------------------------------------------------------------------------


def verify_package(package: Path) -> Verdict:
    """Check every file of a package against its hash, and the PDFs against the record's own manifest."""
    form: Form = "bagit" if (package / "bagit.txt").is_file() else "folder"
    payload = package / _PAYLOAD if form == "bagit" else package
    faults = [*(_bag_faults(package) if form == "bagit" else _sum_faults(package)), *_record_faults(payload)]
    files = sum(path.is_file() for path in payload.rglob("*")) if payload.is_dir() else 0
    return Verdict(files, form, tuple(faults))


def _bag_faults(package: Path) -> list[Text]:
    import bagit

    try:
        bagit.Bag(str(package)).validate(processes=1)
    except bagit.BagValidationError as error:
        return list(map(_bag_fault, error.details or [error]))
    except (bagit.BagError, OSError, ValueError) as error:
        return [_bag_fault(error)]
    return []


def _bag_fault(error: Exception) -> Text:
    """Say what BagIt's library complains of, in English only; what befalls a file is said as for a plain folder."""
    import bagit

    match error:
        case bagit.ChecksumMismatch():
            return _changed(str(error.path))
        case bagit.FileMissing():
            return _missing(str(error.path))
        case bagit.UnexpectedFile():
            return _not_listed(str(error.path))
        case OSError():
            words = system_words(error)
            return _fault(f"không đọc được gói BagIt: {words.vi}", f"the bag cannot be read: {words.en}")
    return _fault(f"gói BagIt không đúng quy cách ({error})", f"the bag is damaged: {error}")


def _sum_faults(package: Path) -> list[Text]:
    try:
        lines = (package / SUMS).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return [_fault(f"không có hoặc không đọc được {SUMS}", f"{SUMS} is missing or cannot be read")]
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    there = {path.name: path for path in package.iterdir() if path.name != SUMS}
    faults = [_missing(name) for name in listed.keys() - there.keys()]
    faults += [_not_listed(name) for name in there.keys() - listed.keys()]
    changed = [name for name in listed.keys() & there.keys() if _digest(there[name]) != listed[name]]
    return faults + [_changed(name) for name in changed]


def _record_faults(payload: Path) -> list[Text]:
    try:
        manifest = parse_manifest((payload / MANIFEST).read_bytes())
    except (OSError, BrokenManifest):
        return [_fault("không đọc được manifest.json", "manifest.json cannot be read")]
    wrong = [paper.file for paper in manifest.papers if _digest(payload / paper.file.name) != paper.file.sha256]
    return [
        _fault(f"tệp {file.name} không khớp bản kê của hồ sơ", f"the file {file.name} is not the one of the record's manifest")
        for file in wrong
    ]


def _digest(path: Path) -> str:
    try:
        return sha256_of(path) if path.is_file() and not path.is_symlink() else ""
    except OSError:
        return ""


def _missing(name: str) -> Text:
    return _fault(f"thiếu tệp {name}", f"the file {name} is missing")


def _not_listed(name: str) -> Text:
    return _fault(f"thừa tệp {name}", f"the file {name} is not listed")


def _changed(name: str) -> Text:
    return _fault(f"tệp {name} đã bị thay đổi", f"the file {name} was changed")


def _fault(vi: str, en: str) -> Text:
    """Give a sentence that already has its names in it; a brace in one of them is no place to be filled."""
    return Text(vi.replace("{", "{{").replace("}", "}}"), en.replace("{", "{{").replace("}", "}}"))
