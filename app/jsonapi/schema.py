"""The wire form of a resource: its attributes and relationships, dashed, read leniently and checked strictly.

Unknown and read-only members of a request are ignored. A null where none is allowed counts as
absent in a new resource, because clients send null for everything that is unset.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import EXCLUDE, ValidationError, fields

from app.jsonapi.errors import BadRequest, Conflict, Invalid, UnprocessableEntity
from app.jsonapi.fields import Relation
from app.jsonapi.library import LibrarySchema
from app.jsonapi.names import dashed, same_type, underscored

_instances = threading.local()
_relations: dict[type[Schema], dict[str, Relation]] = {}


class Merged:
    """A resource as it would be after a write: what is given, over what is stored."""

    def __init__(self, given: Mapping[str, Any], stored: Any = None) -> None:
        self.given, self.stored = given, stored

    def __getitem__(self, name: str) -> Any:
        return self.given[name] if name in self.given else getattr(self.stored, name, None)


class Schema(LibrarySchema):
    """Base of every schema. `Meta.type_` is the singular dashed type."""

    class Meta:
        type_ = "row"

    id = fields.Str(dump_only=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("unknown", EXCLUDE)
        super().__init__(*args, **kwargs)

    def inflect(self, text: str) -> str:
        return dashed(text)

    def check(self, value: Merged) -> None:
        """Rules across several attributes; raise `Invalid.attribute(…)`. `value` is as it would be stored."""

    @classmethod
    def type_(cls) -> str:
        """The resource type."""
        return str(cls.Meta.type_)

    @classmethod
    def attributes(cls) -> Iterator[tuple[str, fields.Field]]:
        """Name (underscored) and field of each attribute, in the order they are declared."""
        for name, field in cls._declared_fields.items():
            if name != "id" and not isinstance(field, Relation):
                yield name, field

    @classmethod
    def relations(cls) -> dict[str, Relation]:
        """Name (underscored) and field of each relationship; made once, not to be changed."""
        if cls not in _relations:
            declared = cls._declared_fields.items()
            _relations[cls] = {name: field for name, field in declared if isinstance(field, Relation)}
        return _relations[cls]

    @classmethod
    def declare(cls, name: str, field: fields.Field) -> None:
        """Add a member that another domain gives this type, such as the inverse of a relationship."""
        field.name = getattr(field, "name", None) or name
        cls._declared_fields.setdefault(name, field)
        _relations.pop(cls, None)
        _instances.__dict__.clear()

    @classmethod
    def instance(cls) -> Schema:
        """This thread's instance: making one costs a copy of every field."""
        made: dict[type, Schema] = _instances.__dict__.setdefault("made", {})
        if cls not in made:
            made[cls] = cls()
        return made[cls]


def column_of(name: str, field: fields.Field) -> str:
    """The model attribute a field stands for."""
    return field.attribute or name


def read_document(schema: type[Schema], body: Any, *, partial: bool) -> dict[str, Any]:
    """The values a request document gives, by model attribute; linkage as ids.

    Raises BadRequest for what is no JSON:API document, Conflict for another type, Invalid where
    the schema rejects values. With `partial`, what is absent stays absent.
    """
    item = _resource_object(body)
    if not same_type(item["type"], schema.type_()):
        raise Conflict(f"Invalid type. Expected {schema.type_()}.", pointer="/data/type")
    payload = {"data": _normalised(schema, item, partial=partial)}
    try:
        loaded: dict[str, Any] = schema.instance().load(payload, partial=partial)
    except ValidationError as error:
        raise _refused(schema, error) from error
    return loaded


def _resource_object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict) or not isinstance(body.get("data"), dict):
        raise BadRequest("The document needs a resource object as `data`.", pointer="/data")
    item = body["data"]
    if not isinstance(item.get("type"), str):
        raise BadRequest("`data` needs a `type`.", pointer="/data/type")
    for member in ("attributes", "relationships"):
        if not isinstance(item.get(member) or {}, dict):
            raise BadRequest(f"`{member}` is an object.", pointer=f"/data/{member}")
    return dict(item)


def _normalised(schema: type[Schema], item: dict[str, Any], *, partial: bool) -> dict[str, Any]:
    """The document with names as the schema spells them, without what is read-only or unknown."""
    declared = schema._declared_fields
    attributes = {}
    for name, value in (item.get("attributes") or {}).items():
        field = declared.get(underscored(name))
        if field is None or field.dump_only or isinstance(field, Relation):
            continue
        if value is None and not partial and not field.allow_none and not field.required:
            continue
        attributes[dashed(name)] = value
    relationships = {}
    for name, value in (item.get("relationships") or {}).items():
        field = declared.get(underscored(name))
        if isinstance(field, Relation) and field.set_on in (("write",) if partial else ("create", "write")):
            relationships[dashed(name)] = value
    return {"type": schema.type_(), "attributes": attributes, "relationships": relationships}


def _refused(schema: type[Schema], error: ValidationError) -> Exception:
    """The schema's complaint; a relationship that is missing is a rule's, with a number as status."""
    objects = error.messages["errors"] if isinstance(error.messages, dict) else []
    faults = [(_pointer(schema, fault["source"]["pointer"]), str(fault["detail"])) for fault in objects]
    for pointer, detail in faults:
        if pointer.startswith("/data/relationships/"):
            name = pointer.rpartition("/")[2]
            missing = f"A valid relationship with {name} resource is required"
            return UnprocessableEntity(missing if "Missing data" in detail else detail, pointer=pointer)
    return Invalid(faults)


def _pointer(schema: type[Schema], pointer: str) -> str:
    """Where the fault lies; the library takes a missing relationship with a dash in its name for an attribute."""
    member = pointer.removesuffix("/data")
    name = member.rpartition("/")[2]
    return f"/data/relationships/{name}" if underscored(name) in schema.relations() else member
