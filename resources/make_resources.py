"""Make the files of ``resources/`` that are computed, not drawn: ``python -m resources.make_resources``.

``glyphless.ttf`` carries the invisible text of a PDF: one box as wide as half an em stands for every character.
``srgb.icc`` says what the colours of a PDF/A mean.
"""

from __future__ import annotations

import io
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import ImageCms

FOLDER = Path(__file__).parent
ASCENT, DESCENT, ADVANCE, EM = 800, -200, 500, 1000
# A fixed moment (2026-01-01 in the font's own count of seconds) keeps the files the same at every run.
_MOMENT = 3_850_070_400


def make_font() -> bytes:
    """Give the TrueType font with one box glyph, used only for text that is not painted."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, DESCENT))
    pen.lineTo((0, ASCENT))
    pen.lineTo((ADVANCE, ASCENT))
    pen.lineTo((ADVANCE, DESCENT))
    pen.closePath()
    box = pen.glyph()
    builder = FontBuilder(EM, isTTF=True)
    builder.font.recalcTimestamp = False
    builder.setupGlyphOrder([".notdef", "box"])
    builder.setupCharacterMap({0x20: "box"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "box": box})
    builder.setupHorizontalMetrics({".notdef": (ADVANCE, 0), "box": (ADVANCE, 0)})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupNameTable({"familyName": "Sohoa Glyphless", "styleName": "Regular", "psName": "SohoaGlyphless"})
    builder.setupOS2(sTypoAscender=ASCENT, sTypoDescender=DESCENT, usWinAscent=ASCENT, usWinDescent=-DESCENT)
    builder.setupPost(isFixedPitch=1)
    builder.updateHead(created=_MOMENT, modified=_MOMENT)
    buffer = io.BytesIO()
    builder.save(buffer)
    return buffer.getvalue()


def make_profile() -> bytes:
    """Give the ICC profile of sRGB (IEC 61966-2-1)."""
    return bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())


def main() -> None:
    """Write both files."""
    (FOLDER / "glyphless.ttf").write_bytes(make_font())
    (FOLDER / "srgb.icc").write_bytes(make_profile())


if __name__ == "__main__":
    main()
