"""A second opinion: our Stripe adapter on localstripe, which others wrote.

It knows neither tokens for test cards nor idempotency keys nor OAuth; what it knows has to work.
"""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from app.adapters.payments import PaymentRequest, StripePayments, WebhookEvent, verify_webhook
from tests.unittests.providers import WEBHOOK_SECRET, Mailbox, mailbox

RequestOf = Callable[..., PaymentRequest]
KEY = "sk_test_12345"
CARD = {"card[number]": "4242424242424242", "card[exp_month]": "12", "card[exp_year]": "2099", "card[cvc]": "123"}


@pytest.fixture(scope="module")
def localstripe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """localstripe in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder: Path = tmp_path_factory.mktemp("localstripe")
    command = [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        yield _answering(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)


def _answering(url: str) -> str:
    deadline = time.monotonic() + 20
    while True:
        try:
            requests.get(f"{url}/v1/customers", auth=(KEY, ""), timeout=5)
        except requests.ConnectionError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return url


@pytest.fixture
def stripe(localstripe: str) -> StripePayments:
    """Our adapter on it."""
    return StripePayments(KEY, api_url=localstripe, timeout=10)


def ask(localstripe: str, path: str, **fields: str) -> dict[str, str]:
    answer = requests.post(f"{localstripe}/v1/{path}", data=fields, auth=(KEY, ""), timeout=10)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_token_is_charged_looked_up_and_given_back(
    localstripe: str, stripe: StripePayments, request_of: RequestOf
) -> None:
    made = stripe.charge(request_of(), ask(localstripe, "tokens", **CARD)["id"])
    assert (made.state, made.amount, made.order, made.key) == ("succeeded", Decimal("61.17"), "o-1", "k1")
    assert stripe.look_up(made.id).amount == Decimal("61.17")
    refund = stripe.refund(made.id, "r1", Decimal("20.00"), "EUR")
    assert (refund.state, refund.amount, refund.currency) == ("succeeded", Decimal("20.00"), "EUR")
    assert stripe.look_up_refund(refund.id).amount == Decimal("20.00")


def test_intent_is_started_cancelled_and_paid(localstripe: str, stripe: StripePayments, request_of: RequestOf) -> None:
    # Descriptions of intents are beyond localstripe.
    started = stripe.start(request_of(description=""))
    assert (started.state, started.order) == ("waiting", "o-1")
    assert started.document["client_secret"].startswith(f"{started.id}_secret_")
    assert stripe.cancel(started.id).state == "refused"

    method = ask(localstripe, "payment_methods", type="card", **CARD)["id"]
    fields = {"amount": "6117", "currency": "eur", "payment_method": method, "confirm": "true", "metadata[key]": "k2"}
    paid = stripe.look_up(ask(localstripe, "payment_intents", **fields)["id"])
    assert (paid.state, paid.amount, paid.key) == ("succeeded", Decimal("61.17"), "k2")
    assert (paid.transaction_id or "").startswith("ch_")
    assert stripe.refund(paid.id, "r2", Decimal("61.17"), "EUR").state == "succeeded"


def test_its_signatures_are_believed(localstripe: str) -> None:
    with mailbox() as box:
        hook = {"url": box.url, "secret": WEBHOOK_SECRET, "events": ["payment_intent.succeeded"]}
        requests.post(f"{localstripe}/_config/webhooks/ours", json=hook, timeout=10).raise_for_status()
        method = ask(localstripe, "payment_methods", type="card", **CARD)["id"]
        fields = {
            "amount": "500",
            "currency": "jpy",
            "payment_method": method,
            "confirm": "true",
            "metadata[key]": "k3",
        }
        intent = ask(localstripe, "payment_intents", **fields)
        # Events of the tests before may still be on their way: localstripe sends each a second later.
        [event] = [each for each in _events(box) if each.payment_key == "k3"]
    assert (event.type, event.object["id"]) == ("payment_intent.succeeded", intent["id"])


def _events(box: Mailbox) -> list[WebhookEvent]:
    """What came until the event about the last payment, which comes last."""
    for count in itertools.count(1):
        events = [verify_webhook(payload, header, WEBHOOK_SECRET) for payload, header in box.wait_for(count)]
        if events[-1].payment_key == "k3":
            return events
    return []
