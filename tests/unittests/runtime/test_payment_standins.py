"""The payment stand-ins as a command, and as a part of a run."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from app.runtime.processes import wait_until
from app.runtime.run import environment, manage_programs, standins_address

ROOT = Path(__file__).resolve().parents[3]
StartService = Callable[..., Any]
LeftRunning = Callable[[Path], list[Any]]
UNSET = {"PAYMENT_STANDINS_URL": None, "STRIPE_API_URL": None, "PAYPAL_API_URL": None}


def answers(url: str) -> bool:
    """Whether the stand-ins answer."""
    try:
        return "No money moves." in requests.get(url, timeout=5).text
    except requests.ConnectionError:
        return False


@pytest.fixture
def start_command(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `manage.py payment-standins`; what runs at the end is killed."""
    processes: list[subprocess.Popen[str]] = []

    def start(**environ: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "payment-standins"],
            env={**os.environ, "DATABASE_URL": "", "DATA_DIR": str(tmp_path), **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_says_where_it_answers_and_ends_at_a_signal(
    start_command: Callable[..., subprocess.Popen[str]], number: signal.Signals
) -> None:
    process = start_command()
    assert process.stdout is not None
    said = process.stdout.readline()
    url = said.split(" answer at ")[1].split(": no money moves.")[0]
    assert answers(url)
    process.send_signal(number)
    rest, complaints = process.communicate(timeout=10)
    assert (process.returncode, rest, complaints) == (0, "", "")
    assert not answers(url)


def test_command_takes_the_port_of_its_address(
    start_command: Callable[..., subprocess.Popen[str]], free_port: int
) -> None:
    url = f"http://127.0.0.1:{free_port}"
    start_command(PAYMENT_STANDINS_URL=url)
    assert wait_until(lambda: answers(url), 20)


def test_command_on_a_busy_port_ends_with_a_sentence(start_command: Callable[..., subprocess.Popen[str]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        said, complaints = start_command(PAYMENT_STANDINS_URL=url).communicate(timeout=30)
    assert (said, complaints.count("\n")) == ("", 1)
    assert "is in use" in complaints


def test_run_says_that_no_money_moves(start_service: StartService, data_dir: Path, left_running: LeftRunning) -> None:
    service = start_service()
    service.await_answer()
    line = next(line for line in service.process.stdout if line.startswith("Payments go to stand-ins"))
    url = line.split(" at ")[1].split(": no money moves")[0]
    assert wait_until(lambda: answers(url), 20)
    assert (data_dir / "payment-standins/payments.sqlite3").exists()
    code, said = service.end(signal.SIGTERM)
    assert (code, said.splitlines()[-1]) == (0, "Stopped.")
    assert not answers(url)
    assert left_running(data_dir) == []


def test_run_starts_standins_again_at_their_address(
    start_service: StartService, data_dir: Path, left_running: LeftRunning
) -> None:
    service = start_service()
    service.await_answer()
    line = next(line for line in service.process.stdout if line.startswith("Payments go to stand-ins"))
    url = line.split(" at ")[1].split(": no money moves")[0]
    assert wait_until(lambda: answers(url), 20)
    [standins] = [each for each in left_running(data_dir) if "payments" in each.cmdline()]
    standins.kill()
    assert wait_until(lambda: not answers(url), 5)
    assert wait_until(lambda: answers(url), 20)
    complaints = service.end(signal.SIGTERM)[1]
    assert "The payment stand-ins ended unexpectedly (killed by SIGKILL); it is started again in 1 s." in complaints


@pytest.mark.parametrize(
    ("changes", "started"),
    [
        ({}, True),
        ({"ENVIRONMENT": "testing"}, False),
        ({"ENVIRONMENT": "production"}, False),
        ({"PAYMENT_STANDINS_URL": "http://127.0.0.1:9"}, False),
        ({"STRIPE_API_URL": "https://api.stripe.com"}, True),
        ({"STRIPE_API_URL": "https://api.stripe.com", "PAYPAL_API_URL": "https://api.paypal.com"}, False),
    ],
)
def test_standins_belong_to_development_without_providers(changes: Mapping[str, str], started: bool) -> None:
    address = standins_address({"ENVIRONMENT": "development", **UNSET, **changes})
    assert (re.fullmatch(r"http://127\.0\.0\.1:\d+", address or "") is not None) == started


def test_web_server_and_worker_find_the_standins() -> None:
    settings = {"ENVIRONMENT": "development"}
    assert environment(settings, "postgresql://x", "http://127.0.0.1:9")["PAYMENT_STANDINS_URL"] == "http://127.0.0.1:9"
    assert "PAYMENT_STANDINS_URL" not in environment(settings, "postgresql://x")
    standins = manage_programs().standins
    assert standins is not None
    assert (standins.command[-1], standins.is_restarted) == ("payment-standins", True)
