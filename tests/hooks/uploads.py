"""What the documented requests about uploads and the sizes of pictures need."""

from __future__ import annotations

from tests.hooks.rows import row

ROWS = {
    "Uploads > Image Upload": row(actor="user"),
    "Uploads > File Upload": row(actor="user"),
    "Event Image Sizes > Event Image Size Detail": row(actor="admin"),
    "Event Image Sizes > Event Image Size Detail by Id": row(actor="admin"),
    "Speaker Image Sizes > Speaker Image Size Detail": row(actor="admin"),
    "Speaker Image Sizes > Speaker Image Size Detail by Id": row(actor="admin"),
}
