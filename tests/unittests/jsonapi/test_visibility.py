"""One criterion decides what is seen, whichever way the data is reached."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unittests.jsonapi.kit import KEEPER, STRANGER, Kit, author, book, error, library, loan


def ids(response: Any) -> set[str]:
    """The ids of the primary data."""
    data = response.get_json(force=True)["data"]
    return {item["id"] for item in (data if isinstance(data, list) else [data] if data else [])}


@pytest.mark.parametrize(("actor", "sees"), [(None, False), (STRANGER, False), (KEEPER, True), ("staff", True)])
def test_closed_library_shows_nothing_to_outsiders_on_any_path(kit: Kit, actor: object, sees: bool) -> None:
    closed, writer = library(is_open=False), author()
    hidden = book("Hidden", library=closed, authors=[writer])
    seen = {str(hidden.id)} if sees else set()
    assert ids(kit.get("/v1/books", actor=actor)) == seen
    assert kit.get(f"/v1/books/{hidden.id}", actor=actor).status_code == (200 if sees else 404)
    assert kit.get(f"/v1/libraries/{closed.code}/books", actor=actor).status_code == (200 if sees else 404)
    assert kit.get(f"/v1/books/{hidden.id}/library", actor=actor).status_code == (200 if sees else 404)
    assert ids(kit.get(f"/v1/authors/{writer.id}/books", actor=actor)) == seen
    assert ids(kit.get(f"/v1/authors/{writer.id}/relationships/books", actor=actor)) == seen
    included = kit.get(f"/v1/authors/{writer.id}", actor=actor, include="books").get_json(force=True)
    assert {item["id"] for item in included["included"]} == seen
    assert {item["id"] for item in included["data"]["relationships"]["books"]["data"]} == seen
    by_book = [{"name": "books", "op": "any", "val": {"name": "title", "op": "eq", "val": "Hidden"}}]
    assert ids(kit.get("/v1/authors", actor=actor, filter=by_book)) == ({str(writer.id)} if sees else set())
    assert ids(kit.get("/v1/authors", actor=actor, filter=[{"name": "books", "op": "ne", "val": None}])) == (
        {str(writer.id)} if sees else set()
    )


def test_count_of_a_list_counts_visible_rows_only(kit: Kit) -> None:
    book("Seen")
    book("Unseen", library=library(is_open=False))
    assert kit.get("/v1/books").get_json(force=True)["meta"]["count"] == 1


@pytest.mark.parametrize(("actor", "status"), [(None, 401), (STRANGER, 403), (KEEPER, 200), (12, 200), ("staff", 200)])
def test_row_that_exists_and_may_not_be_read_answers_401_or_403(kit: Kit, actor: object, status: int) -> None:
    lent = loan(book(), 12)
    assert kit.get(f"/v1/loans/{lent.id}", actor=actor).status_code == status


def test_row_of_a_hidden_parent_answers_404_even_where_403_is_usual(kit: Kit) -> None:
    lent = loan(book(library=library(is_open=False)), 12)
    assert kit.get(f"/v1/loans/{lent.id}", actor=STRANGER).status_code == 404


@pytest.mark.parametrize(("actor", "status"), [(None, 401), (STRANGER, 403), (KEEPER, 200), ("staff", 200)])
def test_list_under_a_parent_is_gated_by_who_may_follow_the_relationship(kit: Kit, actor: object, status: int) -> None:
    lent = loan(book(), 12)
    assert kit.get(f"/v1/books/{lent.book_id}/loans", actor=actor).status_code == status
    assert kit.get(f"/v1/books/{lent.book_id}/relationships/loans", actor=actor).status_code == status


@pytest.mark.parametrize(("actor", "status"), [(None, 401), (STRANGER, 403), ("staff", 200)])
def test_collection_gate_answers_before_any_row_is_looked_for(kit: Kit, actor: object, status: int) -> None:
    assert kit.get("/v1/loans", actor=actor).status_code == status


def test_relationship_one_may_not_follow_is_neither_shown_nor_included(kit: Kit) -> None:
    lent = loan(book(), 12)
    shown = kit.get(f"/v1/books/{lent.book_id}", actor=STRANGER, include="loans").get_json(force=True)
    assert "loans" not in shown["data"]["relationships"]
    assert shown["included"] == []
    kept = kit.get(f"/v1/books/{lent.book_id}", actor=KEEPER, include="loans").get_json(force=True)
    assert kept["data"]["relationships"]["loans"]["data"] == [{"type": "loan", "id": str(lent.id)}]


@pytest.mark.parametrize(("actor", "shown"), [(None, False), (STRANGER, False), (KEEPER, True), ("staff", True)])
def test_attribute_with_a_rule_is_shown_only_to_whom_it_lets(kit: Kit, actor: object, shown: bool) -> None:
    marked = book(shelf_mark="K-12")
    path = f"/v1/books/{marked.id}"
    assert ("shelf-mark" in kit.get(path, actor=actor).get_json(force=True)["data"]["attributes"]) is shown
    fields = kit.get(path, actor=actor, **{"fields[book]": "shelf-mark"}).get_json(force=True)["data"]["attributes"]
    assert fields == ({"shelf-mark": "K-12"} if shown else {})


@pytest.mark.parametrize("op", ["eq", "like", "startswith", "ne"])
def test_what_may_not_be_read_cannot_be_filtered_by(kit: Kit, op: str) -> None:
    marked = book("Marked", shelf_mark="K-12")
    condition = {"name": "shelf-mark", "op": op, "val": "K-99" if op == "ne" else "K-12"}
    assert ids(kit.get("/v1/books", filter=[condition])) == set()
    assert ids(kit.get("/v1/books", actor=KEEPER, filter=[condition])) == {str(marked.id)}


def test_negated_filter_on_a_hidden_attribute_does_not_depend_on_its_value(kit: Kit) -> None:
    book("A", shelf_mark="K-12"), book("B", shelf_mark="K-13")
    negated = [{"not": {"name": "shelf-mark", "op": "eq", "val": "K-12"}}]
    assert kit.titles(filter=negated) == ["A", "B"]


def test_what_may_not_be_read_cannot_be_sorted_by(kit: Kit) -> None:
    book("A", shelf_mark="2"), book("B", shelf_mark="1")
    assert kit.titles(sort="shelf-mark") == ["A", "B"]
    assert kit.titles(sort="shelf-mark", actor=KEEPER) == ["B", "A"]


def test_hidden_attribute_of_a_related_row_is_no_oracle(kit: Kit) -> None:
    book(authors=[author(email="jane@example.com")])
    for condition in (
        {"name": "authors", "op": "any", "val": {"name": "email", "op": "like", "val": "jane%"}},
        {"name": "authors__email", "op": "any", "val": "jane@example.com"},
        {"name": "authors.email", "op": "eq", "val": "jane@example.com"},
    ):
        assert kit.titles(filter=[condition]) == []
        assert kit.titles(filter=[condition], actor="staff") == ["Emma"]


@pytest.mark.parametrize("name", ["secret", "library__version", "library_id", "authors__books__secret", "label"])
def test_columns_outside_the_schema_cannot_be_filtered_by(kit: Kit, name: str) -> None:
    response = kit.get("/v1/books", actor="staff", filter=[{"name": name, "op": "any", "val": "1"}])
    assert response.status_code == 400
    assert error(response)["source"] == {"parameter": "filter"}


def test_write_only_attribute_never_comes_back(kit: Kit) -> None:
    hidden = book(secret="xyzzy")
    assert b"xyzzy" not in kit.get(f"/v1/books/{hidden.id}", actor="staff").get_data()


@pytest.mark.parametrize(("actor", "sees"), [(None, False), (KEEPER, False), ("staff", True)])
def test_deleted_row_is_seen_only_by_staff_who_ask(kit: Kit, actor: object, sees: bool) -> None:
    gone = book("Gone", deleted_at=datetime.now(UTC), authors=[author()])
    path = f"/v1/books/{gone.id}"
    assert kit.get(path, actor="staff").status_code == 404
    assert kit.get(path, actor=actor, get_trashed="true").status_code == (200 if sees else 404)
    assert kit.titles(actor=actor, get_trashed="true") == (["Gone"] if sees else [])
    assert kit.get("/v1/books", actor=actor).get_json(force=True)["meta"]["count"] == 0
    assert kit.get("/v1/authors", include="books").get_json(force=True)["included"] == []
    assert kit.get(f"/v1/libraries/{gone.library_id}/relationships/books").get_json(force=True)["data"] == []


def test_deleted_linkage_target_cannot_be_linked(kit: Kit) -> None:
    gone, writer = book(deleted_at=datetime.now(UTC)), author()
    body = {"data": [{"type": "book", "id": str(gone.id)}]}
    response = kit("POST", f"/v1/authors/{writer.id}/relationships/books", body, actor="staff")
    assert response.status_code == 404
    assert error(response)["source"] == {"parameter": "books_id"}


def test_head_is_checked_like_get(kit: Kit) -> None:
    hidden = book(library=library(is_open=False))
    assert kit("HEAD", f"/v1/books/{hidden.id}").status_code == 404
    assert kit("HEAD", "/v1/loans").status_code == 401
    shown = kit("HEAD", f"/v1/books/{book().id}")
    assert (shown.status_code, shown.get_data()) == (200, b"")
    assert shown.headers["ETag"]


def test_nested_filters_stay_apart_from_the_outer_rows(kit: Kit) -> None:
    writer = author("Both")
    first, second = library(name="First"), library(name="Second")
    book("One", library=first, authors=[writer]), book("Two", library=second, authors=[writer])
    through = [{"name": "authors", "op": "any", "val": {"name": "books", "op": "any", "val": {
        "name": "library", "op": "has", "val": {"name": "name", "op": "eq", "val": "Second"}}}}]  # fmt: skip
    assert kit.titles(filter=through) == ["One", "Two"]


@pytest.mark.parametrize(("actor", "shown"), [(None, "Austen"), (STRANGER, "Austen"), ("staff", "jane@example.com")])
def test_those_who_do_not_see_an_attribute_see_another_in_its_place(kit: Kit, actor: object, shown: str) -> None:
    writer = author("Austen", email="jane@example.com")
    for _ in range(2):  # The second answer is the one that was kept.
        document = kit.get(f"/v1/authors/{writer.id}", actor=actor).get_json(force=True)
        assert document["data"]["attributes"]["contact"] == shown
    by_address = [{"name": "contact", "op": "eq", "val": "jane@example.com"}]
    assert bool(ids(kit.get("/v1/authors", actor=actor, filter=by_address))) is (actor == "staff")


@pytest.mark.parametrize("actor", [None, 12, 13, KEEPER])
def test_relationship_to_the_reader_s_own_rows_leads_nobody_to_others(kit: Kit, actor: int | None) -> None:
    lent = book("Lent")
    mine = {reader: str(loan(lent, reader).id) for reader in (12, 13)}
    own = {mine[actor]} if actor in mine else set()
    path = f"/v1/books/{lent.id}"
    included = kit.get(path, actor=actor, include="own-loan").get_json(force=True)
    linkage = included["data"]["relationships"]["own-loan"]["data"]
    assert ({linkage["id"]} if linkage else set()) == own == {item["id"] for item in included["included"]}
    related = kit.get(f"{path}/own-loan", actor=actor)
    assert (ids(related) if related.status_code == 200 else set()) == own
    assert ids(kit.get(f"{path}/relationships/own-loan", actor=actor)) == own
    has_one = [{"name": "own-loan", "op": "ne", "val": None}]
    assert bool(ids(kit.get("/v1/books", actor=actor, filter=has_one))) is bool(own)


@pytest.mark.parametrize("actor", [STRANGER, KEEPER])
def test_announced_relationship_has_links_for_all_and_is_followed_by_whom_its_rule_lets(kit: Kit, actor: int) -> None:
    lent = loan(book(), 12)
    path, may = f"/v1/books/{lent.book_id}", actor == KEEPER
    shown = kit.get(path, actor=actor, include="lending").get_json(force=True)
    assert set(shown["data"]["relationships"]["lending"]["links"]) == {"self", "related"}
    assert bool(shown["included"]) is may
    for address in (f"{path}/lending", f"{path}/relationships/lending"):
        assert kit.get(address, actor=actor).status_code == (200 if may else 403)
