"""Whether the raw answers say the same as the service's: without that, the ratios would compare different things."""

from __future__ import annotations

from typing import Any

from bench.cases import Case
from bench.client import Answer, Request
from bench.measuring import Bench


class Disagreement(Exception):
    """The two servers answer differently; the message says where."""


def compare(bench: Bench, case: Case, first: Request, second: Request) -> str:
    """Ask both servers once and say how alike their answers are; raises Disagreement.

    A request that writes cannot be sent twice: `second` is the next one of its kind, and only the members of the
    answers are compared.
    """
    _, told = bench.look(first)
    if told.status != case.expected:
        raise Disagreement(f"{case.name}: the service answers {told.status}: {told.body[:300]!r}")
    if case.half_of:
        return f"{case.name}: {told.status}, {len(told.body)} bytes"
    raw = bench.raw_answer(second)
    _check(case, told, raw)
    sizes = f"{len(told.body):,} bytes" if len(told.body) == len(raw.body) else _sizes(told, raw)
    same = "same bytes" if told.body == raw.body else "same members" if case.is_write else "same JSON"
    return f"{case.name}: {same}, {sizes}"


def _sizes(told: Answer, raw: Answer) -> str:
    return f"{len(told.body):,} and {len(raw.body):,} bytes"


def _check(case: Case, told: Answer, raw: Answer) -> None:
    if raw.status != told.status:
        raise Disagreement(f"{case.name}: the raw server answers {raw.status}: {raw.body[:300]!r}")
    ours, theirs = _in_order(told.json()), _in_order(raw.json())
    difference = _difference(_members(ours), _members(theirs)) if case.is_write else _difference(ours, theirs)
    if difference:
        raise Disagreement(f"{case.name}: the raw answer differs at {difference}")


def _in_order(document: Any) -> Any:
    """The document with what it includes by type and id: its order there means nothing."""
    if not isinstance(document, dict) or "included" not in document:
        return document
    return document | {"included": sorted(document["included"], key=lambda item: (item["type"], int(item["id"])))}


def _members(value: Any) -> Any:
    """The value with only the names that are in it."""
    if isinstance(value, dict):
        return {name: _members(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_members(item) for item in value]
    return None


def _difference(ours: Any, theirs: Any, place: str = "/") -> str:
    """The first place where two values differ; empty when they are the same."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        parts = ((name, ours[name], theirs[name]) for name in ours)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        parts = ((str(index), *pair) for index, pair in enumerate(zip(ours, theirs, strict=True)))
    else:
        return "" if ours == theirs else f"{place}: {str(ours)[:200]} and {str(theirs)[:200]}"
    return next(filter(None, (_difference(one, other, f"{place}{name}/") for name, one, other in parts)), "")
