"""Processor time of process trees, as the operating system counts it."""

from __future__ import annotations

from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Usage:
    """Processor seconds, in user and system mode together."""

    server: float = 0.0
    database: float = 0.0

    def __sub__(self, other: Usage) -> Usage:
        return Usage(self.server - other.server, self.database - other.database)

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.server + other.server, self.database + other.database)

    @property
    def total(self) -> float:
        """Server and database together."""
        return self.server + self.database


def usage(server_pid: int, database_pid: int) -> Usage:
    """What both process trees have used up to now."""
    return Usage(seconds_of(server_pid), seconds_of(database_pid))


def seconds_of(pid: int) -> float:
    """What a process and its descendants have used; on Linux those that ended are counted by their parent."""
    top = psutil.Process(pid)
    times = top.cpu_times()
    ended = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return ended + sum(_own_seconds(process) for process in (top, *top.children(recursive=True)))


def _own_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # It ended since it was listed.
        return 0.0
    return float(times.user + times.system)
