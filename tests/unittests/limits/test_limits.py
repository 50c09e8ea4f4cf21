"""Limits on what signs in, guesses and makes the service send mail, with the values of production."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from limits import parse
from sqlalchemy import func, select

from app import create_app
from app.edge import Service
from app.extensions import db
from app.jsonapi.errors import TooManyRequests
from app.limits.models import RateCount
from app.limits.spending import LIMITER, client_address, spend
from app.users.models import MailedToken
from app.users.tasks import clear_expired
from app.users.tokens import access_token
from config import SETTINGS, load
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.limits import RateCountFactory
from tests.unittests.factories.users import MailedTokenFactory, UserFactory

PRODUCTION = {setting.name: setting.default for setting in SETTINGS if setting.name.startswith("RATE_LIMIT")}


@pytest.fixture
def strict_app(database_url: str, make_config: Callable[..., dict[str, Any]]) -> Iterator[Service]:
    """The service with production's limits, behind one trusted proxy so that tests can have several addresses."""
    app = create_app(make_config(database_url, **PRODUCTION, TRUSTED_PROXIES=1))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def api(strict_app: Service) -> ApiClient:
    return ApiClient(strict_app)


def test_production_has_these_limits_and_development_generous_ones() -> None:
    secret = "a secret that is long enough for tests"
    production = load({"ENVIRONMENT": "production", "DATABASE_URL": "postgresql://x/y", "SECRET_KEY": secret})
    assert PRODUCTION.items() <= production.items()
    testing = load({"ENVIRONMENT": "testing", "SECRET_KEY": secret})
    for name in ("RATE_LIMIT_SIGN_IN", "RATE_LIMIT_SIGN_UP", "RATE_LIMIT_SIGN_IN_ACCOUNT"):
        per_minute = parse(testing[name])
        assert (per_minute.get_expiry(), per_minute.amount >= 600) == (60, True)


def sender(method: str, path: str, body: Any) -> Callable[..., Any]:
    """A request to a plain route; `number` makes bodies differ from each other."""

    def send(api: ApiClient, number: int, address: str, token: str) -> Any:
        sent = {key: value.format(number=number) for key, value in body.items()}
        headers = {"X-Forwarded-For": address} | ({"Authorization": f"JWT {token}"} if token else {})
        return api.plain(method, path, {"data": sent}, headers=headers)

    return send


def sign_up(api: ApiClient, number: int, address: str, token: str) -> Any:
    attributes = {"email": f"new{number}@example.com", "password": "x"}
    return api.post("/v1/users", document("user", **attributes), headers={"X-Forwarded-For": address})


def change_address(api: ApiClient, number: int, address: str, token: str) -> Any:
    user_id = api.get("/v1/users/user-details/get-user-id", headers={"Authorization": f"JWT {token}"}).json["user_id"]
    given = document("user", user_id, email="taken@example.com")
    headers = {"X-Forwarded-For": address, "Authorization": f"JWT {token}"}
    return api.patch(f"/v1/users/{user_id}", given, headers=headers)


def add_address(api: ApiClient, number: int, address: str, token: str) -> Any:
    headers = {"X-Forwarded-For": address, "Authorization": f"JWT {token}"}
    user_id = api.get("/v1/users/user-details/get-user-id", headers=headers).json["user_id"]
    given = document("user-email", relationships={"user": linkage("user", user_id)}, email_address="taken@example.com")
    return api.post("/v1/user-emails", given, headers=headers)


ROUTES: dict[str, tuple[Callable[..., Any], int]] = {
    "session": (sender("POST", "/auth/session", {"username": "a{number}@example.com", "password": "x"}), 10),
    "login": (sender("POST", "/v1/auth/login", {"username": "a{number}@example.com", "password": "x"}), 10),
    "fresh login": (sender("POST", "/v1/auth/fresh-login", {"email": "a{number}@example.com", "password": "x"}), 10),
    "sign-up": (sign_up, 5),
    "check_email": (sender("POST", "/v1/users/check_email", {"email": "a{number}@example.com"}), 5),
    "checkEmail": (sender("POST", "/v1/users/checkEmail", {"email": "a{number}@example.com"}), 5),
    "verify-password": (sender("POST", "/v1/auth/verify-password", {"password": "x"}), 5),
    "change-password": (
        sender("POST", "/v1/auth/change-password", {"old-password": "x", "new-password": "y"}), 5,
    ),
    "reset": (sender("POST", "/v1/auth/reset-password", {"email": "a{number}@example.com"}), 1),
    "reset by token": (sender("PATCH", "/v1/auth/reset-password", {"token": "{number}", "password": "long enough"}), 60),
    "verify-email": (sender("POST", "/v1/auth/verify-email", {"token": "{number}"}), 60),
    "refresh": (sender("POST", "/v1/auth/token/refresh", {}), 60),
    "resend": (sender("POST", "/v1/auth/resend-verification-email", {"email": "a{number}@example.com"}), 5),
    "change of address": (change_address, 5),
    "further address": (add_address, 5),
}  # fmt: skip


@pytest.mark.parametrize("what", ROUTES)
def test_route_is_limited_per_network_address_or_account(api: ApiClient, what: str) -> None:
    send, allowed = ROUTES[what]
    UserFactory(email="taken@example.com")
    user = UserFactory(password="correct horse")
    needs_user = what.startswith(("fresh", "verify-password", "change", "further"))
    token = access_token(user) if needs_user else ""
    statuses = [send(api, number, "203.0.113.7", token).status_code for number in range(allowed)]
    assert 429 not in statuses
    refused = send(api, allowed, "203.0.113.7", token)
    assert refused.status_code == 429
    wait = int(refused.headers["Retry-After"])
    assert 0 < wait <= 60
    text = f"Too many requests. Try again in {wait} seconds."
    path = refused.request.path
    if "/auth/" in path:
        assert refused.json == {"error": text}
    else:
        assert (
            refused.json["errors"][0].items() >= {"status": 429, "title": "Too Many Requests", "detail": text}.items()
        )


@pytest.mark.parametrize("what", ["session", "sign-up", "check_email", "reset", "verify-email"])
def test_another_network_address_has_its_own_limit(api: ApiClient, what: str) -> None:
    send, allowed = ROUTES[what]
    for number in range(allowed + 1):
        last = send(api, number, "203.0.113.7", "")
    assert last.status_code == 429
    assert send(api, allowed + 1, "203.0.113.8", "").status_code != 429


@pytest.mark.parametrize(
    ("path", "body", "allowed"),
    [
        ("/auth/session", {"username": "ada@example.com", "password": "x"}, 10),
        ("/v1/auth/reset-password", {"email": "ada@example.com"}, 3),
        ("/v1/auth/reset-password", {"email": "nobody@example.com"}, 3),
        ("/v1/auth/resend-verification-email", {"email": "ada@example.com"}, 5),
    ],
)
def test_one_account_is_limited_across_addresses_whether_it_exists_or_not(
    api: ApiClient, path: str, body: dict[str, str], allowed: int
) -> None:
    UserFactory(email="ada@example.com")
    answers = []
    for number in range(allowed + 1):
        spelled = {key: value.upper() if number % 2 and "@" in value else value for key, value in body.items()}
        headers = {"X-Forwarded-For": f"203.0.113.{number}"}
        answers.append(api.plain("POST", path, spelled, headers=headers).status_code)
    assert 429 not in answers[:-1]
    assert answers[-1] == 429


def test_refused_sign_in_counts_though_its_transaction_is_rolled_back(api: ApiClient) -> None:
    ROUTES["session"][0](api, 1, "203.0.113.7", "")
    assert db.session.scalar(select(func.count()).select_from(RateCount)) == 4


def test_what_is_counted_does_not_name_anybody(api: ApiClient) -> None:
    ROUTES["session"][0](api, 1, "203.0.113.7", "")
    keys = " ".join(db.session.scalars(select(RateCount.key)))
    assert "example.com" not in keys
    assert "203.0.113" not in keys


def test_forwarded_address_counts_only_behind_a_trusted_proxy(
    database_url: str, make_config: Callable[..., dict[str, Any]]
) -> None:
    app = create_app(make_config(database_url, **PRODUCTION))
    with app.app_context():
        send = ROUTES["check_email"][0]
        answers = [send(ApiClient(app), number, f"203.0.113.{number}", "").status_code for number in range(6)]
        db.session.remove()
        db.engine.dispose()
    assert answers == [200] * 5 + [429]


def test_limits_can_be_switched_off(database_url: str, make_config: Callable[..., dict[str, Any]]) -> None:
    app = create_app(make_config(database_url, **{**PRODUCTION, "RATE_LIMITS_ENABLED": False}))
    with app.app_context():
        answers = {ROUTES["check_email"][0](ApiClient(app), 1, "203.0.113.7", "").status_code for _ in range(8)}
        db.session.remove()
        db.engine.dispose()
    assert answers == {200}


COUNTING = """
import sys
from app import create_app
from app.extensions import db
from app.limits.spending import spend
from app.jsonapi.errors import TooManyRequests
from config import load
app = create_app(load({"DATABASE_URL": sys.argv[1], "ENVIRONMENT": "production",
    "SECRET_KEY": "a secret that is long enough for tests", "RATE_LIMIT_SIGN_IN": "30 per hour"}))
passed = 0
with app.app_context():
    for _ in range(20):
        try:
            spend("RATE_LIMIT_SIGN_IN", "somebody")
            passed += 1
        except TooManyRequests:
            pass
    db.engine.dispose()
print(passed)
"""


def test_processes_share_their_limits(database_url: str) -> None:
    command = [sys.executable, "-c", COUNTING, database_url]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert sum(int(process.communicate(timeout=60)[0]) for process in running) == 30


def test_threads_never_pass_more_than_the_limit(strict_app: Service) -> None:
    strict_app.config["RATE_LIMIT_TOKEN"] = "25 per hour"

    def passes(_: int) -> bool:
        with strict_app.app_context():
            try:
                spend("RATE_LIMIT_TOKEN", "somebody")
            except TooManyRequests:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(passes, range(60))) == 25


def test_window_that_is_over_starts_again(strict_app: Service) -> None:
    strict_app.config["RATE_LIMIT_TOKEN"] = "1 per second"
    spend("RATE_LIMIT_TOKEN", "somebody")
    with pytest.raises(TooManyRequests) as refused:
        spend("RATE_LIMIT_TOKEN", "somebody")
    time.sleep(int(refused.value.headers["Retry-After"]) + 0.05)
    spend("RATE_LIMIT_TOKEN", "somebody")


def test_storage_keeps_what_the_limiter_expects_of_it(strict_app: Service) -> None:
    storage, now = strict_app.extensions[LIMITER].storage, time.time()
    assert storage.check()
    assert [storage.incr("a", 100), storage.incr("a", 100, 2), storage.incr("b", 1)] == [1, 3, 1]
    assert (storage.get("a"), storage.get("unknown")) == (3, 0)
    assert 95 < storage.get_expiry("a") - now < 105
    assert abs(storage.get_expiry("unknown") - now) < 5
    storage.clear("a")
    assert storage.get("a") == 0
    assert storage.reset() == 1


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix", "unix"),
    ],
)
def test_network_of_an_ipv6_address_counts_as_one(app: Service, address: str, counted: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert client_address() == counted


def test_every_limit_of_the_configuration_is_used() -> None:
    code = "".join(path.read_text() for path in (Path(__file__).parents[3] / "app").rglob("*.py"))
    assert [name for name in PRODUCTION if f'"{name}"' not in code] == []


def test_clock_removes_what_has_expired(app: Service) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=8)
    RateCountFactory(key="over", expires_at=long_ago)
    RateCountFactory(key="current")
    MailedTokenFactory(expires_at=long_ago)
    recent = MailedTokenFactory(expires_at=datetime.now(UTC) - timedelta(days=1))
    clear_expired.func(timestamp=0)
    keys = db.session.scalars(select(RateCount.key).where(RateCount.key.in_(["over", "current"]))).all()
    assert keys == ["current"]
    assert db.session.scalars(select(MailedToken)).all() == [recent]
