"""The hook tables: for each documented transaction, what must exist before it and as whom it is made.

A domain's table is `ROWS` in `tests/hooks/<domain>.py`. Its keys are Dredd's transaction names, or
"Group > Resource" for all transactions of one resource that need the same.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from app import DOMAINS
from tests.hooks.blueprint import Transaction

# Makes the rows; often a factory as it is. Where it returns a mapping, that holds texts of the page's
# request, such as "<reset token>", and what to send in their place.
Setup = Callable[[], Any]


@dataclass(frozen=True)
class Row:
    """What one transaction needs.

    `setup` makes the rows that must exist; they are numbered from 1 in each table. `actor` is a name
    of `actors.CAST`, a function that returns a user, or None for anonymous. `skip` is the reason why
    the transaction cannot be run here.
    """

    setup: Setup
    actor: str | Callable[[], Any] | None = None
    skip: str | None = None


def nothing() -> None:
    """The state of a fresh installation."""


def row(setup: Setup = nothing, *, actor: str | Callable[[], Any] | None = None, skip: str | None = None) -> Row:
    """A row of a hook table."""
    return Row(setup, actor, skip)


def tables() -> dict[str, ModuleType]:
    """The module of each domain that has one, by its name: a nested domain's is named by the last part alone."""
    folder = Path(__file__).parent
    names = (domain.rpartition(".")[2] for domain in DOMAINS)
    return {name: importlib.import_module(f"tests.hooks.{name}") for name in names if (folder / f"{name}.py").exists()}


def all_rows() -> dict[str, Row]:
    """Every row of every table by its key; raises ValueError when two tables claim the same."""
    found: dict[str, Row] = {}
    for domain, table in tables().items():
        twice = found.keys() & table.ROWS.keys()
        if twice:
            raise ValueError(f"tests/hooks/{domain}.py repeats the rows {sorted(twice)}.")
        found.update(table.ROWS)
    return found


def key_of(name: str, rows: Mapping[str, Row]) -> str | None:
    """The key that answers for this transaction: its own name, or else its resource's."""
    resource = " > ".join(name.split(" > ")[:2])
    return next((key for key in (name, resource) if key in rows), None)


def orphans(transactions: Iterable[Transaction], rows: Mapping[str, Row]) -> set[str]:
    """Keys that answer for no transaction."""
    return set(rows) - {key_of(each.name, rows) for each in transactions}
