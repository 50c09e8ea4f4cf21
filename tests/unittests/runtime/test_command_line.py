"""What somebody sees who types a command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def type_in(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command of manage.py to its end."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_command() -> None:
    said = type_in("--help")
    assert said.returncode == 0
    for command in ("run", "web", "worker", "prepare", "db", "seed", "create-admin", "routes", "payment-standins"):
        assert f"\n  {command} " in said.stdout


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"PORT": "many"}, "PORT='many' cannot be used: it is port the web server listens on."),
        ({"PORT": "70000"}, "The service cannot listen on 127.0.0.1, port 70000: "),
        (
            {"DATABASE_URL": "postgres://127.0.0.1:1/name", "ENVIRONMENT": "development"},
            "The database at 127.0.0.1:1/name cannot be reached: ",
        ),
        ({"DATABASE_URL": "postgres://127.0.0.1/name"}, "SECRET_KEY is not set: "),
    ],
)
def test_refusal_is_one_sentence(environ: dict[str, str], sentence: str, tmp_path: Path) -> None:
    said = type_in("run", **{"DATABASE_URL": "", "DATA_DIR": str(tmp_path), "SECRET_KEY": "", **environ})
    assert said.returncode == 2
    assert said.stderr.startswith(sentence)
    assert said.stderr.count("\n") == 1
    assert "Traceback" not in said.stdout


def test_payment_standins_refuse_to_run_in_production() -> None:
    settings = {"ENVIRONMENT": "production", "DATABASE_URL": "postgres://127.0.0.1/name", "SECRET_KEY": "s" * 32}
    said = type_in("payment-standins", **settings)
    sentence = "The payment stand-ins move no money: they run in development and testing only.\n"
    assert (said.returncode, said.stdout, said.stderr) == (2, "", sentence)


def test_make_lists_its_targets() -> None:
    said = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "lint", "contract", "bench", "docs", "requirements"):
        assert f"\n  {target} " in f"\n{said}"
