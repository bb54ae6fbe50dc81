"""What proves a page file whole, with and without decoding all of it."""

from __future__ import annotations

import io
import random
import struct
from typing import Any

import pytest
from PIL import Image

from drivers.backend import DriverFault
from drivers.contract import ColorMode, FaultCode
from drivers.images import encode_page, glance_at, jpeg_is_whole, look_at

KINDS: dict[str, dict[str, Any]] = {"baseline": {}, "progressive": {"progressive": True}, "stripes": {"restart_marker_rows": 2}}


def jpeg(mode: str = "RGB", **how: Any) -> bytes:
    noise = Image.frombytes("L", (320, 400), random.Random(7).randbytes(320 * 400))
    out = io.BytesIO()
    noise.convert(mode).save(out, "JPEG", quality=90, **how)
    return out.getvalue()


def refused(prove: Any, data: bytes) -> bool:
    try:
        prove(data)
    except DriverFault as error:
        return error.fault.code is FaultCode.BAD_PAGE
    return False


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_whole_file_passes_both_ways(kind: str, mode: str) -> None:
    data = jpeg(mode, **KINDS[kind])
    glance, look = glance_at(data), look_at(data)
    assert (glance.width, glance.height) == (look.width, look.height) == (320, 400)
    assert not glance.thumbnail
    with Image.open(io.BytesIO(look.thumbnail)) as small:
        assert small.height <= 320


@pytest.mark.parametrize("kind", KINDS)
def test_a_glance_refuses_every_cut(kind: str) -> None:
    data = jpeg(**KINDS[kind])
    for place in (0, 1, 2, 20, 300, len(data) // 2, len(data) - 1):
        assert refused(glance_at, data[:place]), place


@pytest.mark.parametrize("kind", KINDS)
def test_a_glance_refuses_what_decoding_refuses(kind: str) -> None:
    """Between damage that both see and damage that neither sees there is hardly any that only decoding sees."""
    data, chance = jpeg(**KINDS[kind]), random.Random(20261)
    found, missed = 0, 0
    for _ in range(150):
        place = chance.randrange(2, min(len(data), 4000))
        damaged = data[:place] + chance.randbytes(8) + data[place + 8 :]
        if refused(look_at, damaged):
            found += 1
            missed += not refused(glance_at, damaged)
    assert found > 5
    assert missed <= found // 5, (found, missed)


def test_the_end_of_an_embedded_preview_is_not_the_end_of_the_file() -> None:
    data, _ = encode_page(Image.new("RGB", (64, 64), "gray"), ColorMode.COLOR, 300)
    with_preview = data[:2] + b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data + data[2:]
    assert jpeg_is_whole(with_preview)
    assert glance_at(with_preview).width == 64
    assert not jpeg_is_whole(with_preview[:-2])


@pytest.mark.parametrize("marker", [0xD8, 0xC0, 0x01, 0xF7])
def test_a_marker_that_cannot_be_within_a_picture_is_damage(marker: int) -> None:
    data = jpeg()
    middle = len(data) // 2
    assert not jpeg_is_whole(data[:middle] + bytes((0xFF, marker)) + data[middle:])
