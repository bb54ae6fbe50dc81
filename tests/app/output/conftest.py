"""Pages to be put into a PDF, drawn here, with words at known places."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PIL import Image

from app.model.page_findings import PageText, Word
from app.output.pdfa import PdfMetadata, PdfPage

LINES = (
    ("CỘNG", "HOÀ", "XÃ", "HỘI", "CHỦ", "NGHĨA", "VIỆT", "NAM"),
    ("Độc", "lập", "–", "Tự", "do", "–", "Hạnh", "phúc"),
    ("Người", "nộp:", "Nguyễn", "Thị", "Ngẫu,", "“đã", "ký”", "(&<>)"),
)


def words() -> tuple[Word, ...]:
    made = []
    for number, line in enumerate(LINES):
        left = 200.0
        for text in line:
            right = left + 30 * len(text)
            top = 300.0 + 90 * number
            made.append(Word(text, (left, top, right, top + 48), 93.5, number))
            left = right + 20
    return tuple(made)


@pytest.fixture(scope="session")
def make_page() -> Callable[..., PdfPage]:
    def make(gray: bool = False, width: int = 1654, height: int = 2339, text: bool = True) -> PdfPage:
        buffer = io.BytesIO()
        Image.new("L" if gray else "RGB", (width, height), "white").save(buffer, "JPEG")
        layer = PageText(words(), width, height, "drawn") if text else None
        return PdfPage(buffer.getvalue(), width, height, 200, gray, layer)

    return make


@pytest.fixture(scope="session")
def metadata() -> PdfMetadata:
    return PdfMetadata(
        title='Tờ khai "đăng ký" <khai sinh> & nhận cha, mẹ, con',
        created=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
        creator_tool="Số hoá Một cửa 0.1.0",
        author="Uỷ ban nhân dân xã Lộc Thuỷ",
        subject="Hồ sơ H02.15-220112-0001",
        keywords=("1.001193", "khai sinh"),
        identifiers={"dossier": "H02.15-220112-0001", "paper": "a<b>&c"},
    )
