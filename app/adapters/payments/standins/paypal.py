"""The PayPal stand-in: payments that a person approves on a page of ours, then executed, refunded."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from app.adapters.payments.standins.answering import Answering, Asked, Refusal, new_id
from app.adapters.payments.standins.store import Store
from app.money import decimals_of

MERCHANT = {"merchant_id": "STANDINMERCHANT", "email": "merchant@standin.example"}
PAYER = {"payer_id": "STANDINPAYER", "email": "payer@standin.example", "first_name": "Stand-in", "last_name": "Payer"}
TOKEN_SECONDS = 32400


def error(status: int, name: str, message: str, *issues: tuple[str, str]) -> Refusal:
    """A refusal in PayPal's form; an issue is a field and what is wrong with it."""
    details = [{"field": field, "issue": issue} for field, issue in issues]
    return Refusal(status, {"name": name, "message": message, "debug_id": new_id("", 13), "details": details})


class PayPalStandin:
    """PayPal's payments and what can be done with them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.routes: dict[tuple[str, str], Answering] = {
            ("POST", "payments/payment"): self.create_payment,
            ("GET", "payments/payment/*"): lambda asked: self._find(asked, "payment"),
            ("POST", "payments/payment/*/execute"): self.execute_payment,
            ("POST", "payments/sale/*/refund"): self.refund_sale,
            ("GET", "payments/sale/*"): lambda asked: self._find(asked, "sale"),
            ("GET", "payments/refund/*"): lambda asked: self._find(asked, "refund"),
        }

    def grant_token(self, client_id: str) -> dict[str, Any]:
        """An access token for an application."""
        token = new_id("A21AA", 60)
        self._store.put(client_id, {"id": token, "kind": "token"})
        return {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "app_id": "APP-STANDIN"}

    def owner_of(self, token: str) -> str | None:
        """The application that an access token was given to."""
        found = self._store.owned(token)
        return found[0] if found and found[1]["kind"] == "token" else None

    def create_payment(self, asked: Asked) -> dict[str, Any]:
        """A payment that waits for its payer's approval."""
        transactions = asked.fields.get("transactions")
        if asked.text("intent") != "sale" or not isinstance(transactions, list) or len(transactions) != 1:
            raise _invalid("transactions", "One transaction with intent sale is needed here")
        transaction = _transaction(transactions[0])
        urls = _redirect_urls(asked)
        identifier, token = new_id("PAYID-"), new_id("EC-", 17)
        self._store.put(asked.account, {"id": token, "kind": "approval", "payment": identifier})
        payment = {
            "id": identifier,
            "kind": "payment",
            "intent": "sale",
            "state": "created",
            "payer": {"payment_method": "paypal"},
            "transactions": [transaction],
            "redirect_urls": urls,
            "create_time": _now(),
            "links": _links(asked.host, identifier, token),
        }
        self._store.put(asked.account, payment)
        return payment

    def to_approve(self, token: str) -> tuple[str, dict[str, Any]] | None:
        """The payment behind an approval page, and whose it is."""
        approval = self._store.get(None, token)
        return self._store.owned(approval["payment"]) if approval and approval["kind"] == "approval" else None

    def approve(self, token: str, *, will_fail: bool) -> dict[str, Any] | None:
        """What the payer's click does; doing it again changes nothing. `will_fail` has the execution declined."""
        found = self.to_approve(token)
        if found is None:
            return None
        account, payment = found
        if payment["state"] == "created":
            payment["payer"] = {"payment_method": "paypal", "status": "VERIFIED", "payer_info": dict(PAYER)}
            payment["will_fail"] = will_fail
            self._store.put(account, payment)
        return payment

    def execute_payment(self, asked: Asked) -> dict[str, Any]:
        """Take the money of an approved payment."""
        payment = self._find(asked, "payment")
        if payment["state"] != "created":
            raise error(400, "PAYMENT_ALREADY_DONE", "Payment has been done already for this cart.")
        payer_id = payment["payer"].get("payer_info", {}).get("payer_id")
        if payer_id is None:
            raise error(400, "PAYMENT_NOT_APPROVED_FOR_EXECUTION", "Payer has not approved payment")
        if asked.text("payer_id") != payer_id:
            raise error(400, "INVALID_PAYER_ID", "Payer ID is invalid.")
        if payment["will_fail"]:
            text = "The instrument presented was either declined by the processor or bank, or it can't be used."
            raise error(400, "INSTRUMENT_DECLINED", text)
        transaction = payment["transactions"][0]
        sale = {
            "id": new_id("", 17).upper(),
            "kind": "sale",
            "state": "completed",
            "amount": transaction["amount"],
            "parent_payment": payment["id"],
            "create_time": _now(),
        }
        self._store.put(asked.account, sale)
        transaction["related_resources"] = [{"sale": sale}]
        payment["state"] = "approved"
        self._store.put(asked.account, payment)
        return payment

    def refund_sale(self, asked: Asked) -> dict[str, Any]:
        """Give back a sale or a part of it, never more than is left of it."""
        sale = self._find(asked, "sale")
        whole, given = Decimal(sale["amount"]["total"]), Decimal(sale.get("refunded", "0"))
        amount = _amount(asked.fields["amount"]) if asked.fields.get("amount") else {**sale["amount"]}
        part = Decimal(amount["total"])
        if given == whole:
            raise error(400, "TRANSACTION_ALREADY_REFUNDED", "This transaction was already fully refunded.")
        if amount["currency"] != sale["amount"]["currency"] or part > whole - given:
            raise error(400, "REFUND_EXCEEDED_TRANSACTION_AMOUNT", "Refund amount exceeds the transaction amount.")
        refund = {
            "id": new_id("", 17).upper(),
            "kind": "refund",
            "state": "completed",
            "amount": {**amount, "total": f"-{amount['total']}"},
            "sale_id": sale["id"],
            "parent_payment": sale["parent_payment"],
            "create_time": _now(),
        }
        self._store.put(asked.account, refund)
        sale.update(refunded=str(given + part), state="refunded" if given + part == whole else "partially_refunded")
        self._store.put(asked.account, sale)
        self._show_sale(asked, sale)
        return refund

    def _show_sale(self, asked: Asked, sale: dict[str, Any]) -> None:
        """Have the payment tell how its sale stands now."""
        payment = self._store.get(asked.account, sale["parent_payment"])
        if payment:
            payment["transactions"][0]["related_resources"] = [{"sale": sale}]
            self._store.put(asked.account, payment)

    def _find(self, asked: Asked, kind: str) -> dict[str, Any]:
        found = self._store.get(asked.account, asked.identifier)
        if found is None or found["kind"] != kind:
            raise error(404, "INVALID_RESOURCE_ID", "The requested resource ID was not found")
        return found


def _transaction(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise _invalid("transactions[0]", "Required field missing")
    texts = {name: str(given[name]) for name in ("description", "custom", "invoice_number") if name in given}
    if any(len(text) > 127 for text in texts.values()):
        raise _invalid("transactions[0]", "Value is longer than 127 characters")
    payee = given.get("payee") or MERCHANT
    return {"amount": _amount(given.get("amount")), "payee": payee, **texts, "related_resources": []}


def _amount(given: Any) -> dict[str, str]:
    """An amount with the number of decimals that PayPal takes in its currency."""
    try:
        currency, total = given["currency"], Decimal(given["total"])
    except (KeyError, TypeError, InvalidOperation):
        raise _invalid("amount", "Required field missing") from None
    if not total.is_finite() or total <= 0 or total != round(total, decimals_of(currency)):
        raise _invalid("amount.total", "Currency amount must be positive and have the currency's decimals")
    return {"total": f"{total:.{decimals_of(currency)}f}", "currency": currency}


def _redirect_urls(asked: Asked) -> dict[str, str]:
    urls = asked.fields.get("redirect_urls")
    urls = urls if isinstance(urls, dict) else {}
    for name in ("return_url", "cancel_url"):
        if not str(urls.get(name, "")).startswith(("http://", "https://")):
            raise _invalid(f"redirect_urls.{name}", "Required field missing or no address")
    return {name: str(urls[name]) for name in ("return_url", "cancel_url")}


def _invalid(field: str, issue: str) -> Refusal:
    return error(400, "VALIDATION_ERROR", "Invalid request. See details.", (field, issue))


def _links(host: str, payment: str, token: str) -> list[dict[str, str]]:
    itself = f"{host}/paypal/v1/payments/payment/{payment}"
    return [
        {"href": itself, "rel": "self", "method": "GET"},
        {"href": f"{host}/paypal/approve?token={quote(token)}", "rel": "approval_url", "method": "REDIRECT"},
        {"href": f"{itself}/execute", "rel": "execute", "method": "POST"},
    ]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
