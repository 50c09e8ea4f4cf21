"""Passwords: argon2id hashes, and comparisons that take as long for accounts that do not exist."""

from __future__ import annotations

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask import current_app

SHORTEST = 8
LONGEST = 1024  # Characters; hashing more would only keep the machine busy.


@lru_cache(maxsize=8)
def _hasher(passes: int, kibibytes: int) -> PasswordHasher:
    return PasswordHasher(time_cost=passes, memory_cost=kibibytes, parallelism=1)


def _configured() -> PasswordHasher:
    return _hasher(current_app.config["ARGON2_TIME_COST"], current_app.config["ARGON2_MEMORY_KIB"])


@lru_cache(maxsize=8)
def _decoy(hasher: PasswordHasher) -> str:
    """The hash of a password nobody knows, compared with where there is none."""
    return hasher.hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    """The password as it is stored."""
    return _configured().hash(password)


def is_password(password: str, stored: str | None) -> bool:
    """Whether this is the password behind the stored hash; without one, a comparison is made all the same."""
    hasher = _configured()
    known = stored if stored is not None and stored.startswith("$argon2") else None
    if len(password) > LONGEST:
        return False
    try:
        hasher.verify(known or _decoy(hasher), password)
    except VerificationError:
        return False
    return known is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than those configured now."""
    return _configured().check_needs_rehash(stored)
