"""Media types, entity tags, methods, cross-origin requests and the one form of errors."""

from __future__ import annotations

import pytest

from tests.unittests.jsonapi.kit import JSON_API, KEEPER, Kit, book, book_document, error, library


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (JSON_API, 201), (f'{JSON_API}; profile="https://example.com/x"', 201), (f'{JSON_API}; ext="https://x.org"', 415),
        (f"{JSON_API}; charset=utf-8", 415), ("application/json", 415), ("text/plain", 415), ("", 415),
    ],
)  # fmt: skip
def test_body_has_to_be_json_api(kit: Kit, content_type: str, status: int) -> None:
    document = book_document(library(), title="x")
    response = kit("POST", "/v1/books", document, actor=KEEPER, content_type=content_type)
    assert response.status_code == status
    if status == 415:
        assert error(response)["source"] == {"parameter": "Content-Type"}


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("", 200), ("*/*", 200), (JSON_API, 200), ("text/html, */*;q=0.1", 200), (f"text/html, {JSON_API}", 200),
        ("text/html", 406), (f"{JSON_API}; charset=utf-8", 406), (f"{JSON_API};q=0", 406), ("application/json", 406),
    ],
)  # fmt: skip
def test_answer_has_to_be_acceptable(kit: Kit, accept: str, status: int) -> None:
    assert kit.get("/v1/books", headers={"Accept": accept}).status_code == status


def test_answers_are_json_api(kit: Kit) -> None:
    response = kit.get("/v1/books")
    assert response.content_type == JSON_API
    assert response.get_json(force=True)["jsonapi"] == {"version": "1.0"}


def test_unchanged_list_and_row_answer_304_with_the_same_weak_tag(kit: Kit) -> None:
    made = book()
    for path in (
        "/v1/books", f"/v1/books/{made.id}", f"/v1/books/{made.id}?include=authors", "/v1/books?include=library",
        f"/v1/books/{made.id}/relationships/library", f"/v1/libraries/{made.library_id}", "/v1/libraries",
    ):  # fmt: skip
        for actor in (None, KEEPER):
            tag = kit.get(path, actor=actor).headers["ETag"]
            assert tag.startswith('W/"')
            again = kit.get(path, actor=actor, headers={"If-None-Match": tag})
            assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", tag), path


def test_tag_changes_with_the_row_the_query_and_what_the_reader_may_see(kit: Kit) -> None:
    made = book(shelf_mark="K")
    path = f"/v1/libraries/{made.library_id}"
    tags = [
        kit.get(path).headers["ETag"],
        kit.get(path, **{"fields[library]": "name"}).headers["ETag"],
        kit.get("/v1/books").headers["ETag"],
        kit.get("/v1/books", actor=KEEPER).headers["ETag"],
    ]
    made.library.name = "Renamed"
    made.title = "Renamed"
    tags += [kit.get(path).headers["ETag"], kit.get("/v1/books").headers["ETag"]]
    assert len(set(tags)) == len(tags)


def test_tag_of_a_list_changes_when_a_row_beyond_the_page_comes_or_goes(kit: Kit) -> None:
    here = library()
    book("One", library=here)
    before = kit.get("/v1/books?page[size]=1").headers["ETag"]
    book("Two", library=here)
    assert kit.get("/v1/books?page[size]=1", headers={"If-None-Match": before}).status_code == 200


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_stale_if_match_answers_412_and_changes_nothing(kit: Kit, method: str) -> None:
    made = book("Emma")
    path = f"/v1/books/{made.id}"
    stale = kit.get(path).headers["ETag"]
    made.pages = 5
    body = book_document(None, title="New") if method == "PATCH" else None
    response = kit(method, path, body, actor=KEEPER, headers={"If-Match": stale})
    assert (response.status_code, error(response)["source"]) == (412, {"parameter": "If-Match"})
    assert (made.title, made.deleted_at) == ("Emma", None)
    current = kit.get(path, include="authors").headers["ETag"]
    assert kit(method, path, body, actor=KEEPER, headers={"If-Match": current}).status_code == 200


def test_errors_of_the_router_are_documents(kit: Kit) -> None:
    missing = kit.get("/v1/nothing")
    assert (missing.status_code, missing.content_type) == (404, JSON_API)
    assert error(missing)["status"] == 404
    refused = kit("PUT", "/v1/books", actor="staff")
    assert (refused.status_code, error(refused)["status"]) == (405, 405)
    assert set(refused.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_errors_carry_the_request_id(kit: Kit) -> None:
    response = kit.get("/v1/nothing", headers={"X-Request-Id": "given-by-client"})
    assert response.headers["X-Request-Id"] == error(response)["id"] == "given-by-client"
    assert kit.get("/v1/books", headers={"X-Request-Id": "bad id\t!"}).headers["X-Request-Id"] != "bad id\t!"


def test_options_names_the_methods(kit: Kit) -> None:
    response = kit("OPTIONS", f"/v1/books/{book().id}")
    assert response.status_code == 200
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "PATCH", "DELETE"}


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_browsers_of_other_origins_may_send_what_the_client_sends(kit: Kit, method: str) -> None:
    wanted = "authorization,content-type,x-csrf-token,cache-control,if-match,if-none-match,idempotency-key"
    response = kit("OPTIONS", "/v1/books", headers={
        "Origin": "https://client.example", "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": wanted,
    })  # fmt: skip
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert method in response.headers["Access-Control-Allow-Methods"]
    allowed = response.headers["Access-Control-Allow-Headers"].lower()
    assert set(wanted.split(",")) <= {name.strip() for name in allowed.split(",")}
    assert (
        kit.get("/v1/books", headers={"Origin": "https://client.example"}).headers["Access-Control-Allow-Origin"] == "*"
    )


def test_body_too_large_answers_413(kit: Kit) -> None:
    response = kit("POST", "/v1/books", b"x" * (33 * 1024 * 1024), actor=KEEPER)
    assert (response.status_code, error(response)["status"]) == (413, 413)
