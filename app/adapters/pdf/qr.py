"""QR codes."""

from __future__ import annotations

import segno

# Drawn by the module (dot), not smoothed: five pixels each print sharply at any size a ticket needs.
_PIXELS = 5


def qr_png_data_uri(text: str) -> str:
    """A QR code of the text as a `data:` address for `<img src>`, readable with up to 15 % of it damaged."""
    return str(segno.make(text, error="m", micro=False).png_data_uri(scale=_PIXELS))
