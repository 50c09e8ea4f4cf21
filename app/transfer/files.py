"""The files of copied events."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from app.adapters.storage import FileMissing, storage

log = logging.getLogger("app.transfer")


def copy_each(pairs: Iterable[tuple[str, str]]) -> None:
    """Copy each file from its first key to its second, unless that was done before.

    A file that is gone by now is left out: its address in the copy then leads nowhere, as it does in the source.
    """
    store = storage()
    for source, target in pairs:
        try:
            if not store.exists(target):
                store.copy(source, target)
        except FileMissing:
            log.warning("The file %s of a copied event is missing.", source)
