"""Many do the same to one group at one time, each over a connection of their own, and it is done once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from werkzeug.test import TestResponse

from app.edge import Service
from app.extensions import db
from app.users.mailed_tokens import fingerprint
from app.users.tokens import access_token
from tests.unittests.client import JSON_API, document, linkage
from tests.unittests.events.test_owners import while_open
from tests.unittests.factories.groups import GroupFactory, UserFollowGroupFactory, UsersGroupsRolesFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.groups.gathering import events_document, group_with_event, organizer_of, owned_event

PEOPLE = 8
# What the trigger replaces: count those who follow, as far as others have committed, and keep that.
COUNTED_ANEW = """
    CREATE OR REPLACE FUNCTION count_followers() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE groups SET follower_count = (SELECT count(*) FROM user_follow_groups WHERE group_id = groups.id)
        WHERE id IN (OLD.group_id, NEW.group_id);
    RETURN NULL; END $$
"""
# What locking replaces: the request's own look at the row, before others have written.
LOOK = "SELECT 1 FROM events WHERE id = :event AND NOT is_announced"
TOLD = "INSERT INTO notifications (user_id, content, occasion) SELECT :user, '{}', gen_random_uuid()::text"


@pytest.fixture
def engine(committed_app: Service, database_url: str) -> Iterator[Engine]:
    """A connection for everybody."""
    made = create_engine(database_url, pool_size=PEOPLE)
    yield made
    made.dispose()


def all_at_once(do: Callable[[int], Any], number: int = PEOPLE) -> Counter[Any]:
    """Call `do` with 0, 1, 2 … at one moment; how often it gave what."""
    start = Barrier(number)

    def begin(place: int) -> Any:
        start.wait()
        return do(place)

    with ThreadPoolExecutor(number) as pool:
        return Counter(pool.map(begin, range(number)))


def requests(app: Service, method: str, path: str, body: Any, users: list[Any], media: str) -> Counter[int]:
    """The statuses of one request that each of these users makes at one moment."""
    headers = [{"Authorization": f"JWT {access_token(user)}", "Accept": "*/*"} for user in users]
    db.session.commit()

    def ask(place: int) -> int:
        client = app.test_client()
        return client.open(path, method=method, json=body, headers=headers[place], content_type=media).status_code

    return all_at_once(ask, len(users))


def counted(statement: str) -> int:
    """What a statement counts, as it is now for everybody."""
    db.session.rollback()
    return int(db.session.scalar(text(statement)) or 0)


def in_transactions(engine: Engine, write: Callable[[Connection, int], object], people: list[int]) -> None:
    """Let everybody write in a transaction of their own, all of which are open at one moment."""
    opened = Barrier(len(people))

    def do(place: int) -> None:
        with engine.begin() as connection:
            connection.execute(text("SELECT 1"))
            opened.wait()
            write(connection, people[place])

    all_at_once(do, len(people))


def test_role_is_accepted_once(committed_app: Service) -> None:
    user = UserFactory(is_verified=False)
    UsersGroupsRolesFactory(email=user.email, secret_hash=fingerprint("token"))
    path, body = "/v1/users-groups-roles/accept-invite", {"data": {"token": "token"}}
    assert requests(committed_app, "POST", path, body, [user] * PEOPLE, "application/json") == {200: 1, 409: PEOPLE - 1}
    assert counted("SELECT count(*) FROM users_groups_roles WHERE accepted AND secret_hash IS NOT NULL") == 1


@pytest.mark.parametrize("guarded", [False, True])
def test_group_is_followed_once(committed_app: Service, engine: Engine, guarded: bool) -> None:
    group, user = GroupFactory(), UserFactory()
    if not guarded:
        with engine.begin() as connection:
            db.session.commit()
            connection.execute(
                text("ALTER TABLE user_follow_groups DROP CONSTRAINT uq_user_follow_groups_user_id_group_id")
            )
    body = document("user-follow-group", relationships={"group": linkage("group", group)})
    media = "application/vnd.api+json"
    statuses = requests(committed_app, "POST", "/v1/user-follow-groups", body, [user] * PEOPLE, media)
    assert statuses == ({201: 1, 409: PEOPLE - 1} if guarded else {201: PEOPLE})
    follows = counted("SELECT count(*) FROM user_follow_groups")
    assert follows == counted("SELECT follower_count FROM groups") == (1 if guarded else PEOPLE)


@pytest.mark.parametrize("guarded", [False, True])
def test_everybody_who_comes_or_goes_at_one_time_counts(committed_app: Service, engine: Engine, guarded: bool) -> None:
    group, people = GroupFactory().id, [UserFactory().id for _ in range(PEOPLE)]
    db.session.commit()
    if not guarded:
        with engine.begin() as connection:
            connection.execute(text(COUNTED_ANEW))
    follow = text("INSERT INTO user_follow_groups (user_id, group_id) VALUES (:user, :group)")
    in_transactions(engine, lambda connection, user: connection.execute(follow, {"user": user, "group": group}), people)
    assert (counted("SELECT follower_count FROM groups") == PEOPLE) is guarded
    if guarded:
        leave = text("DELETE FROM user_follow_groups WHERE user_id = :user")
        in_transactions(engine, lambda connection, user: connection.execute(leave, {"user": user}), people)
        assert counted("SELECT follower_count FROM groups") == 0


def test_without_the_lock_each_finds_the_event_unannounced(committed_app: Service, engine: Engine) -> None:
    group, event = group_with_event()
    about = {"event": event.id, "user": group.user_id}
    db.session.commit()
    looked = Barrier(PEOPLE)

    def announce(connection: Connection, _: int) -> None:
        found = connection.scalar(text(LOOK), about)
        looked.wait()
        if found:
            connection.execute(text("UPDATE events SET is_announced = true WHERE id = :event"), about)
            connection.execute(text(TOLD), about)

    in_transactions(engine, announce, [0] * PEOPLE)
    assert counted("SELECT count(*) FROM notifications") > 1


def test_event_is_announced_once(committed_app: Service) -> None:
    group, event = group_with_event()
    UserFollowGroupFactory(group=group)
    path = f"/v1/groups/{group.id}/events/{event.id}/announce"
    statuses = requests(committed_app, "GET", path, None, [group.user] * PEOPLE, "application/json")
    assert statuses == {200: 1, 403: PEOPLE - 1}
    assert counted("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%announce_to_followers'") == 1


def test_groups_that_take_events_from_each_other_wait_for_each_other(committed_app: Service) -> None:
    user = UserFactory()
    headers = {"Authorization": f"JWT {access_token(user)}", "Accept": "*/*"}
    events, groups = [owned_event(user) for _ in range(6)], [GroupFactory(user=user) for _ in range(3)]
    paths = [f"/v1/groups/{group.id}/relationships/events" for group in groups]
    bodies = [
        {"data": [linkage("event", each) for each in wanted]}
        for wanted in (events[:3], events[3:], events[::2], events[1::2])
    ]
    db.session.commit()

    def ask(place: int) -> int:
        path, body = paths[place % len(paths)], bodies[place % len(bodies)]
        return committed_app.test_client().patch(path, json=body, headers=headers, content_type=JSON_API).status_code

    assert sum((all_at_once(ask) for _ in range(6)), Counter()) == {200: 6 * PEOPLE}


def test_event_that_leaves_meanwhile_is_not_brought_back_by_another(committed_app: Service, engine: Engine) -> None:
    group, event = group_with_event()
    user = organizer_of(group)
    body = {"data": [linkage("event", event), linkage("event", owned_event(user))]}
    path, event_id = f"/v1/groups/{group.id}/relationships/events", event.id
    headers = {"Authorization": f"JWT {access_token(user)}", "Accept": "*/*"}
    db.session.commit()
    answer = while_open(
        engine,
        lambda connection: connection.execute(text(f"UPDATE events SET group_id = NULL WHERE id = {event_id}")),
        lambda: committed_app.test_client().patch(path, json=body, headers=headers, content_type=JSON_API),
    )
    assert answer.status_code == 403
    assert counted(f"SELECT count(*) FROM events WHERE id = {event_id} AND group_id IS NOT NULL") == 0


@pytest.mark.parametrize("side", ["event", "group", "new group"])
def test_former_owner_does_not_come_back_by_a_group(committed_app: Service, engine: Engine, side: str) -> None:
    user = UserFactory()
    group, event = GroupFactory(user=user), owned_event(user)
    method, path, body = {
        "event": ("PATCH", f"/v1/events/{event.id}/relationships/group", {"data": linkage("group", group)}),
        "group": ("PATCH", f"/v1/groups/{group.id}/relationships/events", {"data": [linkage("event", event)]}),
        "new group": ("POST", "/v1/groups", events_document(None, event)),
    }[side]
    headers, event_id = {"Authorization": f"JWT {access_token(user)}", "Accept": "*/*"}, event.id
    about = {"event": event_id, "former": user.id, "new": UserFactory().id}
    db.session.commit()

    def hand_over(connection: Connection) -> None:
        connection.execute(text("SELECT FROM events WHERE id = :event FOR NO KEY UPDATE"), about)
        connection.execute(text("UPDATE users_events_roles SET user_id = :new WHERE event_id = :event"), about)
        former = "SELECT :former, :event, id FROM roles WHERE name = 'organizer'"
        connection.execute(text(f"INSERT INTO users_events_roles (user_id, event_id, role_id) {former}"), about)

    def ask() -> TestResponse:
        return committed_app.test_client().open(
            path, method=method, json=body, headers=headers, content_type="application/vnd.api+json"
        )

    assert while_open(engine, hand_over, ask).status_code == 403
    assert counted(f"SELECT count(*) FROM events WHERE id = {event_id} AND group_id IS NOT NULL") == 0
