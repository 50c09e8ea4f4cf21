"""The payment stand-ins as tests use them: over HTTP, on a free port, with a folder of the test's own."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import requests

from app.adapters.payments import PayPalPayments, StripePayments
from app.adapters.payments.standins.server import StandinServer
from app.adapters.payments.standins.webhooks import signature
from tests.unittests.serving import served

TEST_KEY = "sk_test_standin"
WEBHOOK_SECRET = "whsec_of_tests"


@dataclass
class Providers:
    """Running stand-ins: where they are, and how a test looks at them and disturbs them."""

    url: str

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that send a service's payments here."""
        stripe, paypal = f"{self.url}/stripe", f"{self.url}/paypal"
        return {
            "PAYMENT_STANDINS_URL": self.url,
            "STRIPE_API_URL": stripe,
            "STRIPE_CONNECT_URL": stripe,
            "PAYPAL_API_URL": paypal,
            "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        }

    def stripe(self, key: str = TEST_KEY, *, timeout: float = 5.0) -> StripePayments:
        """Our adapter of Stripe for an account."""
        url = f"{self.url}/stripe"
        return StripePayments(key, api_url=url, connect_url=url, timeout=timeout)

    def paypal(self, secret: str = "secret", *, client: str = "application", timeout: float = 5.0) -> PayPalPayments:
        """Our adapter of PayPal for an application."""
        return PayPalPayments(client, secret, api_url=f"{self.url}/paypal", timeout=timeout)

    def fault(self, path: str, **wanted: Any) -> None:
        """Disturb the next call of a path below the stand-ins' address, `*` for any part; see `Fault` for how."""
        answer = requests.post(f"{self.url}/standin/faults", json={"path": path, **wanted}, timeout=5)
        assert answer.status_code == 204, answer.text

    def requests(self, path: str = "") -> list[dict[str, Any]]:
        """What was asked so far, below a path."""
        asked = requests.get(f"{self.url}/standin/requests", timeout=5).json()
        return [each for each in asked if each["path"].startswith(path)]

    def confirm(self, client_secret: str, card: str = "pm_card_visa") -> requests.Response:
        """What the buyer's browser does with a PaymentIntent's secret."""
        intent = client_secret.partition("_secret_")[0]
        fields = {"client_secret": client_secret, "payment_method": card, "key": "pk_test_standin"}
        return requests.post(f"{self.url}/stripe/v1/payment_intents/{intent}/confirm", data=fields, timeout=5)

    def approve(self, approval_url: str, **fields: str) -> requests.Response:
        """What the payer does on PayPal's page; the answer leads back to the service and is not followed."""
        return requests.post(approval_url, data=fields, allow_redirects=False, timeout=5)


@contextmanager
def running_providers(folder: Path, **options: Any) -> Iterator[Providers]:
    """Stand-ins for as long as the block runs; options as of StandinServer."""
    with StandinServer(folder, **options) as server:
        yield Providers(server.url)


def signed_event(kind: str, about: dict[str, Any], *, secret: str = WEBHOOK_SECRET, **more: Any) -> tuple[bytes, str]:
    """A message of Stripe about an object: its bytes, and the header Stripe-Signature that goes with them."""
    event = {"id": f"evt_{kind}_{about.get('id')}", "object": "event", "type": kind, "data": {"object": about}, **more}
    payload = json.dumps(event).encode()
    return payload, signature(payload, secret, int(time.time()))


@dataclass
class Mailbox:
    """An HTTP server that takes whatever is sent to it; the first `refusals` messages are refused."""

    url: str = ""
    refusals: int = 0
    messages: list[tuple[bytes, str]] = field(default_factory=list)

    def wait_for(self, count: int, seconds: float = 10.0) -> list[tuple[bytes, str]]:
        """The messages once there are so many; fails the test when they do not come."""
        deadline = time.monotonic() + seconds
        while len(self.messages) < count:
            assert time.monotonic() < deadline, f"only {len(self.messages)} messages came"
            time.sleep(0.02)
        return list(self.messages)


@contextmanager
def mailbox(*, refusals: int = 0) -> Iterator[Mailbox]:
    """A mailbox for signed messages on loopback."""
    box = Mailbox(refusals=refusals)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            refused = box.refusals > 0
            box.refusals -= 1
            if not refused:
                box.messages.append((body, self.headers["Stripe-Signature"]))
            self.send_response(500 if refused else 200)
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    with served(Handler) as port:
        box.url = f"http://127.0.0.1:{port}/v1/webhooks/stripe"
        yield box
