"""How one type of row looks in the answers that are compared."""

from __future__ import annotations

from dataclasses import dataclass

HOLE = "\x01"  # Stands in links where a row's reference goes.


@dataclass(frozen=True)
class Shape:
    """One type as a certain reader sees it; `attributes` pairs names with SQL in which `{row}` is the row's alias."""

    type: str
    table: str
    reference: str
    attributes: list[tuple[str, str]]
    relationships: list[tuple[str, str]]
    link: str
