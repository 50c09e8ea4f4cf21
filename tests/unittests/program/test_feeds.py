"""Feeds over HTTP: who is told what, and how little is sent twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from lxml import etree

from app.extensions import db
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.events import give_role
from tests.unittests.factories.program import (
    MicrolocationFactory,
    SpeakerFactory,
    TrackFactory,
    UserFavouriteSessionFactory,
)
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.program.feed_samples import parsed_schedule
from tests.unittests.program.published import event_with_dates, full_session, scheduled, titles
from tests.unittests.statements import statements_sent

ICAL = "/v1/events/a1b2c3d4.ics"
XCAL = "/v1/events/a1b2c3d4.xcs"
XML = "/v1/events/a1b2c3d4.xml"
SCHEDULE = ICAL + "?include_sessions"
FEEDS = {
    ICAL: "text/calendar; charset=utf-8",
    SCHEDULE: "text/calendar; charset=utf-8",
    XCAL: "application/calendar+xml; charset=utf-8",
    XML: "application/xml; charset=utf-8",
}
TAKEN_BACK = datetime(1970, 1, 1, tzinfo=UTC)


def person(event: Any, kind: str) -> Any:
    made = {"anonymous": lambda: None, "admin": AdminFactory}.get(kind, UserFactory)()
    if kind not in ("anonymous", "stranger", "admin"):
        give_role(made, event, kind)
    return made


def test_an_event_is_a_calendar_by_id_and_by_identifier(api: ApiClient) -> None:
    event = event_with_dates()
    full_session(event)
    by_identifier, by_id = api.get(ICAL), api.get(f"/v1/events/{event.id}.ics")
    assert titles(by_identifier) == ["Spring Conference"]
    assert by_id.data == by_identifier.data


def test_a_schedule_is_told_with_all_that_belongs_to_it(api: ApiClient) -> None:
    event = event_with_dates(owner_name="Ada's Society")
    session = full_session(event)
    _, entry = Calendar.from_ical(api.get(SCHEDULE).data).walk("VEVENT")
    assert entry["DTSTART"].dt.astimezone(UTC) == session.starts_at
    assert entry["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert str(entry["LOCATION"]) == "Main hall, Alexanderplatz 1, Berlin"
    assert str(entry["DESCRIPTION"]) == "Ada, Grace\n\nAbout engines & more."
    assert entry["CATEGORIES"].cats == ["Web", "Lecture"]
    assert str(entry["URL"]) == f"http://localhost:4200/e/a1b2c3d4/session/{session.id}"
    assert entry["ORGANIZER"].params["CN"] == "Ada's Society"


def test_schedule_xml_obeys_its_schema_and_says_the_same(api: ApiClient) -> None:
    event = event_with_dates()
    full_session(event, website="https://example.com/a b", slides_url="https://example.com/slides.pdf")
    root = parsed_schedule(api.get(XML).data)
    (told,) = root.iterfind("day/room/event")
    assert (told.findtext("title"), told.findtext("track"), told.findtext("type")) == ("Engines", "Web", "Lecture")
    assert (told.findtext("date"), told.findtext("duration")) == ("2027-03-27T10:00:00+01:00", "00:45")
    assert [person.text for person in told.find("persons")] == ["Ada", "Grace"]
    assert [link.get("href") for link in told.find("links")] == ["https://example.com/a%20b"]


def test_xcal_says_the_same(api: ApiClient) -> None:
    full_session(event_with_dates())
    root = etree.fromstring(api.get(XCAL).data)
    assert [element[0].text for element in root.iterfind(".//{*}summary")] == ["Spring Conference", "Engines"]


@pytest.mark.parametrize("state", ["draft", "pending", "rejected", "canceled", "withdrawn"])
@pytest.mark.parametrize("kind", ["anonymous", "owner"])
def test_only_accepted_and_confirmed_sessions_are_told(api: ApiClient, state: str, kind: str) -> None:
    event = event_with_dates()
    scheduled(event, "Hidden", state=state)
    scheduled(event, "Accepted", 2, state="accepted")
    scheduled(event, "Unscheduled", starts_at=None, ends_at=None)
    scheduled(event, "Deleted", 3, deleted_at=TAKEN_BACK)
    scheduled(event_with_dates(identifier="b1b2c3d4"), "Of another event")
    assert titles(api.get(SCHEDULE, user=person(event, kind))) == ["Spring Conference", "Accepted"]


def test_what_was_deleted_is_not_told_with_a_session(api: ApiClient) -> None:
    event = event_with_dates()
    session = full_session(event)
    before = Calendar.from_ical(api.get(SCHEDULE).data).walk("VEVENT")[1]
    for row in (session.microlocation, session.track, session.session_type, session.speakers[0]):
        row.deleted_at = TAKEN_BACK
    _, entry = Calendar.from_ical(api.get(SCHEDULE).data).walk("VEVENT")
    assert str(entry["LOCATION"]) == "Alexanderplatz 1, Berlin"
    assert "CATEGORIES" not in entry
    assert str(entry["DESCRIPTION"]).startswith("Grace\n")
    assert entry["SEQUENCE"] > before["SEQUENCE"]


@pytest.mark.parametrize(
    ("kind", "sees"),
    [("anonymous", False), ("stranger", False), ("registrar", True), ("coorganizer", True), ("owner", True), ("admin", True)],
)  # fmt: skip
@pytest.mark.parametrize("published_on", [None, TAKEN_BACK])
def test_sessions_of_an_unpublished_schedule_are_told_to_members_only(
    api: ApiClient, kind: str, sees: bool, published_on: datetime | None
) -> None:
    event = event_with_dates(schedule_published_on=published_on)
    scheduled(event, "Engines")
    user = person(event, kind)
    expected = ["Spring Conference", "Engines"] if sees else ["Spring Conference"]
    assert titles(api.get(SCHEDULE, user=user)) == expected
    assert len(parsed_schedule(api.get(XML, user=user).data).findall("day/room/event")) == len(expected) - 1
    assert api.get(XCAL, user=user).data.count(b"<vevent>") == len(expected)


@pytest.mark.parametrize("path", FEEDS)
def test_a_draft_is_for_those_who_work_on_it(api: ApiClient, path: str) -> None:
    event = event_with_dates(state="draft", starts_at=None, ends_at=None)
    statuses = {
        kind: api.get(path, user=person(event, kind)).status_code
        for kind in ("anonymous", "stranger", "registrar", "coorganizer", "admin")
    }
    assert statuses == {"anonymous": 404, "stranger": 404, "registrar": 200, "coorganizer": 200, "admin": 200}


@pytest.mark.parametrize("ending", ["ics", "xcs", "xml"])
@pytest.mark.parametrize("name", ["99999999", "ffffffff", "9" * 40, "%00", "a1b2c3d4.ics"])
def test_there_is_no_feed_of_no_event(api: ApiClient, ending: str, name: str) -> None:
    event_with_dates()
    answer = api.get(f"/v1/events/{name}.{ending}")
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["errors"][0]["status"] == 404


def test_a_deleted_event_has_no_feeds(api: ApiClient) -> None:
    event_with_dates(deleted_at=TAKEN_BACK)
    assert {api.get(path).status_code for path in FEEDS} == {404}


@pytest.mark.parametrize(("path", "media_type"), FEEDS.items())
def test_a_feed_is_sent_once_and_known_by_its_tag_afterwards(api: ApiClient, path: str, media_type: str) -> None:
    event = event_with_dates()
    session = full_session(event)
    first, again = api.get(path), api.get(path)
    assert first.content_type == media_type
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["ETag"].startswith('W/"')
    assert (first.data, first.headers["ETag"]) == (again.data, again.headers["ETag"])
    held = {"If-None-Match": first.headers["ETag"]}
    unchanged = api.get(path, headers=held)
    assert (unchanged.status_code, unchanged.data, unchanged.headers["ETag"]) == (304, b"", first.headers["ETag"])
    event.name = "Renamed"
    assert api.get(path, headers=held).status_code == 200
    assert session is not None


@pytest.mark.parametrize("path", [SCHEDULE, XCAL, XML])
@pytest.mark.parametrize("changed", ["session", "microlocation", "track", "session_type", "speaker", "joined", "left"])
def test_any_change_that_is_told_changes_the_tag(api: ApiClient, path: str, changed: str) -> None:
    event = event_with_dates()
    session = full_session(event)
    held = {"If-None-Match": api.get(path).headers["ETag"]}
    if changed == "joined":
        session.speakers.append(SpeakerFactory(event=event))
    elif changed == "left":
        session.speakers.pop()
    elif changed == "session":
        session.title = "Other"
    else:
        row = session.speakers[0] if changed == "speaker" else getattr(session, changed)
        row.name = "Other"
    assert api.get(path, headers=held).status_code == 200


@pytest.mark.parametrize("path", FEEDS)
def test_head_is_answered_like_get_without_a_body(api: ApiClient, path: str) -> None:
    full_session(event_with_dates())
    got, head = api.get(path), api.request("HEAD", path)
    assert (head.status_code, head.data) == (200, b"")
    assert {name: head.headers[name] for name in ("ETag", "Content-Type", "Content-Length")} == {
        name: got.headers[name] for name in ("ETag", "Content-Type", "Content-Length")
    }


def test_a_feed_is_shown_or_downloaded_under_the_name_of_its_event(api: ApiClient) -> None:
    event_with_dates()
    assert api.get(ICAL).headers["Content-Disposition"] == 'inline; filename="a1b2c3d4.ics"'
    assert api.get(ICAL + "?download").headers["Content-Disposition"] == 'attachment; filename="a1b2c3d4.ics"'
    assert api.get(XML + "?download").headers["Content-Disposition"] == 'attachment; filename="a1b2c3d4.xml"'


def test_a_moved_session_keeps_its_name_and_rises_in_sequence(api: ApiClient) -> None:
    event = event_with_dates()
    session = full_session(event)
    before = Calendar.from_ical(api.get(SCHEDULE).data).walk("VEVENT")[1]
    session.starts_at += timedelta(days=1)
    session.ends_at += timedelta(days=1)
    session.microlocation = None
    after = Calendar.from_ical(api.get(SCHEDULE).data).walk("VEVENT")[1]
    assert before["UID"] == after["UID"]
    assert before["SEQUENCE"] < after["SEQUENCE"]
    # On Sunday the clocks of Berlin are an hour ahead.
    assert (before["DTSTART"].dt.hour, after["DTSTART"].dt.hour) == (10, 11)


# Favourites


def test_my_schedule_is_what_the_caller_has_marked(api: ApiClient) -> None:
    event, user = event_with_dates(), UserFactory()
    marked = scheduled(event, "Marked")
    scheduled(event, "Other", 2)
    UserFavouriteSessionFactory(user=user, session=marked)
    UserFavouriteSessionFactory(user=user, session=scheduled(event, "Rejected", 3, state="rejected"))
    UserFavouriteSessionFactory(session=scheduled(event, "Of another", 4))
    assert titles(api.get(SCHEDULE + "&my_schedule", user=user)) == ["Spring Conference", "Marked"]
    assert titles(api.get(SCHEDULE + f"&my_schedule&user_id={user.id}", user=user)) == ["Spring Conference", "Marked"]


def test_my_schedule_of_nobody_is_refused_in_plain_json(api: ApiClient) -> None:
    event_with_dates()
    answer = api.get(SCHEDULE + "&my_schedule")
    assert (answer.status_code, answer.json) == (401, {"error": "Login or User ID required"})
    assert answer.content_type == "application/json"


@pytest.mark.parametrize(
    ("asker", "is_public", "status"),
    [("anonymous", True, 200), ("stranger", True, 200), ("anonymous", False, 404), ("stranger", False, 404), ("owner", False, 404), ("admin", False, 200)],
)  # fmt: skip
def test_favourites_of_others_are_told_when_their_profile_is_public(
    api: ApiClient, asker: str, is_public: bool, status: int
) -> None:
    event, user = event_with_dates(), UserFactory(is_profile_public=is_public)
    UserFavouriteSessionFactory(user=user, session=scheduled(event, "Marked"))
    answer = api.get(SCHEDULE + f"&my_schedule&user_id={user.id}", user=person(event, asker))
    assert answer.status_code == status
    if status == 200:
        assert titles(answer) == ["Spring Conference", "Marked"]


@pytest.mark.parametrize("named", ["0", "99999999", "me", "-1", "9" * 40, "%00"])
def test_favourites_of_nobody_are_not_found(api: ApiClient, named: str) -> None:
    event_with_dates()
    assert api.get(SCHEDULE + f"&my_schedule&user_id={named}").status_code == 404


def test_favourites_show_nothing_of_an_unpublished_schedule(api: ApiClient) -> None:
    event, user = event_with_dates(schedule_published_on=None), UserFactory()
    UserFavouriteSessionFactory(user=user, session=scheduled(event, "Marked"))
    assert titles(api.get(SCHEDULE + "&my_schedule", user=user)) == ["Spring Conference"]


# Cost


def many_sessions(event: Any, number: int) -> None:
    """So many sessions in three rooms and tracks, each with two speakers."""
    rooms = [MicrolocationFactory(event=event) for _ in range(3)]
    tracks = [TrackFactory(event=event) for _ in range(3)]
    for index in range(number):
        begin = event.starts_at + timedelta(minutes=5 * (index // 3))
        scheduled(
            event, f"Session {index}", starts_at=begin, ends_at=begin + timedelta(minutes=5), track=tracks[index % 3],
            microlocation=rooms[index % 3], speakers=[SpeakerFactory(event=event) for _ in range(2)],
        )  # fmt: skip
    db.session.flush()


@pytest.mark.parametrize("kind", ["anonymous", "coorganizer"])
def test_a_schedule_costs_as_many_statements_however_long_it_is(api: ApiClient, kind: str) -> None:
    event = event_with_dates()
    user = person(event, kind)
    counts = set()
    for number in (1, 40):
        many_sessions(event, number)
        for path in (SCHEDULE, XCAL, XML):
            with statements_sent() as sent:
                assert api.get(path, user=user).status_code == 200
            counts.add(len(sent))
    assert len(counts) == 1
    assert counts.pop() <= (3 if kind == "anonymous" else 6)


def test_what_a_client_holds_costs_no_writing(api: ApiClient) -> None:
    event = event_with_dates()
    many_sessions(event, 3)
    held = {"If-None-Match": api.get(SCHEDULE).headers["ETag"]}
    with statements_sent() as sent:
        assert api.get(SCHEDULE, headers=held).status_code == 304
    assert len(sent) <= 3


# Where an event tells its feeds


def urls(api: ApiClient, event: Any) -> tuple[Any, ...]:
    told = api.get(f"/v1/events/{event.id}", user=AdminFactory()).json["data"]["attributes"]  # type: ignore[index]
    return told["ical-url"], told["xcal-url"], told["pentabarf-url"]


def test_a_published_schedule_is_announced_by_addresses_that_answer(api: ApiClient) -> None:
    event = event_with_dates(schedule_published_on=None)
    full_session(event)
    owner = person(event, "owner")
    assert urls(api, event) == (None, None, None)
    body = document("event", event.id, schedule_published_on="2027-01-02T03:04:05.000Z")
    assert api.patch(f"/v1/events/{event.id}", body, user=owner).status_code == 200
    base = api.app.config["PUBLIC_URL"]
    assert urls(api, event) == (base + SCHEDULE, base + XCAL, base + XML)
    assert [api.get(url.removeprefix(base)).data.count(b"Engines") for url in urls(api, event)] == [1, 1, 1]
    body = document("event", event.id, schedule_published_on="1970-01-01T00:00:00.000Z")
    assert api.patch(f"/v1/events/{event.id}", body, user=owner).status_code == 200
    assert urls(api, event) == (None, None, None)


def test_a_draft_announces_no_feeds(api: ApiClient) -> None:
    assert urls(api, event_with_dates(state="draft")) == (None, None, None)
