"""The commands of manage.py that work with the application; `run` is in run.py."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask.cli import FlaskGroup
from flask_migrate import upgrade

import config
from app import create_app
from app.extensions import db
from app.jobs import run_worker
from app.runtime.attach import attached
from app.runtime.errors import StartError
from app.runtime.processes import watch_supervisor
from app.runtime.routes import listing
from app.runtime.run import say
from app.runtime.serve import serve
from app.runtime.signals import raise_on_terminate
from app.seed import seed_demo
from app.users.services import InvalidAccount, create_admin
from config import DRIVER_PREFIX

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
PREPARATION_LOCK = 6_331_442  # Any number that nothing else in this database locks.


def prepare() -> None:
    """Bring the schema up to date and, in development, add the demo data; one process at a time does it."""
    with _application() as app, _alone(app.config["DATABASE_URL"]):
        say("Bringing the database up to date.")
        upgrade(directory=str(MIGRATIONS))
        if app.config["ENVIRONMENT"] == "development" and seed_demo():
            say("Demo data added.")


def add_demo_data() -> None:
    """Add the demo data where it is missing."""
    with _application():
        say("Demo data added." if seed_demo() else "The demo data is there already.")


def add_admin(email: str, password: str) -> None:
    """Make an account that may do everything; raises StartError where address or password will not do."""
    with _application():
        try:
            create_admin(email, password)
        except InvalidAccount as error:
            raise StartError(str(error)) from error
        db.session.commit()
        say(f"{email} can sign in and is super admin.")


def serve_web() -> None:
    """Serve requests, and nothing else: for machines that share a database."""
    with attached(config.load()) as settings:
        serve(settings["HOST"], settings["PORT"], workers=settings["WEB_WORKERS"], threads=settings["WEB_THREADS"])


def work() -> None:
    """Carry out jobs until a signal comes."""
    watch_supervisor()
    with attached(config.load()) as settings:
        run_worker(create_app(settings))


def migrate(arguments: Sequence[str]) -> None:
    """Hand the arguments to Flask-Migrate's commands, which end the process themselves."""
    with _application() as app:
        group = FlaskGroup(create_app=lambda: app, add_default_commands=False, load_dotenv=False, set_debug_flag=False)
        group.main(args=["db", *arguments], prog_name="manage.py")


def list_routes(target: Path | None) -> None:
    """Print every route, or write them to a file; needs no database."""
    settings = config.load()
    text = listing(create_app({**settings, "DATABASE_URL": settings["DATABASE_URL"] or DRIVER_PREFIX}))
    if target is None:
        sys.stdout.write(text)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


@contextmanager
def _application() -> Iterator[Flask]:
    """The application in its context, on a database that is there for as long as it is needed."""
    raise_on_terminate()
    watch_supervisor()
    with attached(config.load()) as settings:
        app = create_app(settings)
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()


@contextmanager
def _alone(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Keep others from doing the same on this database until the block ends."""
    with psycopg.connect("postgresql://" + url.removeprefix(DRIVER_PREFIX), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (PREPARATION_LOCK,))
        yield connection
