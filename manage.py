"""The command line of the service: `python manage.py --help` lists what it can do."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import click


def execute(target: str, *arguments: object) -> None:
    """Call a "module:function"; what refuses to start is told in one sentence, with exit code 2.

    Imported only now, so that `--help` is quick and does not need the service to be configured.
    """
    module, _, name = target.partition(":")
    errors = import_module("app.runtime.errors")
    try:
        getattr(import_module(module), name)(*arguments)
    except errors.REFUSALS as error:
        print(error, file=sys.stderr)
        sys.exit(errors.EXIT_REFUSED)


@click.group()
def commands() -> None:
    """Run and look after the Open Event service. Settings come from the environment: see config.py."""


@commands.command()
def run() -> None:
    """Start everything.

    That is the embedded PostgreSQL unless DATABASE_URL is set, the web server and a worker.
    """
    execute("app.runtime.run:main")


@commands.command()
def web() -> None:
    """Start a web server only."""
    execute("app.runtime.commands:serve_web")


@commands.command()
def worker() -> None:
    """Start a worker only, which carries out jobs."""
    execute("app.runtime.commands:work")


@commands.command()
def payment_standins() -> None:
    """Start the stand-ins for Stripe and PayPal.

    They take payments in development and testing; no money moves.
    """
    execute("app.runtime.payment_standins:main")


@commands.command()
def prepare() -> None:
    """Bring the database up to date.

    In development this adds the demo data too.
    """
    execute("app.runtime.commands:prepare")


@commands.command(
    add_help_option=False, context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def db(arguments: tuple[str, ...]) -> None:
    """Migrations: `db upgrade`, `db migrate`, `db --help` …"""
    execute("app.runtime.commands:migrate", arguments)


@commands.command()
def seed() -> None:
    """Add the demo data."""
    execute("app.runtime.commands:add_demo_data")


@commands.command()
@click.argument("email")
@click.argument("password")
def create_admin(email: str, password: str) -> None:
    """Make a super admin."""
    execute("app.runtime.commands:add_admin", email, password)


@commands.command()
@click.option("--write", "target", type=click.Path(path_type=Path, dir_okay=False), help="File to write them to.")
def routes(target: Path | None) -> None:
    """List every route."""
    execute("app.runtime.commands:list_routes", target)


if __name__ == "__main__":
    commands(prog_name="manage.py")
