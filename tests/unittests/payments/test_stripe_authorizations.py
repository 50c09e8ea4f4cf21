"""Connecting an event with the Stripe account it is paid to."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app.edge import Service, as_api_error
from app.events.models import Event
from app.extensions import db
from app.payments.credentials import _address, _uses_standins
from app.payments.models import StripeAuthorization
from app.site.services import settings
from app.users.tokens import access_token
from tests.unittests.client import JSON_API, ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic, give_role
from tests.unittests.factories.payments import StripeAuthorizationFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.orders.steps import attributes, error
from tests.unittests.providers import Providers, running_providers
from tests.unittests.ranks import role_of

KEYS = {
    "stripe_secret_key": "sk_test_mine",
    "stripe_publishable_key": "pk_test_mine",
    "stripe_refresh_token": "rt_mine",
    "stripe_user_id": "acct_mine",
    "stripe_email": "me@example.com",
}
SHOWN = {"stripe-publishable-key": "pk_test_mine", "stripe-user-id": "acct_mine", "stripe-email": "me@example.com"}
PATHS = ("/v1/stripe-authorization", "/v1/stripe-authorizations")


@pytest.fixture
def event(app: Service) -> Any:
    """An event that takes cards."""
    return EventFactoryBasic(can_pay_by_stripe=True)


@pytest.fixture
def providers(app: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Providers]:
    """Stripe, as far as it is stood in for."""
    with running_providers(tmp_path) as running:
        for name, value in (running.settings | {"PAYMENT_TIMEOUT_SECONDS": 1.0}).items():
            monkeypatch.setitem(app.config, name, value)
        yield running


def of(event: Any, **keys: Any) -> Any:
    """The document of a new authorization of the event."""
    return document("stripe-authorization", relationships={"event": linkage("event", event)}, **keys)


@pytest.mark.parametrize("path", PATHS)
def test_keys_go_in_and_never_come_out(api: ApiClient, event: Any, path: str) -> None:
    answer = api.post(path, of(event, **KEYS), user=role_of(event, "organizer"))
    assert (answer.status_code, attributes(answer)) == (201, SHOWN)
    member = role_of(event, "coorganizer")
    id_ = answer.json["data"]["id"]  # type: ignore[index]
    for address in (f"{path}/{id_}", f"/v1/events/{event.identifier}/stripe-authorization"):
        assert attributes(api.get(address, user=member)) == SHOWN
    assert event.is_stripe_linked is True


def test_secrets_are_encrypted_at_rest(event: Any) -> None:
    StripeAuthorizationFactory(event=event)
    stored = db.session.execute(text("SELECT stripe_secret_key, stripe_refresh_token FROM stripe_authorizations")).one()
    assert not [value for value in stored if b"sk_test" in bytes(value) or b"rt_of" in bytes(value)]
    assert db.session.scalars(select(StripeAuthorization)).one().stripe_secret_key == "sk_test_of_the_event"


def test_code_is_exchanged_for_keys(api: ApiClient, event: Any, providers: Providers) -> None:
    answer = api.post(PATHS[0], of(event, stripe_auth_code="ac_standin"), user=role_of(event, "owner"))
    assert answer.status_code == 201, answer.json
    assert attributes(answer)["stripe-user-id"] == "acct_standin"
    held = db.session.scalars(select(StripeAuthorization)).one()
    assert (held.stripe_secret_key, held.stripe_refresh_token) == ("sk_test_standin_connected", "rt_standin")


def test_wrong_code_is_told_in_the_words_of_stripe(api: ApiClient, event: Any, providers: Providers) -> None:
    answer = api.post(PATHS[0], of(event, stripe_auth_code="ac_wrong"), user=role_of(event, "owner"))
    assert (answer.status_code, error(answer)["source"]) == (422, {"pointer": "/data/stripe_auth_code"})
    assert error(answer)["detail"] == "Authorization code does not exist: ac_wrong"
    assert db.session.scalars(select(StripeAuthorization)).all() == []


def test_stripe_that_is_away_is_told(api: ApiClient, event: Any, providers: Providers) -> None:
    providers.fault("/stripe/oauth/token", status=503)
    answer = api.post(PATHS[0], of(event, stripe_auth_code="ac_standin"), user=role_of(event, "owner"))
    assert answer.status_code == 503
    assert event.is_stripe_linked is False


def test_code_needs_a_platform_with_keys(api: ApiClient, event: Any) -> None:
    answer = api.post(PATHS[0], of(event, stripe_auth_code="ac_1"), user=role_of(event, "owner"))
    assert answer.status_code == 403
    assert error(answer)["detail"] == "Stripe payment isn't configured properly for the Platform"


def test_real_keys_are_never_sent_to_the_stand_ins(api: ApiClient, event: Any, providers: Providers) -> None:
    found = settings()
    found.stripe_mode, found.stripe_test_client_id, found.stripe_test_secret_key = "test", "ca_real", "sk_test_real"
    db.session.flush()
    assert not _uses_standins()
    assert _address("STRIPE_API_URL", "stripe", uses_standin=False) is None


def test_neither_code_nor_secret_key_is_refused(api: ApiClient, event: Any) -> None:
    answer = api.post(PATHS[0], of(event, stripe_publishable_key="pk"), user=role_of(event, "owner"))
    assert (answer.status_code, error(answer)["source"]["pointer"]) == (422, "/data/attributes/stripe-auth-code")


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 201), ("organizer", 201), ("coorganizer", 403), ("registrar", 403)]
)
def test_organizers_connect_the_event(api: ApiClient, event: Any, role: str, status: int) -> None:
    answer = api.post(PATHS[0], of(event, **KEYS), user=role_of(event, role))
    assert answer.status_code == status
    if status == 403:
        assert error(answer)["detail"] == "Minimum Organizer access required"


def test_stranger_learns_nothing_of_codes(api: ApiClient, event: Any, providers: Providers) -> None:
    answer = api.post(PATHS[0], of(event, stripe_auth_code="ac_standin"), user=UserFactory())
    assert (answer.status_code, providers.requests()) == (403, [])


def test_event_without_card_payments_has_no_use_for_it(api: ApiClient, event: Any) -> None:
    event.can_pay_by_stripe = False
    answer = api.post(PATHS[0], of(event, **KEYS), user=role_of(event, "owner"))
    assert (answer.status_code, error(answer)["detail"]) == (403, "Stripe payment is disabled for this Event")


def test_event_has_one(api: ApiClient, event: Any) -> None:
    StripeAuthorizationFactory(event=event)
    answer = api.post(PATHS[0], of(event, **KEYS), user=role_of(event, "owner"))
    assert (answer.status_code, error(answer)["source"]) == (409, {"pointer": "/data/relationships/event"})


def test_two_at_once_leave_one(committed_app: Service) -> None:
    event, owner = EventFactoryBasic(can_pay_by_stripe=True), UserFactory()
    give_role(owner, event, "owner")
    db.session.commit()
    body, token, start = of(event, **KEYS), access_token(owner), Barrier(4)

    def connect(_: int) -> int:
        start.wait()
        headers = {"Authorization": f"JWT {token}", "Content-Type": JSON_API}
        return committed_app.test_client().post(PATHS[0], json=body, headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(connect, range(4))) == [201, 409, 409, 409]


def test_second_one_does_not_take_the_event_from_the_first(event: Any, app: Service) -> None:
    event_id, first_id = event.id, StripeAuthorizationFactory(event=event).id
    db.session.commit()
    db.session.expunge_all()
    connected = db.session.get_one(Event, event_id, options=[joinedload(Event.stripe_authorization)])
    db.session.add(StripeAuthorization(event=connected, stripe_secret_key="sk_test_second"))
    with pytest.raises(IntegrityError) as refused:
        db.session.flush()
    told = as_api_error(refused.value)
    assert (told.status, told.source) == (409, {"pointer": "/data/relationships/event"})
    db.session.rollback()
    assert db.session.get_one(StripeAuthorization, first_id).event_id == event_id


@pytest.mark.parametrize("role", ["coorganizer", "registrar", None])
def test_it_is_seen_changed_and_deleted_by_the_team(api: ApiClient, event: Any, role: str | None) -> None:
    held = StripeAuthorizationFactory(event=event)
    user = role_of(event, role) if role else UserFactory()
    address = f"{PATHS[0]}/{held.id}"
    allowed = role == "coorganizer"
    assert (api.get(address, user=user).status_code == 200) == allowed
    change = document("stripe-authorization", held.id, stripe_publishable_key="pk_new", stripe_secret_key=None)
    assert (api.patch(address, change, user=user).status_code == 200) == allowed
    assert held.stripe_secret_key == "sk_test_of_the_event"
    assert (held.stripe_publishable_key == "pk_new") == allowed
    event_id, event.is_stripe_linked = event.id, True
    assert (api.delete(address, user=user).status_code == 200) == allowed
    assert db.session.get_one(Event, event_id).is_stripe_linked is not allowed


def test_new_code_replaces_the_keys(api: ApiClient, event: Any, providers: Providers) -> None:
    held = StripeAuthorizationFactory(event=event)
    change = document("stripe-authorization", held.id, stripe_auth_code="ac_standin")
    answer = api.patch(f"{PATHS[0]}/{held.id}", change, user=role_of(event, "coorganizer"))
    assert (answer.status_code, attributes(answer)["stripe-user-id"]) == (200, "acct_standin")
    assert held.stripe_secret_key == "sk_test_standin_connected"


def test_there_is_no_list_and_none_to_find_where_there_is_none(api: ApiClient, event: Any) -> None:
    owner = role_of(event, "owner")
    assert api.get(PATHS[0], user=owner).status_code == 405
    assert api.get(f"/v1/events/{event.id}/stripe-authorization", user=owner).status_code == 404


def test_included_for_the_team_only(api: ApiClient, event: Any) -> None:
    StripeAuthorizationFactory(event=event)
    for user, number in ((role_of(event, "coorganizer"), 1), (UserFactory(), 0), (None, 0)):
        answer = api.get(f"/v1/events/{event.identifier}?include=stripe-authorization", user=user)
        found = [each for each in answer.json["included"] if each["type"] == "stripe-authorization"]  # type: ignore[index]
        assert len(found) == number
        assert "sk_test" not in answer.get_data(as_text=True)
