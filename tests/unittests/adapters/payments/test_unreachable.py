"""Providers that are down or slow: the caller gets its thread back in time, and nothing is charged twice."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest

from app.adapters.payments import PaymentRequest, PayPalPayments, ProviderUnavailable, StripePayments
from tests.unittests.providers import Providers

RequestOf = Callable[..., PaymentRequest]
TIMEOUT_SECONDS = 0.3
TOLERANCE_SECONDS = 4.0  # On a busy machine; the slow provider takes longer still.
URLS = {"return_url": "http://127.0.0.1:1/", "cancel_url": "http://127.0.0.1:1/"}

CALLS: dict[str, Callable[[str, PaymentRequest], Any]] = {
    "stripe charge": lambda url, request: stripe_at(url).charge(request, "tok_visa"),
    "stripe start": lambda url, request: stripe_at(url).start(request),
    "stripe look up": lambda url, request: stripe_at(url).look_up("pi_1"),
    "stripe cancel": lambda url, request: stripe_at(url).cancel("pi_1"),
    "stripe refund": lambda url, request: stripe_at(url).refund("ch_1", "r1", Decimal(1), "EUR"),
    "stripe code": lambda url, request: stripe_at(url).exchange_code("ac_standin"),
    "paypal start": lambda url, request: paypal_at(url).start(request, payee=None, **URLS),
    "paypal look up": lambda url, request: paypal_at(url).look_up("PAYID-X"),
    "paypal execute": lambda url, request: paypal_at(url).execute("PAYID-X", "PAYER"),
    "paypal refund": lambda url, request: paypal_at(url).refund("SALE", "r1", Decimal(1), "EUR"),
}


def stripe_at(url: str) -> StripePayments:
    return StripePayments("sk_test_1", api_url=f"{url}/stripe", connect_url=f"{url}/stripe", timeout=TIMEOUT_SECONDS)


def paypal_at(url: str) -> PayPalPayments:
    return PayPalPayments("application", "secret", api_url=f"{url}/paypal", timeout=TIMEOUT_SECONDS)


@contextmanager
def soon() -> Iterator[None]:
    """What happens in the block takes about the timeout, not the time of the provider."""
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < TIMEOUT_SECONDS + TOLERANCE_SECONDS


@pytest.mark.parametrize("call", CALLS)
def test_provider_that_is_down_is_unavailable(request_of: RequestOf, call: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # Bound and not listening: connections are refused.
        with soon(), pytest.raises(ProviderUnavailable):
            CALLS[call](f"http://127.0.0.1:{closed.getsockname()[1]}", request_of())


@pytest.mark.parametrize("call", CALLS)
def test_slow_provider_is_unavailable_after_the_timeout(
    payment_standins: Providers, request_of: RequestOf, call: str
) -> None:
    payment_standins.fault("/*", times=9, delay=10)
    with soon(), pytest.raises(ProviderUnavailable):
        CALLS[call](payment_standins.url, request_of())


@pytest.mark.parametrize("call", ["stripe look up", "paypal look up"])
def test_provider_that_answers_byte_by_byte_is_unavailable_after_the_timeout(request_of: RequestOf, call: str) -> None:
    with trickling() as url, soon(), pytest.raises(ProviderUnavailable):
        CALLS[call](url, request_of())


def test_charge_that_was_answered_too_late_is_found_by_asking_again(
    payment_standins: Providers, request_of: RequestOf
) -> None:
    payment_standins.fault("/stripe/v1/charges", late=10)
    with soon(), pytest.raises(ProviderUnavailable):
        payment_standins.stripe(timeout=TIMEOUT_SECONDS).charge(request_of(), "tok_visa")
    outcome = payment_standins.stripe().charge(request_of(), "tok_visa")
    assert outcome.state == "succeeded"
    assert [each["key"] for each in payment_standins.requests("/stripe/v1/charges")] == ["k1-charge", "k1-charge"]


def test_charge_that_is_carried_out_after_we_gave_up_is_not_made_again(
    payment_standins: Providers, request_of: RequestOf
) -> None:
    payment_standins.fault("/stripe/v1/charges", delay=0.6)
    with pytest.raises(ProviderUnavailable):
        payment_standins.stripe(timeout=TIMEOUT_SECONDS).charge(request_of(), "tok_visa")
    first = payment_standins.stripe().charge(request_of(), "tok_visa")
    time.sleep(0.6)  # The late call has been carried out by now.
    assert payment_standins.stripe().charge(request_of(), "tok_visa") == first


@contextmanager
def trickling() -> Iterator[str]:
    """A server whose answer never ends, though a byte of it comes all the time."""
    stopped = threading.Event()

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not stopped.wait(0.05):
                try:
                    connection.sendall(b" ")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        stopped.set()
        thread.join()
