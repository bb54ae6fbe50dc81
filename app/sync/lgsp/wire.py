"""A dossier as it is written for a province's system; the names are the system's own (DongBoHoSoMC, LGSP 2026)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True)


class GiayToDinhKem(_Written):
    """A file of a component: ``IdGiayTo`` is what the upload gave, empty for a paper that lies elsewhere."""

    IdGiayTo: str
    MaKetQua: str
    TenGiayTo: str
    HashTepTin: str
    DuocSoHoa: int = 1
    DuocTaiSuDung: int = 0


class ThanhPhanHoSo(_Written):
    """A component with its files."""

    MaThanhPhanHoSo: str
    TenThanhPhanHoSo: str
    SoLuong: int
    LoaiBan: int
    GiayToDinhKem: tuple[GiayToDinhKem, ...]


class GiayToKetQua(_Written):
    """A result that was given back, and its file."""

    TenGiayTo: str
    MaThanhPhanHoSo: str
    GiayToId: str
    MaGiayToKetQua: str
    HashTepTin: str


class DinhDanhCHS(_Written):
    """An identifier of the dossier's owner; 1 is a personal ID card of 12 digits, 2 an old one of 9."""

    LoaiDinhDanh: int
    SoDinhDanh: str


class ThongTinChiTiet(_Written):
    """Who handed it in, as far as the desk knows."""

    TenNguoiNop: str
    SoDinhDanh: str
    TenChuHs: str
    SoDinhDanhChuHs: str


class ThongTinNguoiNop(_Written):
    """Who handed it in: a citizen or an organisation."""

    LoaiDoiTuong: int
    ThongTinChiTiet: ThongTinChiTiet


class HoSo(_Written):
    """The dossier of step four."""

    MaHoSo: str
    MaTTHC: str
    TenTTHC: str
    MaDichVuCong: str
    KenhThucHien: int
    ChuHoSo: str
    LoaiDoiTuong: int
    MaDoiTuong: str
    DinhDanhCHS: tuple[DinhDanhCHS, ...]
    TrichYeuHoSo: str = Field(max_length=1000)
    MaDonViTiepNhan: str
    DonViXuLy: str
    NgayNop: str
    NgayTiepNhan: str
    TrangThaiHoSo: int
    HoSoCoThanhPhanSoHoa: int
    ThanhPhanHoSo: tuple[ThanhPhanHoSo, ...]
    DanhSachGiayToKetQua: tuple[GiayToKetQua, ...]
    ThongTinNguoiNop: ThongTinNguoiNop


class TienTrinh(_Written):
    """What was done with the dossier, for step five."""

    IDHoSo: str
    MaHoSo: str
    NguoiXuLy: str
    ThoiDiemXuLy: str
    PhongBanXuLy: str
    NoiDungXuLy: str
    TrangThai: int
    NgayBatDau: str


class TrangThai(_Written):
    """How the dossier stands, for step six."""

    IdHoSo: str
    MaHoSo: str
    TrangThai: int
