"""Rich text: what of people's formatting is kept, and what never reaches a reader."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.jsonapi.rich_text import MOST_TAGS, clean
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.users import UserFactory
from tests.unittests.ranks import role_of

LINK = '<a href="{}" target="_blank" rel="nofollow">{}</a>'
CLEANED = ("description", "owner-description", "code-of-conduct", "after-order-message")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>Hello <b>you</b> &amp; me</p>", "<p>Hello <b>you</b> &amp; me</p>"),
        ("<script>alert(1)</script>Hello", "Hello"),
        ('<img src=x onerror="alert(1)">Hello', "Hello"),
        ('<p onclick="x()" class="y">Hello</p>', "<p>Hello</p>"),
        ("<h1>Hello</h1><table><tr><td>you", "Helloyou"),
        ("<b>Hello", "<b>Hello</b>"),
        ('<p style="text-align:center;position:fixed">Hello</p>', '<p style="text-align:center">Hello</p>'),
        ("<!-- note -->Hello", "Hello"),
        ("Tom & Jerry < Spike", "Tom &amp; Jerry &lt; Spike"),
        ("one\r\ntwo", "one\ntwo"),
        (" 12\n34 ", "1234"),
        ("Привет мир", "Привет мир"),
        ("", ""),
        ("See https://a.example/?x=1&y=2.", "See " + LINK.format(*["https://a.example/?x=1&amp;y=2"] * 2) + "."),
        ("See www.a.example, please", "See " + LINK.format("http://www.a.example", "www.a.example") + ", please"),
        ("Ask me@a.example!", "Ask " + LINK.format("mailto:me@a.example", "me@a.example") + "!"),
        ('<a href="https://a.example" rel="follow">here</a>', LINK.format("https://a.example", "here")),
        ('<a href="javascript:alert(1)">here</a>', '<a target="_blank" rel="nofollow">here</a>'),
        ('<a href="https://a.example">https://a.example</a>', LINK.format(*["https://a.example"] * 2)),
    ],
)
def test_text_with_links_is_cleaned(written: str, kept: str) -> None:
    assert clean(written, links=True) == kept


@pytest.mark.parametrize("written", ['<a href="https://a.example">here</a>', "here"])
def test_text_without_links_keeps_none(written: str) -> None:
    assert clean(written, links=False) == "here"
    assert clean("www.a.example", links=False) == "www.a.example"


pieces = st.sampled_from(
    [
        *"<>&\"'/ ab.@:;!?-1\n\r",
        "http://",
        "www.",
        "<a ",
        "href=",
        "</a>",
        "<b>",
        "</b>",
        "&amp;",
        "&lt;",
        "\u00a0",
        "é",
    ]
)


@given(st.lists(pieces, max_size=20).map("".join), st.booleans())
def test_cleaning_a_clean_text_changes_nothing(written: str, links: bool) -> None:
    once = clean(written, links=links)
    assert clean(once, links=links) == once


@pytest.mark.parametrize("piece", ["a", "a@", "www.a", "http://", "a.", "&", "<b"])
def test_cleaning_takes_time_in_proportion_to_the_text(piece: str) -> None:
    started = perf_counter()
    clean(piece * 200_000, links=True)
    # By the square of its length it would take minutes.
    assert perf_counter() - started < 5


@pytest.mark.parametrize("attribute", CLEANED)
def test_texts_of_an_event_are_cleaned_when_they_are_written(api: ApiClient, attribute: str) -> None:
    written: dict[str, Any] = {attribute.replace("-", "_"): '<p onclick="x">Hi www.a.example</p><script>1</script>'}
    kept = "<p>Hi " + LINK.format("http://www.a.example", "www.a.example") + "</p>"
    new = document("event", name="New", timezone="UTC", **written)
    assert api.post("/v1/events", new, user=UserFactory()).json["data"]["attributes"][attribute] == kept
    event = EventFactoryBasic()
    path, owner = f"/v1/events/{event.id}", role_of(event, "owner")
    assert (
        api.patch(path, document("event", event.id, **written), user=owner).json["data"]["attributes"][attribute]
        == kept
    )
    cleared = document("event", event.id, **dict.fromkeys(written))
    assert api.patch(path, cleared, user=owner).json["data"]["attributes"][attribute] is None


def test_text_with_tags_beyond_reason_is_refused(api: ApiClient) -> None:
    text = "<ul><li>" * MOST_TAGS
    response = api.post(
        "/v1/events", document("event", name="New", timezone="UTC", description=text), user=UserFactory()
    )
    (error,) = response.json["errors"]
    assert (error["status"], error["source"]) == ("422", {"pointer": "/data/attributes/description"})
