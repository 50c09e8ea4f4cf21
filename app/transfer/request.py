"""What whoever copies an event wants to be different."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import ValidationError

from app.jsonapi import Str, Time
from app.jsonapi.errors import BadRequest, Invalid

_FIELDS = {"name": Str(), "starts_at": Time()}
# What the members may stand in, from the inside out.
_AROUND = ("data", "attributes")


@dataclass(frozen=True)
class Wishes:
    """The name and the beginning of the copy, both as they are where they are None; `pointer` leads to them."""

    name: str | None = None
    starts_at: datetime | None = None
    pointer: str = ""


def read_wishes(body: Any) -> Wishes:
    """The wishes in a request's body, which may hold them under `data` or `data.attributes`.

    Raises BadRequest for what is no object, and Invalid with the member that is wrong. Names may be
    spelt with dashes or underscores. What else is sent is ignored.
    """
    if not isinstance(body, dict):
        raise BadRequest("The body is a JSON object.", pointer="/")
    pointer = ""
    for around in _AROUND:
        if around in body:
            pointer, body = f"{pointer}/{around}", body[around]
        if not isinstance(body, dict):
            raise Invalid([(pointer, "Not an object.")])
    given = {
        name: body[spelling] for name in _FIELDS for spelling in (name, name.replace("_", "-")) if spelling in body
    }
    return Wishes(**{name: _read(name, value, pointer) for name, value in given.items()}, pointer=pointer)


def _read(name: str, value: Any, pointer: str) -> Any:
    try:
        return _FIELDS[name].deserialize(value)
    except ValidationError as error:
        raise Invalid([(pointer_to(name, pointer), str(error.messages[0]))]) from error


def pointer_to(name: str, pointer: str) -> str:
    """Where a member stands in the body whose members stand at `pointer`."""
    return f"{pointer}/{name.replace('_', '-')}"
