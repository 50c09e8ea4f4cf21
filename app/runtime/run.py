"""`manage.py run`: the whole service on one machine, from the database to the worker."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import config
from app.runtime.database import check_server
from app.runtime.lock import announce, announced_url, withdraw
from app.runtime.postgres import EmbeddedPostgres
from app.runtime.serve import answers, check_port, reachable
from app.runtime.signals import StopSignals
from app.runtime.supervisor import Program, Supervisor

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"
LOOPBACK = "127.0.0.1"
PATIENCE_SECONDS = 20.0  # How long the processes of a killed run may take to let go of the port.
DEMO_ACCOUNTS = (
    ("super admin", "admin@example.com", "admin-password"),
    ("organizer", "organizer@example.com", "organizer-password"),
    ("buyer", "buyer@example.com", "buyer-password"),
)


@dataclass(frozen=True)
class Programs:
    """What a run starts: the step before it serves, then those that serve."""

    prepare: Program
    web: Program
    worker: Program
    standins: Program | None = None


def manage_programs() -> Programs:
    """The programs of the real service: this project's own commands."""

    def command(name: str) -> list[str]:
        return [sys.executable, str(MANAGE), name]

    return Programs(
        prepare=Program("preparation of the database", command("prepare")),
        web=Program("web server", command("web")),
        worker=Program("worker", command("worker"), is_restarted=True),
        standins=Program("payment stand-ins", command("payment-standins"), is_restarted=True),
    )


def main() -> None:
    """Run the service as the environment configures it."""
    run(config.load(), manage_programs())


def run(settings: Mapping[str, Any], programs: Programs) -> None:
    """Run the service until a signal ends it in order; raises ConfigError or StartError, leaving nothing running.

    A busy port is told before anything is made. Only where a run announced itself on this data folder the folder is
    looked at first: that run may still be there, or it was killed and what is left of it lets go of the port soon.
    """
    if announced_url(settings["DATA_DIR"]) is None:
        _check_port(settings)
    with StopSignals() as stop, _database(settings) as (url, postgres):
        if postgres and postgres.was_killed:
            _check_port(settings, PATIENCE_SECONDS)
        standins = standins_address(settings) if programs.standins else None
        supervisor = Supervisor(stop, environment(settings, url, standins))
        if postgres:
            supervisor.check_foundation = postgres.check_running
        with supervisor:
            supervisor.complete(programs.prepare)
            if not stop.requested:
                _serve(supervisor, programs, settings, standins)
            say("Stopping.")
    say("Stopped.")


def _serve(supervisor: Supervisor, programs: Programs, settings: Mapping[str, Any], standins: str | None) -> None:
    say("Starting the web server and the worker.")
    supervisor.start(programs.web)
    supervisor.start(programs.worker)
    if programs.standins and standins:
        supervisor.start(programs.standins)  # Ended last, as what was started last: others may still be asking.
    supervisor.watch(until=lambda: _welcomed(settings, standins))
    supervisor.watch()


def _welcomed(settings: Mapping[str, Any], standins: str | None) -> bool:
    """Say where the service is as soon as it answers there."""
    if not answers(settings["HOST"], settings["PORT"]):
        return False
    say(f"The service answers at http://{_authority(settings)}; Ctrl-C stops it.")
    if settings["ENVIRONMENT"] == "development":
        say("You can sign in as")
        for role, email, password in DEMO_ACCOUNTS:
            say(f"  {role:<12} {email:<22} {password}")
    if standins:
        say(f"Payments go to stand-ins for Stripe and PayPal at {standins}: no money moves. See docs/payments.md.")
    return True


def _authority(settings: Mapping[str, Any]) -> str:
    host = reachable(settings["HOST"])
    return f"{f'[{host}]' if ':' in host else host}:{settings['PORT']}"


def _check_port(settings: Mapping[str, Any], patience_seconds: float = 0.0) -> None:
    check_port(settings["HOST"], settings["PORT"], patience_seconds=patience_seconds)


@contextmanager
def _database(settings: Mapping[str, Any]) -> Iterator[tuple[str, EmbeddedPostgres | None]]:
    """The database of this run; the embedded server is announced to other commands on the same data folder."""
    if settings["DATABASE_URL"]:
        check_server(settings["DATABASE_URL"])
        yield settings["DATABASE_URL"], None
        return
    say("Starting the embedded PostgreSQL.")
    postgres = EmbeddedPostgres(settings["DATA_DIR"])
    url = postgres.start()
    try:
        announce(postgres.data_dir, url)
        yield url, postgres
    finally:
        withdraw(postgres.data_dir)
        postgres.stop()


def standins_address(settings: Mapping[str, Any]) -> str | None:
    """Where this run's payment stand-ins will be: on a free port in development, unless payments go elsewhere."""
    elsewhere = settings["PAYMENT_STANDINS_URL"] or (settings["STRIPE_API_URL"] and settings["PAYPAL_API_URL"])
    if settings["ENVIRONMENT"] != "development" or elsewhere:
        return None
    with socket.create_server((LOOPBACK, 0)) as probe:
        return f"http://{LOOPBACK}:{probe.getsockname()[1]}"


def environment(settings: Mapping[str, Any], url: str, standins: str | None = None) -> dict[str, str]:
    """What our programs find: the database of this run, with which alone they would take themselves for production.

    Where this run has payment stand-ins, they find their address too.
    """
    own = {"DATABASE_URL": url, "ENVIRONMENT": settings["ENVIRONMENT"]}
    return {**os.environ, **own, **({"PAYMENT_STANDINS_URL": standins} if standins else {})}


def say(line: str) -> None:
    """Tell the person at the terminal what goes on."""
    print(line, flush=True)
