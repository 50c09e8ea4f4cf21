"""Page, sort, filter, include and fields: what works, what is refused, and what it costs."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unittests.jsonapi.kit import KEEPER, STRANGER, Kit, author, book, error, library, loan


def moment(day: int) -> datetime:
    """A day in May."""
    return datetime(2030, 5, day, 12, tzinfo=UTC)


@pytest.fixture
def shelf(kit: Kit) -> Kit:
    """Three books in two libraries."""
    city, town = library(name="City"), library(name="Town")
    jane = author("Jane")
    book("Alpha", pages=10, price=Decimal("1.50"), library=city, authors=[jane], printed_at=moment(1), is_rare=True)
    book("beta", pages=20, price=Decimal("19.99"), library=town, subtitle="50% off_all", printed_at=moment(2))
    book("Gamma", pages=30, library=city, kind="novel", printed_at=moment(3), bound_at=moment(3))
    return kit


@pytest.mark.parametrize(
    ("conditions", "titles"),
    [
        ([{"name": "title", "op": "eq", "val": "Alpha"}], ["Alpha"]),
        ([{"name": "title", "op": "ne", "val": "Alpha"}], ["beta", "Gamma"]),
        ([{"name": "pages", "op": "gt", "val": 10}], ["beta", "Gamma"]),
        ([{"name": "pages", "op": "ge", "val": "20"}], ["beta", "Gamma"]),
        ([{"name": "pages", "op": "lt", "val": 20}], ["Alpha"]),
        ([{"name": "pages", "op": "le", "val": 20}], ["Alpha", "beta"]),
        ([{"name": "pages", "op": "in_", "val": [10, 30]}], ["Alpha", "Gamma"]),
        ([{"name": "pages", "op": "notin_", "val": [10, 30]}], ["beta"]),
        ([{"name": "pages", "op": "between", "val": [15, 25]}], ["beta"]),
        ([{"name": "price", "op": "eq", "val": 19.99}], ["beta"]),
        ([{"name": "title", "op": "like", "val": "%a"}], ["Alpha", "beta", "Gamma"]),
        ([{"name": "title", "op": "ilike", "val": "B%"}], ["beta"]),
        ([{"name": "title", "op": "notilike", "val": "B%"}], ["Alpha", "Gamma"]),
        ([{"name": "title", "op": "startswith", "val": "Ga"}], ["Gamma"]),
        ([{"name": "title", "op": "endswith", "val": "ta"}], ["beta"]),
        ([{"name": "subtitle", "op": "contains", "val": "0% off_"}], ["beta"]),
        ([{"name": "subtitle", "op": "contains", "val": "0%%off"}], []),
        ([{"name": "subtitle", "op": "is_", "val": None}], ["Alpha", "Gamma"]),
        ([{"name": "subtitle", "op": "isnot", "val": None}], ["beta"]),
        ([{"name": "subtitle", "op": "eq", "val": None}], ["Alpha", "Gamma"]),
        ([{"name": "subtitle", "op": "ne", "val": None}], ["beta"]),
        ([{"name": "is-rare", "op": "eq", "val": "true"}], ["Alpha"]),
        ([{"name": "is_rare", "op": "eq", "val": True}], ["Alpha"]),
        ([{"name": "printed-at", "op": "ge", "val": "2030-05-02"}], ["beta", "Gamma"]),
        ([{"name": "printed-at", "op": "lt", "val": "2030-05-02T14:00:00+02:00"}], ["Alpha"]),
        ([{"name": "bound-at", "op": "eq", "field": "printed-at"}], ["Gamma"]),
        ([{"name": "kind", "op": "eq", "val": "novel"}], ["Gamma"]),
        ([{"name": "id", "op": "eq", "val": "99999999999999999999"}], []),
        ([{"name": "library", "op": "has", "val": {"name": "name", "op": "eq", "val": "Town"}}], ["beta"]),
        ([{"name": "library__name", "op": "has", "val": "Town"}], ["beta"]),
        ([{"name": "library.name", "op": "ilike", "val": "t%"}], ["beta"]),
        ([{"name": "authors", "op": "any", "val": {"name": "name", "op": "eq", "val": "Jane"}}], ["Alpha"]),
        ([{"name": "authors", "op": "eq", "val": None}], ["beta", "Gamma"]),
        ([{"name": "authors", "op": "ne", "val": None}], ["Alpha"]),
        ([{"or": [{"name": "pages", "op": "eq", "val": 10}, {"name": "pages", "op": "eq", "val": 20}]}], ["Alpha", "beta"]),
        ([{"and": [{"name": "pages", "op": "gt", "val": 10}, {"name": "kind", "op": "eq", "val": None}]}], ["beta"]),
        ([{"not": {"name": "pages", "op": "gt", "val": 10}}], ["Alpha"]),
        ([{"name": "authors", "op": "any", "val": {"and": [{"or": [{"name": "name", "op": "eq", "val": "Jane"}]}]}}], ["Alpha"]),
        ([], ["Alpha", "beta", "Gamma"]),
        ([{"or": []}], ["Alpha", "beta", "Gamma"]),
        ([{"and": []}], ["Alpha", "beta", "Gamma"]),
    ],
)  # fmt: skip
def test_filter_finds(shelf: Kit, conditions: list[Any], titles: list[str]) -> None:
    assert shelf.titles(filter=conditions, sort="id") == titles


@pytest.mark.parametrize(
    "filter_",
    [
        "{", "1", '"x"', "[1]", "[[]]", '[{"or": 1}]', '[{"name": "title"}, 2]',
        [{"name": "nothing", "op": "eq", "val": 1}], [{"name": "title", "op": "__class__", "val": "x"}],
        [{"name": "title", "op": "op", "val": "x"}], [{"name": "title", "op": "eq", "val": {"a": 1}}],
        [{"name": "title", "op": "gt", "val": None}], [{"name": "pages", "op": "eq", "val": "many"}],
        [{"name": "pages", "op": "like", "val": "1%"}], [{"name": "pages", "op": "in_", "val": 3}],
        [{"name": "pages", "op": "between", "val": [1]}], [{"name": "printed-at", "op": "gt", "val": "soon"}],
        [{"name": "is-rare", "op": "eq", "val": "perhaps"}], [{"name": "pages", "op": "gt", "field": "title"}],
        [{"name": "title", "op": "eq", "field": "secret"}], [{"name": "library", "op": "like", "val": "x"}],
        [{"name": "library", "op": "eq", "val": 1}], [{"name": "extra", "op": "eq", "val": "x"}],
        [{"name": 5, "op": "eq", "val": 1}], [{"op": "eq", "val": 1}], [{"name": "label", "op": "eq", "val": "x"}],
        [{"name": "title", "op": "eq", "val": "\x00"}], [{"name": "library", "op": "has", "val": 3}],
        [{"name": "pages", "op": "eq", "val": 10**30}], [{"name": "weight", "op": "eq", "val": "nan"}],
        [{"name": "id", "op": "eq", "val": 1}] * 101,
    ],
)  # fmt: skip
def test_unreadable_filter_answers_400_naming_the_parameter(kit: Kit, filter_: Any) -> None:
    response = kit.get("/v1/books", filter=filter_)
    assert response.status_code == 400, response.get_data(as_text=True)
    assert error(response)["source"] == {"parameter": "filter"}


def test_filter_nested_beyond_reason_is_refused(kit: Kit) -> None:
    condition: Any = {"name": "title", "op": "eq", "val": "x"}
    for _ in range(12):
        condition = {"not": condition}
    assert kit.get("/v1/books", filter=[condition]).status_code == 400


def test_simple_filter_compares_for_equality(shelf: Kit) -> None:
    assert shelf.titles(**{"filter[title]": "beta"}) == ["beta"]


@pytest.mark.parametrize(
    ("sort", "titles"),
    [
        ("title", ["Alpha", "beta", "Gamma"]),
        ("-pages", ["Gamma", "beta", "Alpha"]),
        ("-printed-at", ["Gamma", "beta", "Alpha"]),
        ("-printed_at", ["Gamma", "beta", "Alpha"]),
        ("-library.name,pages", ["beta", "Alpha", "Gamma"]),
        ("id", ["Alpha", "beta", "Gamma"]),
    ],
)
def test_sort_orders(shelf: Kit, sort: str, titles: list[str]) -> None:
    ordered = shelf.titles(sort=sort)
    assert sorted(ordered) == sorted(titles)
    if sort != "title":
        assert ordered == titles


@pytest.mark.parametrize("sort", ["nothing", "library", "authors.name", "library.nothing", "secret", "label", "a.b.c"])
def test_unknown_sort_answers_400(kit: Kit, sort: str) -> None:
    response = kit.get("/v1/books", sort=sort)
    assert (response.status_code, error(response)["source"]) == (400, {"parameter": "sort"})


@pytest.mark.parametrize(
    ("name", "value"),
    [("page[size]", "-1"), ("page[size]", "x"), ("page[size]", "1.5"), ("page[number]", "0"), ("page[number]", "-3"),
     ("page[size]", "9" * 30), ("page[number]", "²")],
)  # fmt: skip
def test_unreadable_page_answers_400(kit: Kit, name: str, value: str) -> None:
    response = kit.get("/v1/books", **{name: value})
    assert (response.status_code, error(response)["source"]) == (400, {"parameter": name})


def test_pages_follow_each_other_without_overlap(kit: Kit) -> None:
    here = library()
    for number in range(5):
        book(f"Book {number}", library=here)
    seen, path = [], "/v1/books?page[size]=2&sort=pages"
    while path:
        document = kit.get(path).get_json(force=True)
        assert document["meta"] == {"count": 5}
        seen += [item["attributes"]["title"] for item in document["data"]]
        path = document["links"].get("next")
        assert path is None or path.startswith("/v1/books?")
    assert seen == [f"Book {number}" for number in range(5)]


def test_default_page_holds_20_rows_and_size_0_means_all_up_to_1000(kit: Kit) -> None:
    here = library()
    for number in range(25):
        book(f"Book {number}", library=here)
    assert len(kit.titles()) == 20
    assert len(kit.titles(**{"page[size]": "0"})) == 25
    assert len(kit.titles(**{"page[size]": "5000"})) == 25


def test_size_0_is_capped_and_offers_the_next_page(kit: Kit) -> None:
    here = library()
    for number in range(1001):
        book(f"Book {number}", library=here)
    document = kit.get("/v1/books", **{"page[size]": "0"}).get_json(force=True)
    assert (len(document["data"]), document["meta"]["count"]) == (1000, 1001)
    assert len(kit.get(document["links"]["next"]).get_json(force=True)["data"]) == 1


def test_include_brings_linkage_and_each_row_once(kit: Kit) -> None:
    here, jane = library(), author("Jane")
    book("One", library=here, authors=[jane]), book("Two", library=here, authors=[jane])
    document = kit.get("/v1/books", include="library,authors.books").get_json(force=True)
    assert sorted((item["type"], item["id"]) for item in document["included"]) == [
        ("author", str(jane.id)),
        ("library", str(here.id)),
    ]
    first = document["data"][0]["relationships"]
    assert first["library"]["data"] == {"type": "library", "id": str(here.id)}
    assert first["authors"]["data"] == [{"type": "author", "id": str(jane.id)}]
    writer = next(item for item in document["included"] if item["type"] == "author")
    assert len(writer["relationships"]["books"]["data"]) == 2


@pytest.mark.parametrize(
    "include",
    ["library", "authors", "library,authors", "authors.books", "authors.books,library", "authors,library.books"],
)
def test_include_answers_alike_when_what_it_brings_was_written_before(kit: Kit, include: str) -> None:
    here, jane = library(), author("Jane")
    book("One", library=here, authors=[jane]), book("Two", library=here, authors=[jane]), book("Three", library=here)
    for path in ("/v1/authors", "/v1/libraries", "/v1/books"):
        kit.get(path)
    fresh = kit.get("/v1/books", actor=STRANGER, include=include).get_json(force=True)
    kept = [kit.get("/v1/books", include=include).get_json(force=True) for _ in range(2)]
    assert kept[0] == kept[1]
    assert kept[0]["data"] == fresh["data"]
    by_key = [{(item["type"], item["id"]): item for item in each["included"]} for each in (kept[0], fresh)]
    assert by_key[0] == by_key[1]
    jane.name = "Renamed"
    names = [i["attributes"]["name"] for i in kit.get("/v1/books", include="authors").get_json(force=True)["included"]]
    assert names == ["Renamed"]


def test_relationship_without_include_has_links_and_no_data(kit: Kit) -> None:
    shown = kit.get(f"/v1/books/{book().id}").get_json(force=True)["data"]["relationships"]["library"]
    assert set(shown) == {"links"}
    assert set(shown["links"]) == {"self", "related"}


@pytest.mark.parametrize("include", ["nothing", "library.nothing", "title", "authors.books.library.books.authors"])
def test_unknown_or_too_deep_include_answers_400(kit: Kit, include: str) -> None:
    response = kit.get("/v1/books", include=include)
    assert (response.status_code, error(response)["source"]) == (400, {"parameter": "include"})


def test_include_of_what_is_not_built_yet_is_ignored(kit: Kit) -> None:
    book()
    assert kit.get("/v1/books", include="translations,library.opening-hours").status_code == 200


@pytest.mark.parametrize(
    ("condition", "titles"),
    [
        ({"name": "translations", "op": "any", "val": {"name": "language", "op": "eq", "val": "de"}}, []),
        ({"name": "translations__language", "op": "eq", "val": "de"}, []),
        ({"name": "translations", "op": "ne", "val": None}, []),
        ({"name": "translations", "op": "eq", "val": None}, ["Emma"]),
    ],
)
def test_filter_by_what_is_not_built_yet_finds_no_row_that_has_any(kit: Kit, condition: Any, titles: list[str]) -> None:
    book()
    assert kit.titles(filter=[condition]) == titles


def test_sparse_fields_leave_only_what_was_asked_for(kit: Kit) -> None:
    document = kit.get(f"/v1/books/{book().id}", **{"fields[book]": "title,is_rare"}).get_json(force=True)["data"]
    assert document["attributes"] == {"title": "Emma", "is-rare": False}
    assert document["relationships"] == {}


def test_unknown_sparse_field_answers_400(kit: Kit) -> None:
    response = kit.get("/v1/books", **{"fields[book]": "nothing"})
    assert (response.status_code, error(response)["source"]) == (400, {"parameter": "fields[book]"})


def test_parameters_the_kit_does_not_know_are_tolerated(kit: Kit) -> None:
    book()
    assert kit.titles(cache="true", public="true", upcoming="true", nocache="true") == ["Emma"]


@pytest.mark.parametrize(
    "include", ["", "library", "library,authors", "library,authors,loans", "authors.books.library"]
)
def test_statements_do_not_depend_on_the_number_of_rows(kit: Kit, include: str) -> None:
    def statements(rows: int) -> int:
        for number in range(rows):
            made = book(f"Book {number}", authors=[author(), author()])
            loan(made, 12)
        kit.get("/v1/books", actor="staff", include=include, **{"page[size]": "0"})
        return kit.statements

    few, many = statements(2), statements(20)
    assert few == many
    assert few <= 2 + len([step for path in include.split(",") for step in path.split(".") if step])


def test_times_come_out_in_utc(kit: Kit) -> None:
    shown = kit.get(f"/v1/books/{book(printed_at=moment(1)).id}").get_json(force=True)["data"]["attributes"]
    assert shown["printed-at"] == "2030-05-01T12:00:00Z"


def test_attributes_that_are_no_columns_are_read_from_the_row(kit: Kit) -> None:
    shown = kit.get(f"/v1/books/{book(pages=3).id}", actor=KEEPER).get_json(force=True)["data"]["attributes"]
    assert shown["label"] == "Emma (3)"
