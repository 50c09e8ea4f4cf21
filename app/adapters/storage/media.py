"""What kinds of files are handed out, by their extension; nothing is served as any other kind."""

from __future__ import annotations

from pathlib import PurePosixPath

IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
# Only what browsers show without running anything in it; all else is downloaded.
SHOWN = {**IMAGES, ".pdf": "application/pdf"}
PLAYED = {
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ogg": "application/ogg",
    ".wav": "audio/wav",
    ".webm": "video/webm",
}
DOWNLOADED = "application/octet-stream"

# Browsers refuse to show a PDF in a sandbox; it cannot run scripts of this origin anyway.
_POLICY_OF_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'"
_POLICY_OF_PLAYED = "default-src 'none'; media-src 'self'; sandbox"
_POLICY = "default-src 'none'; sandbox"


def media_type(name: str) -> str:
    """The type a public file of this name is served as."""
    return (SHOWN | PLAYED).get(PurePosixPath(name).suffix.lower(), DOWNLOADED)


def policy_of(kind: str) -> str:
    """The content security policy for a file of this type that is opened by itself."""
    if kind == SHOWN[".pdf"]:
        return _POLICY_OF_PDF
    return _POLICY_OF_PLAYED if kind in PLAYED.values() else _POLICY
