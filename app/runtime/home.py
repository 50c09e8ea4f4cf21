"""Where the embedded PostgreSQL lives: one folder of ours with its cluster, its socket and its log.

That folder is made below the data folder. Only where root starts the service and the account PostgreSQL gets cannot
go through the data folder's parents, it is made below the system's state folder: no folder that was there before
changes its owner or its permissions.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.runtime.account import Account, account_lent_by_root, account_of
from app.runtime.binaries import STATE_DIR, make_state_folder
from app.runtime.errors import StartError

PRIVATE = 0o700
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100  # bytes; Linux takes 107, macOS 103


@dataclass(frozen=True)
class Home:
    """The folder of one embedded PostgreSQL, and the account it runs as (None: the account that starts it)."""

    folder: Path
    account: Account | None

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory."""
        return self.folder / "cluster"

    @property
    def log(self) -> Path:
        """What PostgreSQL has to say."""
        return self.folder / "postgres.log"

    def make_folder(self, path: Path) -> Path:
        """Make a folder only PostgreSQL's account (and root) can enter; one that is there already is left as it is."""
        if not path.exists():
            path.mkdir(mode=PRIVATE)
            if self.account:
                os.chown(path, self.account.uid, self.account.gid)
        return path


def find_home(data_dir: Path) -> Home:
    """The home of a data folder, made when it is missing; raises StartError when it cannot be."""
    near, apart = data_dir / "postgres", STATE_DIR / digest_of(data_dir)
    try:
        home = home_of_root(near, apart) if os.geteuid() == 0 else _own_home(near)
        if home.folder == apart:
            make_state_folder(STATE_DIR)
        home.make_folder(home.folder)
    except OSError as error:
        raise StartError(f"PostgreSQL's folder {error.filename} cannot be used: {error.strerror}.") from error
    return home


def digest_of(data_dir: Path) -> str:
    """A short name for a data folder that no other one has."""
    return hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]


def _own_home(near: Path) -> Home:
    if near.exists() and near.stat().st_uid != os.geteuid():
        owner = account_of(near).name
        raise StartError(f"The database in {near} belongs to {owner}: start as that account or root, or set DATA_DIR.")
    return Home(near, None)


def home_of_root(near: Path, apart: Path) -> Home:
    """A home that is there decides; it keeps its place and its owner whatever account would be lent today."""
    for folder in (apart, near):
        if folder.exists() and any(folder.iterdir()):
            return Home(folder, _owner(folder))
        if folder.exists():
            folder.rmdir()  # A start was killed before it could hand the folder over.
    account = account_lent_by_root()
    return Home(near if account.can_enter(near.parent.resolve()) else apart, account)


def _owner(folder: Path) -> Account:
    owner = account_of(folder)
    if owner.uid == 0:
        raise StartError(f"The database in {folder} belongs to root, as whom PostgreSQL does not run: chown it.")
    return owner


def socket_folder(home: Home, data_dir: Path) -> Path:
    """A folder for the socket that is closed to others, with a path a socket can have; emptied of what was left.

    libpq takes a comma in a path for the end of it.
    """
    folder = home.folder / "socket"
    if not _is_usable(folder):
        folder = _short_folder(home, digest_of(data_dir))
    home.make_folder(folder)
    for leftover in folder.iterdir():
        leftover.unlink()
    return folder


def _is_usable(folder: Path) -> bool:
    return len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET_PATH and "," not in str(folder)


def _short_folder(home: Home, name: str) -> Path:
    """The same folder at every start, unless somebody else took its name."""
    for parent in _temporary_folders(home):
        folder = parent / f"oes-{name}"
        if not folder.exists() or _is_ours(folder, home):
            return folder
    raise StartError(f"No folder with a short path can be had for PostgreSQL's socket: shorten {home.folder}.")


def _temporary_folders(home: Home) -> Iterator[Path]:
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108  # Only a private folder in it is used.
        if _is_usable(parent / "oes-0123456789abcdef") and (not home.account or home.account.can_enter(parent)):
            yield parent


def _is_ours(folder: Path, home: Home) -> bool:
    status = folder.lstat()
    owner = home.account.uid if home.account else os.geteuid()
    return stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) == PRIVATE and status.st_uid == owner


def remove_home(home: Home) -> None:
    """Delete a throwaway database with everything that belongs to it."""
    shutil.rmtree(home.folder, ignore_errors=True)
