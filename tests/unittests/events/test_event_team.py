"""Who works on an event: shown to whom, changed by whom, and what follows for their accounts."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.events.models import Event, Role, UsersEventsRoles
from app.extensions import db
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactory, EventFactoryBasic, RoleFactory, give_role
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of

MEMBERS = ("owner", "organizer", "coorganizer", "track_organizer", "moderator", "registrar")
TEAM = MEMBERS[:3]
PUBLIC_TEAM = ("owner", "organizers", "coorganizers")
INNER_TEAM = ("track-organizers", "moderators", "registrars")
EVERYBODY = ",".join((*PUBLIC_TEAM, *INNER_TEAM))


@pytest.fixture
def event() -> Event:
    """A published event."""
    made: Event = EventFactory()
    return made


@pytest.fixture
def team(event: Event) -> dict[str, Any]:
    """One person per role on it."""
    return {role: role_of(event, role) for role in MEMBERS}


def held_role(event: Event, user: Any) -> UsersEventsRoles:
    held = select(UsersEventsRoles).where(UsersEventsRoles.user == user, UsersEventsRoles.event == event)
    return db.session.scalars(held).one()


def granted(api: ApiClient, held: UsersEventsRoles, role: str, *, by: Any) -> Any:
    wanted = db.session.scalars(select(Role).where(Role.name == role)).one()
    body = document("users-events-roles", held.id, {"role": linkage("role", wanted)})
    return api.patch(f"/v1/users-events-roles/{held.id}", body, user=by)


# Reading


@pytest.mark.parametrize("kind", ["anonymous", "user", *MEMBERS, "admin"])
def test_client_learns_of_the_team_what_it_may(
    api: ApiClient, event: Event, team: dict[str, Any], someone: Any, kind: str
) -> None:
    user = team.get(kind) or someone(event, kind)
    shown = api.get(f"/v1/events/{event.identifier}", user=user, query={"include": EVERYBODY}).json["data"]
    linked = {name: each["data"] for name, each in shown["relationships"].items() if "data" in each}
    expected = {"owner": {"type": "user", "id": str(team["owner"].id)}}
    for role in MEMBERS[1:]:
        name = f"{role.replace('_', '-')}s"
        if name not in INNER_TEAM or kind not in ("anonymous", "user"):
            expected[name] = [{"type": "user", "id": str(team[role].id)}]
    assert linked == expected
    assert ("roles" in shown["relationships"]) == (kind in (*TEAM, "admin"))


@pytest.mark.parametrize("kind", ["anonymous", "user", *MEMBERS, "admin"])
def test_addresses_of_the_team_are_for_those_who_run_the_event(
    api: ApiClient, event: Event, team: dict[str, Any], someone: Any, kind: str
) -> None:
    user = team.get(kind) or someone(event, kind)
    everything = kind in (*TEAM, "admin")
    addresses = {person.email for person in team.values()}
    own = {team[kind].email} & addresses if kind in team else set()
    for path in (f"/v1/events/{event.id}?include={EVERYBODY}", "/v1/events?include=owner,organizers,registrars"):
        text = api.get(path, user=user).get_data(as_text=True)
        assert everything or {address for address in addresses if address in text} <= own
    owner = api.get(f"/v1/events/{event.id}/owner", user=user).json["data"]["attributes"]
    assert ("email" in owner) == (everything or kind == "owner")


@pytest.mark.parametrize("kind", ["anonymous", "user", "registrar"])
def test_addresses_cannot_be_guessed_by_filters(
    api: ApiClient, event: Event, team: dict[str, Any], someone: Any, kind: str
) -> None:
    user = team.get(kind) or someone(event, kind)
    for condition in (
        {"name": "owner", "op": "has", "val": {"name": "email", "op": "like", "val": "user%"}},
        {"name": "owner__email", "op": "eq", "val": team["owner"].email},
        {"name": "organizers", "op": "any", "val": {"name": "email", "op": "ne", "val": "nobody"}},
        {"name": "registrars", "op": "any", "val": {"name": "email", "op": "eq", "val": team["registrar"].email}},
    ):
        found = api.get("/v1/events", user=user, query={"filter": [condition]}).json["meta"]["count"]
        own = kind == "registrar" and condition["name"] == "registrars"
        assert found == (1 if own else 0)


def test_organizer_of_one_event_does_not_see_addresses_of_another(
    api: ApiClient, event: Event, team: dict[str, Any]
) -> None:
    stranger = role_of(EventFactoryBasic(), "owner")
    owner = api.get(f"/v1/events/{event.id}/owner", user=stranger).json["data"]
    assert owner["id"] == str(team["owner"].id)
    assert "email" not in owner["attributes"]


@pytest.mark.parametrize("path", ["roles", "users-events-roles"])
@pytest.mark.parametrize(
    ("kind", "status"), [("anonymous", 401), ("user", 403), ("registrar", 403), ("coorganizer", 200), ("admin", 200)]
)
def test_list_of_roles_is_for_the_team(
    api: ApiClient, event: Event, team: dict[str, Any], someone: Any, path: str, kind: str, status: int
) -> None:
    user = team.get(kind) or someone(event, kind)
    for reference in (event.id, event.identifier):
        response = api.get(f"/v1/events/{reference}/{path}", user=user, query={"include": "user,role"})
        assert response.status_code == status
        if status == 200:
            assert response.json["meta"]["count"] == len(MEMBERS)
            names = {row["attributes"]["name"] for row in response.json["included"] if row["type"] == "role"}
            assert names == set(MEMBERS)


def test_roles_of_a_draft_are_hidden_with_it(api: ApiClient, event: Event, team: dict[str, Any]) -> None:
    event.state = "draft"
    held = held_role(event, team["owner"])
    for path in (f"/v1/events/{event.id}/roles", f"/v1/users-events-roles/{held.id}"):
        assert api.get(path, user=UserFactory()).status_code == 404
        assert api.get(path, user=team["coorganizer"]).status_code == 200


@pytest.mark.parametrize("name", ["event", "user", "role"])
def test_role_leads_to_event_user_and_name(api: ApiClient, event: Event, team: dict[str, Any], name: str) -> None:
    held = held_role(event, team["registrar"])
    expected = {"event": event.id, "user": team["registrar"].id, "role": held.role_id}[name]
    path = f"/v1/users-events-roles/{held.id}"
    assert api.get(f"{path}/{name}", user=team["owner"]).json["data"]["id"] == str(expected)
    assert api.get(f"{path}/relationships/{name}", user=team["owner"]).json["data"]["id"] == str(expected)


# Giving and taking


@pytest.mark.parametrize(
    ("by", "of", "role", "status"),
    [
        ("coorganizer", "registrar", "moderator", 200),
        ("coorganizer", "registrar", "coorganizer", 200),
        ("coorganizer", "registrar", "organizer", 403),
        ("organizer", "registrar", "organizer", 200),
        ("organizer", "registrar", "owner", 403),
        ("owner", "registrar", "owner", 403),
        ("admin", "registrar", "organizer", 200),
        ("admin", "registrar", "owner", 403),
        ("coorganizer", "coorganizer", "organizer", 403),
        ("organizer", "owner", "registrar", 403),
        ("admin", "owner", "organizer", 403),
        ("registrar", "registrar", "organizer", 403),
        ("user", "registrar", "moderator", 403),
        ("anonymous", "registrar", "moderator", 401),
    ],
)
def test_nobody_gives_a_role_above_their_own(
    api: ApiClient, event: Event, team: dict[str, Any], someone: Any, by: str, of: str, role: str, status: int
) -> None:
    held, user = held_role(event, team[of]), team.get(by) or someone(event, by)
    assert granted(api, held, role, by=user).status_code == status
    assert db.session.get_one(UsersEventsRoles, held.id).role.name == (role if status == 200 else of)


def test_role_is_not_given_through_the_relationship_either(api: ApiClient, event: Event, team: dict[str, Any]) -> None:
    held = held_role(event, team["coorganizer"])
    owner_role = db.session.scalars(select(Role).where(Role.name == "owner")).one()
    path = f"/v1/users-events-roles/{held.id}/relationships/role"
    assert api.patch(path, {"data": linkage("role", owner_role)}, user=team["coorganizer"]).status_code == 403
    assert api.patch(path, {"data": None}, user=team["coorganizer"]).status_code in (409, 422)


def test_role_stays_on_its_event_and_user(api: ApiClient, event: Event, team: dict[str, Any]) -> None:
    held, other = held_role(event, team["registrar"]), EventFactory()
    relationships = {"event": linkage("event", other), "user": linkage("user", UserFactory())}
    body = document("users-events-roles", held.id, relationships)
    assert api.patch(f"/v1/users-events-roles/{held.id}", body, user=AdminFactory()).status_code == 200
    kept = db.session.get_one(UsersEventsRoles, held.id)
    assert (kept.event_id, kept.user_id) == (event.id, team["registrar"].id)


def test_nobody_holds_the_same_role_twice(api: ApiClient, event: Event, team: dict[str, Any]) -> None:
    give_role(team["registrar"], event, "moderator")
    held = (
        select(UsersEventsRoles).join(Role).where(UsersEventsRoles.user == team["registrar"], Role.name == "moderator")
    )
    answer = granted(api, db.session.scalars(held).one(), "registrar", by=team["owner"])
    (error,) = answer.json["errors"]
    assert (answer.status_code, error["source"]) == (409, {"pointer": "/data/relationships/role"})


@pytest.mark.parametrize(
    ("by", "of", "status"),
    [
        ("coorganizer", "registrar", 200),
        ("coorganizer", "organizer", 200),
        ("registrar", "registrar", 200),
        ("registrar", "moderator", 403),
        ("user", "registrar", 403),
        ("anonymous", "registrar", 401),
        ("admin", "registrar", 200),
        ("owner", "owner", 403),
        ("organizer", "owner", 403),
        ("admin", "owner", 403),
    ],
)
def test_members_are_removed_by_the_team_or_leave_and_the_owner_stays(
    api: ApiClient, event: Event, team: dict[str, Any], someone: Any, by: str, of: str, status: int
) -> None:
    held = held_role(event, team[of])
    response = api.delete(f"/v1/users-events-roles/{held.id}", user=team.get(by) or someone(event, by))
    assert response.status_code == status
    if of == "owner":
        (error,) = response.json["errors"]
        assert error["detail"] == "You cannot remove the owner of the event."
        assert error["source"]["source"] == "Role"


def test_roles_are_not_made_by_post(api: ApiClient, event: Event, team: dict[str, Any]) -> None:
    for path in ("/v1/users-events-roles", f"/v1/events/{event.id}/roles", f"/v1/events/{event.id}/users-events-roles"):
        response = api.post(path, document("users-events-roles"), user=team["owner"])
        assert response.status_code in (404, 405)


# The other way round: the events of a user


@pytest.mark.parametrize("role", [*MEMBERS, "marketer", "sales_admin"])
def test_events_of_a_user_are_those_with_that_role(api: ApiClient, role: str) -> None:
    RoleFactory(name=role)
    user, mine, attended = UserFactory(), EventFactoryBasic(), EventFactoryBasic()
    give_role(user, mine, role)
    give_role(user, attended, "attendee")
    give_role(UserFactory(), EventFactoryBasic(), role)
    give_role(user, EventFactoryBasic(deleted_at=mine.starts_at), role)
    for reader in (user, AdminFactory()):
        of_role = api.get(f"/v1/users/{user.id}/{role.replace('_', '-')}-events", user=reader).json
        assert ([row["id"] for row in of_role["data"]], of_role["meta"]["count"]) == ([str(mine.id)], 1)
        of_any = api.get(f"/v1/users/{user.id}/events", user=reader).json
        assert [row["id"] for row in of_any["data"]] == [str(mine.id), str(attended.id)]


def test_member_finds_private_drafts_among_the_own_events(api: ApiClient) -> None:
    draft = EventFactoryBasic(state="draft", privacy="private")
    user = role_of(draft, "registrar")
    for path in ("events", "registrar-events"):
        assert api.get(f"/v1/users/{user.id}/{path}", user=user).json["meta"]["count"] == 1


@pytest.mark.parametrize(
    "path", ["events", "owner-events", "registrar-events", "marketer-events", "sales-admin-events"]
)
@pytest.mark.parametrize(("kind", "status"), [("anonymous", 401), ("user", 403), ("admin", 200)])
def test_events_of_a_user_are_for_that_user_and_staff(
    api: ApiClient, event: Event, someone: Any, path: str, kind: str, status: int
) -> None:
    user = role_of(event, "owner")
    response = api.get(f"/v1/users/{user.id}/{path}", user=someone(event, kind))
    assert response.status_code == status
    if status == 403:
        assert response.json["errors"][0]["detail"] == "Access Forbidden"
    assert api.get(f"/v1/users/{user.id}/{path}", user=user).status_code == 200


def test_event_with_two_roles_is_one_event_of_its_user(api: ApiClient, event: Event) -> None:
    user = role_of(event, "owner")
    give_role(user, event, "registrar")
    found = api.get(f"/v1/users/{user.id}/events", user=user).json
    assert (len(found["data"]), found["meta"]["count"]) == (1, 1)
    included = api.get(f"/v1/users/{user.id}", user=user, query={"include": "events"}).json
    assert included["data"]["relationships"]["events"]["data"] == [{"type": "event", "id": str(event.id)}]


def test_dashboard_of_an_organizer_is_answered(api: ApiClient, event: Event) -> None:
    user = role_of(event, "owner")
    query = {"include": "general-statistics,roles.role,roles.user,tickets", "page[size]": "10"}
    (shown,) = api.get(f"/v1/users/{user.id}/events", user=user, query=query).json["data"]
    assert len(shown["relationships"]["roles"]["data"]) == 1
    included = "event-topic,event-sub-topic,event-type,event-copyright,tax,owner,organizers,coorganizers,track-organizers,registrars,moderators,stripe-authorization"
    answer = api.get(f"/v1/events/{event.identifier}", user=user, query={"include": included})
    people = [row for row in answer.json["included"] if row["type"] == "user"]
    assert [row["attributes"]["email"] for row in people] == [user.email]


# What follows for accounts


@pytest.mark.parametrize("role", MEMBERS)
def test_account_knows_which_roles_it_holds_anywhere(api: ApiClient, role: str) -> None:
    user = UserFactory()
    name = f"is-user-{role.replace('_', '-')}"
    assert api.get(f"/v1/users/{user.id}", user=user).json["data"]["attributes"][name] is False
    deleted = EventFactoryBasic(deleted_at=EventFactoryBasic().starts_at)
    give_role(user, deleted, role)
    assert api.get(f"/v1/users/{user.id}", user=user).json["data"]["attributes"][name] is False
    give_role(user, EventFactoryBasic(), role)
    assert api.get(f"/v1/users/{user.id}", user=user).json["data"]["attributes"][name] is True


def test_account_with_a_role_on_a_live_event_is_not_deleted(api: ApiClient, event: Event) -> None:
    user, admin = role_of(event, "registrar"), AdminFactory()
    response = api.delete(f"/v1/users/{user.id}", user=user)
    assert response.status_code == 403
    assert response.json["errors"][0]["detail"] == "Users associated with events cannot be deleted"
    api.delete(f"/v1/events/{event.id}", user=admin)
    assert api.delete(f"/v1/users/{user.id}", user=user).status_code == 200


# Named roles


@pytest.mark.parametrize(("make", "status"), [(lambda: None, 401), (UserFactory, 403), (AdminFactory, 201)])
def test_everybody_reads_the_roles_and_admins_make_them(api: ApiClient, make: Any, status: int) -> None:
    names = {row["attributes"]["name"] for row in api.get("/v1/roles", user=make()).json["data"]}
    assert names == {*MEMBERS, "attendee"}
    assert api.post("/v1/roles", document("role", name="guide"), user=make()).status_code == status


@pytest.mark.parametrize("name", [*MEMBERS, "attendee"])
def test_role_that_access_depends_on_stays(api: ApiClient, name: str) -> None:
    admin, fixed = AdminFactory(), db.session.scalars(select(Role).where(Role.name == name)).one()
    other, taken = RoleFactory(name="guide"), document("role", None, name=name)
    for role, body in ((other, taken), (fixed, document("role", fixed.id, name="renamed"))):
        (error,) = api.patch(f"/v1/roles/{role.id}", body, user=admin).json["errors"]
        assert (error["status"], error["detail"]) == (422, "The given name cannot be updated")
    (error,) = api.delete(f"/v1/roles/{fixed.id}", user=admin).json["errors"]
    assert (error["status"], error["detail"]) == (422, "The resource with given name cannot be deleted")
    title = document("role", fixed.id, name=name, title_name="Title")
    assert api.patch(f"/v1/roles/{fixed.id}", title, user=admin).status_code == 200
    path = f"/v1/roles/{other.id}"
    assert api.patch(path, document("role", other.id, name="leader"), user=admin).status_code == 200
    assert api.delete(path, user=admin).status_code == 200
