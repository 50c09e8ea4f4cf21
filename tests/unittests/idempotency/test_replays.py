"""A request that is sent again with its key is answered as before and not done again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.edge import Service
from app.events.models import Event
from app.extensions import db
from app.idempotency.guard import is_to_be_done_once
from app.idempotency.models import IdempotencyRecord
from app.idempotency.tasks import forget_old_answers
from app.users.models import User
from app.users.tokens import refresh_token
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.idempotency import IdempotencyRecordFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.statements import statements_sent

KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
EVENT = document(
    "event",
    name="Linux Day",
    timezone="Europe/Berlin",
    starts_at="2030-05-01T09:00:00Z",
    ends_at="2030-05-02T17:00:00Z",
)
CONTENT = ("Content-Type", "Location", "ETag")


@pytest.fixture
def user(app: Service) -> User:
    return UserFactory(email="ada@example.com", password="correct horse")


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def is_replay_of(again: Any, first: Any) -> bool:
    """Whether it is the same answer, and only the second says that it is one given before."""
    same = (again.status_code, again.data) == (first.status_code, first.data)
    return (
        same
        and [again.headers.get(name) for name in CONTENT] == [first.headers.get(name) for name in CONTENT]
        and again.headers.get("Idempotent-Replayed") == "true"
        and "Idempotent-Replayed" not in first.headers
    )


def refusal(response: Any) -> tuple[int, Any, str]:
    (error,) = response.get_json(force=True)["errors"]
    assert response.headers["Content-Type"] == "application/vnd.api+json"
    assert response.status_code == error["status"]
    return error["status"], error["source"], error["detail"]


def age(**by: float) -> None:
    """Make the records older."""
    older = {"created_at": IdempotencyRecord.created_at - timedelta(**by)}
    db.session.execute(update(IdempotencyRecord).values(**older))


def test_row_is_made_once(api: ApiClient, user: User) -> None:
    first, again = (api.post("/v1/events", EVENT, user=user, headers=KEY) for _ in range(2))
    assert first.status_code == 201
    assert first.headers["Location"]
    assert is_replay_of(again, first)
    assert count(Event) == 1
    assert api.post("/v1/events", EVENT, user=user, headers={"Idempotency-Key": "another"}).status_code == 201
    assert count(Event) == 2


def test_change_is_made_once(api: ApiClient, user: User) -> None:
    changed = document("user", user.id, first_name="Ada")
    first = api.patch(f"/v1/users/{user.id}", changed, user=user, headers=KEY)
    assert first.status_code == 200
    assert api.patch(f"/v1/users/{user.id}", document("user", user.id, first_name="Bea"), user=user).status_code == 200
    again = api.patch(f"/v1/users/{user.id}", changed, user=user, headers=KEY)
    assert is_replay_of(again, first)
    assert db.session.get_one(User, user.id).first_name == "Bea"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/auth/session", {"email": "ada@example.com", "password": "correct horse"}),
        ("POST", "/v1/auth/login", {"email": "ada@example.com", "password": "correct horse"}),
        ("POST", "/v1/auth/reset-password", {"email": "ada@example.com"}),
        ("POST", "/v1/users/check_email", {"email": "ada@example.com"}),
        ("POST", "/v1/users/check_email", {}),  # A refusal that is answered, not raised.
    ],
)
def test_plain_endpoints_answer_as_before(api: ApiClient, user: User, method: str, path: str, body: Any) -> None:
    first, again = (api.plain(method, path, body, headers=KEY) for _ in range(2))
    assert is_replay_of(again, first)


def test_old_tokens_of_a_password_change_are_no_key_to_its_answer(api: ApiClient, user: User) -> None:
    signed_in = api.plain("POST", "/auth/session", {"email": user.email, "password": "correct horse"}).json
    bearing = {"Authorization": f"JWT {signed_in['access_token']}", **KEY}
    body = {"old-password": "correct horse", "new-password": "battery staple"}
    assert api.plain("POST", "/v1/auth/change-password", body, headers=bearing).status_code == 200
    assert api.plain("POST", "/v1/auth/change-password", body, headers=bearing).status_code == 401


def test_refresh_tokens_of_two_people_do_not_meet_under_one_key(api: ApiClient, user: User) -> None:
    mine, others = ({"Authorization": f"JWT {refresh_token(each)}", **KEY} for each in (user, UserFactory()))
    first = api.plain("POST", "/v1/auth/token/refresh", headers=mine)
    assert first.status_code == 200
    assert is_replay_of(api.plain("POST", "/v1/auth/token/refresh", headers=mine), first)
    stranger = api.plain("POST", "/v1/auth/token/refresh", headers=others)
    assert (stranger.status_code, stranger.json) == (
        422,
        {"error": "This Idempotency-Key was used for another request."},
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "content_type"),
    [
        ("POST", "/v1/events", document("event", name="Other Day"), "application/vnd.api+json"),
        ("POST", "/v1/events", EVENT, "application/vnd.api+json; profile=x"),
        ("POST", "/v1/events?include=owner", EVENT, "application/vnd.api+json"),
        ("POST", "/v1/tickets", EVENT, "application/vnd.api+json"),
        ("PATCH", "/v1/users/me", EVENT, "application/vnd.api+json"),
    ],
)
def test_key_of_another_request_is_refused(
    api: ApiClient, user: User, method: str, path: str, body: Any, content_type: str
) -> None:
    first = api.post("/v1/events", EVENT, user=user, headers=KEY)
    path = path.replace("me", str(user.id))
    other = api.request(method, path, json_body=body, user=user, headers=KEY, content_type=content_type)
    source = {"header": "Idempotency-Key"}
    assert refusal(other) == (422, source, "This Idempotency-Key was used for another request.")
    assert is_replay_of(api.post("/v1/events", EVENT, user=user, headers=KEY), first)


def test_two_people_with_the_same_key_do_not_meet(api: ApiClient, user: User) -> None:
    answers = [api.post("/v1/events", EVENT, user=each, headers=KEY) for each in (user, UserFactory())]
    assert [(each.status_code, "Idempotent-Replayed" in each.headers) for each in answers] == [(201, False)] * 2
    assert count(Event) == 2


def test_strangers_learn_nothing_from_a_key_of_somebody_without_a_token(api: ApiClient, user: User) -> None:
    body = {"email": user.email, "password": "correct horse"}
    assert api.plain("POST", "/auth/session", body, headers=KEY).status_code == 200
    for other in (body | {"password": "wrong"}, {"email": "eve@example.com"}):
        answer = api.plain("POST", "/auth/session", other, headers=KEY)
        assert (answer.status_code, answer.json) == (
            422,
            {"error": "This Idempotency-Key was used for another request."},
        )


@pytest.mark.parametrize(
    ("refused", "sound"),
    [(document("event", name=""), EVENT), (document("event"), EVENT)],
)
def test_refused_request_leaves_no_record_and_its_key_is_free(
    api: ApiClient, user: User, refused: Any, sound: Any
) -> None:
    assert api.post("/v1/events", refused, user=user, headers=KEY).status_code == 422
    assert count(IdempotencyRecord) == 0
    assert api.post("/v1/events", sound, user=user, headers=KEY).status_code == 201


def test_path_that_leads_nowhere_leaves_no_record(api: ApiClient, user: User) -> None:
    assert api.post("/v1/nothing", EVENT, user=user, headers=KEY).status_code == 404
    assert api.patch("/v1/events", EVENT, user=user, headers=KEY).status_code == 405
    assert count(IdempotencyRecord) == 0


def test_token_that_does_not_hold_opens_no_answer(api: ApiClient, user: User) -> None:
    api.post("/v1/events", EVENT, user=user, headers=KEY)
    answer = api.post("/v1/events", EVENT, headers={**KEY, "Authorization": "JWT nonsense"})
    assert answer.status_code == 401


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_key_means_nothing_to_methods_that_may_be_repeated_anyway(api: ApiClient, user: User, method: str) -> None:
    path = api.post("/v1/events", EVENT, user=user).headers["Location"]
    answer = api.request(method, path, user=user, headers={"Idempotency-Key": ""}, content_type=None)
    assert answer.status_code == 200
    assert count(IdempotencyRecord) == 0


@pytest.mark.parametrize(("hours", "made"), [(23.9, 1), (24.1, 2)])
def test_key_is_new_again_after_24_hours(api: ApiClient, user: User, hours: float, made: int) -> None:
    api.post("/v1/events", EVENT, user=user, headers=KEY)
    age(hours=hours)
    again = api.post("/v1/events", EVENT, user=user, headers=KEY)
    assert (count(Event), "Idempotent-Replayed" in again.headers) == (made, made == 1)
    third = api.post("/v1/events", EVENT, user=user, headers=KEY)
    assert is_replay_of(third, again) or made == 1
    assert count(Event) == made


def test_old_key_may_stand_for_another_request(api: ApiClient, user: User) -> None:
    api.post("/v1/events", EVENT, user=user, headers=KEY)
    age(hours=25)
    changed = document("user", user.id, first_name="Ada")
    assert api.patch(f"/v1/users/{user.id}", changed, user=user, headers=KEY).status_code == 200


def test_job_removes_records_that_are_too_old(app: Service) -> None:
    IdempotencyRecordFactory(key="old")
    age(hours=24.1)
    IdempotencyRecordFactory(key="young")
    forget_old_answers.func(timestamp=0)
    assert db.session.scalars(select(IdempotencyRecord.key)).all() == ["young"]


def test_stored_bytes_do_not_contain_the_answer(api: ApiClient, user: User) -> None:
    body = {"email": user.email, "password": "correct horse"}
    token = api.plain("POST", "/auth/session", body, headers=KEY).json["access_token"]
    record = db.session.scalars(select(IdempotencyRecord)).one()
    stored = repr({column.name: getattr(record, column.name) for column in IdempotencyRecord.__table__.columns})
    assert record.body
    assert [secret for secret in (token, "access_token", "correct horse") if secret in stored] == []


def test_answer_that_can_no_longer_be_read_is_no_reason_to_do_it_again(
    app: Service, api: ApiClient, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.plain("POST", "/v1/users/check_email", {"email": "a@example.com"}, headers=KEY)
    monkeypatch.setitem(app.config, "SECRET_KEY", "another secret key of sufficient length")
    again = api.plain("POST", "/v1/users/check_email", {"email": "a@example.com"}, headers=KEY)
    detail = "The request with this Idempotency-Key was done, but its answer can no longer be read."
    assert refusal(again) == (409, {"header": "Idempotency-Key"}, detail)


def test_request_without_the_header_costs_nothing(api: ApiClient, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def sent() -> list[str]:
        db.session.refresh(user)
        with statements_sent() as statements:
            assert api.post("/v1/events", EVENT, user=user).status_code == 201
        return statements

    guarded = sent()
    monkeypatch.setattr("app.edge.is_to_be_done_once", lambda: False)
    assert guarded == sent()
    assert not [statement for statement in guarded if "idempotency" in statement or "advisory" in statement]


def test_key_costs_three_statements_at_most(api: ApiClient, user: User) -> None:
    def sent(headers: dict[str, str]) -> int:
        db.session.refresh(user)
        with statements_sent() as statements:
            assert api.post("/v1/events", EVENT, user=user, headers=headers).status_code == 201
        return len(statements)

    assert sent(KEY) == sent({}) + 3
    assert sent(KEY) == 4  # Who asks, and the three of the key.


def test_browsers_may_send_the_key_and_read_that_it_is_a_replay(app: Service) -> None:
    client = app.test_client()
    origin = {"Origin": "https://www.example.com"}
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "idempotency-key"}
    allowed = client.options("/v1/events", headers=origin | asked)
    assert "idempotency-key" in allowed.headers["Access-Control-Allow-Headers"].lower()
    answers = [client.post("/v1/users/check_email", json={"email": "a@b.co"}, headers=origin | KEY) for _ in range(2)]
    assert [each.headers.get("Idempotent-Replayed") for each in answers] == [None, "true"]
    for each in answers:
        assert "Idempotent-Replayed" in each.headers["Access-Control-Expose-Headers"]
        assert each.headers["Access-Control-Allow-Origin"] == "*"


def test_only_writes_that_carry_a_key_are_guarded(app: Service) -> None:
    for method, headers, guarded in [
        ("POST", KEY, True),
        ("PATCH", KEY, True),
        ("GET", KEY, False),
        ("POST", {}, False),
    ]:
        with app.test_request_context(
            "/v1/events/1" if method != "POST" else "/v1/events", method=method, headers=headers
        ):
            assert is_to_be_done_once() is guarded


def test_replays_spend_no_rate_limit(committed_app: Service) -> None:
    committed_app.config["RATE_LIMIT_CHECK_EMAIL"] = "1 per hour"

    def ask(key: str) -> int:
        body = {"email": "ada@example.com"}
        headers = {"Idempotency-Key": key}
        return committed_app.test_client().post("/v1/users/check_email", json=body, headers=headers).status_code

    assert [ask("first") for _ in range(4)] == [200] * 4
    assert ask("second") == 429
    assert ask("first") == 200
