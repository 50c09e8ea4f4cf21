"""`make contract`: every documented request, made by Dredd of the running service (`python -m tests.hooks.contract`).

The service runs on a database made for the run: on the server of DATABASE_URL, or else on a PostgreSQL
of the run's own. Names of transactions given on the command line restrict the run to them. The exit
status is Dredd's, or 2 when the run could not begin.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flask_migrate import upgrade

from app import create_app
from app.adapters.payments.standins.server import StandinServer
from app.extensions import db
from app.runtime.database import check_server
from app.runtime.errors import StartError
from app.runtime.postgres import throwaway_postgres
from app.runtime.processes import finish, spawn, wait_until
from app.runtime.serve import answers
from app.runtime.signals import raise_on_terminate
from config import database_address, load
from tests.hooks.blueprint import ROOT, BlueprintError, documented, merge
from tests.hooks.database import fresh_database
from tests.hooks.rows import all_rows, key_of, orphans

HOST = "127.0.0.1"
DREDD = ROOT / "node_modules" / ".bin" / "dredd"
START_SECONDS = 60.0
STOP_SECONDS = 10.0


class CannotRun(Exception):
    """The run cannot begin; the message says what is missing."""


def main(only: Sequence[str]) -> int:
    """Run the contract; returns the exit status."""
    if shutil.which("npm") is None:
        print("Node.js is not installed, and Dredd needs it: the pages were not checked against the service.")
        return 1 if os.environ.get("CI") == "true" else 0
    try:
        return run(only)
    except (BlueprintError, CannotRun, StartError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def run(only: Sequence[str] = ()) -> int:
    """Check the tables, start everything, run Dredd; raises CannotRun with what is missing."""
    names = chosen(only)
    install_dredd()
    pages = merge()
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="contract-")))
        database = running.enter_context(fresh_database(running.enter_context(database_server())))
        standins = running.enter_context(StandinServer(folder / "payment-standins")).url
        environ = environment(database, folder, standins) | {"CONTRACT_ONLY": "\n".join(only)}
        migrate(environ)
        running.enter_context(service(environ))
        status, seconds = dredd(pages, environ, shows_skipped=not only)
    print(f"{len(names)} transactions in {seconds:.1f} s, {seconds * 100 / max(len(names), 1):.1f} s per hundred.")
    return status


def chosen(only: Sequence[str]) -> Sequence[str]:
    """The transactions to run; raises CannotRun for pages without rows, rows without pages and unknown names."""
    rows, transactions = all_rows(), documented()
    names = [each.name for each in transactions]
    faults = [f"no row answers for “{name}”" for name in names if key_of(name, rows) is None]
    faults += [f"no page has “{name}”" for name in (*sorted(orphans(transactions, rows)), *only) if name not in names]
    if faults:
        raise CannotRun("The tables in tests/hooks/ do not fit the pages:\n" + "\n".join(faults))
    return only or names


def install_dredd() -> None:
    """Install Dredd beside the project where it is missing; raises CannotRun with npm's words."""
    if DREDD.exists():
        return
    print("Installing Dredd.", flush=True)
    command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotRun(f"npm could not install Dredd: {done.stderr.strip()}")


@contextmanager
def database_server() -> Iterator[str]:
    """The server of DATABASE_URL, or one for the time of the block; raises StartError for one that will not do."""
    given = os.environ.get("DATABASE_URL")
    if given:
        check_server(given)
        yield database_address(given)
    else:
        with throwaway_postgres() as url:
            yield url


def environment(database_url: str, folder: Path, standins: str) -> dict[str, str]:
    """What service and hooks share: database, payment stand-ins, secrets, cheap passwords, no limits."""
    return {
        **os.environ,
        "ENVIRONMENT": "testing",
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "PAYMENT_STANDINS_URL": standins,
        "STRIPE_WEBHOOK_SECRET": secrets.token_urlsafe(24),
        "HOST": HOST,
        "PORT": str(free_port()),
        "WEB_WORKERS": "1",
        "RATE_LIMITS_ENABLED": "false",
        "ARGON2_TIME_COST": "1",
        "ARGON2_MEMORY_KIB": "8",
        "LOG_LEVEL": "ERROR",
        "NODE_NO_WARNINGS": "1",
        # Dredd splits the command of its hooks at blanks, so their Python is found on the path.
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))),
    }


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def migrate(environ: Mapping[str, str]) -> None:
    """Make the tables."""
    app = create_app(load(environ))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        db.engine.dispose()


@contextmanager
def service(environ: Mapping[str, str]) -> Iterator[None]:
    """The web server for the time of the block; raises CannotRun when it does not start."""
    command = [sys.executable, "manage.py", "web"]
    process = spawn(command, environ=environ, on_our_death=signal.SIGTERM, folder=ROOT)

    def answering() -> bool:
        return answers(HOST, int(environ["PORT"]))

    try:
        wait_until(lambda: process.poll() is not None or answering(), START_SECONDS)
        if process.poll() is not None or not answering():
            raise CannotRun("The service did not start.")
        yield
    finally:
        finish(process, signal.SIGTERM, STOP_SECONDS)


def dredd(pages: Path, environ: Mapping[str, str], *, shows_skipped: bool) -> tuple[int, float]:
    """Run Dredd and print what does not pass; its exit status, and the seconds its transactions took."""
    port = free_port()
    command = [
        *(str(DREDD), str(pages), f"http://{HOST}:{environ['PORT']}", "--no-color"),
        *("--hookfiles=tests/hooks/transactions.py", f"--hooks-worker-handler-port={port}"),
        f"--language={Path(sys.executable).name} -m tests.hooks.run_hooks {port}",
        *("--hooks-worker-connect-retry=100", f"--hooks-worker-connect-timeout={START_SECONDS * 1000:.0f}"),
    ]
    # Dredd asks for its hooks from the start, and complains until they are there.
    hidden = re.compile("pass: |warn: Error connecting to the hooks" + ("" if shows_skipped else "|skip: "))
    reading, writing = os.pipe()
    process = spawn(command, environ=environ, on_our_death=signal.SIGTERM, folder=ROOT, output=writing)
    os.close(writing)
    milliseconds = 0
    try:
        with os.fdopen(reading) as lines:
            for line in lines:
                took = re.search(r"Tests took (\d+)ms", line)
                milliseconds = int(took[1]) if took else milliseconds
                if not hidden.match(line):
                    print(line, end="", flush=True)
        return process.wait(), milliseconds / 1000
    finally:
        finish(process, signal.SIGINT, STOP_SECONDS)


if __name__ == "__main__":
    # Terminated from outside, the run unwinds and stops what it started, as it does on Ctrl-C.
    raise_on_terminate()
    sys.exit(main(sys.argv[1:]))
