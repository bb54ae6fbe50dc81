"""The unseen words over a scanned page, so that it can be searched and copied from.

Character codes are UTF-16 code units; every one is drawn by the same box of the font, and its meaning is in the
ToUnicode table (ISO 32000-1, 9.10.3).
"""

from __future__ import annotations

from statistics import median
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf, Stream

from app.model.page_findings import PageText, Word
from resources import resource

# The font's box, in thousandths of its size; the same numbers are in resources/make_resources.py.
_ASCENT, _DESCENT, _ADVANCE = 800, -200, 500
_BOX_GLYPH = b"\x00\x01"
_CODES = 0x10000
_ANY = "\ufffd"


def add_font(pdf: Pdf) -> Any:
    """Embed the font of the unseen words; gives the object to name in a page's resources."""
    base = Name("/SohoaGlyphless")
    program = resource("glyphless.ttf").read_bytes()
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=base,
        Flags=5,
        FontBBox=Array([0, _DESCENT, _ADVANCE, _ASCENT]),
        ItalicAngle=0,
        Ascent=_ASCENT,
        Descent=_DESCENT,
        CapHeight=_ASCENT,
        StemV=80,
        FontFile2=Stream(pdf, program, Length1=len(program)),
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=base,
        CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=_ADVANCE,
        CIDToGIDMap=Stream(pdf, _BOX_GLYPH * _CODES),
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=base,
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=Stream(pdf, _to_unicode()),
        )
    )


def _to_unicode() -> bytes:
    """Give the table that maps every code to itself; a range may not cross a high byte, a block holds 100 ranges."""
    ranges = [f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>" for high in range(256)]
    blocks = [ranges[start : start + 100] for start in range(0, 256, 100)]
    body = "\n".join(f"{len(block)} beginbfrange\n" + "\n".join(block) + "\nendbfrange" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")


def text_layer(text: PageText, width: float, height: float) -> bytes:
    """Give the page operators that place the words; ``width`` and ``height`` are the PDF page's, in points.

    Words of a line share one base line and size, so that selecting over them does not jump.
    """
    across, up = width / text.width, height / text.height
    parts = ["BT 3 Tr"]
    for line in text.lines():
        top, bottom = median(word.box[1] for word in line), median(word.box[3] for word in line)
        size = max(1.0, (bottom - top) * up)
        base = height - bottom * up - size * _DESCENT / 1000
        parts.append(f"/Unseen {size:.2f} Tf")
        parts += [_place(word, across, base, size, last=word is line[-1]) for word in line]
    return "\n".join([*parts, "ET\n"]).encode("ascii")


def _place(word: Word, across: float, base: float, size: float, *, last: bool) -> str:
    letters = "".join(letter if letter.isprintable() and ord(letter) < _CODES else _ANY for letter in word.text)
    natural = max(1, len(letters)) * size * _ADVANCE / 1000
    stretch = 100 * max(0.1, (word.box[2] - word.box[0]) * across) / natural
    codes = (letters if last else letters + " ").encode("utf-16-be").hex().upper()
    return f"{stretch:.2f} Tz 1 0 0 1 {word.box[0] * across:.2f} {base:.2f} Tm <{codes}> Tj"
