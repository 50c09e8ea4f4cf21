"""Messages of Stripe: whom we believe, and what the stand-in sends."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.adapters.payments import InvalidSignature, PaymentRequest, verify_webhook
from app.adapters.payments.standins.webhooks import signature
from tests.unittests.providers import WEBHOOK_SECRET, mailbox, running_providers, signed_event

RequestOf = Callable[..., PaymentRequest]
INTENT: dict[str, Any] = {"id": "pi_1", "metadata": {"key": "k1", "order": "o-1"}}


def test_signed_message_is_an_event() -> None:
    payload, header = signed_event("payment_intent.succeeded", INTENT, account="acct_1")
    event = verify_webhook(payload, header, WEBHOOK_SECRET)
    assert (event.type, event.account, event.payment_key) == ("payment_intent.succeeded", "acct_1", "k1")
    assert event.object == INTENT


def test_message_about_something_else_has_no_key_of_ours() -> None:
    event = verify_webhook(*signed_event("charge.succeeded", {"id": "ch_1"}), WEBHOOK_SECRET)
    assert (event.account, event.payment_key) == (None, None)


@pytest.mark.parametrize("header", ["", "t=1", "v1=abc", "nonsense", "t=x,v1=abc", "t=1,v0=abc"])
def test_message_without_a_signature_is_not_believed(header: str) -> None:
    payload, _ = signed_event("charge.succeeded", INTENT)
    with pytest.raises(InvalidSignature):
        verify_webhook(payload, header, WEBHOOK_SECRET)


@pytest.mark.parametrize("secret", ["whsec_other", "", " "])
def test_message_signed_with_another_secret_is_not_believed(secret: str) -> None:
    payload, header = signed_event("charge.succeeded", INTENT)
    with pytest.raises(InvalidSignature):
        verify_webhook(payload, header, secret)


def test_changed_message_is_not_believed() -> None:
    payload, header = signed_event("charge.succeeded", INTENT)
    with pytest.raises(InvalidSignature):
        verify_webhook(payload.replace(b"pi_1", b"pi_2"), header, WEBHOOK_SECRET)


def test_recorded_message_is_not_believed_later() -> None:
    payload, _ = signed_event("charge.succeeded", INTENT)
    old = int(time.time()) - 301
    with pytest.raises(InvalidSignature):
        verify_webhook(payload, signature(payload, WEBHOOK_SECRET, old), WEBHOOK_SECRET)
    assert verify_webhook(payload, signature(payload, WEBHOOK_SECRET, old + 20), WEBHOOK_SECRET).payment_key == "k1"


@pytest.mark.parametrize(
    "payload", [b"", b"\xff", b"[]", b"7", b"{}", b'{"id": "e", "type": "t", "data": {"object": 7}}', b'{"id": "e", "type": "t", "data": []}']
)  # fmt: skip
def test_signed_nonsense_is_no_event(payload: bytes) -> None:
    header = signature(payload, WEBHOOK_SECRET, int(time.time()))
    with pytest.raises(InvalidSignature):
        verify_webhook(payload, header, WEBHOOK_SECRET)


def test_standin_tells_what_happened(tmp_path: Path, request_of: RequestOf) -> None:
    with mailbox() as box, running_providers(tmp_path, webhook_url=box.url, webhook_secret=WEBHOOK_SECRET) as providers:
        stripe = providers.stripe()
        started = stripe.start(request_of())
        providers.confirm(started.document["client_secret"])
        stripe.refund(started.id, "r1", Decimal("1.17"), "EUR")
        events = [verify_webhook(payload, header, WEBHOOK_SECRET) for payload, header in box.wait_for(5)]
    assert [event.type for event in events] == [
        "charge.succeeded", "payment_intent.succeeded", "refund.created", "charge.refunded", "refund.updated",
    ]  # fmt: skip
    assert [event.payment_key for event in events] == ["k1", "k1", None, "k1", None]
    assert events[1].object["id"] == started.id
    assert len({event.id for event in events}) == 5


def test_refused_message_comes_again_and_holds_up_no_other(tmp_path: Path, request_of: RequestOf) -> None:
    with (
        mailbox(refusals=1) as box,
        running_providers(tmp_path, webhook_url=box.url, webhook_secret=WEBHOOK_SECRET) as providers,
    ):
        first, second = (providers.stripe().charge(request_of(key=key), "tok_visa") for key in ("k1", "k2"))
        events = [verify_webhook(payload, header, WEBHOOK_SECRET) for payload, header in box.wait_for(2)]
    assert [event.object["id"] for event in events] == [second.id, first.id]


def test_standin_names_the_connected_account(tmp_path: Path, request_of: RequestOf) -> None:
    with mailbox() as box, running_providers(tmp_path, webhook_url=box.url, webhook_secret=WEBHOOK_SECRET) as providers:
        connected = providers.stripe().exchange_code("ac_standin")
        providers.stripe(connected.secret_key).charge(request_of(), "tok_visa")
        [(payload, _)] = box.wait_for(1)
    assert json.loads(payload)["account"] == connected.user_id == "acct_standin"
