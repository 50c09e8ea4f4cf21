"""Sponsors, social links, questions and copyright: what stands on an event's page, and who puts it there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from app.edge import Service
from app.events.content.models import EventCopyright, Faq, SocialLink
from app.extensions import db
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.content import (
    EventCopyrightFactory,
    ExhibitorFactory,
    FaqFactory,
    FaqTypeFactory,
    SocialLinkFactory,
    SponsorFactory,
)
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.program.calling import first_error, ids_of
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

# By path: the factory, and the values of a new one.
KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "sponsors": (SponsorFactory, {"name": "ACME"}),
    "social-links": (SocialLinkFactory, {"name": "Mastodon", "link": "https://mastodon.example/@us"}),
    "faq-types": (FaqTypeFactory, {"name": "Travel"}),
    "faqs": (FaqFactory, {"question": "Is there coffee?", "answer": "Yes."}),
}
INCLUDED = "sponsors,exhibitors,social-links,faq-types,faqs,event-copyright"


def open_event(**values: Any) -> Any:
    """An event that shows sponsors."""
    return EventFactoryBasic(is_sponsors_enabled=True, **values)


def make(api: ApiClient, path: str, event: Any, user: Any, relationships: Any = None, **values: Any) -> Any:
    """The answer to a new row of this path."""
    related = {"event": linkage("event", event)} | (relationships or {})
    return api.post(f"/v1/{path}", document(path.removesuffix("s"), relationships=related, **values), user=user)


@pytest.mark.parametrize("path", KINDS)
def test_what_the_team_puts_on_a_page_is_read_by_everybody_and_by_nobody_of_a_draft(api: ApiClient, path: str) -> None:
    factory, values = KINDS[path]
    event, draft = open_event(), open_event(state="draft")
    for each in (event, draft):
        made = make(api, path, each, role_of(each, "coorganizer"), **values)
        assert made.status_code == 201, made.json
    hidden, shown = factory(event=draft).id, factory(event=event).id
    assert str(shown) in ids_of(api.get(f"/v1/events/{event.identifier}/{path}"))
    for user in (None, UserFactory()):
        assert api.get(f"/v1/events/{draft.identifier}/{path}", user=user).status_code == 404
        for suffix in ("", "/event", "/relationships/event"):
            assert api.get(f"/v1/{path}/{hidden}{suffix}", user=user).status_code == 404
            assert api.get(f"/v1/{path}/{shown}{suffix}", user=user).status_code == 200
    assert len(ids_of(api.get(f"/v1/events/{draft.identifier}/{path}", user=role_of(draft, "registrar")))) == 2
    assert api.delete(f"/v1/{path}/{shown}", user=role_of(event, "coorganizer")).status_code == 200
    assert str(shown) not in ids_of(api.get(f"/v1/events/{event.identifier}/{path}"))


@pytest.mark.parametrize("path", [*KINDS, "event-copyrights", "exhibitors"])
def test_page_is_written_by_co_organizers_alone(api: ApiClient, path: str) -> None:
    further: dict[str, tuple[Any, dict[str, Any]]] = {
        "event-copyrights": (EventCopyrightFactory, {"licence": "CC0"}),
        "exhibitors": (ExhibitorFactory, {"name": "ACME"}),
    }
    factory, values = (KINDS | further)[path]
    row = factory(event=open_event())
    change = document(path.removesuffix("s"), row.id, **values)
    for user in (None, UserFactory(), *(role_of(row.event, role) for role in ("registrar", "track_organizer"))):
        refused = 401 if user is None else 403
        made = make(api, path, row.event, user, **values)
        assert made.status_code == (404 if path == "faqs" and user else refused)
        assert api.patch(f"/v1/{path}/{row.id}", change, user=user).status_code == refused
        assert api.delete(f"/v1/{path}/{row.id}", user=user).status_code == refused
    if path == "faqs":
        told = first_error(make(api, path, row.event, UserFactory(), **values))
        assert told == (404, f"Event: {row.event.id} not found", "event_id")
    elsewhere = role_of(open_event(), "owner")
    assert api.patch(f"/v1/{path}/{row.id}", change, user=elsewhere).status_code == 403


def test_values_that_cannot_be_are_refused_at_their_field(api: ApiClient) -> None:
    event, year = open_event(), datetime.now(UTC).year
    user = role_of(event, "owner")
    cases: list[tuple[str, dict[str, Any], str | None]] = [
        ("sponsors", {"name": None}, "name"),
        ("sponsors", {"name": "a\x00"}, "name"),
        ("sponsors", {"name": "a", "level": 2**31}, "level"),
        ("sponsors", {"name": "a", "url": "javascript:alert(1)"}, "url"),
        ("social-links", {"name": "a"}, "link"),
        ("social-links", {"name": "a", "link": "twitter"}, "link"),
        ("faqs", {"question": "a"}, "answer"),
        ("faq-types", {"name": ["a"]}, "name"),
        ("event-copyrights", {"holder": "a"}, "licence"),
        ("event-copyrights", {"licence": "a", "year": 1899}, "year"),
        ("event-copyrights", {"licence": "a", "year": year + 1}, "year"),
        ("event-copyrights", {"licence": "a", "year": 10**30}, "year"),
        ("event-copyrights", {"licence": "any text", "year": year}, None),
    ]
    for path, values, field in cases:
        answer = make(api, path, event, user, **values)
        if field is None:
            assert answer.status_code == 201
        else:
            status, _, pointer = first_error(answer)
            assert (str(status), pointer) == ("422", f"/data/attributes/{field}"), values


def test_event_without_sponsors_takes_none_and_keeps_those_it_has(api: ApiClient) -> None:
    sponsor = SponsorFactory(event=EventFactoryBasic(is_sponsors_enabled=False))
    for user in (role_of(sponsor.event, "owner"), AdminFactory()):
        refused = make(api, "sponsors", sponsor.event, user, name="ACME")
        assert first_error(refused) == (403, "Sponsors are disabled for this Event", "")
    change = document(
        "sponsor", sponsor.id, description="<p onclick='x()'>Hi<script>x()</script> <a href='y'>z</a></p>"
    )
    changed = api.patch(f"/v1/sponsors/{sponsor.id}", change, user=role_of(sponsor.event, "coorganizer"))
    assert changed.json["data"]["attributes"]["description"] == "<p>Hi z</p>"


def test_identifier_of_a_social_link_is_the_servers(api: ApiClient) -> None:
    event = open_event()
    user = role_of(event, "coorganizer")
    values = {"name": "a", "link": "https://a.example", "identifier": "00000000"}
    made = [make(api, "social-links", event, user, **values).json["data"] for _ in range(3)]
    identifiers = {each["attributes"]["identifier"] for each in made}
    assert len(identifiers - {"00000000"}) == 3
    assert all(len(each) == 8 for each in identifiers)
    change = document("social-link", made[0]["id"], identifier="00000000")
    api.patch(f"/v1/social-links/{made[0]['id']}", change, user=user)
    assert db.session.get_one(SocialLink, made[0]["id"]).identifier in identifiers


def test_question_is_sorted_into_a_type_of_its_event_and_outlasts_it(api: ApiClient) -> None:
    event = open_event()
    kind, other, foreign = FaqTypeFactory(event=event), FaqTypeFactory(event=event), FaqTypeFactory()
    user = role_of(event, "coorganizer")
    made = make(api, "faqs", event, user, {"faq-type": linkage("faq-type", kind)}, question="a", answer="b")
    id_ = made.json["data"]["id"]
    assert ids_of(api.get(f"/v1/faq-types/{kind.id}/faqs")) == {id_}
    assert api.get(f"/v1/faqs/{id_}/faq-type").json["data"]["id"] == str(kind.id)
    refused = [
        make(api, "faqs", event, user, {"faq-type": linkage("faq-type", foreign)}, question="a", answer="b"),
        api.patch(f"/v1/faqs/{id_}", document("faq", id_, {"faq-type": linkage("faq-type", foreign)}), user=user),
        api.patch(f"/v1/faqs/{id_}/relationships/faq-type", {"data": linkage("faq-type", foreign)}, user=user),
    ]
    detail = f"FaqType {foreign.id} belongs to a different Event"
    assert [first_error(each) for each in refused] == [(422, detail, "/data/relationships/faq-type")] * 3
    path = f"/v1/faqs/{id_}/relationships/faq-type"
    assert api.patch(path, {"data": linkage("faq-type", other)}, user=user).status_code == 200
    version = db.session.get_one(Faq, id_).version
    assert api.delete(f"/v1/faq-types/{other.id}", user=user).status_code == 200
    kept = api.get(f"/v1/faqs/{id_}?include=faq-type").json
    assert (kept["data"]["relationships"]["faq-type"]["data"], kept["included"]) == (None, [])
    assert db.session.get_one(Faq, id_).version > version


def test_event_has_one_copyright_until_that_is_deleted(api: ApiClient) -> None:
    event = open_event()
    user, path = role_of(event, "coorganizer"), f"/v1/events/{event.identifier}/event-copyright"
    assert first_error(api.get(path))[::2] == (404, "event_id")
    first = make(api, "event-copyrights", event, user, licence="CC BY 4.0").json["data"]
    second = make(api, "event-copyrights", event, user, licence="CC0")
    told = (422, "Event Copyright already exists for the provided Event ID", "event_identifier")
    assert first_error(second) == told
    assert api.get(path).json["data"]["id"] == first["id"]
    assert api.delete(path, user=user).status_code == 200
    assert api.get(path).status_code == 404
    assert make(api, "event-copyrights", event, user, licence="CC0").status_code == 201
    restored = document("event-copyright", first["id"], deleted_at=None)
    answer = api.patch(f"/v1/event-copyrights/{first['id']}?get_trashed=true", restored, user=AdminFactory())
    assert first_error(answer) == told


def test_of_two_copyrights_written_at_one_time_one_is_kept(committed_app: Service, database_url: str) -> None:
    event_id = open_event().id
    db.session.commit()
    engine = create_engine(database_url, pool_size=4)
    insert = text("INSERT INTO event_copyrights (licence, event_id) VALUES ('CC0', :event)")

    start = Barrier(4)

    def write(_: int) -> bool:
        try:
            with engine.begin() as connection:
                connection.execute(text("SELECT 1"))
                start.wait()
                connection.execute(insert, {"event": event_id})
        except IntegrityError:
            return False
        return True

    def at_once() -> list[bool]:
        with ThreadPoolExecutor(4) as pool:
            return sorted(pool.map(write, range(4)))

    assert at_once() == [False, False, False, True]
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_event_copyrights_event_id"))
    assert at_once() == [True] * 4
    engine.dispose()
    assert db.session.query(EventCopyright).count() == 5


def test_deleted_rows_are_hidden_and_restored_by_staff_alone(api: ApiClient) -> None:
    rows = [
        factory(event=open_event(), deleted_at=in_days(-1))
        for factory in (SponsorFactory, SocialLinkFactory, FaqFactory)
    ]
    for path, row in zip(("sponsors", "social-links", "faqs"), rows, strict=True):
        owner, admin = role_of(row.event, "owner"), AdminFactory()
        event, restore = f"/v1/events/{row.event.id}", document(path.removesuffix("s"), row.id, deleted_at=None)
        assert api.get(f"{event}/{path}", user=owner).json["meta"]["count"] == 0
        assert api.get(f"{event}?include={path}", user=owner).json["included"] == []
        for query in ("", "?get_trashed=true"):
            assert api.patch(f"/v1/{path}/{row.id}{query}", restore, user=owner).status_code == 404
        assert api.patch(f"/v1/{path}/{row.id}?get_trashed=true", restore, user=admin).status_code == 200
        assert ids_of(api.get(f"{event}/{path}")) == {str(row.id)}
        delete = document(path.removesuffix("s"), row.id, deleted_at="2030-01-01T00:00:00Z")
        assert api.patch(f"/v1/{path}/{row.id}", delete, user=admin).json["data"]["attributes"]["deleted-at"] is None


def test_page_of_an_event_costs_the_same_whatever_stands_on_it(api: ApiClient) -> None:
    costs = []
    for count in (1, 9):
        event = open_event()
        EventCopyrightFactory(event=event)
        for _ in range(count):
            FaqFactory(event=event, faq_type=FaqTypeFactory(event=event))
            for factory in (SponsorFactory, SocialLinkFactory, ExhibitorFactory):
                factory(event=event)
        with statements_sent() as sent:
            shown = api.get(f"/v1/events/{event.identifier}?include={INCLUDED}")
        assert len(shown.json["included"]) == 5 * count + 1
        costs.append(len(sent))
    assert costs[0] == costs[1]
