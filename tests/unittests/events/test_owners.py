"""An event has exactly one owner, whatever is tried, and by how many at one time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from app.edge import Service, as_api_error
from app.events.models import UsersEventsRoles
from app.extensions import db
from app.users.mailed_tokens import fingerprint
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.events.invitations import answered, held_by, invite_document, invited, role_id
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.team import RoleInviteFactory
from tests.unittests.factories.users import SuperAdminFactory, UserFactory
from tests.unittests.program.calling import first_error
from tests.unittests.ranks import role_of

PEOPLE = 6
OWNER_STAYS = "You cannot remove the owner of the event."
GIVE = text("INSERT INTO users_events_roles (user_id, event_id, role_id) VALUES (:user, :event, :role)")
OWNERS = text("SELECT count(*) FROM users_events_roles WHERE event_id = :event AND is_owner")
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def engine(committed_app: Service, database_url: str) -> Iterator[Engine]:
    """A connection for everybody."""
    made = create_engine(database_url, pool_size=PEOPLE)
    yield made
    made.dispose()


def apart(*rows: Any) -> list[Any]:
    """The rows as they are stored, apart from the session, for requests from threads."""
    db.session.commit()
    for row in rows:
        db.session.refresh(row)
    db.session.expunge_all()
    db.session.commit()
    return list(rows)


def taken(engine: Engine, users: list[int], event_id: int) -> list[str]:
    """What becomes of everybody who takes the event in a transaction of their own, all of which are open at one moment."""
    start, role = Barrier(len(users)), role_id("owner")
    db.session.commit()

    def take(user_id: int) -> str:
        try:
            with engine.begin() as connection:
                connection.execute(text("SELECT 1"))
                start.wait()
                connection.execute(GIVE, {"user": user_id, "event": event_id, "role": role})
        except IntegrityError as error:
            return as_api_error(error).detail
        return "taken"

    with ThreadPoolExecutor(len(users)) as pool:
        return sorted(pool.map(take, users))


def while_open(engine: Engine, change: Callable[[Connection], object], ask: Callable[[], TestResponse]) -> TestResponse:
    """The answer to a request that is made, and waits, while a transaction with this change is open."""
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as connection:
            change(connection)
            answer: Future[TestResponse] = pool.submit(ask)
            with engine.connect() as watching:
                ends = time.monotonic() + 10
                while not watching.execute(WAITING).scalar():
                    assert time.monotonic() < ends, "The request does not wait."
                    time.sleep(0.01)
        return answer.result(10)


def test_without_the_index_an_event_gets_many_owners_at_one_time(engine: Engine) -> None:
    event_id, users = EventFactoryBasic().id, [UserFactory().id for _ in range(PEOPLE)]
    db.session.commit()
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_users_events_roles_owner"))
    assert taken(engine, users, event_id) == ["taken"] * PEOPLE


def test_of_those_who_take_an_event_at_one_time_one_owns_it(engine: Engine) -> None:
    event_id, users = EventFactoryBasic().id, [UserFactory().id for _ in range(PEOPLE)]
    db.session.commit()
    refused = ["The event has an owner already."] * (PEOPLE - 1)
    assert taken(engine, users, event_id) == [*refused, "taken"]


def test_of_those_who_accept_an_event_at_one_time_one_owns_it(committed_app: Service) -> None:
    event = EventFactoryBasic()
    former = role_of(event, "owner")
    users = [UserFactory() for _ in range(PEOPLE)]
    tokens = [f"token {number}" for number in range(PEOPLE)]
    for user, token in zip(users, tokens, strict=True):
        RoleInviteFactory(event=event, role_name="owner", email=user.email, secret_hash=fingerprint(token))
    event, former, *users = apart(event, former, *users)

    def take(token: str) -> int:
        with committed_app.app_context():
            return answered(ApiClient(committed_app), "accept-invite", token).status_code

    with ThreadPoolExecutor(PEOPLE) as pool:
        statuses = list(pool.map(take, tokens * 2))
    winner = users[statuses.index(200) % PEOPLE]
    assert sorted(statuses) == [200] * 2 + [404] * (2 * PEOPLE - 2)
    assert held_by(winner, event) == {"owner"}
    assert held_by(former, event) == {"organizer"}
    assert db.session.execute(OWNERS, {"event": event.id}).scalar() == 1


def test_of_invitations_sent_to_an_address_at_one_time_one_stands(committed_app: Service) -> None:
    event = EventFactoryBasic()
    roles = ("organizer", "moderator", "owner")
    bodies = [invite_document(event, role) for role in roles * 2]
    (user,) = apart(role_of(event, "owner"))

    def send(body: Any) -> int:
        with committed_app.app_context():
            return ApiClient(committed_app).post("/v1/role-invites", body, user=user).status_code

    with ThreadPoolExecutor(len(bodies)) as pool:
        assert sorted(pool.map(send, bodies)) == [201] + [409] * (len(bodies) - 1)


def test_account_that_is_deleted_meanwhile_does_not_take_a_role(committed_app: Service, engine: Engine) -> None:
    one = invited("owner")
    one, user = apart(one, UserFactory(email=one.email))
    delete = text("UPDATE users SET deleted_at = now(), email = email || '.deleted' WHERE id = :user")

    def ask() -> TestResponse:
        with committed_app.app_context():
            return answered(ApiClient(committed_app), "accept-invite")

    answer = while_open(engine, lambda connection: connection.execute(delete, {"user": user.id}), ask)
    assert answer.status_code == 404
    assert db.session.query(UsersEventsRoles).count() == 0


def test_who_has_handed_the_event_over_meanwhile_offers_it_to_nobody(committed_app: Service, engine: Engine) -> None:
    event = EventFactoryBasic()
    body = invite_document(event, "owner")
    event, former, heir = apart(event, role_of(event, "owner"), UserFactory())
    roles = {"owner": role_id("owner"), "organizer": role_id("organizer")}
    db.session.commit()

    def hand_over(connection: Connection) -> None:
        connection.execute(text("SELECT FROM events WHERE id = :event FOR NO KEY UPDATE"), {"event": event.id})
        moved = "UPDATE users_events_roles SET role_id = :role WHERE event_id = :event"
        connection.execute(text(moved), {"role": roles["organizer"], "event": event.id})
        connection.execute(GIVE, {"user": heir.id, "event": event.id, "role": roles["owner"]})

    def ask() -> TestResponse:
        with committed_app.app_context():
            return ApiClient(committed_app).post("/v1/role-invites", body, user=former)

    answer = while_open(engine, hand_over, ask)
    assert first_error(answer)[:2] == (403, "Owner access is required.")


def test_transaction_that_leaves_an_event_without_its_owner_fails(committed_app: Service, engine: Engine) -> None:
    event = EventFactoryBasic(deleted_at=in_days(-1))
    event, owner, other = apart(event, role_of(event, "owner"), UserFactory())
    role = role_id("organizer")
    db.session.commit()
    for statement in (
        "DELETE FROM users_events_roles WHERE event_id = :event",
        "UPDATE users_events_roles SET role_id = :role WHERE event_id = :event",
        "DELETE FROM users WHERE id = :owner",
    ):
        with pytest.raises(IntegrityError) as refused, engine.begin() as connection:
            connection.execute(text(statement), {"event": event.id, "role": role, "owner": owner.id})
        told = as_api_error(refused.value)
        assert (told.status, told.detail) == (403, OWNER_STAYS), statement
    with engine.begin() as connection:
        handed = "UPDATE users_events_roles SET user_id = :other WHERE event_id = :event"
        connection.execute(text(handed), {"event": event.id, "other": other.id})
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM events WHERE id = :event"), {"event": event.id})


def test_no_request_leaves_an_event_without_its_owner(api: ApiClient) -> None:
    event, admin = EventFactoryBasic(), SuperAdminFactory()
    owner = role_of(event, "owner")
    held = db.session.query(UsersEventsRoles).one()
    path, to_registrar = f"/v1/users-events-roles/{held.id}", linkage("role", role_id("registrar"))
    for user in (owner, role_of(event, "organizer"), admin):
        for answer in (
            api.delete(path, user=user),
            api.delete(f"{path}?permanent=true", user=user),
            api.patch(path, document("users-events-roles", held.id, {"role": to_registrar}), user=user),
            api.patch(f"{path}/relationships/role", {"data": to_registrar}, user=user),
        ):
            assert answer.status_code == 403
        for name in ("user", "event"):
            assert api.delete(f"{path}/relationships/{name}", user=user).status_code == 405
        for name in ("owner", "roles"):
            relationship = f"/v1/events/{event.id}/relationships/{name}"
            body = {"data": None if name == "owner" else []}
            assert api.patch(relationship, body, user=user).status_code == 405
            assert api.delete(relationship, {"data": []}, user=user).status_code == 405
        body = document("event", event.id, {"owner": None, "roles": []})
        assert api.patch(f"/v1/events/{event.id}", body, user=user).status_code == 200
        for account in (f"/v1/users/{owner.id}", f"{path}/user", f"/v1/events/{event.id}/owner"):
            for query in ("", "?permanent=true"):
                assert api.delete(account + query, user=user).status_code in (403, 405), account
    assert api.delete(f"/v1/roles/{role_id('owner')}", user=admin).status_code == 422
    assert api.delete(f"{path}/role", user=admin).status_code == 422
    assert held_by(owner, event) == {"owner"}
