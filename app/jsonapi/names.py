"""How names are spelled: dashed on the wire, underscored in Python, singular types, plural paths."""

from __future__ import annotations

from functools import lru_cache

_PLURALS = {"tax": "taxes", "speakers-call": "speakers-calls", "users-events-roles": "users-events-roles"}


def dashed(name: str) -> str:
    """`starts_at` as it is written on the wire."""
    return name.replace("_", "-")


def underscored(name: str) -> str:
    """`starts-at` as Python attributes are written."""
    return name.replace("-", "_")


@lru_cache(maxsize=1024)
def plural(type_: str) -> str:
    """The path segment of a resource type."""
    if type_ in _PLURALS:
        return _PLURALS[type_]
    if type_.endswith("y") and type_[-2] not in "aeiou":
        return type_[:-1] + "ies"
    return type_ + "s"


@lru_cache(maxsize=1024)
def same_type(given: str, expected: str) -> bool:
    """Whether a client's `type` means this one: singular or plural, dashed or underscored."""
    spelled = dashed(given)
    return spelled in (expected, plural(expected))
