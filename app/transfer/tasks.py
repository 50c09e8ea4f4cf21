"""Jobs about copied events."""

from __future__ import annotations

from app.jobs import job
from app.transfer.files import copy_each


@job()
def copy_files(pairs: list[tuple[str, str]]) -> None:
    """Copy the files that a copied event shows; each pair is the key of a file and that of its copy."""
    copy_each(pairs)
