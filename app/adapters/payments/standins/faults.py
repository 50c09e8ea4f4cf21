"""Faults that tests order: the next calls of a path are slow, answered badly, or carried out and never answered."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

LONGEST_MEMORY = 1000


@dataclass
class Fault:
    """What happens to the next `times` calls of a path, which may hold `*`.

    `delay` seconds pass before the call is carried out, `late` seconds between that and the answer. With a `status`
    the call is not carried out and `body` is the answer. With `drop` it is carried out and the connection cut.
    """

    path: str
    method: str = "*"
    times: int = 1
    delay: float = 0.0
    late: float = 0.0
    status: int | None = None
    body: str = ""
    drop: bool = False


class Faults:
    """The faults that wait, and the calls that came; both are forgotten with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._calls: deque[dict[str, Any]] = deque(maxlen=LONGEST_MEMORY)

    def order(self, wanted: Mapping[str, Any]) -> None:
        """Add a fault; raises TypeError for what is none."""
        fault = Fault(**wanted)
        with self._lock:
            self._faults.append(fault)

    def next_for(self, method: str, path: str) -> Fault | None:
        """The fault of this call, which is used up by it."""
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fnmatchcase(path, fault.path) and fnmatchcase(method, fault.method):
                    fault.times -= 1
                    return fault
        return None

    def note(self, call: dict[str, Any]) -> None:
        """Remember what was asked."""
        with self._lock:
            self._calls.append(call)

    def calls(self) -> list[dict[str, Any]]:
        """What was asked, in order."""
        with self._lock:
            return list(self._calls)

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._faults.clear()
            self._calls.clear()
