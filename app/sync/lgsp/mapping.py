"""From our record to the other system's fields. Pure: a manifest, a number and the files' names there go in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from app.model.identifiers import BadIdentifier, parse_personal_id, parse_procedure_code
from app.model.manifest import Manifest, ManifestPaper, ManifestReuse
from app.model.procedure import Side
from app.store.centre_ledger import DeliveredFile
from app.sync.lgsp.dialect import Dialect
from app.sync.lgsp.wire import (
    DinhDanhCHS,
    GiayToDinhKem,
    GiayToKetQua,
    HoSo,
    ThanhPhanHoSo,
    ThongTinChiTiet,
    ThongTinNguoiNop,
    TienTrinh,
    TrangThai,
)

_VIETNAM = timezone(timedelta(hours=7))
_LONGEST_SUMMARY = 1000
_ID_CARD, _OLD_ID_CARD = 1, 2
_OLD_ID_DIGITS = 9


@dataclass(frozen=True)
class Delivered:
    """A record with what the other system has given so far: its number, its id where there is one, its files by SHA-256."""

    manifest: Manifest
    number: str
    there_id: str
    files: Mapping[str, DeliveredFile]
    unit_code: str = ""


def to_dossier(delivered: Delivered, dialect: Dialect) -> HoSo:
    """Write the dossier of step four."""
    said, dossier, codes = delivered.manifest, delivered.manifest.dossier, dialect.codes
    person = _person_of(dossier.owner.id_number)
    kind = codes.organisation if dossier.owner.id_number and person is None else codes.person
    details = ThongTinChiTiet(
        TenNguoiNop=dossier.owner.name,
        SoDinhDanh=dossier.owner.id_number,
        TenChuHs=dossier.owner.name,
        SoDinhDanhChuHs=dossier.owner.id_number,
    )
    return HoSo(
        MaHoSo=delivered.number,
        MaTTHC=dossier.procedure_code,
        TenTTHC=dossier.procedure_name,
        MaDichVuCong=_service_of(dossier.procedure_code),
        KenhThucHien=codes.channel,
        ChuHoSo=dossier.owner.name,
        LoaiDoiTuong=kind,
        MaDoiTuong=dossier.owner.id_number,
        DinhDanhCHS=() if person is None else (person,),
        TrichYeuHoSo=f"{dossier.procedure_name} - {dossier.owner.name}"[:_LONGEST_SUMMARY],
        MaDonViTiepNhan=delivered.unit_code or dossier.agency_code,
        DonViXuLy=dossier.competent_agency or dossier.agency_code,
        NgayNop=_local(dossier.created_at, dialect.times.dossier),
        NgayTiepNhan=_local(dossier.created_at, dialect.times.dossier),
        TrangThaiHoSo=_state_of(said, dialect),
        HoSoCoThanhPhanSoHoa=1,
        ThanhPhanHoSo=_components(delivered, dialect),
        DanhSachGiayToKetQua=tuple(_result(paper, delivered) for paper in said.papers if paper.side is Side.RESULT),
        ThongTinNguoiNop=ThongTinNguoiNop(LoaiDoiTuong=kind, ThongTinChiTiet=details),
    )


def to_progress(delivered: Delivered, dialect: Dialect) -> TienTrinh:
    """Write step five: that the papers, or the result, were digitised, by whom and when."""
    said, dossier = delivered.manifest, delivered.manifest.dossier
    is_result = dossier.side is Side.RESULT
    return TienTrinh(
        IDHoSo=delivered.there_id,
        MaHoSo=delivered.number,
        NguoiXuLy=said.operator,
        ThoiDiemXuLy=_local(dossier.finished_at, dialect.times.progress),
        PhongBanXuLy=said.station_name,
        NoiDungXuLy=dialect.codes.finished_words if is_result else dialect.codes.received_words,
        TrangThai=_state_of(said, dialect),
        NgayBatDau=_local(dossier.created_at, dialect.times.progress),
    )


def to_status(delivered: Delivered, dialect: Dialect) -> TrangThai:
    """Write step six."""
    return TrangThai(IdHoSo=delivered.there_id, MaHoSo=delivered.number, TrangThai=_state_of(delivered.manifest, dialect))


def _components(delivered: Delivered, dialect: Dialect) -> tuple[ThanhPhanHoSo, ...]:
    """Give each component once, with all its files, in the manifest's order."""
    names: dict[str, str] = {}
    attached: dict[str, list[GiayToDinhKem]] = {}
    for paper in delivered.manifest.papers:
        if paper.side is Side.APPLICATION:
            names.setdefault(paper.component_code, paper.component_name)
            attached.setdefault(paper.component_code, []).append(_attached(paper, delivered))
    for reuse in delivered.manifest.reused:
        names.setdefault(reuse.component_code, reuse.component_name)
        attached.setdefault(reuse.component_code, []).append(_reused(reuse, delivered))
    return tuple(
        ThanhPhanHoSo(
            MaThanhPhanHoSo=code,
            TenThanhPhanHoSo=names[code],
            SoLuong=len(files),
            LoaiBan=dialect.codes.copy_kind,
            GiayToDinhKem=tuple(files),
        )
        for code, files in attached.items()
    )


def _attached(paper: ManifestPaper, delivered: Delivered) -> GiayToDinhKem:
    stored = delivered.files[paper.file.sha256]
    kind = paper.fields.kind_code if paper.fields is not None else ""
    return GiayToDinhKem(IdGiayTo=stored.id, MaKetQua=kind, TenGiayTo=paper.title, HashTepTin=stored.hash)


def _reused(reuse: ManifestReuse, delivered: Delivered) -> GiayToDinhKem:
    """A paper that was digitised earlier: its file is named where this system has it, and never sent again."""
    stored = delivered.files.get(reuse.paper.file.sha256, DeliveredFile("", ""))
    return GiayToDinhKem(
        IdGiayTo=stored.id,
        MaKetQua=reuse.paper.fields.kind_code,
        TenGiayTo=reuse.paper.title,
        HashTepTin=stored.hash,
        DuocTaiSuDung=1,
    )


def _result(paper: ManifestPaper, delivered: Delivered) -> GiayToKetQua:
    stored = delivered.files[paper.file.sha256]
    return GiayToKetQua(
        TenGiayTo=paper.title,
        MaThanhPhanHoSo=paper.component_code,
        GiayToId=stored.id,
        MaGiayToKetQua=paper.fields.kind_code if paper.fields is not None else "",
        HashTepTin=stored.hash,
    )


def _state_of(manifest: Manifest, dialect: Dialect) -> int:
    codes = dialect.codes
    return codes.finished if manifest.dossier.side is Side.RESULT else codes.received


def _person_of(id_number: str) -> DinhDanhCHS | None:
    """Give a citizen's identifier, None for an organisation's or none."""
    try:
        number = parse_personal_id(id_number).number
    except BadIdentifier:
        return None
    return DinhDanhCHS(LoaiDinhDanh=_OLD_ID_CARD if len(number) == _OLD_ID_DIGITS else _ID_CARD, SoDinhDanh=number)


def _service_of(procedure_code: str) -> str:
    """Give the code of an on-line service (2.000815.01), which holds its procedure's; else the procedure's own code."""
    try:
        code = parse_procedure_code(procedure_code)
    except BadIdentifier:
        return procedure_code
    return code.written if code.service else code.base


def _local(moment: datetime, form: str) -> str:
    """Write a moment in Viet Nam's time."""
    return moment.astimezone(_VIETNAM).strftime(form)
