"""The files of orders in the file store."""

from __future__ import annotations

from app.adapters.storage import FileMissing, storage

PDF = "application/pdf"


def kept(key: str | None) -> bytes | None:
    """What is kept under the key; None where it never was, or is lost."""
    try:
        return storage().get(key) if key else None
    except FileMissing:
        return None


def keep(key: str, pdf: bytes) -> bytes:
    """Keep a PDF, and give it back."""
    storage().put(key, pdf, PDF)
    return pdf
