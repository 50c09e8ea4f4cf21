"""Starting and stopping other programs so that none outlives us.

Every program gets a session of its own: Ctrl-C in the terminal then reaches only us, and we decide the order in
which the others stop. On Linux the kernel tells them when we die; elsewhere they have to look (`watch_parent`).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from app.runtime.account import Account

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.05
ORPHAN_POLL_SECONDS = 0.5
ORPHAN_GRACE_SECONDS = 10.0
SUPERVISED_BY = "SUPERVISED_BY"  # Set for the programs of a supervisor: its process id.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def spawn(
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    on_our_death: signal.Signals,
    account: Account | None = None,
    folder: Path | None = None,
    output: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, as `account` where one is given; raises OSError when it cannot start.

    `output` is the descriptor of the file that takes what it prints, ours where None. The kernel ties `on_our_death`
    to the thread that starts the program, so it is only asked for in the main thread.
    """
    return subprocess.Popen(
        command,
        env=dict(environ),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=_notice_of_death(on_our_death),  # Safe here: it only calls the kernel.
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def _notice_of_death(number: signal.Signals) -> Callable[[], None] | None:
    """What the child does before it becomes the program: after the change of user, which would undo it."""
    libc = LIBC
    if libc is None or threading.current_thread() is not threading.main_thread():
        return None
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def finish(process: subprocess.Popen[bytes], number: signal.Signals, seconds: float) -> bool:
    """Ask a program to end and wait; what is left of its session afterwards is killed. Whether it ended by itself."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)
    ended = wait_until(lambda: process.poll() is not None, seconds)
    kill_session(process)
    return ended


def kill_session(process: subprocess.Popen[bytes]) -> None:
    """Kill a program and the children it left; macOS answers EPERM for a group in which all are dead already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for a condition for at most so many seconds; whether it came true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def command_of(pid: int) -> str:
    """The command line of a running process; empty for one that ended, even where nobody has reaped it yet."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    listing = subprocess.run(["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)
    return listing.stdout.decode(errors="replace").strip()


def watch_supervisor() -> bool:
    """Watch our parent if it is a supervisor, and whether it is; whoever starts us by hand may leave and let us run."""
    supervised = os.environ.get(SUPERVISED_BY) == str(os.getppid())
    if supervised:
        watch_parent()
    return supervised


def watch_parent() -> None:
    """End this process when its parent is gone: orderly at first, by force after ten seconds."""
    threading.Thread(target=_end_after, args=(os.getppid(),), name="watch-parent", daemon=True).start()


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHAN_POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(ORPHAN_GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
