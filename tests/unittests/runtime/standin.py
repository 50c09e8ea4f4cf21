"""The service in small: run and web server as the real ones are, on an application of three lines.

    standin.py run DATA_DIR PORT [web command that replaces ours]

Every process carries the data folder in its command line, so that a test can look for those left behind.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from app.runtime import payment_standins
from app.runtime.attach import attached
from app.runtime.errors import REFUSALS
from app.runtime.run import Programs, run
from app.runtime.serve import serve
from app.runtime.supervisor import Program

PREPARATION = """
import os, psycopg, sys
with psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", "")) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS run (at timestamptz DEFAULT now())")
    connection.execute("INSERT INTO run DEFAULT VALUES")
"""


def application(environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
    """A WSGI application whose requests take as long as their path says, in tenths of a second."""
    tenths = str(environ["PATH_INFO"]).strip("/")
    time.sleep(int(tenths) / 10 if tenths.isdigit() else 0)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"well"]


def start(data_dir: str, port: str, *web: str) -> None:
    """Run everything on the given data folder and port."""
    settings = {"DATA_DIR": Path(data_dir), "HOST": "127.0.0.1", "PORT": int(port), "DATABASE_URL": None}
    payments = {"PAYMENT_STANDINS_URL": None, "STRIPE_API_URL": None, "PAYPAL_API_URL": None}
    own_web = [sys.executable, __file__, "web", data_dir, port]
    programs = Programs(
        prepare=Program("preparation", [sys.executable, "-c", PREPARATION, data_dir]),
        web=Program("web server", list(web) or own_web),
        worker=Program("worker", [sys.executable, "-c", "import time; time.sleep(600)", data_dir], is_restarted=True),
        standins=Program("payment stand-ins", [sys.executable, __file__, "payments", data_dir], is_restarted=True),
    )
    run({**settings, **payments, "ENVIRONMENT": "development"}, programs)


def web(data_dir: str, port: str) -> None:
    """The real web server on the application above."""
    serve("127.0.0.1", int(port), workers=2, threads=2, target="standin:application")


def payments(data_dir: str) -> None:
    """The real payment stand-ins on the data folder."""
    os.environ["DATA_DIR"] = data_dir
    payment_standins.main()


def attach(data_dir: str) -> None:
    """A single command: prints the database it was given."""
    with attached({"DATA_DIR": Path(data_dir), "DATABASE_URL": None, "ENVIRONMENT": "development"}) as settings:
        sys.stdout.write(settings["DATABASE_URL"] + "\n")


if __name__ == "__main__":
    commands: dict[str, Callable[..., None]] = {"run": start, "web": web, "attach": attach, "payments": payments}
    try:
        commands[sys.argv[1]](*sys.argv[2:])
    except REFUSALS as error:
        sys.exit(str(error))
