"""What `run` promises to the person who started it."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.runtime.lock import NOTICE_NAME
from app.runtime.processes import wait_until

StartService = Callable[..., Any]
LeftRunning = Callable[[Path], list[Any]]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_everything_in_order(
    start_service: StartService, left_running: LeftRunning, data_dir: Path, number: signal.Signals
) -> None:
    service = start_service()
    service.await_answer()
    code, said = service.end(number)
    assert (code, said.splitlines()[-1]) == (0, "Stopped.")
    assert left_running(data_dir) == []
    assert not (data_dir / NOTICE_NAME).exists()


def test_run_says_where_it_answers_and_who_can_sign_in(running_service: Any) -> None:
    said = [next(running_service.process.stdout) for _ in range(7)]
    assert f"The service answers at http://127.0.0.1:{running_service.port}; Ctrl-C stops it.\n" in said
    assert [line.split()[-2:] for line in said[-3:]] == [
        ["admin@example.com", "admin-password"],
        ["organizer@example.com", "organizer-password"],
        ["buyer@example.com", "buyer-password"],
    ]


def test_request_under_way_is_answered_before_the_end(start_service: StartService) -> None:
    service = start_service()
    service.await_answer()
    answers: list[bytes | None] = []
    asking = threading.Thread(target=lambda: answers.append(service.answer("/10")))
    asking.start()
    wait_until(lambda: False, 0.3)
    service.end(signal.SIGTERM)
    asking.join()
    assert answers == [b"well"]


def test_killed_run_leaves_nothing_that_breaks_the_next_start(
    start_service: StartService, left_running: LeftRunning, data_dir: Path
) -> None:
    killed = start_service()
    killed.await_answer()
    killed.end(signal.SIGKILL)
    following = start_service()
    following.await_answer()
    assert following.end(signal.SIGTERM)[0] == 0
    assert left_running(data_dir) == []


def test_run_that_is_stopped_while_it_starts_leaves_no_process(
    start_service: StartService, left_running: LeftRunning, data_dir: Path
) -> None:
    service = start_service()
    assert wait_until((data_dir / NOTICE_NAME).exists, 20)
    assert service.end(signal.SIGTERM)[0] == 0
    assert left_running(data_dir) == []


def test_second_run_on_the_same_data_folder_is_refused(
    running_service: Any, run_standin: Callable[..., tuple[int, str]]
) -> None:
    code, said = run_standin("run", str(running_service.data_dir), "1")
    assert code != 0
    assert said.splitlines()[-1] == (
        f"The data folder {running_service.data_dir} is in use by process {running_service.process.pid}: "
        "stop that one or set DATA_DIR to another."
    )


def test_run_on_a_busy_port_is_refused_before_it_makes_anything(
    run_standin: Callable[..., tuple[int, str]], new_data_dir: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        code, said = run_standin("run", str(new_data_dir), str(port))
    assert (code, said) == (1, f"Port {port} on 127.0.0.1 is in use; set PORT to another.\n")
    assert not new_data_dir.exists()


def test_other_commands_use_the_database_of_the_run(
    running_service: Any, run_standin: Callable[..., tuple[int, str]]
) -> None:
    url = json.loads((running_service.data_dir / NOTICE_NAME).read_text())["database_url"]
    assert run_standin("attach", str(running_service.data_dir)) == (0, f"{url}\n")


def test_command_without_a_run_has_a_database_of_its_own_for_as_long_as_it_lasts(
    run_standin: Callable[..., tuple[int, str]], data_dir: Path, left_running: LeftRunning
) -> None:
    code, said = run_standin("attach", str(data_dir))
    assert (code, said.startswith("postgresql+psycopg://")) == (0, True)
    assert left_running(data_dir) == []


def test_dead_web_server_ends_the_run_with_a_sentence(
    start_service: StartService, left_running: LeftRunning, data_dir: Path
) -> None:
    service = start_service(sys.executable, "-c", "raise SystemExit(7)")
    complaints = service.process.communicate(timeout=30)[1]
    assert service.process.returncode != 0
    assert complaints == "The web server ended unexpectedly (exit code 7).\n"
    assert left_running(data_dir) == []


def test_dead_database_ends_the_run_with_a_sentence(start_service: StartService, data_dir: Path) -> None:
    service = start_service()
    service.await_answer()
    os.kill(int((data_dir / "postgres/cluster/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    complaints = service.process.communicate(timeout=30)[1]
    assert service.process.returncode != 0
    assert complaints.splitlines()[-1].startswith("PostgreSQL ended unexpectedly; ")
