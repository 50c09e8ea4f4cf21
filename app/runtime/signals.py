"""Ctrl-C and its kin as a wish that is looked at, so that no step of a start or a stop is torn in two."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any, Self

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopSignals:
    """While entered, the stopping signals only leave a note; the second one says that somebody lost patience.

    A SIGHUP that was being ignored stays so, for the sake of `nohup`.
    """

    def __init__(self) -> None:
        self.count = 0
        self._before: dict[signal.Signals, Any] = {}

    @property
    def requested(self) -> bool:
        """Whether we are asked to end."""
        return self.count > 0

    @property
    def insisted(self) -> bool:
        """Whether we are asked to end without waiting for anybody."""
        return self.count > 1

    def __enter__(self) -> Self:
        for number in STOPPING:
            if number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
                continue
            self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.count += 1


def raise_on_terminate() -> None:
    """Let SIGTERM and SIGHUP end a short command through its `finally` clauses, as SIGINT does."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _leave)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
