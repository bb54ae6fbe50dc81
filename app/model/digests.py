"""The digest of a body as a header says it (RFC 9530), so that a body damaged on its way is told from a wrong one."""

from __future__ import annotations

import base64
import hashlib


def content_digest(body: bytes) -> str:
    """Give the value of the header ``Content-Digest`` for a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
