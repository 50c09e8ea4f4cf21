"""Addresses under which everybody reads public files."""

from __future__ import annotations

from flask import current_app

from app.adapters.storage.keys import InvalidKey, checked_key

_MEDIA = "media/"


def public_url(key: str) -> str:
    """The address of the public file under this key; raises InvalidKey."""
    if not checked_key(key).startswith(_MEDIA):
        raise InvalidKey(f"{key!r} is not below {_MEDIA}")
    return f"{current_app.config['PUBLIC_URL']}/{key}"


def public_key(url: str) -> str | None:
    """The key of the public file that has this address; None for addresses that are no file of ours."""
    start = f"{current_app.config['PUBLIC_URL']}/"
    try:
        return checked_key(url.removeprefix(start)) if url.startswith(f"{start}{_MEDIA}") else None
    except InvalidKey:
        return None
