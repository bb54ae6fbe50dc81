"""Small PDFs that are really PDFs: the centre opens what it is sent and counts the pages."""

from __future__ import annotations

import io

import pikepdf


def pdf_of(text: str = "", *, pages: int = 1, padding: bytes = b"") -> bytes:
    """Write a PDF with empty pages; ``text`` and ``padding`` make it differ from others and larger."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        pdf.Root.Words = pikepdf.String(text)
        pdf.Root.Padding = pdf.make_stream(padding)
        target = io.BytesIO()
        pdf.save(target, compress_streams=False, static_id=True)
    return target.getvalue()
