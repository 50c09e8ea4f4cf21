"""The embedded PostgreSQL by itself: starts, refusals, and what earlier runs may have left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.runtime.account import Account
from app.runtime.binaries import INSTALLATION, PACKAGE, copy_programs, site_packages
from app.runtime.cluster import check_room
from app.runtime.errors import StartError
from app.runtime.home import Home, home_of_root, socket_folder
from app.runtime.postgres import EmbeddedPostgres, throwaway_postgres

ROOT = Path(__file__).resolve().parents[3]
OWNER = """
import sys, threading, time
from pathlib import Path
from app.runtime.postgres import EmbeddedPostgres
start = EmbeddedPostgres(Path(sys.argv[1])).start
if sys.argv[2] == "main":
    start()
else:
    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
print("ready", flush=True)
time.sleep(600)
"""


def ask(url: str, question: str) -> Any:
    """One value from a server."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def kill_owner_of_server(data_dir: Path, thread: str) -> None:
    """Start a server in a process of its own and kill that process; `thread` other than main hides it from Linux."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", OWNER, str(data_dir), thread]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"ready\n"
        owner.kill()


def test_server_keeps_its_data_from_a_cold_to_a_warm_start(new_data_dir: Path) -> None:
    with EmbeddedPostgres(new_data_dir) as url, psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT lower('ÄΣЖ') AS word")
    begun = time.monotonic()
    with EmbeddedPostgres(new_data_dir) as url:
        assert ask(url, "SELECT word FROM kept") == "äσж"
        assert ask(url, "SHOW fsync") == "on"
    assert time.monotonic() - begun < 5


def test_server_is_reached_through_a_private_socket_only(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir) as url:
        folder = Path(ask(url, "SHOW unix_socket_directories").strip('"'))
        assert ask(url, "SHOW listen_addresses") == ""
        assert folder.stat().st_mode & 0o777 == 0o700


def test_stopped_server_leaves_no_process(data_dir: Path, left_running: Callable[[Path], list[Any]]) -> None:
    with EmbeddedPostgres(data_dir):
        assert left_running(data_dir) != []
    assert left_running(data_dir) == []


def test_second_server_on_the_same_data_folder_is_refused(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir) as url:
        with pytest.raises(StartError, match=f"is in use by process {os.getpid()}"):
            EmbeddedPostgres(data_dir).start()
        assert ask(url, "SELECT 1") == 1


def test_database_of_another_major_is_refused(damaged_data_dir: Path) -> None:
    (damaged_data_dir / "postgres/cluster/PG_VERSION").write_text("16\n")
    with pytest.raises(StartError, match="was made by PostgreSQL 16 and this is 18"):
        EmbeddedPostgres(damaged_data_dir).start()


def test_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartError, match=r"file/data cannot be written: Not a directory\. Set DATA_DIR\.$"):
        EmbeddedPostgres(tmp_path / "file" / "data").start()


def test_refusal_quotes_what_postgres_complains_of(
    damaged_data_dir: Path, left_running: Callable[[Path], list[Any]]
) -> None:
    (damaged_data_dir / "postgres/cluster/postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(StartError, match=r"did not start on .*: .*contains errors\.$"):
        EmbeddedPostgres(damaged_data_dir).start()
    assert left_running(damaged_data_dir) == []


def test_too_little_room_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="MiB are free for the database"):
        check_room(tmp_path, 2**40)


def test_server_starts_after_its_owner_was_killed(data_dir: Path) -> None:
    kill_owner_of_server(data_dir, "main")
    with EmbeddedPostgres(data_dir) as url:
        assert ask(url, "SELECT 1") == 1


def test_server_that_outlived_its_owner_is_ended_by_the_next_start(data_dir: Path) -> None:
    kill_owner_of_server(data_dir, "other")
    with EmbeddedPostgres(data_dir) as url:
        assert ask(url, "SELECT 1") == 1


def test_server_killed_itself_starts_when_the_last_of_its_processes_is_gone(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir)
    straggler = ask(postgres.start(), "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
    os.kill(straggler, signal.SIGSTOP)
    os.kill(int((data_dir / "postgres/cluster/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    postgres.stop()
    threading.Timer(1.0, os.kill, (straggler, signal.SIGCONT)).start()
    with EmbeddedPostgres(data_dir) as url:
        assert ask(url, "SELECT 1") == 1


def test_pid_file_that_names_an_unrelated_process_is_ignored(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir):
        pid_file = data_dir / "postgres/cluster/postmaster.pid"
        left_behind = pid_file.read_text()
    pid_file.write_text(left_behind.replace(left_behind.split()[0], str(os.getpid()), 1))
    with EmbeddedPostgres(data_dir) as url:
        assert ask(url, "SELECT 1") == 1


def test_database_left_unfinished_is_made_anew(damaged_data_dir: Path) -> None:
    home = damaged_data_dir / "postgres"
    (home / "cluster").rename(home / "cluster.unfinished")
    with EmbeddedPostgres(damaged_data_dir) as url:
        assert ask(url, "SELECT 1") == 1


@pytest.mark.parametrize("name", ["d" * 100, "one, two"])
def test_socket_is_elsewhere_where_its_path_would_not_work(new_data_dir: Path, name: str) -> None:
    with EmbeddedPostgres(new_data_dir / name) as url:
        folder = Path(ask(url, "SHOW unix_socket_directories").strip('"'))
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_short_socket_folder_is_not_used_where_others_could_enter_it(new_data_dir: Path) -> None:
    home = Home(new_data_dir / ("d" * 100), None)
    home.folder.mkdir(parents=True)
    taken = socket_folder(home, new_data_dir)
    taken.chmod(0o755)
    with pytest.raises(StartError, match="short path"):
        socket_folder(home, new_data_dir)
    taken.rmdir()


def test_throwaway_server_leaves_no_file(data_dir: Path) -> None:
    before = set(Path(tempfile.gettempdir()).glob("oes-*"))
    with throwaway_postgres() as url:
        assert ask(url, "SHOW fsync") == "off"
    assert set(Path(tempfile.gettempdir()).glob("oes-*")) <= before


def test_account_enters_only_what_is_open_to_it(new_data_dir: Path) -> None:
    new_data_dir.mkdir(mode=0o700)
    status = new_data_dir.stat()
    assert Account("owner", status.st_uid, status.st_gid).can_enter(new_data_dir)
    assert not Account("stranger", status.st_uid + 1, status.st_gid + 1).can_enter(new_data_dir)


def test_root_puts_the_database_where_the_lent_account_can_go(new_data_dir: Path) -> None:
    new_data_dir.mkdir(mode=0o711)
    near, apart = new_data_dir / "postgres", new_data_dir.parent / "state"
    assert home_of_root(near, apart).folder == near
    new_data_dir.chmod(0o700)
    assert home_of_root(near, apart).folder == apart


def test_programs_run_from_a_copy(new_data_dir: Path) -> None:
    copy = copy_programs(site_packages(), new_data_dir)
    for program in ("initdb", "postgres", "pg_ctl"):
        path = copy / PACKAGE / INSTALLATION / "bin" / program
        assert subprocess.run([path, "--version"], capture_output=True, check=True).stdout.startswith(program.encode())
    assert [each for each in new_data_dir.iterdir() if each != copy] == []
