"""Secrets at rest: what is encrypted before it is stored, by a key that is made from the configuration's SECRET_KEY.

Whoever reads the database or its backups without that key learns nothing. With another SECRET_KEY
what was stored can no longer be read: it has to be entered anew.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

PURPOSE = b"open-event-server: data at rest"  # Keeps the key apart from others made of the same secret.


class Undecipherable(Exception):
    """What is stored was encrypted by another key, or was changed since."""


def encrypt(plain: bytes) -> bytes:
    """The bytes encrypted and signed; different each time, also for the same bytes."""
    return _cipher(current_app.config["SECRET_KEY"]).encrypt(plain)


def decrypt(secret: bytes) -> bytes:
    """What `encrypt` was given; raises Undecipherable when the key is another or the bytes were changed."""
    try:
        return _cipher(current_app.config["SECRET_KEY"]).decrypt(secret)
    except InvalidToken as error:
        raise Undecipherable("This was encrypted with another SECRET_KEY.") from error


@lru_cache(maxsize=4)
def _cipher(secret_key: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(key))


class Encrypted(TypeDecorator[str]):
    """The type of a column whose text is stored encrypted, as bytes: `mapped_column(Encrypted)`.

    Such a column cannot be searched, sorted or unique, because the same text is stored differently each
    time. Loading a row raises Undecipherable under another SECRET_KEY; a `forgiving` column then counts as empty. In
    migrations it is `sa.LargeBinary()`.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, *, forgiving: bool = False) -> None:
        super().__init__()
        self.forgiving = forgiving

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """The text as it is stored."""
        return None if value is None else encrypt(value.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """The text that was stored."""
        try:
            return None if value is None else decrypt(bytes(value)).decode()
        except Undecipherable:
            if self.forgiving:
                return None
            raise
