"""A client of the tests' own API, and rows for it."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, g
from werkzeug.test import TestResponse

from app.extensions import db
from tests.unittests.jsonapi.library import Author, Book, Library, Loan

JSON_API = "application/vnd.api+json"
KEEPER, STRANGER = 7, 8


class Kit:
    """Requests as an actor: None, "staff" or an id; `statements` counts the last request's SQL."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.statements = 0

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        actor: object = None,
        headers: dict[str, str] | None = None,
        content_type: str = JSON_API,
        **query: Any,
    ) -> TestResponse:
        sent = {"Authorization": str(actor)} if actor is not None else {}
        arguments = {k: v if isinstance(v, str) else json.dumps(v) for k, v in query.items()}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body)
        db.session.commit()
        with self.app.app_context():
            response = self.app.test_client().open(
                path, method=method, headers=sent | (headers or {}), query_string=arguments or None, data=data,
                content_type=content_type if body is not None else None,
            )  # fmt: skip
            response.get_data()
            self.statements = g.statements
        db.session.expire_all()
        return response

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET."""
        return self("GET", path, **options)

    def titles(self, path: str = "/v1/books", **options: Any) -> list[str]:
        """The titles in a list of books."""
        response = self.get(path, **options)
        assert response.status_code == 200, response.get_json(force=True)
        return [item["attributes"]["title"] for item in response.get_json(force=True)["data"]]


def add(*rows: Any) -> Any:
    """Store rows and give back the first."""
    db.session.add_all(rows)
    db.session.flush()
    return rows[0]


def library(**values: Any) -> Library:
    """An open library kept by KEEPER."""
    count = db.session.query(Library).count()
    given = {"code": f"lib{count:04x}", "name": f"Library {count}", "keeper_id": KEEPER, "is_open": True}
    made: Library = add(Library(**given | values))
    return made


def book(title: str = "Emma", **values: Any) -> Book:
    """A book, in a library of its own unless one is given."""
    values.setdefault("library", values.pop("library", None) or library())
    made: Book = add(Book(title=title, **values))
    return made


def author(name: str = "Austen", **values: Any) -> Author:
    """An author."""
    made: Author = add(Author(name=name, **values))
    return made


def loan(book_: Book, reader_id: int, **values: Any) -> Loan:
    """A loan of a book."""
    made: Loan = add(Loan(book=book_, reader_id=reader_id, **values))
    return made


def book_document(library_: Library | None, id_: int | None = None, **attributes: Any) -> dict[str, Any]:
    """A book as a client sends it."""
    data: dict[str, Any] = {"type": "book", "attributes": {k.replace("_", "-"): v for k, v in attributes.items()}}
    if library_ is not None:
        data["relationships"] = {"library": {"data": {"type": "library", "id": str(library_.id)}}}
    if id_ is not None:
        data["id"] = str(id_)
    return {"data": data}


def error(response: TestResponse) -> dict[str, Any]:
    """The first error of an answer."""
    document = response.get_json(force=True)
    assert set(document) == {"errors", "jsonapi"}
    first: dict[str, Any] = document["errors"][0]
    return first
