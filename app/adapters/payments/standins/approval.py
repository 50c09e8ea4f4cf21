"""The page on which a person approves a payment of the PayPal stand-in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader
from werkzeug import Request, Response
from werkzeug.utils import redirect

from app.adapters.payments.standins.paypal import PAYER, PayPalStandin

# Nothing of a payment's texts can become a script, and no other page can show this one inside itself.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def answer(request: Request, paypal: PayPalStandin) -> Response:
    """The page; a POST approves and leads back to the service, whether or not anything answers there."""
    token = request.args.get("token", "")
    if request.method == "POST":
        payment = paypal.approve(token, will_fail=request.form.get("payment") == "declined")
        if payment is not None:
            return redirect(_return_address(payment, token), 303)
    found = paypal.to_approve(token)
    return _page(found[1] if found else None, token)


def _page(payment: dict[str, Any] | None, token: str) -> Response:
    transaction = payment["transactions"][0] if payment else None
    cancel_url = _with(payment["redirect_urls"]["cancel_url"], token=token) if payment else None
    text = _template().render(payment=payment, transaction=transaction, cancel_url=cancel_url)
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return Response(text, 404 if payment is None else 200, headers, mimetype="text/html")


def _return_address(payment: dict[str, Any], token: str) -> str:
    return _with(
        payment["redirect_urls"]["return_url"], paymentId=payment["id"], token=token, PayerID=PAYER["payer_id"]
    )


def _with(url: str, **parameters: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}"


@cache
def _template() -> Any:
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    return environment.get_template("approval.html")
