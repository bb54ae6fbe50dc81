"""Vietnamese text made comparable: searches find “Đăng ký” whether it was typed with accents, without, or decomposed."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Give the text in small letters without accents, đ as d; the same for NFC and NFD spellings."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    bare = "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn")
    # đ has no decomposition in Unicode, so taking the marks off leaves it as it is.
    return unicodedata.normalize("NFC", bare.replace("đ", "d"))
