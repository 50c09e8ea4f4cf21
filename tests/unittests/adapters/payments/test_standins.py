"""The stand-ins themselves: what people see, what is kept, what happens at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import html

from app import create_app
from app.adapters.payments import Outcome, PaymentRequest, ProviderRefused, ProviderUnavailable
from tests.unittests.providers import TEST_KEY, Providers, running_providers

RequestOf = Callable[..., PaymentRequest]
URLS = {"return_url": "http://127.0.0.1:1/back", "cancel_url": "http://127.0.0.1:1/cancel"}


def approval_page(providers: Providers, request: PaymentRequest, payee: str = "organizer@example.com") -> Outcome:
    return providers.paypal().start(request, payee=payee, **URLS)


def stripe(providers: Providers, path: str, key: str = TEST_KEY, **more: Any) -> requests.Response:
    """A POST as curl would make it."""
    return requests.post(f"{providers.url}/stripe{path}", headers={"Authorization": f"Bearer {key}"}, timeout=5, **more)


def test_approval_page_tells_people_what_they_approve(payment_standins: Providers, request_of: RequestOf) -> None:
    payment = approval_page(payment_standins, request_of(description="Two <b>seats</b>", order="<script>o-1"))
    answer = requests.get(payment.url or "", timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    page = html.fromstring(answer.text)
    assert "No money moves." in page.text_content()
    assert [each.text_content() for each in page.findall(".//dd")] == [
        "61.17 EUR", "organizer@example.com", "<script>o-1", "Two <b>seats</b>",
    ]  # fmt: skip
    [form] = page.forms
    assert (form.method, form.action) == ("POST", None)  # To the page's own address.
    assert page.xpath("//html/@lang") == ["en"]
    assert page.xpath("//a/@href")[0].startswith("http://127.0.0.1:1/cancel?token=EC-")
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_approving_leads_back_even_where_nothing_answers(payment_standins: Providers, request_of: RequestOf) -> None:
    payment = approval_page(payment_standins, request_of())
    for _ in range(2):
        answer = payment_standins.approve(payment.url or "")
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith(f"http://127.0.0.1:1/back?paymentId={payment.id}&token=EC-")


def test_page_of_an_executed_payment_has_no_button(payment_standins: Providers, request_of: RequestOf) -> None:
    payment = approval_page(payment_standins, request_of())
    payment_standins.approve(payment.url or "")
    payment_standins.paypal().execute(payment.id)
    page = html.fromstring(requests.get(payment.url or "", timeout=5).text)
    assert page.forms == []
    assert "This payment is done" in page.text_content()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_page_of_no_payment_says_so(payment_standins: Providers, method: str) -> None:
    answer = requests.request(method, f"{payment_standins.url}/paypal/approve?token=EC-NONE", timeout=5)
    assert (answer.status_code, "There is no such payment" in answer.text) == (404, True)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "ftp://127.0.0.1/"])
def test_page_leads_back_to_web_addresses_only(payment_standins: Providers, request_of: RequestOf, url: str) -> None:
    with pytest.raises(ProviderRefused, match="no address"):
        payment_standins.paypal().start(request_of(), payee=None, return_url=url, cancel_url=url)


def test_payments_outlive_a_restart(tmp_path: Path, request_of: RequestOf) -> None:
    with running_providers(tmp_path) as before:
        charge = before.stripe().charge(request_of(), "tok_visa")
        approved = approval_page(before, request_of())
        before.approve(approved.url or "")
        paypal = before.paypal()
        paypal.look_up(approved.id)
    with running_providers(tmp_path) as after:
        assert after.stripe().look_up(charge.id) == charge
        assert after.stripe().charge(request_of(), "tok_visa") == charge
        assert after.paypal().execute(approved.id).state == "succeeded"


def test_many_calls_with_one_key_charge_once(payment_standins: Providers, request_of: RequestOf) -> None:
    outcomes: list[Outcome] = []
    payer = payment_standins.stripe()
    threads = [
        threading.Thread(target=lambda: outcomes.append(payer.charge(request_of(), "tok_visa"))) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 12
    assert {outcome.id for outcome in outcomes} == {outcomes[0].id}


def test_other_parameters_under_the_same_key_are_refused(payment_standins: Providers) -> None:
    key = {"Idempotency-Key": "i1"}
    url = f"{payment_standins.url}/stripe/v1/payment_intents"
    first, again, other = (
        requests.post(url, data={"amount": amount, "currency": "eur"}, headers=key, auth=(TEST_KEY, ""), timeout=5)
        for amount in (100, 100, 200)
    )
    assert first.json() == again.json()
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")


@pytest.mark.parametrize(
    ("path", "fields", "param"),
    [
        ("/v1/payment_intents", {"amount": "0", "currency": "eur"}, "amount"),
        ("/v1/payment_intents", {"amount": "19.99", "currency": "eur"}, "amount"),
        ("/v1/payment_intents", {"amount": "1999"}, "currency"),
        ("/v1/payment_intents", {"amount": "1234", "currency": "bhd"}, "amount"),
        ("/v1/charges", {"amount": "1999", "currency": "eur", "customer": "cus_none"}, "customer"),
    ],
)
def test_wrong_parameter_is_named(payment_standins: Providers, path: str, fields: dict[str, str], param: str) -> None:
    answer = stripe(payment_standins, path, data=fields)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


@pytest.mark.parametrize("key", ["", "pk_test_standin", "nonsense"])
def test_stripe_wants_a_secret_key(payment_standins: Providers, key: str) -> None:
    assert (
        stripe(payment_standins, "/v1/payment_intents", key, data={"amount": 1, "currency": "eur"}).status_code == 401
    )


def test_secret_of_one_intent_opens_no_other(payment_standins: Providers, request_of: RequestOf) -> None:
    payer = payment_standins.stripe()
    mine, other = payer.start(request_of()), payer.start(request_of(key="k2"))
    fields = {"client_secret": mine.document["client_secret"], "payment_method": "pm_card_visa"}
    url = f"{payment_standins.url}/stripe/v1/payment_intents/{other.id}/confirm"
    assert requests.post(url, data=fields, timeout=5).status_code == 401
    assert payer.look_up(other.id).state == "waiting"


def test_intent_can_be_paid_at_once(payment_standins: Providers) -> None:
    fields = {"amount": 100, "currency": "eur", "confirm": "true", "payment_method": "pm_card_visa"}
    answer = stripe(payment_standins, "/v1/payment_intents", data=fields)
    assert (answer.status_code, answer.json()["status"]) == (200, "succeeded")


def test_fault_ends_after_its_calls_and_can_be_taken_back(payment_standins: Providers, request_of: RequestOf) -> None:
    url = f"{payment_standins.url}/stripe/v1/charges/ch_1"
    payment_standins.fault("/stripe/v1/charges/*", times=2, status=503, body="down")
    assert [requests.get(url, auth=(TEST_KEY, ""), timeout=5).status_code for _ in range(3)] == [503, 503, 404]
    payment_standins.fault("/stripe/*", status=503)
    requests.delete(f"{payment_standins.url}/standin/faults", timeout=5)
    assert payment_standins.requests() == []
    assert requests.get(url, auth=(TEST_KEY, ""), timeout=5).status_code == 404


def test_unknown_fault_and_unknown_page_are_refused(payment_standins: Providers) -> None:
    wrong = requests.post(f"{payment_standins.url}/standin/faults", json={"path": "/x", "odd": 1}, timeout=5)
    assert (wrong.status_code, "odd" in wrong.json()["error"]) == (400, True)
    assert requests.get(f"{payment_standins.url}/nothing", timeout=5).status_code == 404
    assert "No money moves." in requests.get(payment_standins.url, timeout=5).text


def test_stopping_does_not_wait_for_slow_answers(tmp_path: Path, request_of: RequestOf) -> None:
    with running_providers(tmp_path) as providers:
        providers.fault("/stripe/v1/payment_intents", delay=60)
        asking = threading.Thread(target=lambda: _fails(lambda: providers.stripe().start(request_of())))
        asking.start()
        while not providers.requests("/stripe"):
            pass
    asking.join(3)
    assert not asking.is_alive()


def _fails(call: Callable[[], Any]) -> None:
    with pytest.raises(ProviderUnavailable):
        call()


def test_refund_without_an_amount_is_the_whole_rest(payment_standins: Providers, request_of: RequestOf) -> None:
    payer = payment_standins.stripe()
    charge = payer.charge(request_of(), "tok_visa")
    payer.refund(charge.id, "r1", Decimal("1.17"), "EUR")
    answer = stripe(payment_standins, "/v1/refunds", data={"charge": charge.id})
    assert answer.json()["amount"] == 6000


def test_service_logs_that_no_money_moves(
    make_config: Callable[..., dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = "postgresql+psycopg://127.0.0.1:1/none"
    create_app(make_config(nowhere))
    assert "no money moves" not in caplog.text
    create_app(make_config(nowhere, PAYMENT_STANDINS_URL="http://127.0.0.1:9"))
    assert "payments go to stand-ins at http://127.0.0.1:9: no money moves" in caplog.text
