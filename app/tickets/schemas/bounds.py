"""Pairs of numbers of which one may not exceed the other."""

from __future__ import annotations

from typing import Any

from app.jsonapi import Merged


def exceeds(value: Merged, lesser: str, greater: str) -> bool:
    """Whether a pair of bounds is the wrong way round; a pair of which nothing is sent is left alone."""
    if not {lesser, greater} & set(value.given):
        return False
    least: Any = value[lesser]
    most: Any = value[greater]
    return least is not None and most is not None and least > most
