"""What the roles on an event are good for: as the installation shows it, and as it is."""

from __future__ import annotations

from app.events.powers.models import SERVICES
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.orders import AttendeeFactory
from tests.unittests.factories.program import MicrolocationFactory, SessionFactory, TrackFactory
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.program.calling import first_error
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

POWERS, SERVICE = "/v1/event-role-permissions", "/v1/services"
MEMBERS = ("owner", "organizer", "coorganizer", "track_organizer", "moderator", "registrar")
EVERYBODY = ",".join(("owner", *(f"{role.replace('_', '-')}s" for role in MEMBERS[1:])))
EVERYTHING = {"can-create", "can-read", "can-update", "can-delete"}


def test_installation_shows_what_roles_are_good_for(api: ApiClient) -> None:
    shown = api.get(f"{POWERS}?page[size]=35&include=role,service", user=AdminFactory()).json
    names = {(row["type"], row["id"]): row["attributes"]["name"] for row in shown["included"]}
    found = {}
    for row in shown["data"]:
        linked = [row["relationships"][name]["data"] for name in ("role", "service")]
        role, service = (names[(each["type"], each["id"])] for each in linked)
        found[role, service] = {name for name, given in row["attributes"].items() if given}
    usual = {role: {"can-read"} for role in MEMBERS}
    usual |= {"owner": EVERYTHING, "organizer": EVERYTHING, "coorganizer": {"can-read", "can-update"}}
    expected = {(role, service): usual[role] for role in MEMBERS for service in SERVICES}
    assert found == expected | {("track_organizer", "track"): EVERYTHING}


def test_what_roles_are_good_for_is_changed_by_admins_alone(api: ApiClient) -> None:
    for path, type_, attributes in (
        (POWERS, "event-role-permissions", {"can_read": False}),
        (SERVICE, "service", {"name": "sponsor"}),
    ):
        for user, statuses in ((None, (401, 200, 401)), (UserFactory(), (403, 200, 403)), (AdminFactory(), (200,) * 3)):
            body = document(type_, 1, **attributes)
            changed = api.patch(f"{path}/1", body, user=user)
            found = api.get(path, user=user), api.get(f"{path}/1", user=user), changed
            assert tuple(each.status_code for each in found) == statuses
            for method in (api.post(path, body, user=user), api.delete(f"{path}/1", user=user)):
                assert method.status_code == 405
        name, value = next(iter(changed.json["data"]["attributes"].items()))
        assert api.get(f"{path}/1").json["data"]["attributes"][name] == value
    wrong = first_error(api.patch(f"{SERVICE}/1", document("service", 1, name="moon"), user=AdminFactory()))
    assert (wrong[0], wrong[2]) == ("422", "/data/attributes/name")
    moved = document("event-role-permissions", 1, {"role": linkage("role", 5)}, can_delete=False)
    answer = api.patch(f"{POWERS}/1?include=role", moved, user=AdminFactory()).json["data"]
    assert (answer["attributes"]["can-delete"], answer["relationships"]["role"]["data"]["id"]) == (False, "1")


def test_dashboard_costs_the_same_however_many_work_on_the_event(api: ApiClient) -> None:
    event = EventFactoryBasic()
    owner, costs = role_of(event, "owner"), []
    assert api.get("/v1/events", user=owner).status_code == 200  # That somebody was here is noted once in a while.
    for _ in range(2):
        people = [owner, *(role_of(event, role) for role in MEMBERS[1:])]
        assert all(person.email for person in people)  # So that the test itself asks nothing below.
        with statements_sent() as sent:
            shown = api.get(f"/v1/events/{event.identifier}?include={EVERYBODY}", user=owner).json
        costs.append(len(sent))
        addresses = {row["attributes"].get("email") for row in shown["included"] if row["type"] == "user"}
        assert addresses >= {person.email for person in people}
        assert all("data" in shown["data"]["relationships"][name] for name in EVERYBODY.split(","))
    assert costs[0] == costs[1]


def test_track_organizer_changes_tracks_and_what_sessions_are_about(api: ApiClient) -> None:
    event = EventFactoryBasic(is_sessions_speakers_enabled=True)
    user, track, room = role_of(event, "track_organizer"), TrackFactory(event=event), MicrolocationFactory(event=event)
    assert api.patch(f"/v1/tracks/{track.id}", document("track", track.id, name="Web"), user=user).status_code == 200
    session = SessionFactory(event=event, state="pending", creator=UserFactory())
    path, starts_at = f"/v1/sessions/{session.id}", event.starts_at.isoformat()
    linked = {"track": linkage("track", track), "microlocation": linkage("microlocation", room)}
    body = document("session", session.id, linked, title="Looms", starts_at=starts_at, is_locked=True)
    assert api.patch(path, body, user=user).status_code == 200
    assert (session.title, session.track_id) == ("Looms", track.id)
    assert (session.microlocation_id, session.starts_at, session.is_locked) == (None, None, False)
    decided = api.patch(path, document("session", session.id, state="accepted"), user=user)
    assert (first_error(decided)[2], session.state) == ("/data/attributes/state", "pending")
    assert api.delete(path, user=user).status_code == 403
    session.is_locked = True
    assert api.patch(path, document("session", session.id, title="Mills"), user=user).status_code == 403
    elsewhere = SessionFactory(state="pending")
    assert api.patch(f"/v1/sessions/{elsewhere.id}", document("session", elsewhere.id), user=user).status_code == 404


def test_moderator_reads_sessions_that_are_not_public_and_changes_none(api: ApiClient) -> None:
    event = EventFactoryBasic()
    for state in ("draft", "pending", "rejected", "withdrawn", "accepted"):
        session = SessionFactory(event=event, state=state)
        path, body = f"/v1/sessions/{session.id}", document("session", session.id, title="Looms")
        for role in ("moderator", "registrar"):
            assert api.get(path, user=role_of(event, role)).status_code == 200
            assert api.patch(path, body, user=role_of(event, role)).status_code == 403
        assert api.get(path, user=UserFactory()).status_code == (200 if state == "accepted" else 404)
    assert api.get(f"/v1/events/{event.id}/sessions", user=role_of(event, "moderator")).json["meta"]["count"] == 5


def test_registrar_checks_attendees_in_and_track_organizer_and_moderator_do_not(api: ApiClient) -> None:
    attendee = AttendeeFactory(ticket=TicketFactory(event=EventFactoryBasic()))
    body = document("attendee", attendee.id, is_checked_in=True, checkin_times="2030-01-01T10:00:00Z")
    for role, status in (("track_organizer", 403), ("moderator", 403), ("registrar", 200)):
        answer = api.patch(f"/v1/attendees/{attendee.id}", body, user=role_of(attendee.event, role))
        assert answer.status_code == status, role
    assert attendee.is_checked_in
