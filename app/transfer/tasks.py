"""Jobs about copied events."""

from __future__ import annotations

from app.jobs import job
from app.transfer.files import copy_each, order_missing_pictures


@job()
def copy_files(event_id: int, pairs: list[tuple[str, str]]) -> None:
    """Copy the files that a copied event shows; each pair is the key of a file and that of its copy.

    Only then are there pictures that those can be made of which the source did not have yet.
    """
    copy_each(pairs)
    order_missing_pictures(event_id)
