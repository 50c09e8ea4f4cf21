"""A client for tests: JSON:API requests as a user, each in an application context of its own."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.users.models import User
from app.users.tokens import access_token

JSON_API = "application/vnd.api+json"


class ApiClient:
    """Sends requests as `user` (None: anonymous) and returns Flask's test responses."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def request(
        self,
        method: str,
        path: str,
        *,
        user: User | None = None,
        json_body: Any = None,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        content_type: str | None = JSON_API,
        data: bytes | str | dict[str, Any] | None = None,
    ) -> TestResponse:
        """One request; `query` values that are no text are sent as JSON."""
        sent = {"Accept": "*/*", **(headers or {})}
        if user is not None:
            sent["Authorization"] = f"JWT {access_token(user)}"
        if json_body is not None:
            data = json.dumps(json_body)
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in (query or {}).items()}
        db.session.commit()
        with self.app.app_context():
            response = self.app.test_client().open(
                path,
                method=method,
                headers=sent,
                query_string=texts or None,
                data=data,
                content_type=content_type if data is not None or method in ("POST", "PATCH") else None,
            )
            response.get_data()
        db.session.expire_all()
        return response

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET; `query` gives the query string."""
        return self.request("GET", path, **options)

    def post(self, path: str, json_body: Any = None, **options: Any) -> TestResponse:
        """POST of a document."""
        return self.request("POST", path, json_body=json_body, **options)

    def patch(self, path: str, json_body: Any = None, **options: Any) -> TestResponse:
        """PATCH with a document."""
        return self.request("PATCH", path, json_body=json_body, **options)

    def delete(self, path: str, json_body: Any = None, **options: Any) -> TestResponse:
        """DELETE."""
        return self.request("DELETE", path, json_body=json_body, **options)

    def plain(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        """A request to a plain JSON endpoint."""
        return self.request(method, path, json_body=body, content_type="application/json", **options)


def document(type_: str, id_: object = None, relationships: dict[str, Any] | None = None, **attributes: Any) -> Any:
    """A resource document; attribute names are dashed, relationships are given as rows, ids with types, or lists."""
    data: dict[str, Any] = {"type": type_, "attributes": {k.replace("_", "-"): v for k, v in attributes.items()}}
    if id_ is not None:
        data["id"] = str(id_)
    if relationships:
        data["relationships"] = {name.replace("_", "-"): {"data": value} for name, value in relationships.items()}
    return {"data": data}


def linkage(type_: str, *rows: Any) -> Any:
    """Linkage to a row, or to several as a list when `rows` is not exactly one."""
    items = [{"type": type_, "id": str(getattr(row, "id", row))} for row in rows]
    return items[0] if len(items) == 1 else items
