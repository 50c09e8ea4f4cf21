"""Runs the processes of the service together: all of them, or none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from app.runtime.errors import StartError
from app.runtime.processes import SUPERVISED_BY, kill_session, spawn, wait_until
from app.runtime.signals import StopSignals

TICK_SECONDS = 0.1
GRACE_SECONDS = 20.0
FIRST_BACK_OFF_SECONDS = 1.0
LONGEST_BACK_OFF_SECONDS = 30.0
HEALTHY_SECONDS = 60.0  # Who ran that long is started again without delay built up before.


@dataclass(frozen=True)
class Program:
    """One of our processes: what it is called in sentences, and how it is started."""

    name: str
    command: Sequence[str]
    is_restarted: bool = False


@dataclass
class Child:
    """A program while it is supervised; `process` is None while it waits for its next start."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    back_off: float = FIRST_BACK_OFF_SECONDS
    next_start_at: float = field(default=0.0)


class Supervisor:
    """Starts programs, looks after them, and on leaving ends them in the order in which they were started.

    `check_foundation` raises StartError when what the programs stand on, the embedded PostgreSQL, is gone.
    """

    def __init__(
        self,
        stop: StopSignals,
        environ: Mapping[str, str],
        *,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self._stop = stop
        self._environ = {**environ, SUPERVISED_BY: str(os.getpid())}
        self.check_foundation: Callable[[], None] = _needs_nothing
        self._grace = grace_seconds
        self._children: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self._children:
            self._end(child)

    def start(self, program: Program) -> None:
        """Start a program that is to run as long as we do."""
        child = Child(program)
        self._launch(child)
        self._children.append(child)

    def complete(self, program: Program) -> None:
        """Run a program to its end, or until we are asked to stop; raises StartError when it fails."""
        child = Child(program)
        self._launch(child)
        try:
            while not self._stop.requested and _exit_code(child) is None:
                self.check_foundation()
                time.sleep(TICK_SECONDS)
            if not self._stop.requested and _exit_code(child) != 0:
                raise StartError(f"The {program.name} failed ({_manner_of(_exit_code(child))}).")
        finally:
            self._end(child)

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Look after the programs until the condition holds or we are asked to stop; raises StartError if one ended."""
        while not self._stop.requested and not until():
            self.check_foundation()
            for child in self._children:
                self._look_after(child)
            time.sleep(TICK_SECONDS)

    def _look_after(self, child: Child) -> None:
        code = _exit_code(child)
        if code is not None:
            self._bury(child, code)
        if child.process is None and time.monotonic() >= child.next_start_at:
            self._launch(child)

    def _bury(self, child: Child, code: int) -> None:
        """Deal with a program that ended by itself: plan its next start, or give up."""
        ending = f"The {child.program.name} ended unexpectedly ({_manner_of(code)})"
        if not child.program.is_restarted:
            raise StartError(f"{ending}.")
        if time.monotonic() - child.started_at > HEALTHY_SECONDS:
            child.back_off = FIRST_BACK_OFF_SECONDS
        print(f"{ending}; it is started again in {child.back_off:.0f} s.", file=sys.stderr, flush=True)
        self._end(child)
        child.next_start_at = time.monotonic() + child.back_off
        child.back_off = min(child.back_off * 2, LONGEST_BACK_OFF_SECONDS)

    def _launch(self, child: Child) -> None:
        try:
            child.process = spawn(child.program.command, environ=self._environ, on_our_death=signal.SIGTERM)
        except OSError as error:
            raise StartError(f"The {child.program.name} cannot be started: {error.strerror}.") from error
        child.started_at = time.monotonic()

    def _end(self, child: Child) -> None:
        """End a program with all it started: orderly within the time of grace, unless somebody insists."""
        process, child.process = child.process, None
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            wait_until(lambda: process.poll() is not None or self._stop.insisted, self._grace)
        kill_session(process)


def _needs_nothing() -> None:
    """The foundation of programs that stand on nothing of ours."""


def _exit_code(child: Child) -> int | None:
    return child.process.poll() if child.process else None


def _manner_of(code: int | None) -> str:
    """How a process ended, for people: negative codes are signals."""
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
