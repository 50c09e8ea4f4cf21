"""PostgreSQL's data directory: made once, checked at every start, freed of what a killed run left in it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

from app.runtime.binaries import MAJOR
from app.runtime.errors import StartError
from app.runtime.home import Home
from app.runtime.processes import command_of, spawn, wait_until

SUPERUSER = "postgres"
NEW_CLUSTER_MIB = 200
OLD_CLUSTER_MIB = 50
INITDB_SECONDS = 300
DYING_SECONDS = 30
QUIET_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
"""What PostgreSQL gets to see of our environment: none of its settings, none of our secrets."""


def prepare_cluster(home: Home, programs: Path, *, durable: bool) -> None:
    """Leave a data directory that this PostgreSQL can start on; raises StartError when there cannot be one."""
    if not home.cluster.exists():
        check_room(home.folder, NEW_CLUSTER_MIB)
        _make_cluster(home, programs, durable=durable)
    _check_version(home.cluster)
    check_room(home.folder, OLD_CLUSTER_MIB)
    _end_previous(home.cluster)


def check_room(folder: Path, needed: int) -> None:
    """Raise StartError when the file system of a folder has fewer MiB free than needed."""
    free = shutil.disk_usage(folder).free // 2**20
    if free < needed:
        raise StartError(f"Only {free} MiB are free for the database in {folder}, which needs {needed} MiB.")


def _make_cluster(home: Home, programs: Path, *, durable: bool) -> None:
    """Run initdb in a folder that gets its name when it is whole: a killed initdb leaves nothing that looks done."""
    unfinished = home.folder / "cluster.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    output = home.folder / "initdb.log"
    command = [str(programs / "initdb"), "-D", str(unfinished), *_initdb_options(durable=durable)]
    with output.open("wb") as log:
        code = _run_to_end(command, home, log.fileno())
    if code != 0:
        raise StartError(f"PostgreSQL's initdb failed: {complaint_in(output, 0)}")
    unfinished.rename(home.cluster)


def _initdb_options(*, durable: bool) -> list[str]:
    """The built-in provider knows C.UTF-8 on every system, whatever locales are installed there."""
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    trust = [f"--username={SUPERUSER}", "--auth-local=trust", "--auth-host=reject"]
    return [*locale, *trust, "--no-instructions", *([] if durable else ["--no-sync"])]


def _run_to_end(command: list[str], home: Home, output: int) -> int:
    try:
        process = spawn(
            command,
            environ=QUIET_ENVIRONMENT,
            on_our_death=signal.SIGTERM,
            account=home.account,
            folder=home.folder,
            output=output,
        )
        return process.wait(INITDB_SECONDS)
    except subprocess.TimeoutExpired as error:
        process.kill()
        raise StartError(f"PostgreSQL's initdb did not finish in {INITDB_SECONDS} seconds.") from error
    except OSError as error:
        raise StartError(f"PostgreSQL's initdb cannot be started: {error.strerror}.") from error


def _check_version(cluster: Path) -> None:
    try:
        found = (cluster / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise StartError(f"The folder {cluster} is not a PostgreSQL database: {error.strerror}.") from error
    if found != str(MAJOR):
        raise StartError(
            f"The database in {cluster} was made by PostgreSQL {found} and this is {MAJOR}: "
            f"move it over with pg_dump, or set DATA_DIR to another folder."
        )


def _end_previous(cluster: Path) -> None:
    """Stop the server of a run that was killed, and remove its pid file where the number now means another process."""
    pid_file = cluster / "postmaster.pid"
    pid = _pid_in(pid_file)
    if pid is None:
        return
    for number in (signal.SIGINT, signal.SIGQUIT):
        if not _serves(pid, cluster):
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        wait_until(lambda: not _serves(pid, cluster), DYING_SECONDS)
    if _serves(pid, cluster):
        raise StartError(f"An earlier PostgreSQL (process {pid}) still runs on {cluster} and does not end: kill it.")
    pid_file.unlink(missing_ok=True)


def _pid_in(pid_file: Path) -> int | None:
    try:
        return abs(int(pid_file.read_text().split("\n", 1)[0]))
    except (FileNotFoundError, ValueError):
        return None


def _serves(pid: int, cluster: Path) -> bool:
    return f" -D {cluster}" in command_of(pid)


def complaint_in(log: Path, start: int) -> str:
    """What went wrong according to a log, read from the given byte: its last error, or else its last line."""
    lines = [line for line in log.read_bytes()[start:].decode(errors="replace").splitlines() if line.strip()]
    grave = [line for line in lines if any(mark in line for mark in ("FATAL:", "PANIC:", "ERROR:", "error:"))]
    line = (grave or lines or ["it said nothing"])[-1]
    return line.rsplit(":  ", 1)[-1].strip().rstrip(".") + "."
