"""Names of stored files."""

from __future__ import annotations

import re

# No file system has names longer than 255.
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}"
_KEY = re.compile(f"{_NAME}(?:/{_NAME})*")
_LONGEST = 512

# What everybody may read by its address lies below this; nothing else is ever public.
MEDIA = "media/"
# Public files that stay on this machine although there is a bucket.
KEPT_HERE = "media/local/"


class InvalidKey(ValueError):
    """A key that could name something outside the store."""


class FileMissing(Exception):
    """Nothing is stored under the key."""


def checked_key(key: str) -> str:
    """The key itself: plain names joined by slashes, none beginning with a dot; raises InvalidKey for anything else."""
    if len(key) > _LONGEST or not _KEY.fullmatch(key):
        raise InvalidKey(f"{key!r} cannot name a stored file")
    return key


def is_public(key: str) -> bool:
    """Whether the key, which has to be sound, names a public file."""
    return checked_key(key).startswith(MEDIA)
