"""Resources over HTTP: lists, details and relationships, each in the same few steps.

Load, check, act: the permission manager asks whether the actor may use the method at all, the data
layer finds the rows, the rules of the row decide, the serializer writes. A resource states its
`model`, `schema` and `access`, and puts its own rules into the hooks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import Response, current_app, request
from sqlalchemy import ColumnElement

from app.extensions import begin_reading
from app.jsonapi import json
from app.jsonapi.data_layer import DataLayer, Given, leave_deleting
from app.jsonapi.errors import JSONAPI_VERSION
from app.jsonapi.includes import Loaded, load_included
from app.jsonapi.library import LibraryDetail, LibraryList, ResourceMeta
from app.jsonapi.lookup import find_version
from app.jsonapi.names import dashed, underscored
from app.jsonapi.negotiation import check_media_types, digest, digest_of, is_unchanged
from app.jsonapi.permissions import Access, Actor, current_actor, refusal
from app.jsonapi.query import Order, Query, parse
from app.jsonapi.registry import PREFIX, Declared, Parent, Registry
from app.jsonapi.schema import Schema, read_document
from app.jsonapi.serializer import Plan, Writer, sure_plan
from app.jsonapi.written import written

_VERSION = b',"jsonapi":' + json.dump(JSONAPI_VERSION)


class KitMeta(ResourceMeta):  # type: ignore[misc]
    """Leaves the library's own header check out; this kit negotiates for every method in one place."""

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> Any:
        made = super().__new__(mcs, name, bases, body)
        del made.decorators  # The library's; what the class body or a base states stands again.
        if "decorators" in body:
            made.decorators = tuple(body["decorators"])
        return made


class Resource:
    """What lists, details and relationships have in common. One instance serves one request."""

    model: ClassVar[Any]
    schema: ClassVar[type[Schema]]
    access: ClassVar[Access]
    declared: ClassVar[Declared]
    serves: ClassVar[Declared | None] = None  # For views at further paths that serve another type, or form of it.
    under: ClassVar[tuple[str, str] | None] = None  # For those below another resource: its type and relationship.
    data_layer_class: ClassVar[type[DataLayer]] = DataLayer
    default_sort: ClassVar[tuple[Order, ...]] = ()
    offers: ClassVar[tuple[str, ...]] = ("GET",)
    decorators: ClassVar[tuple[Any, ...]] = ()

    def __init__(self, parent: Parent | None = None, relationship: str | None = None) -> None:
        self.parent, self.relationship = parent, relationship

    def dispatch_request(self, *args: Any, **kwargs: Any) -> Response:
        """Serve one request; errors are answered by the app's error handler."""
        check_media_types()
        if self._reads() and not self._may_do_without_session():
            begin_reading()
        self.actor: Actor = current_actor()
        self.layer = self.data_layer_class(self)
        method = getattr(self, "get" if request.method == "HEAD" else request.method.lower())
        response: Response = method(*args, **kwargs)
        return response

    @staticmethod
    def _reads() -> bool:
        return request.method in ("GET", "HEAD")

    def _may_do_without_session(self) -> bool:
        """Whether versions alone may answer, which are read without a session."""
        return self.parent is None and self.relationship is None and "Authorization" not in request.headers

    @cached_property
    def query(self) -> Query:
        """What the query string asks for; read after the permission manager, so that strangers learn nothing."""
        registry: Registry = current_app.extensions["jsonapi"]
        return parse(request.args, self.declared, registry)

    def check_access(self, **kwargs: Any) -> None:
        """Refuse actors who may not use this method on any row, before one is looked for."""
        access = self.access
        rule = {"POST": access.create, "PATCH": access.update, "DELETE": access.delete}.get(request.method, access.read)
        if not rule.admits(self.actor):
            raise refusal(self.actor, rule)

    # Hooks: a resource's own rules.

    def narrow(self, view_kwargs: Any) -> Sequence[ColumnElement[bool]]:
        """Further criteria of a list that is not all of its readable rows."""
        return ()

    def before_create(self, row: Any, given: Given) -> None:
        """Check a new row; `row` has its relationships, `given` its values, which may be changed here."""

    def after_create(self, row: Any, given: Given) -> None:
        """What follows from a new row, in the same transaction."""

    def before_update(self, row: Any, changes: Given) -> None:
        """Check a change; `row` is as stored, `changes` holds only what differs and may be changed here."""

    def after_update(self, row: Any, changes: Given) -> None:
        """What follows from a change, in the same transaction."""

    def before_delete(self, row: Any) -> None:
        """Check a deletion."""

    def after_delete(self, row: Any) -> None:
        """What follows from a deletion, in the same transaction."""

    # Answers

    def single(self, row: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        """The answer with this row as primary data."""
        loaded = self._included([row])
        writer = self.writer(loaded)
        written_object, included = writer.object(self.declared, row), writer.included(self.declared, [row])
        return _document(written_object, included, status, headers)

    def writer(self, loaded: Loaded | None) -> Writer:
        """What writes a single row and what was included with it."""
        return Writer(self.actor, self.query.fields, loaded, stored=self._reads())

    def _included(self, rows: Sequence[Any]) -> Loaded | None:
        """What `include` asks for; None when it asks for nothing."""
        if not self.query.include:
            return None
        if not self._reads():
            return load_included(rows, self.declared, self.query.include, self.actor)

        def sure(target: Declared) -> str | None:
            plan = sure_plan(target, self.actor, self.query.fields)
            return plan.fingerprint if plan is not None else None

        return load_included(rows, self.declared, self.query.include, self.actor, sure)

    def read_body(self, *, partial: bool) -> Given:
        """The values of the request's document."""
        return read_document(self.schema, json.body(), partial=partial)


def _document(
    primary: bytes, included: bytes | None = None, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    others = b',"included":' + included if included is not None else b""
    body = b'{"data":' + primary + others + _VERSION + b"}"
    return Response(body, status, headers, content_type=json.JSON_API)


def document_of(declared: Declared, row: Any, *, status: int = 200) -> Response:
    """The answer of a plain endpoint that has made or changed this row: its document, as this actor may see it."""
    return _document(Writer(current_actor(), {}, stored=False).object(declared, row), status=status)


def tagged(response: Response, tag: str) -> Response:
    """The response under this weak tag; 304 without a body when the client holds it already."""
    return tagged_by(tag, lambda: response)


def tagged_by(tag: str, make: Callable[[], Response]) -> Response:
    """The response under this weak tag; not even made when the client holds it already."""
    response = Response(status=304) if is_unchanged(tag) else make()
    response.headers["ETag"] = f'W/"{tag}"'
    return response


class Restorable:
    """What views of rows share that are deleted by DELETE alone, and restored by `deleted-at`."""

    def before_create(self, row: Any, given: Given) -> None:
        """A new row is not deleted."""
        leave_deleting(given)

    def before_update(self, row: Any, changes: Given) -> None:
        """Rows are restored, but not deleted."""
        leave_deleting(changes)


class ResourceList(Resource, LibraryList, metaclass=KitMeta):  # type: ignore[misc]
    """The rows of a type, or those under a parent; new ones are made here."""

    offers: ClassVar[tuple[str, ...]] = ("GET",)
    nested: ClassVar[tuple[str, ...]] = ("GET",)  # What the list takes under another resource.

    def check_access(self, **kwargs: Any) -> None:
        """Also ask whether the collection as a whole is open to this actor."""
        super().check_access(**kwargs)
        gated = self._reads() and self.parent is None
        if gated and not self.access.list.allows(self.actor, None):
            raise refusal(self.actor, self.access.list)

    def get(self, *args: Any, **kwargs: Any) -> Response:
        """One page of rows, with their count on all pages in `meta`."""
        plan = self.layer.sure_plan(self.query)
        return (plan and self._from_versions(plan, kwargs)) or self._from_rows(kwargs)

    def _from_versions(self, plan: Plan, kwargs: dict[str, Any]) -> Response | None:
        """The answer as versions alone tell it; None where an object is not kept."""
        versions, count = self.layer.versions(self.query, kwargs)
        tag = self._tag(count, versions, plan.fingerprint)
        known = [] if is_unchanged(tag) else [written().get((plan.fingerprint, *pair)) for pair in versions]
        if None in known:
            return None
        return tagged_by(tag, lambda: self._page(b",".join(filter(None, known)), None, count))

    def _from_rows(self, kwargs: dict[str, Any]) -> Response:
        begin_reading()
        criteria = self.layer.criteria(self.query, kwargs)
        rows = self.layer.get_collection(self.query, criteria)
        count = self._count(rows, criteria)
        loaded = self._included(rows)
        writer = Writer(self.actor, self.query.fields, loaded)
        plans = [writer.plan(self.declared, row) for row in rows]
        if loaded is None and not any(plan.is_volatile for plan in plans):
            shown = {plan.fingerprint for plan in plans}
            tag = self._tag(count, [(row.id, row.version) for row in rows], *sorted(shown))
            return tagged_by(tag, lambda: self._written(writer, rows, count))
        response = self._written(writer, rows, count)
        return tagged(response, digest_of(response.get_data()))

    def _count(self, rows: Sequence[Any], criteria: Sequence[ColumnElement[bool]]) -> int:
        """How many rows there are on all pages; the last page tells without being counted."""
        page = self.query.page
        is_last = len(rows) < page.size and (rows or page.number == 1)
        return page.offset + len(rows) if is_last else self.layer.count(criteria)

    def _tag(self, count: int, versions: Sequence[tuple[int, int]], *fingerprints: str) -> str:
        return digest(request.full_path, count, versions, fingerprints if versions else ())

    def _written(self, writer: Writer, rows: Sequence[Any], count: int) -> Response:
        objects = b",".join(writer.object(self.declared, row) for row in rows)
        return self._page(objects, writer.included(self.declared, rows), count)

    def _page(self, objects: bytes, included: bytes | None, count: int) -> Response:
        body = b"".join(
            (
                b'{"data":[',
                objects,
                b"]",
                b',"included":' + included if included is not None else b"",
                b',"meta":{"count":%d},"links":' % count,
                json.dump(page_links(self.query, count)),
                _VERSION,
                b"}",
            )
        )
        return Response(body, content_type=json.JSON_API)

    def computed(self, rows: Sequence[Any]) -> Response:
        """The answer of a list whose rows are computed instead of stored: these are all of them."""
        start = self.query.page.offset
        shown = rows[start : start + self.query.page.size]
        response = self._written(Writer(self.actor, self.query.fields), shown, len(rows))
        return tagged(response, digest_of(response.get_data()))

    def post(self, *args: Any, **kwargs: Any) -> Response:
        """Make a row of the document."""
        row = self.layer.create_object(self.read_body(partial=False), kwargs)
        reference = getattr(row, row.slug_attribute or "id")
        return self.single(row, 201, {"Location": f"{PREFIX}/{self.declared.path}/{reference}"})

    def read_body(self, *, partial: bool) -> Given:
        """The values of the request's document; under another resource, that is what the new row belongs to."""
        body = json.body()
        return read_document(
            self.schema, body if self.parent is None else self._placed(body, self.parent), partial=partial
        )

    def _placed(self, body: Any, parent: Parent) -> Any:
        """The document with the linkage its address tells, instead of any it has itself."""
        data = body.get("data") if isinstance(body, dict) else None
        others = (data.get("relationships") or {}) if isinstance(data, dict) else None
        if not isinstance(others, dict):
            return body
        name = next(
            name
            for name, relation in self.schema.relations().items()
            if relation.type == parent.declared.type and underscored(relation.inverse or "") == parent.relation
        )
        kept = {given: linkage for given, linkage in others.items() if underscored(given) != name}
        owner = {"type": parent.declared.type, "id": (request.view_args or {})[parent.parameter]}
        return {**body, "data": {**data, "relationships": {**kept, dashed(name): {"data": owner}}}}  # type: ignore[dict-item]


class ResourceDetail(Resource, LibraryDetail, metaclass=KitMeta):  # type: ignore[misc]
    """One row: read, changed, deleted."""

    offers: ClassVar[tuple[str, ...]] = ("GET", "PATCH", "DELETE")

    def get(self, *args: Any, **kwargs: Any) -> Response:
        """The row, under a tag that starts with its version."""
        plan = self.layer.sure_plan(self.query) if self.parent is None else None
        if plan is not None:
            id_, version = find_version(self.declared, self.layer.reference(kwargs), self.actor)
            tag = self._tag(id_, version, plan)
            known = written().get((plan.fingerprint, id_, version))
            if known is not None or is_unchanged(tag):
                return tagged_by(tag, lambda: _document(known or b""))
        begin_reading()
        row = self.layer.get_object(kwargs, self.query)
        plan = Writer(self.actor, self.query.fields).plan(self.declared, row)
        if self.query.include or plan.is_volatile:
            response = self.single(row)
            return tagged(response, f"{row.version}-{digest_of(response.get_data())}")
        return tagged_by(self._tag(row.id, row.version, plan), lambda: self.single(row))

    def _tag(self, id_: int, version: int, plan: Plan) -> str:
        return f"{version}-{digest(id_, request.full_path, plan.fingerprint)}"

    def patch(self, *args: Any, **kwargs: Any) -> Response:
        """Change the row; members that are absent stay as they are."""
        data = self.read_body(partial=True)
        row = self.layer.get_object(kwargs, self.query, lock=True)
        self.layer.update_object(row, data, kwargs)
        return self.single(row)

    def delete(self, *args: Any, **kwargs: Any) -> Response:
        """Delete the row."""
        row = self.layer.get_object(kwargs, self.query, lock=True)
        self.layer.delete_object(row, kwargs)
        document = {"meta": {"message": "Object successfully deleted"}, "jsonapi": JSONAPI_VERSION}
        return json.answer(document, media_type=json.JSON_API)


def page_links(query: Query, count: int) -> dict[str, str]:
    """`self`, `first`, `last`, and `prev` and `next` where there are such pages; relative addresses."""
    last = max(1, -(-count // query.page.size))
    numbers = {"self": query.page.number, "first": 1, "last": last}
    if query.page.number > 1:
        numbers["prev"] = min(query.page.number - 1, last)
    if query.page.number < last:
        numbers["next"] = query.page.number + 1
    kept = [(key, value) for key, value in request.args.items(multi=True) if key != "page[number]"]
    return {name: f"{request.path}?{urlencode([*kept, ('page[number]', number)])}" for name, number in numbers.items()}
