"""Relationship URLs: linkage read and, where the schema allows, written."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import ValidationError

from app.extensions import db
from app.jsonapi import json
from app.jsonapi.errors import JSONAPI_VERSION, BadRequest, Conflict
from app.jsonapi.fields import Relation
from app.jsonapi.includes import load_included
from app.jsonapi.library import LibraryRelationship
from app.jsonapi.names import dashed
from app.jsonapi.negotiation import digest_of
from app.jsonapi.permissions import refusal
from app.jsonapi.registry import PREFIX
from app.jsonapi.resource import KitMeta, Resource, tagged
from app.jsonapi.schema import column_of


class ResourceRelationship(Resource, LibraryRelationship, metaclass=KitMeta):  # type: ignore[misc]
    """What one row is linked with."""

    offers = ("GET", "POST", "PATCH", "DELETE")

    def check_access(self, **kwargs: Any) -> None:
        """Writing linkage is writing the row."""
        rule = self.access.read if self._reads() else self.access.update
        if not rule.admits(self.actor):
            raise refusal(self.actor, rule)

    @property
    def name(self) -> str:
        """The relationship, underscored."""
        assert self.relationship is not None
        return self.relationship

    @property
    def relation(self) -> Relation:
        """The schema's field."""
        return self.schema.relations()[self.name]

    def get(self, *args: Any, **kwargs: Any) -> Response:
        """The linkage, as far as the actor may read what it leads to."""
        row = self._row(kwargs, lock=False)
        response = self._linkage(row)
        return tagged(response, f"{row.version}-{digest_of(response.get_data())}")

    def patch(self, *args: Any, **kwargs: Any) -> Response:
        """Replace the linkage."""
        row = self._row(kwargs, lock=True)
        self.layer.update_object(row, {self._column(): self._read()}, kwargs)
        return self._linkage(row)

    def post(self, *args: Any, **kwargs: Any) -> Response:
        """Add to a to-many linkage."""
        row = self._row(kwargs, lock=True)
        self.layer.check_write(row, self.access.update)
        held = list(getattr(row, self._column()))
        added = self.layer.linked(self.name, self.relation, self._read())
        self.layer.change(row, {self._column(): held + [each for each in added if each not in held]})
        return self._linkage(row)

    def delete(self, *args: Any, **kwargs: Any) -> Response:
        """Remove from a to-many linkage; what is not in it is not missed."""
        row = self._row(kwargs, lock=True)
        self.layer.check_write(row, self.access.update)
        removed = set(self._read())
        kept = [each for each in getattr(row, self._column()) if str(each.id) not in removed]
        self.layer.change(row, {self._column(): kept})
        return self._linkage(row)

    def _column(self) -> str:
        return column_of(self.name, self.relation)

    def _row(self, kwargs: dict[str, Any], *, lock: bool) -> Any:
        row = self.layer.get_object(kwargs, self.query, lock=lock)
        rule = self.relation.metadata.get("visible_to")
        if rule is not None and not rule.allows(self.actor, row):
            raise refusal(self.actor, rule)
        writer = self.relation.metadata.get("writable_by")
        if lock and writer is not None and not writer.allows(self.actor, row):
            raise refusal(self.actor, writer)
        return row

    def _read(self) -> Any:
        body = json.body()
        if not isinstance(body, dict) or "data" not in body:
            raise BadRequest("The document needs linkage as `data`.", pointer="/data")
        try:
            return self.relation.deserialize({"data": body["data"]}, self.name, {})
        except ValidationError as error:
            raise Conflict(str(error.messages[0]), pointer="/data") from error

    def _linkage(self, row: Any) -> Response:
        db.session.flush()
        ids = load_included([row], self.declared, {self.name: {}}, self.actor).links[self.declared.type, row.id]
        items = [{"type": self.relation.type, "id": str(id_)} for id_ in ids[self.name]]
        base = f"{PREFIX}/{self.declared.path}/{getattr(row, row.slug_attribute or 'id')}"
        document = {
            "data": items if self.relation.many else next(iter(items), None),
            "links": {
                "self": f"{base}/relationships/{self.relation.self_name or dashed(self.name)}",
                "related": f"{base}/{dashed(self.name)}",
            },
            "jsonapi": JSONAPI_VERSION,
        }
        return json.answer(document, media_type=json.JSON_API)
