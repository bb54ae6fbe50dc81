"""A page packed in stripes is the page that Pillow packs in one piece, pixel for pixel."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from drivers.backend import DriverFault, Look
from drivers.contract import ColorMode, FaultCode
from drivers.images import encode_page, jpeg_is_whole, look_at
from drivers.stripes import MAX_LINES, STRIPE_LINES, StripedJpeg


def noisy(size: tuple[int, int], pixels: str) -> Image.Image:
    return Image.merge(pixels, [Image.effect_noise(size, 90) for _ in pixels])


def packed(image: Image.Image, *, gray: bool = False) -> tuple[bytes, Look]:
    page = StripedJpeg(image.width, image.mode, gray=gray, dpi=300, lines=image.height)
    data, stripe = image.tobytes(), STRIPE_LINES * image.width * len(image.mode)
    for start in range(0, len(data), stripe):
        page.add(data[start : start + stripe])
    return page.finish()


@pytest.mark.parametrize(("pixels", "gray"), [("RGB", False), ("L", False), ("RGB", True)])
@pytest.mark.parametrize(
    "size", [(1, 1), (33, 5), (40, STRIPE_LINES), (17, STRIPE_LINES + 1), (250, 3 * STRIPE_LINES - 7), (9, 12 * STRIPE_LINES)]
)
def test_stripes_give_the_pixels_of_one_piece(size: tuple[int, int], pixels: str, gray: bool) -> None:
    image = noisy(size, pixels)
    data, look = packed(image, gray=gray)
    whole, _ = encode_page(image, ColorMode.GRAY if gray or pixels == "L" else ColorMode.COLOR, 300)
    with Image.open(io.BytesIO(data)) as striped, Image.open(io.BytesIO(whole)) as plain:
        assert (striped.size, striped.mode, striped.info["dpi"]) == (size, plain.mode, (300, 300))
        assert striped.tobytes() == plain.tobytes()
    assert jpeg_is_whole(data)
    proved = look_at(data)
    assert (look.width, look.height) == (proved.width, proved.height)


def test_the_thumbnail_shows_the_whole_page() -> None:
    image = Image.new("RGB", (1000, 5 * STRIPE_LINES), "white")
    image.paste("red", (0, 640, 1000, 1280))
    _, look = packed(image)
    with Image.open(io.BytesIO(look.thumbnail)) as small:
        assert small.size == (250, 320)
        assert small.getpixel((125, 40)) == (255, 255, 255)
        assert small.getpixel((125, 300))[1:] < (9, 9)


def test_a_page_longer_than_a_jpeg_file_can_be_is_refused() -> None:
    page = StripedJpeg(1, "L", gray=False, dpi=300, lines=-1)
    for _ in range(MAX_LINES // STRIPE_LINES):
        page.add(bytes(STRIPE_LINES))
    with pytest.raises(DriverFault) as refused:
        page.add(bytes(STRIPE_LINES))
    assert refused.value.fault.code is FaultCode.UNSUPPORTED
