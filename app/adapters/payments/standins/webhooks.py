"""Stripe's messages to the service, signed as Stripe signs them, tried again while nobody takes them."""

from __future__ import annotations

import hashlib
import heapq
import hmac
import itertools
import json
import logging
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
    """Sends events to the service in a thread of its own, in their order as long as they are taken.

    One that is refused is sent again later, after others. Without an address nothing is sent.
    """

    def __init__(self, url: str | None, secret: str) -> None:
        self._url = url
        self._secret = secret
        self._count = itertools.count()
        self._waiting: list[tuple[float, int, int, dict[str, Any]]] = []  # When, in which order, the how manieth time.
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._send_all, name="stripe-webhooks", daemon=True)
        self._thread.start()

    def send(self, event: dict[str, Any]) -> None:
        """Have an event sent soon."""
        if self._url:
            self._plan(event, tries=0, pause=0.0)

    def stop(self) -> None:
        """Send nothing more; what waits is forgotten, as when a message gets lost on its way."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join(TIMEOUT_SECONDS)

    def _plan(self, event: dict[str, Any], *, tries: int, pause: float) -> None:
        with self._changed:
            heapq.heappush(self._waiting, (time.monotonic() + pause, next(self._count), tries, event))
            self._changed.notify()

    def _send_all(self) -> None:
        while (due := self._next_due()) is not None:
            tries, event = due
            if self._is_taken(event):
                continue
            if tries < len(PAUSES_SECONDS):
                self._plan(event, tries=tries + 1, pause=PAUSES_SECONDS[tries])
            else:
                log.warning("event %s is not taken and given up", event["id"])

    def _next_due(self) -> tuple[int, dict[str, Any]] | None:
        """How often an event was tried, and the event, once its time has come; None when there are to be no more."""
        with self._changed:
            while not self._stopped:
                pause = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if pause is not None and pause <= 0:
                    return heapq.heappop(self._waiting)[2:]
                self._changed.wait(pause)
        return None

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
