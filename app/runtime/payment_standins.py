"""`manage.py payment-standins`: what takes payments in development, where no money moves."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import config
from app.adapters.payments.standins.server import LOOPBACK, StandinServer
from app.runtime.errors import StartError
from app.runtime.processes import watch_supervisor
from app.runtime.run import say
from app.runtime.serve import check_port
from app.runtime.signals import StopSignals

FOLDER = "payment-standins"
TICK_SECONDS = 0.1
PATIENCE_SECONDS = 10.0  # How long stand-ins of before may take to let go of the port.


def main() -> None:
    """Run the stand-ins for Stripe and PayPal until a signal comes; raises StartError in production."""
    settings = config.load()
    if settings["ENVIRONMENT"] == "production":
        raise StartError("The payment stand-ins move no money: they run in development and testing only.")
    supervised = watch_supervisor()
    with StopSignals() as stop, _server(settings) as server:
        if not supervised:  # A supervisor says it itself.
            say(f"Stand-ins for Stripe and PayPal answer at {server.url}: no money moves. Ctrl-C stops them.")
        while not stop.requested:
            time.sleep(TICK_SECONDS)


def _server(settings: Mapping[str, Any]) -> StandinServer:
    """The stand-ins where the settings have them, on a free port otherwise."""
    port = urlsplit(settings["PAYMENT_STANDINS_URL"] or "").port or 0
    if port:
        check_port(LOOPBACK, port, patience_seconds=PATIENCE_SECONDS)
    try:
        return StandinServer(
            settings["DATA_DIR"] / FOLDER,
            port=port,
            webhook_url=f"{settings['PUBLIC_URL']}/v1/webhooks/stripe",
            webhook_secret=settings["STRIPE_WEBHOOK_SECRET"],
        )
    except OSError as error:
        raise StartError(f"The payment stand-ins cannot start: {error}.") from error
