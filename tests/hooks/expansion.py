"""What a page says in a table is written out before Dredd reads it: every line becomes requests that are made.

Relationship endpoints are the same for every resource but for the names, and the same resource is
reached by many paths. A page therefore holds, as comments that other API Blueprint tools pass over,

    <!-- relationships of discount-code at /v1/discount-codes/{id}
    event: event; GET, PATCH
    tickets: ticket[]; GET, POST, PATCH, DELETE
    -->

    <!-- other paths of Event Detail
    of a FAQ: /v1/faqs/{id}/event; GET, PATCH
    -->

A line of the first becomes a resource named `Relationship discount-code.event`, written out from
`_to_one.apib` or, where the related type ends in `[]`, `_to_many.apib`. A line of the second becomes
a resource named `Event Detail of a FAQ` with the actions that the page has written under `Event Detail`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Template

_RELATIONSHIPS = re.compile(r"(?ms)^<!-- relationships of (?P<type>[\w-]+) at (?P<path>/\S+)\n(?P<lines>.*?)^-->\n?")
_OTHER_PATHS = re.compile(r"(?ms)^<!-- other paths of (?P<resource>[^\n]+)\n(?P<lines>.*?)^-->\n?")
_RELATIONSHIP = re.compile(r"^(?P<name>[\w-]+): (?P<target>[\w-]+)(?P<many>\[\])?; (?P<methods>[A-Z, ]+)$")
_PATH = re.compile(r"^(?P<what>[^:]+): (?P<path>/\S+); (?P<methods>[A-Z, ]+)$")
_METHOD = re.compile(r"### .*\[(?P<method>[A-Z]+)\]")


class ExpansionError(Exception):
    """A table in a page cannot be written out; the message names the line or the resource."""


def expand(text: str, folder: Path) -> str:
    """The page with its tables written out; `folder` holds the templates of relationships."""
    source = text

    def relationships(table: re.Match[str]) -> str:
        return "\n".join(_relationships(table, folder))

    def other_paths(table: re.Match[str]) -> str:
        return "\n".join(_other_paths(table, _resource(source, table["resource"].strip())))

    return _OTHER_PATHS.sub(other_paths, _RELATIONSHIPS.sub(relationships, text))


def _lines(table: re.Match[str], form: re.Pattern[str]) -> Iterator[re.Match[str]]:
    for line in filter(None, map(str.strip, table["lines"].splitlines())):
        match = form.match(line)
        if not match:
            raise ExpansionError(f"“{line}” cannot be read; tests/hooks/expansion.py says how its table is written.")
        yield match


def _relationships(table: re.Match[str], folder: Path) -> Iterator[str]:
    for line in _lines(table, _RELATIONSHIP):
        shape = (folder / ("_to_many.apib" if line["many"] else "_to_one.apib")).read_text()
        names = {"type": table["type"], "path": table["path"], "name": line["name"], "target": line["target"]}
        example = table["path"].replace("{id}", "1")
        yield Template("".join(_with_methods(shape, line["methods"]))).substitute(names, example=example)


def _with_methods(block: str, methods: str) -> list[str]:
    """The text above a resource's first action, and its actions of these methods."""
    head, *actions = re.split(r"(?m)^(?=### )", block)
    wanted = [method.strip() for method in methods.split(",")]
    kept = [action for action in actions if (match := _METHOD.match(action)) and match["method"] in wanted]
    if len(kept) < len(wanted):
        raise ExpansionError(f"“{head.splitlines()[0]}” has not all of the actions {methods}.")
    return [head, *kept]


def _resource(page: str, title: str) -> str:
    """The part of the page that describes this resource."""
    match = re.search(rf"(?ms)^## {re.escape(title)} \[.*?(?=^#{{1,2}} |^<!-- |\Z)", page)
    if not match:
        raise ExpansionError(f"There is no resource “{title}” in the page that names other paths of it.")
    return match[0]


def _other_paths(table: re.Match[str], block: str) -> Iterator[str]:
    title = table["resource"].strip()
    query = re.search(r"\{\?[^}]*\}", block.partition("\n")[0])
    for line in _lines(table, _PATH):
        head, *actions = _with_methods(block, line["methods"])
        heading = f"## {title} {line['what']} [{line['path']}{query[0] if query else ''}]\n\n"
        yield heading + _parameters(head) + "".join(actions)


def _parameters(head: str) -> str:
    """The parameters of the resource, the parent's id among them; its Model stays where it is."""
    match = re.search(r"(?m)^\+ Parameters\n((?: {4}.*\n|\n)*)", head)
    described = match[1].strip("\n") if match else ""
    if " id: " not in described:
        described = f"    + id: 1 (string, required)\n{described}".rstrip("\n")
    return f"+ Parameters\n{described}\n\n"
