"""Creating, changing and deleting: what is read from a document, what is refused, what stays."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.extensions import db
from tests.unittests.jsonapi.kit import KEEPER, STRANGER, Kit, author, book, book_document, error, library
from tests.unittests.jsonapi.library import Book


def stored(id_: object) -> Book:
    """The book as the database has it."""
    found = db.session.get(Book, int(str(id_)))
    assert found is not None
    return found


def test_new_row_answers_201_with_its_location(kit: Kit) -> None:
    response = kit("POST", "/v1/books", book_document(library(), title="Emma"), actor=KEEPER)
    assert response.status_code == 201
    made = response.get_json(force=True)["data"]
    assert response.headers["Location"] == f"/v1/books/{made['id']}" == made["links"]["self"]
    assert kit.get(response.headers["Location"]).status_code == 200


def test_absent_attributes_get_their_defaults_and_so_do_nulls_where_null_is_not_allowed(kit: Kit) -> None:
    document = book_document(library(), title="Emma", pages=None, is_rare=None, subtitle=None)
    made = kit("POST", "/v1/books", document, actor=KEEPER).get_json(force=True)["data"]["attributes"]
    assert (made["pages"], made["is-rare"], made["subtitle"]) == (100, False, None)


@pytest.mark.parametrize(
    ("attributes", "pointer"),
    [
        ({}, "title"), ({"title": None}, "title"), ({"title": 5}, "title"), ({"title": "a\x00b"}, "title"),
        ({"title": "x", "pages": "many"}, "pages"), ({"title": "x", "pages": 0}, "pages"),
        ({"title": "x", "pages": 2**40}, "pages"), ({"title": "x", "price": -1}, "price"),
        ({"title": "x", "price": "NaN"}, "price"), ({"title": "x", "price": 10**20}, "price"),
        ({"title": "x", "weight": "Infinity"}, "weight"), ({"title": "x", "printed_at": "soon"}, "printed-at"),
        ({"title": "x", "printed_at": "0001-01-01T00:00:00+14:00"}, "printed-at"),
        ({"title": "x", "cover_url": "javascript:alert(1)"}, "cover-url"), ({"title": "x", "kind": "poem"}, "kind"),
        ({"title": "x", "is_rare": "perhaps"}, "is-rare"), ({"title": "x", "extra": {"a": "\x00"}}, "extra"),
        ({"title": ["x"]}, "title"), ({"title": {}}, "title"),
        ({"title": "x", "printed_at": "2030-01-02", "bound_at": "2030-01-01"}, "bound-at"),
    ],
)  # fmt: skip
def test_value_the_schema_rejects_answers_422_as_text_with_its_pointer(
    kit: Kit, attributes: dict[str, Any], pointer: str
) -> None:
    response = kit("POST", "/v1/books", book_document(library(), **attributes), actor=KEEPER)
    assert response.status_code == 422
    assert error(response)["status"] == "422"
    assert error(response)["title"] == "Validation error"
    assert error(response)["source"] == {"pointer": f"/data/attributes/{pointer}"}


def test_every_rejected_value_is_named_at_once(kit: Kit) -> None:
    response = kit("POST", "/v1/books", book_document(library(), pages="x", kind="y"), actor=KEEPER)
    assert {item["source"]["pointer"].rpartition("/")[2] for item in response.get_json(force=True)["errors"]} == {
        "title", "pages", "kind",
    }  # fmt: skip


def test_missing_required_relationship_answers_422_with_a_number(kit: Kit) -> None:
    response = kit("POST", "/v1/books", book_document(None, title="x"), actor=KEEPER)
    assert error(response)["status"] == 422
    assert error(response)["source"] == {"pointer": "/data/relationships/library"}
    assert error(response)["detail"] == "A valid relationship with library resource is required"


@pytest.mark.parametrize("id_", ["0", "999999", "abc", "99999999999999999999", "-1", "1.0", " ", "\x00"])
def test_linkage_to_a_row_that_does_not_exist_answers_404(kit: Kit, id_: str) -> None:
    document = book_document(library(), title="x")
    document["data"]["relationships"]["library"]["data"]["id"] = id_
    response = kit("POST", "/v1/books", document, actor=KEEPER)
    assert (response.status_code, error(response)["source"]) == (404, {"parameter": "library_id"})


@pytest.mark.parametrize(
    "linkage", [5, [], "x", {"type": "author", "id": "1"}, {"id": "1"}, {"type": "library"}, [[1]]]
)
def test_malformed_linkage_answers_422_at_the_relationship(kit: Kit, linkage: Any) -> None:
    document = book_document(library(), title="x")
    document["data"]["relationships"]["library"] = {"data": linkage}
    response = kit("POST", "/v1/books", document, actor=KEEPER)
    assert (response.status_code, error(response)["source"]) == (422, {"pointer": "/data/relationships/library"})


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b"[]", 400), (b"null", 400), (b'{"data": null}', 400), (b'{"data": []}', 400),
     (b'{"data": {"attributes": {}}}', 400), (b'{"data": {"type": 5}}', 400), (b'{"data": {"type": "loan"}}', 409),
     (b'{"data": {"type": "book", "attributes": []}}', 422), (b'{"data": {"type": "book", "attributes": [1]}}', 400),
     (b'{"data": {"type": "book", "relationships": "x"}}', 400), (b"\xff\xfe", 400),
     (b'{"data": {"type": "book", "attributes": {"title": "\\ud800"}}}', 400), (b'{"data": NaN}', 400),
     (b"[" * 100_000, 400), (b'{"data": ' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}", 400)],
)  # fmt: skip
def test_body_that_is_no_document_never_answers_500(kit: Kit, body: bytes, status: int) -> None:
    response = kit("POST", "/v1/books", body, actor=KEEPER)
    assert response.status_code == status
    assert error(response)["source"]


@pytest.mark.parametrize("type_", ["book", "books"])
def test_type_may_be_singular_or_plural(kit: Kit, type_: str) -> None:
    document = book_document(library(), title="x")
    document["data"]["type"] = type_
    document["data"]["relationships"]["library"]["data"]["type"] = "libraries"
    assert kit("POST", "/v1/books", document, actor=KEEPER).status_code == 201


def test_unknown_and_read_only_members_are_ignored(kit: Kit) -> None:
    document = book_document(library(), title="x", nothing=1, label="mine", version=77, id=5)
    document["data"]["attributes"]["under_scored"] = 1
    document["data"]["relationships"]["nothing"] = {"data": None}
    document["data"]["relationships"]["loans"] = {"data": [{"type": "loan", "id": "1"}]}
    made = kit("POST", "/v1/books", document, actor=KEEPER).get_json(force=True)["data"]
    assert stored(made["id"]).version != 77


def test_attribute_the_actor_may_not_write_is_ignored(kit: Kit) -> None:
    kept = library()
    body = {"data": {"type": "library", "id": str(kept.id), "attributes": {"keeper-id": STRANGER, "name": "New"}}}
    assert kit("PATCH", f"/v1/libraries/{kept.id}", body, actor=KEEPER).status_code == 200
    assert (kept.keeper_id, kept.name) == (KEEPER, "New")
    kit("PATCH", f"/v1/libraries/{kept.id}", body, actor="staff")
    assert kept.keeper_id == STRANGER


@pytest.mark.parametrize(("actor", "status"), [(None, 401), (STRANGER, 403), (KEEPER, 201), ("staff", 201)])
def test_creation_is_for_whom_access_names(kit: Kit, actor: object, status: int) -> None:
    assert kit("POST", "/v1/books", book_document(library(), title="x"), actor=actor).status_code == status


def test_row_cannot_be_made_under_a_parent_one_cannot_see(kit: Kit) -> None:
    document = book_document(library(is_open=False), title="x")
    assert kit("POST", "/v1/books", document, actor=STRANGER).status_code == 404


@pytest.mark.parametrize(("actor", "status"), [(None, 401), (STRANGER, 403), (KEEPER, 200)])
def test_change_and_deletion_are_for_whom_access_names(kit: Kit, actor: object, status: int) -> None:
    path = f"/v1/books/{book().id}"
    assert kit("PATCH", path, book_document(None, title="x"), actor=actor).status_code == status
    assert kit("DELETE", path, actor=actor).status_code == status


def test_patch_of_one_attribute_leaves_all_others(kit: Kit) -> None:
    made = book(pages=7, subtitle="s", kind="novel", extra={"a": 1}, is_rare=True, shelf_mark="K")
    kit("PATCH", f"/v1/books/{made.id}", book_document(None, made.id, title="New"), actor=KEEPER)
    now = (made.title, made.pages, made.subtitle, made.kind, made.extra, made.is_rare, made.shelf_mark)
    assert now == ("New", 7, "s", "novel", {"a": 1}, True, "K")


def test_null_sets_null(kit: Kit) -> None:
    made = book(subtitle="s", extra={"a": 1})
    kit("PATCH", f"/v1/books/{made.id}", book_document(None, subtitle=None, extra=None), actor=KEEPER)
    assert (made.subtitle, made.extra) == (None, None)


def test_cross_check_on_patch_takes_what_is_not_sent_from_the_row(kit: Kit) -> None:
    made = book(printed_at=datetime(2030, 5, 2, tzinfo=UTC))
    early = book_document(None, bound_at="2030-05-01")
    assert kit("PATCH", f"/v1/books/{made.id}", early, actor=KEEPER).status_code == 422


def test_patch_by_slug_with_the_numeric_id_in_the_body_is_right(kit: Kit) -> None:
    kept = library()
    body = {"data": {"type": "library", "id": str(kept.id), "attributes": {"name": "New"}}}
    assert kit("PATCH", f"/v1/libraries/{kept.code}", body, actor=KEEPER).status_code == 200


def test_patch_without_a_difference_changes_no_version(kit: Kit) -> None:
    made = book("Emma")
    before = made.version
    kit("PATCH", f"/v1/books/{made.id}", book_document(None, title="Emma"), actor=KEEPER)
    assert made.version == before
    kit("PATCH", f"/v1/books/{made.id}", book_document(None, title="Other"), actor=KEEPER)
    assert made.version > before


def test_parent_of_a_row_cannot_be_changed_by_patch(kit: Kit) -> None:
    made, other = book(), library()
    kit("PATCH", f"/v1/books/{made.id}", book_document(other, title="New"), actor=KEEPER)
    assert (made.title, made.library_id == other.id) == ("New", False)
    linkage = {"data": {"type": "library", "id": str(other.id)}}
    assert kit("PATCH", f"/v1/books/{made.id}/relationships/library", linkage, actor=KEEPER).status_code == 405


def test_to_many_linkage_is_added_replaced_and_removed(kit: Kit) -> None:
    made, one, two = book(), author("One"), author("Two")
    path = f"/v1/books/{made.id}/relationships/authors"

    def linked(method: str, *authors: Any) -> list[str]:
        body = {"data": [{"type": "author", "id": str(each.id)} for each in authors]}
        answer = kit(method, path, body, actor=KEEPER)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return [item["id"] for item in answer.get_json(force=True)["data"]]

    assert linked("POST", one) == [str(one.id)]
    assert linked("POST", one, two) == [str(one.id), str(two.id)]
    assert linked("DELETE", one) == [str(two.id)]
    assert linked("PATCH", one) == [str(one.id)]
    assert linked("PATCH") == []
    assert kit("POST", path, {"data": []}, actor=STRANGER).status_code == 403
    assert kit("POST", path, {"data": []}).status_code == 401


@pytest.mark.parametrize(
    "body", [{}, [], {"data": 5}, {"data": [5]}, {"data": [{"type": "book", "id": "1"}]}, {"data": None}]
)
def test_malformed_linkage_at_a_relationship_is_refused(kit: Kit, body: Any) -> None:
    response = kit("PATCH", f"/v1/books/{book().id}/relationships/authors", body, actor=KEEPER)
    assert response.status_code in (400, 409)
    assert error(response)["source"] == {"pointer": "/data"}


def test_deletion_is_soft_where_the_type_is_and_staff_restore(kit: Kit) -> None:
    made = book()
    path = f"/v1/books/{made.id}"
    answer = kit("DELETE", path, actor=KEEPER)
    assert answer.get_json(force=True)["meta"] == {"message": "Object successfully deleted"}
    assert made.deleted_at is not None
    restore = book_document(None, made.id, deleted_at=None)
    assert kit("PATCH", f"{path}?get_trashed=true", restore, actor=KEEPER).status_code == 404
    assert kit("PATCH", f"{path}?get_trashed=true", restore, actor="staff").status_code == 200
    assert made.deleted_at is None


def test_keeper_cannot_set_deleted_at(kit: Kit) -> None:
    made = book()
    kit("PATCH", f"/v1/books/{made.id}", book_document(None, deleted_at="2030-01-01"), actor=KEEPER)
    assert made.deleted_at is None


@pytest.mark.parametrize(("actor", "status"), [(KEEPER, 403), ("staff", 200)])
def test_deletion_for_good_is_for_staff(kit: Kit, actor: object, status: int) -> None:
    id_ = book().id
    assert kit("DELETE", f"/v1/books/{id_}?permanent=true", actor=actor).status_code == status
    assert (db.session.get(Book, id_) is None) is (status == 200)


def test_rule_in_a_hook_refuses_and_nothing_is_half_written(kit: Kit) -> None:
    response = kit("POST", "/v1/books", book_document(library(), title="Forbidden"), actor=KEEPER)
    assert (response.status_code, error(response)["detail"]) == (403, "Not this one.")
    assert db.session.query(Book).count() == 0


def test_duplicate_the_database_refuses_answers_409(kit: Kit) -> None:
    taken = library()
    body = {"data": {"type": "library", "attributes": {"code": taken.code, "name": "x"}}}
    response = kit("POST", "/v1/libraries", body, actor="staff")
    assert (response.status_code, error(response)["source"]) == (409, {"pointer": "/data/attributes/code"})


def test_related_url_serves_its_row_like_the_row_s_own(kit: Kit) -> None:
    made = book()
    body = {"data": {"type": "library", "attributes": {"name": "New"}}}
    path = f"/v1/books/{made.id}/library"
    assert kit.get(path).get_json(force=True)["data"]["id"] == str(made.library_id)
    assert kit("PATCH", path, body, actor=STRANGER).status_code == 403
    assert kit("PATCH", path, body, actor=KEEPER).status_code == 200
