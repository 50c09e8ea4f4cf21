"""Addresses that open one stored file for some time, without an account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from app.adapters.headers import one_line
from app.adapters.storage.keys import checked_key

_SALT = "stored file"


class LinkInvalid(Exception):
    """The address was not made by this service, or its time is over."""


def signed_url(key: str, *, filename: str, hours: float) -> str:
    """An address of this service that opens the file for so many hours, offered under the given name."""
    token = _serializer().dumps([checked_key(key), one_line(filename), hours])
    return f"{current_app.config['PUBLIC_URL']}/files/{token}"


def read_signed(token: str) -> tuple[str, str]:
    """Key and file name a token stands for; raises LinkInvalid."""
    try:
        (key, filename, hours), made_at = _serializer().loads(token, return_timestamp=True)
    except BadData as error:
        raise LinkInvalid("not signed by this service") from error
    if datetime.now(UTC) - made_at > timedelta(hours=hours):
        raise LinkInvalid("expired")
    return key, filename


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=_SALT)
