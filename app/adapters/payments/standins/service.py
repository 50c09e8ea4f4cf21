"""From an HTTP request to a stand-in's function and back: who asks, what was asked before, what goes wrong on order."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
import time
from pathlib import Path
from typing import Any

from werkzeug import Request, Response

from app.adapters.payments.standins import approval
from app.adapters.payments.standins.answering import Asked, Refusal, find_route, new_id
from app.adapters.payments.standins.faults import Faults
from app.adapters.payments.standins.paypal import PayPalStandin
from app.adapters.payments.standins.store import Store
from app.adapters.payments.standins.stripe import GRANT, StripeStandin, exchange_code
from app.adapters.payments.standins.webhooks import Webhooks

ABOUT = "Stand-ins for Stripe (/stripe) and PayPal (/paypal) of Open Event Server. No money moves.\n"
WRONG_SECRET = "wrong"  # noqa: S105  # The one secret of a PayPal application that is not taken.


class Standins:
    """Both stand-ins as one WSGI application; `webhook_url` is where Stripe's events go, signed with the secret."""

    def __init__(self, folder: Path, *, webhook_url: str | None = None, webhook_secret: str = "") -> None:
        self.faults = Faults()
        self._stopped = threading.Event()
        self._store = Store(folder)
        self._webhooks = Webhooks(webhook_url, webhook_secret)
        self._stripe = StripeStandin(self._store, self._announce)
        self._paypal = PayPalStandin(self._store)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer one request."""
        request = Request(environ)
        request.get_data(cache=True)  # Read once and kept: for the fields, and to compare repeated calls.
        path = request.path
        if path.startswith("/standin/"):
            return self._control(request)(environ, start_response)
        fault = self.faults.next_for(request.method, path)
        self.faults.note(_as_told(request))
        self._wait(fault.delay if fault else 0)
        response = Response(fault.body, fault.status) if fault and fault.status else self._carry_out(request)
        self._wait(fault.late if fault else 0)
        if (fault and fault.drop) or self._stopped.is_set():
            _cut(environ)
        return response(environ, start_response)

    def stop(self) -> None:
        """End what waits, and let go of the file."""
        self._stopped.set()
        self._webhooks.stop()
        self._store.close()

    def _wait(self, seconds: float) -> None:
        if seconds:
            self._stopped.wait(seconds)

    def _control(self, request: Request) -> Response:
        """What tests ask of the stand-ins themselves."""
        if request.path == "/standin/faults" and request.method == "POST":
            try:
                self.faults.order(request.get_json())
            except TypeError as error:
                return _json({"error": str(error)}, 400)
            return Response(status=204)
        if request.path == "/standin/requests" and request.method == "GET":
            return _json(self.faults.calls())
        if request.method == "DELETE":
            self.faults.forget()
            return Response(status=204)
        return Response(ABOUT, 404)

    def _carry_out(self, request: Request) -> Response:
        if self._stopped.is_set():
            return Response(status=503)
        provider, _, path = request.path.lstrip("/").partition("/")
        with self._store.transaction():
            try:
                if provider == "stripe":
                    return self._ask_stripe(request, path)
                if provider == "paypal":
                    return self._ask_paypal(request, path)
            except Refusal as refusal:
                return _json(refusal.body, refusal.status)
        return Response(ABOUT, 200 if request.path == "/" else 404)

    def _ask_stripe(self, request: Request, path: str) -> Response:
        fields = {name: values[0] for name, values in request.values.to_dict(flat=False).items()}
        account = _stripe_key(request, fields)
        if path == "oauth/token" and request.method == "POST":
            return _json(exchange_code(Asked(account, fields, _host(request))))
        account = self._account_behind(account, path, fields)
        route = find_route(self._stripe.routes, request.method, path.removeprefix("v1/"))
        if route is None:
            raise Refusal(404, {"error": {"type": "invalid_request_error", "message": "Unrecognized request URL."}})
        asked = Asked(account, fields, _host(request), route[1])
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        return self._once(f"stripe {account} {key}" if key else None, request, lambda: route[0](asked), strict=True)

    def _account_behind(self, key: str, path: str, fields: dict[str, Any]) -> str:
        """Whose objects a key opens: those of a secret key, or the one intent a client's secret names."""
        if key.startswith("sk_"):
            return key
        found = self._store.owned(path.split("/")[2]) if path.startswith("v1/payment_intents/") else None
        if found and found[1].get("client_secret") == fields.get("client_secret"):
            return found[0]
        raise Refusal(401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided."}})

    def _ask_paypal(self, request: Request, path: str) -> Response:
        if path == "approve":
            return approval.answer(request, self._paypal)
        if path == "v1/oauth2/token" and request.method == "POST":
            return _json(self._paypal.grant_token(_paypal_client(request)))
        account = self._paypal.owner_of(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if account is None:
            raise Refusal(401, {"error": "invalid_token", "error_description": "Access Token not found in cache"})
        route = find_route(self._paypal.routes, request.method, path.removeprefix("v1/"))
        if route is None:
            return Response(status=404)
        fields = request.get_json(silent=True) if request.method == "POST" else {}
        asked = Asked(account, fields if isinstance(fields, dict) else {}, _host(request), route[1])
        key = request.headers.get("PayPal-Request-Id") if request.method == "POST" else None
        return self._once(f"paypal {account} {key}" if key else None, request, lambda: route[0](asked), status=201)

    def _once(
        self, key: str | None, request: Request, act: Any, *, status: int = 200, strict: bool = False
    ) -> Response:
        """Act, unless it was done under this key before: then give the answer of that time.

        With `strict`, a key under which something else was asked is refused, as Stripe does.
        """
        asked = hashlib.sha256(request.full_path.encode() + b"\0" + request.get_data()).hexdigest()
        before = self._store.remembered(key) if key else None
        if before and strict and before[0] != asked:
            text = "Keys for idempotent requests can only be used with the same parameters they were first used with."
            raise Refusal(400, {"error": {"type": "idempotency_error", "message": text}})
        if before:
            headers = {"Idempotent-Replayed": "true"}
            return Response(before[2], before[1], headers, mimetype="application/json")
        try:
            response = _json(act(), status if request.method == "POST" else 200)
        except Refusal as refusal:
            response = _json(refusal.body, refusal.status)
        if key:
            self._store.remember(key, asked, response.status_code, response.get_data(as_text=True))
        return response

    def _announce(self, account: str, kind: str, about: dict[str, Any]) -> None:
        connected = {"account": GRANT["stripe_user_id"]} if account == GRANT["access_token"] else {}
        event = {"id": new_id("evt_"), "object": "event", "type": kind, "created": int(time.time()), "livemode": False}
        self._webhooks.send({**event, **connected, "data": {"object": json.loads(json.dumps(about))}})


def _stripe_key(request: Request, fields: dict[str, Any]) -> str:
    """The API key of a request: as a bearer token, as curl's `-u`, or, from browsers, as a field."""
    basic = request.authorization
    if basic is not None and basic.type == "basic":
        return str(basic.username)
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    key = bearer or fields.get("key") or fields.get("client_secret") or ""
    if len(key) < 5:
        raise Refusal(401, {"error": {"type": "invalid_request_error", "message": "You did not provide an API key."}})
    return str(key)


def _paypal_client(request: Request) -> str:
    basic = request.authorization
    if basic is None or basic.type != "basic" or not basic.username or basic.password in (None, "", WRONG_SECRET):
        text = "Client Authentication failed"
        raise Refusal(401, {"error": "invalid_client", "error_description": text})
    return str(basic.username)


def _as_told(request: Request) -> dict[str, Any]:
    fields = request.get_json(silent=True) or request.values.to_dict()
    key = request.headers.get("Idempotency-Key") or request.headers.get("PayPal-Request-Id")
    return {"method": request.method, "path": request.path, "key": key, "fields": fields}


def _host(request: Request) -> str:
    return request.host_url.rstrip("/")


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")


def _cut(environ: dict[str, Any]) -> None:
    """Cut the connection, so that whoever asked never learns what became of it."""
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
