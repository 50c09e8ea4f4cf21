"""Stripe's messages to the service, signed as Stripe signs them, tried again while nobody takes them."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import queue
import threading
import time
from typing import Any

import requests

log = logging.getLogger(__name__)

PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
TIMEOUT_SECONDS = 10.0


def signature(payload: bytes, secret: str, moment: int) -> str:
    """The header Stripe-Signature of a payload sent at a moment, in seconds since 1970."""
    digest = hmac.new(secret.encode(), str(moment).encode() + b"." + payload, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


class Webhooks:
    """Sends events to the service in their order, in a thread of its own; without an address it keeps quiet."""

    def __init__(self, url: str | None, secret: str) -> None:
        self._url = url
        self._secret = secret
        self._events: queue.Queue[dict[str, Any]] = queue.Queue()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._send_all, name="stripe-webhooks", daemon=True)
        self._thread.start()

    def send(self, event: dict[str, Any]) -> None:
        """Have an event sent soon."""
        if self._url:
            self._events.put(event)

    def stop(self) -> None:
        """Send nothing more; what waits is forgotten, as when a message gets lost on its way."""
        self._stopped.set()
        self._thread.join(TIMEOUT_SECONDS)

    def _send_all(self) -> None:
        while not self._stopped.is_set():
            try:
                event = self._events.get(timeout=0.1)
            except queue.Empty:
                continue
            self._send_until_taken(event)

    def _send_until_taken(self, event: dict[str, Any]) -> None:
        for pause in PAUSES_SECONDS:
            if self._is_taken(event) or self._stopped.wait(pause):
                return
        log.warning("event given up", extra={"event_id": event["id"]})

    def _is_taken(self, event: dict[str, Any]) -> bool:
        payload = json.dumps(event).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(payload, self._secret, int(time.time())),
        }
        try:
            with requests.Session() as session:
                session.trust_env = False  # No proxy stands before our own machine.
                answer = session.post(str(self._url), data=payload, headers=headers, timeout=TIMEOUT_SECONDS)
        except requests.RequestException:
            return False
        return answer.ok
