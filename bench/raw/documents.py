"""Writing documents: one orjson call over dictionaries, with the links' constant text as fragments."""

from __future__ import annotations

import os
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from bench.shape import HOLE, Shape

Row = Sequence[Any]
Answer = tuple[str, bytes]

OPTIONS = orjson.OPT_UTC_Z
VERSION = {"version": "1.0"}


def number(value: object) -> float:
    """Amounts as JSON numbers."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value))


def dump(value: object) -> bytes:
    """The value as JSON."""
    return orjson.dumps(value, number, OPTIONS)


class Writer:
    """Writes rows of one shape; `columns` is what to select for them, from the table under the alias."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.alias = '"' + shape.type.replace("-", "_") + '"'
        self.names = [name for name, _ in shape.attributes]
        sql = ["{row}.id", f"{{row}}.{shape.reference}", *(sql for _, sql in shape.attributes)]
        self.columns = ", ".join(column.format(row=self.alias) for column in sql)
        self.width = len(sql)
        members = (f'"{name}":{{"links":{links}}}' for name, links in shape.relationships)
        self.relationships = "{" + ",".join(members) + "}"

    def object(self, row: Row, linkage: dict[str, Any] | None = None) -> dict[str, Any]:
        """The resource object of `row`, which holds id, reference and attributes."""
        reference = str(row[1])
        relationships = self._linked(linkage) if linkage else self.relationships
        return {
            "type": self.shape.type,
            "id": str(row[0]),
            "attributes": dict(zip(self.names, row[2:], strict=True)),
            "relationships": orjson.Fragment(relationships.replace(HOLE, reference)),
            "links": {"self": self.shape.link.replace(HOLE, reference)},
        }

    def _linked(self, linkage: dict[str, Any]) -> str:
        parts = []
        for name, links in self.shape.relationships:
            data = f',"data":{orjson.dumps(linkage[name]).decode()}' if name in linkage else ""
            parts.append(f'"{name}":{{"links":{links}{data}}}')
        return "{" + ",".join(parts) + "}"


WRITERS = {
    name: Writer(Shape(**shape)) for name, shape in orjson.loads(Path(os.environ["BENCH_SHAPES"]).read_bytes()).items()
}
