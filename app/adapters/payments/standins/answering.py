"""What both stand-ins are made of: what is asked, what is answered, how a path finds its function."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Form = Mapping[str, Any]


class Refusal(Exception):
    """An answer that says no; what was written before it stays, such as the failure of a card."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


@dataclass(frozen=True)
class Asked:
    """A request as a function of a stand-in sees it: by whom, about what, with which fields; `host` is our address."""

    account: str
    fields: Form
    host: str
    identifier: str = ""

    def text(self, name: str) -> str | None:
        """A field that is one text; None where it is missing or anything else."""
        value = self.fields.get(name)
        return value if isinstance(value, str) and value else None


Answering = Callable[[Asked], dict[str, Any]]


def find_route(routes: Mapping[tuple[str, str], Answering], method: str, path: str) -> tuple[Answering, str] | None:
    """The function for a method and path, and the identifier that stands for `*` in its pattern; None without one."""
    parts = path.split("/")
    for (verb, pattern), answering in routes.items():
        wanted = pattern.split("/")
        if verb != method or len(wanted) != len(parts):
            continue
        if all(each in ("*", part) for each, part in zip(wanted, parts, strict=True)):
            return answering, parts[wanted.index("*")] if "*" in wanted else ""
    return None


def new_id(prefix: str, length: int = 24) -> str:
    """An identifier as providers make them: a prefix, then letters and digits."""
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
    return prefix + "".join(secrets.choice(alphabet) for _ in range(length))
