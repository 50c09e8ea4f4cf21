"""From a call for speakers to a published schedule, as an organizer, two speakers and a visitor go through it."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from app.edge import Service
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.delivery import Deliver
from tests.unittests.factories.events import in_days
from tests.unittests.factories.users import UserFactory


class Person:
    """Somebody who uses the service over HTTP alone; every answer is as expected or the test fails."""

    def __init__(self, api: ApiClient, user: Any = None) -> None:
        self.api, self.user = api, user

    def get(self, path: str, expected: int = 200, **query: Any) -> Any:
        response = self.api.get(path, user=self.user, query=query or None)
        assert response.status_code == expected, response.text
        return response.json

    def make(self, type_: str, path: str = "", expected: int = 201, *, links: Any = None, **attributes: Any) -> Any:
        """The resource that is made, or the first error where one is expected."""
        body = document(type_, relationships=links, **attributes)
        return self._sent(self.api.post(path or f"/v1/{type_}s", body, user=self.user), expected)

    def change(self, type_: str, id_: str, expected: int = 200, *, links: Any = None, **attributes: Any) -> Any:
        body = document(type_, id_, relationships=links, **attributes)
        return self._sent(self.api.patch(f"/v1/{type_}s/{id_}", body, user=self.user), expected)

    def _sent(self, response: Any, expected: int) -> Any:
        assert response.status_code == expected, response.text
        return response.json["data"] if "data" in response.json else response.json["errors"][0]


@pytest.fixture
def organizer(api: ApiClient) -> Person:
    return Person(api, UserFactory())


@pytest.fixture
def speaker(api: ApiClient) -> Person:
    return Person(api, UserFactory(first_name="Ada", last_name="Okafor"))


@pytest.fixture
def colleague(api: ApiClient) -> Person:
    return Person(api, UserFactory())


@pytest.fixture
def visitor(api: ApiClient) -> Person:
    return Person(api)


def to(type_: str, made: Any) -> Any:
    """Linkage to a resource that was made."""
    return linkage(type_, made["id"])


def a_conference(organizer: Person) -> dict[str, Any]:
    """An event with a room, a track, a session type, questions for speakers and an open call, all by its organizer."""
    begins = in_days(30)
    event = organizer.make(
        "event", name="Sea & Wind", timezone="Europe/Berlin", state="draft", starts_at=begins.isoformat(),
        ends_at=(begins + timedelta(days=2)).isoformat(), is_sessions_speakers_enabled=True,
    )  # fmt: skip
    links = {"event": to("event", event)}
    made = {
        "event": event,
        "room": organizer.make("microlocation", name="Harbour", links=links),
        "track": organizer.make("track", name="Boats", color="#1f7a8c", links=links),
        "type": organizer.make("session-type", name="Talk", length="00:40", links=links),
    }
    for form, name in (("session", "title"), ("speaker", "name"), ("speaker", "email")):
        organizer.make(
            "custom-form", form=form, field_identifier=name, is_required=True, is_included=True, is_fixed=True,
            links=links,
        )  # fmt: skip
    organizer.make(
        "custom-form", form="session", field_identifier="needsWater", name="Needs water?", type="boolean",
        is_required=True, is_included=True, links=links,
    )  # fmt: skip
    organizer.make(
        "speakers-call", announcement="Come and tell", starts_at=in_days(-1).isoformat(), ends_at=in_days(7).isoformat(),
        links=links,
    )  # fmt: skip
    organizer.change("event", event["id"], state="published")
    return made


def a_proposal(speaker: Person, made: dict[str, Any], title: str) -> Any:
    """A session as the web client proposes it: made first, given its speaker afterwards."""
    links = {"event": to("event", made["event"])}
    profiles = speaker.get(f"/v1/events/{made['event']['id']}/speakers", filter=[{"name": "email", "op": "eq",
                           "val": speaker.user.email}])["data"]  # fmt: skip
    profile = profiles[0] if profiles else speaker.make("speaker", name="Ada Okafor", links=links)
    refused = speaker.make("session", expected=422, title=title, state="pending", links=links)
    assert "Needs water?" in refused["detail"]
    placed = links | {"track": to("track", made["track"]), "session_type": to("session-type", made["type"])}
    session = speaker.make(
        "session", title=title, state="pending", complex_field_values={"needs_water": True}, links=placed
    )
    return speaker.change("session", session["id"], links={"speakers": [to("speaker", profile)]})


class Path:
    """What was made on the way, and the steps in their order."""

    def __init__(self, organizer: Person, speaker: Person, colleague: Person, visitor: Person) -> None:
        self.organizer, self.speaker, self.colleague, self.visitor = organizer, speaker, colleague, visitor
        self.made = a_conference(organizer)
        attributes = self.made["event"]["attributes"]
        self.event = f"/v1/events/{attributes['identifier']}"
        self.begins = datetime.fromisoformat(attributes["starts-at"])

    def hours(self, start: float, end: float) -> dict[str, str]:
        """The times of a session from one hour of the event to another."""
        return {
            "starts_at": (self.begins + timedelta(hours=start)).isoformat(),
            "ends_at": (self.begins + timedelta(hours=end)).isoformat(),
        }

    def propose(self) -> None:
        """Seen by its speaker and the organizer, by nobody else."""
        call = self.visitor.get(f"{self.event}/speakers-call")
        assert call["data"]["attributes"]["announcement"] == "Come and tell"
        self.session, self.other = (a_proposal(self.speaker, self.made, title) for title in ("On sails", "On knots"))
        self.path = f"/v1/sessions/{self.session['id']}"
        mine = self.speaker.get(f"/v1/users/{self.speaker.user.id}/sessions", include="event")
        assert {each["id"] for each in mine["data"]} == {self.session["id"], self.other["id"]}
        assert self.visitor.get(f"{self.event}/sessions")["data"] == []
        self.visitor.get(self.path, expected=404)

    def invite(self) -> None:
        """A colleague is asked to join, and does."""
        to_event = to("event", self.made["event"])
        invited = {"event": to_event, "session": to("session", self.session)}
        invite = self.speaker.make("speaker-invite", email=self.colleague.user.email, links=invited)
        self.colleague.make("speaker", name="Björn Weber", links={"event": to_event})
        joined = self.colleague.get(f"/v1/speaker-invites/{invite['id']}/accept-invite")
        assert joined["session"] == int(self.session["id"])
        assert len(self.speaker.get(f"{self.path}/speakers")["data"]) == 2

    def decide(self, deliver: Deliver) -> None:
        """Reviewed and accepted by the organizer alone, and the speakers are told."""
        rated = {"session": to("session", self.session), "user": linkage("user", self.organizer.user)}
        self.organizer.make("feedback", rating=5, comment="Yes!", links=rated)
        listed = self.organizer.get(f"{self.event}/sessions", include="speakers,feedbacks,session-type,track")
        assert {each["attributes"]["average-rating"] for each in listed["data"]} == {5.0, None}
        self.speaker.change("session", self.session["id"], expected=409, state="accepted")
        for each in (self.session, self.other):
            self.organizer.change("session", each["id"], state="accepted", send_email=True)
        told = {parseaddr(str(mail["To"]))[1] for mail in deliver() if "On sails" in mail.as_string()}
        assert {self.speaker.user.email, self.colleague.user.email} <= told

    def schedule(self) -> None:
        """One room and one speaker are in one session at a time."""
        room = {"microlocation": to("microlocation", self.made["room"])}
        self.organizer.change("session", self.session["id"], **self.hours(0, 0.7), links=room)
        taken = self.organizer.change("session", self.other["id"], expected=409, **self.hours(0, 0.7))
        assert taken["source"]["session"] == self.session["id"]
        assert "On sails" in taken["detail"]
        self.organizer.change("session", self.other["id"], **self.hours(1, 2), links=room)
        self.organizer.change("event", self.made["event"]["id"], schedule_published_on=in_days(0).isoformat())

    def show(self) -> None:
        """Seen by everybody, in the browser, in a calendar and in schedule XML, but for what is nobody's business."""
        shown = self.visitor.get(f"{self.event}/sessions", sort="starts-at", include="speakers,microlocation,track")
        assert [each["attributes"]["title"] for each in shown["data"]] == ["On sails", "On knots"]
        assert shown["data"][0]["attributes"]["complex-field-values"] is None
        people = [each["attributes"] for each in shown["included"] if each["type"] == "speaker"]
        assert len(people) == 2
        assert not any({"email", "mobile"} & set(each) for each in people)
        assert len(self.visitor.get(f"{self.event}/sessions/dates")) in (1, 2)
        assert titles_of(self.visitor.api.get(f"{self.event}.ics?include_sessions")) >= {"On sails", "On knots"}
        url = self.visitor.get(self.event)["data"]["attributes"]["pentabarf-url"]
        xml = self.visitor.api.get("/v1/" + url.partition("/v1/")[2])
        assert {each.text for each in ElementTree.fromstring(xml.data).iter("title")} >= {"On sails", "On knots"}

    def like(self) -> None:
        """Marked by somebody, who finds it in a calendar of their own."""
        fan = Person(self.visitor.api, UserFactory())
        fan.make("user-favourite-session", links={"session": to("session", self.other)})
        shown = self.visitor.get(f"/v1/sessions/{self.other['id']}")["data"]["attributes"]
        assert shown["favourite-count"] == 1
        titles = titles_of(fan.api.get(f"{self.event}.ics?include_sessions&my_schedule", user=fan.user))
        assert "On knots" in titles
        assert "On sails" not in titles

    def withdraw(self) -> None:
        """The speaker takes the session back, and the room is free."""
        self.speaker.change("session", self.session["id"], state="withdrawn")
        self.organizer.change("session", self.other["id"], **self.hours(0, 0.7))
        self.visitor.get(self.path, expected=404)


def titles_of(feed: Any) -> set[str]:
    """What the events of a calendar are called."""
    return {str(each["summary"]) for each in Calendar.from_ical(feed.data).walk("VEVENT")}


def test_organizer_speakers_and_visitors_go_from_a_call_to_a_published_schedule(
    app: Service, organizer: Person, speaker: Person, colleague: Person, visitor: Person, deliver: Deliver
) -> None:
    path = Path(organizer, speaker, colleague, visitor)
    path.propose()
    path.invite()
    path.decide(deliver)
    path.schedule()
    path.show()
    path.like()
    path.withdraw()
