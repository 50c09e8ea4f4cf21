"""All of the processes, or none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.runtime.errors import StartError
from app.runtime.processes import command_of, wait_until
from app.runtime.signals import StopSignals
from app.runtime.supervisor import Program, Supervisor

ROOT = Path(__file__).resolve().parents[3]
NOTE_END = """
import pathlib, signal, sys, time
def end(*_):
    with open(sys.argv[1], "a") as notes:
        notes.write(sys.argv[2])
    sys.exit()
signal.signal(signal.SIGTERM, end)
pathlib.Path(sys.argv[1] + sys.argv[2]).touch()
time.sleep(600)
"""
STUBBORN = """
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
path = pathlib.Path(sys.argv[1])
path.with_suffix(".new").write_text(str(child.pid))
path.with_suffix(".new").rename(path)
time.sleep(600)
"""

PARENT = """
import subprocess, sys
WATCHING = "import time; from app.runtime.processes import watch_parent; watch_parent(); print(1); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-u", "-c", WATCHING], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
child.wait()
"""


def program(code: str, *arguments: object, is_restarted: bool = False) -> Program:
    """A few lines of Python as a program."""
    return Program("program", [sys.executable, "-c", code, *map(str, arguments)], is_restarted)


def test_programs_end_in_the_order_of_their_start(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with StopSignals() as stop, Supervisor(stop, os.environ) as supervisor:
        for name in "ab":
            supervisor.start(program(NOTE_END, notes, name))
        supervisor.watch(until=lambda: all((tmp_path / f"notes{name}").exists() for name in "ab"))
    assert notes.read_text() == "ab"


@pytest.mark.parametrize(
    ("code", "manner"),
    [("raise SystemExit(3)", "exit code 3"), ("import os; os.kill(os.getpid(), 9)", "killed by SIGKILL")],
)
def test_program_that_dies_takes_the_others_along(tmp_path: Path, code: str, manner: str) -> None:
    with StopSignals() as stop, Supervisor(stop, os.environ) as supervisor:
        supervisor.start(program(NOTE_END, tmp_path / "notes", "a"))
        supervisor.watch(until=(tmp_path / "notesa").exists)
        supervisor.start(program(code))
        with pytest.raises(StartError, match=rf"^The program ended unexpectedly \({manner}\)\.$"):
            supervisor.watch()
    assert (tmp_path / "notes").read_text() == "a"


def test_restarted_program_is_started_again_after_a_while(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    starts = tmp_path / "starts"
    begun = time.monotonic()
    with StopSignals() as stop, Supervisor(stop, os.environ) as supervisor:
        supervisor.start(program(f"open({str(starts)!r}, 'a').write('x'); raise SystemExit(1)", is_restarted=True))
        supervisor.watch(until=lambda: starts.exists() and len(starts.read_text()) == 2)
    assert time.monotonic() - begun > 1
    assert "it is started again in 1 s." in capsys.readouterr().err


def test_program_that_will_not_end_is_killed_with_what_it_started(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with StopSignals() as stop, Supervisor(stop, os.environ, grace_seconds=0.2) as supervisor:
        supervisor.start(program(STUBBORN, path))
        supervisor.watch(until=path.exists)
    assert wait_until(lambda: not command_of(int(path.read_text())), 5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_the_watch(number: signal.Signals) -> None:
    with StopSignals() as stop, Supervisor(stop, os.environ) as supervisor:
        supervisor.start(program("import time; time.sleep(600)"))
        threading.Timer(0.2, os.kill, (os.getpid(), number)).start()
        supervisor.watch()
    assert stop.requested
    assert not stop.insisted


def test_second_signal_ends_the_wait_for_a_slow_program(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    begun = time.monotonic()
    with StopSignals() as stop, Supervisor(stop, os.environ) as supervisor:
        supervisor.start(program(STUBBORN, path))
        supervisor.watch(until=path.exists)
        signal.raise_signal(signal.SIGINT)
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
        supervisor.watch()
    assert stop.insisted
    assert time.monotonic() - begun < 10


def test_failed_step_is_refused() -> None:
    with StopSignals() as stop, Supervisor(stop, os.environ) as supervisor:
        supervisor.complete(program(""))
        with pytest.raises(StartError, match=r"^The program failed \(exit code 4\)\.$"):
            supervisor.complete(program("raise SystemExit(4)"))


def test_missing_program_is_refused() -> None:
    with (
        StopSignals() as stop,
        Supervisor(stop, os.environ) as supervisor,
        pytest.raises(StartError, match="cannot be started: No such file"),
    ):
        supervisor.start(Program("program", ["/no/such/program"]))


def test_program_that_watches_its_parent_ends_when_that_is_killed() -> None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", PARENT], env=environ, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        orphan = int(parent.stdout.readline())
        parent.kill()
    assert wait_until(lambda: not command_of(orphan), 5)
