"""Bar codes, QR codes and the bars of a separator sheet: the one module that reaches zxing-cpp.

Only the three formats that desks use are sought, at full size: half-size pages lose the small QR codes of ID cards, and
other formats find codes that are not there. Light codes are looked for in dark fields only.
"""

from __future__ import annotations

import re
from dataclasses import replace

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from app.model.page_findings import Barcode
from app.pixels import find_marks, level_at, shrink
from app.recognition.patch import find_patch_t

Gray = NDArray[np.uint8]

PATCH_TEXT = "PATCHT"
# The QR code of our own separator sheets begins with this word, alone or before its fields.
_SEPARATOR_QR = re.compile(r"TPC-SEP(;|$)")
_FORMATS = [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.Code39]
_LINEAR = _FORMATS[1:]
_NAMES = {"QRCode": "QRCode", "QRCodeModel2": "QRCode", "Code128": "Code128", "Code39": "Code39", "Code39Std": "Code39"}
# Code 39 has no check digit, so a few bars of print can pass for one or two letters.
_SHORTEST_CODE39 = 4
# Small modules on a blurred scan are told apart again at twice the size; codes are tried anew where none was read.
_DOUBLE_BELOW = 250
# A dark field may hold a light code: so dark against the page, so large (mm), so full, looked for at so many dpi.
_DARK_FIELD, _FIELD_MM, _FIELD_FILL = 0.7, 6.0, 0.35
_FIELD_DPI = 50


def read_barcodes(gray: Gray, dpi: int, glance: Gray | None = None) -> tuple[Barcode, ...]:
    """Read all codes of a page (gray: uint8, height x width, as scanned; dpi: dots per inch), at any turn.

    ``glance`` is the same page at 100 dpi, where it is there already.
    ``quad`` of each is in pixels of ``gray``. The bars of a Patch-T sheet are given as a code of type "PatchT".
    """
    found = _read(gray, 1.0)
    if not found and dpi < _DOUBLE_BELOW and gray.size < 8_000_000:
        found = _read(np.asarray(cv2.resize(gray, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), dtype=np.uint8), 2.0)
    found = (*found, *_read_light(gray, dpi, glance))
    patch = find_patch_t(gray, dpi, glance)
    return (*found, Barcode("PatchT", "T", patch)) if patch else found


def is_separator(barcodes: tuple[Barcode, ...]) -> bool:
    """Tell whether these codes make the page a separator sheet: Patch-T bars, Code 39 "PATCHT", or our own QR code."""
    return any(
        code.type == "PatchT"
        or (code.type == "Code39" and code.value == PATCH_TEXT)
        or (code.type == "QRCode" and _SEPARATOR_QR.match(code.value) is not None)
        for code in barcodes
    )


def _read(gray: Gray, factor: float) -> tuple[Barcode, ...]:
    if min(gray.shape) < 3:
        return ()
    found = [_barcode(code, factor) for code in _decoded(gray, _FORMATS)]
    # QR codes are read at any turn. Columns are read as rows of the page turned: zxing-cpp's own way goes down each of them.
    seen = {(code.type, code.value) for code in found}
    for code in _decoded(np.asarray(cv2.rotate(gray, cv2.ROTATE_90_CLOCKWISE), dtype=np.uint8), _LINEAR):
        made = _barcode(code, factor, turned_from=gray.shape[0])
        if (made.type, made.value) not in seen:
            found.append(made)
    return tuple(code for code in found if code.type != "Code39" or len(code.value) >= _SHORTEST_CODE39)


def _read_light(gray: Gray, dpi: int, glance: Gray | None) -> tuple[Barcode, ...]:
    """Read the light codes that stand in dark fields of the page."""
    if min(gray.shape) < _FIELD_MM * dpi / 25.4:
        return ()
    source = gray if glance is None else glance
    small = shrink(source, _FIELD_DPI / dpi * gray.shape[1] / source.shape[1])
    scale = gray.shape[1] / small.shape[1]
    per_mm = dpi / 25.4 / scale
    dark = np.asarray(cv2.compare(small, _DARK_FIELD * level_at(small, 0.5), cv2.CMP_LT), dtype=np.uint8)
    found: list[Barcode] = []
    for left, top, wide, high, area in find_marks(dark).boxes[1:].tolist():
        at_rim = min(left, top, small.shape[1] - left - wide, small.shape[0] - top - high) <= 0
        if at_rim or min(wide, high) < _FIELD_MM * per_mm or area < _FIELD_FILL * wide * high:
            continue
        x, y = int(left * scale), int(top * scale)
        field = cv2.bitwise_not(gray[y : int((top + high) * scale), x : int((left + wide) * scale)])
        for code in _read(np.asarray(field, dtype=np.uint8), 1.0):
            a, b, c, d = ((px + x, py + y) for px, py in code.quad)
            found.append(replace(code, quad=(a, b, c, d)))
    return tuple(found)


def _decoded(gray: Gray, formats: list[zxingcpp.BarcodeFormat]) -> list[zxingcpp.Barcode]:
    pixels = np.ascontiguousarray(gray)
    return list(zxingcpp.read_barcodes(pixels, formats=formats, try_rotate=False, try_downscale=False, try_invert=False))


def _barcode(code: zxingcpp.Barcode, factor: float, turned_from: int | None = None) -> Barcode:
    """Give a code in pixels of the page; ``turned_from`` is the page's height where it was turned clockwise for reading."""
    place = code.position
    points = [(corner.x, corner.y) for corner in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)]
    if turned_from is not None:
        points = [(y, turned_from - 1 - x) for x, y in points]
    a, b, c, d = ((x / factor, y / factor) for x, y in points)
    return Barcode(_NAMES.get(code.format.name, code.format.name), code.text, (a, b, c, d))
