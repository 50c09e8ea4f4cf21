"""The account PostgreSQL runs as: it refuses to run as root, so root has to lend it another one."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from app.runtime.errors import StartError

LENT_BY_ROOT = ("postgres", "_postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An account of this machine that PostgreSQL can run as."""

    name: str
    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """Whether the account may go through every folder from the root down to this one."""
        return all(self._may_pass(each.stat()) for each in (folder, *folder.parents))

    def _may_pass(self, status: os.stat_result) -> bool:
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def account_of(folder: Path) -> Account:
    """The account that owns a folder; raises StartError when the machine does not know it."""
    try:
        entry = pwd.getpwuid(folder.stat().st_uid)
    except KeyError as error:
        raise StartError(f"The folder {folder} belongs to an account that does not exist here.") from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def account_lent_by_root() -> Account:
    """The first account that exists here of those root may lend PostgreSQL; raises StartError when there is none."""
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in LENT_BY_ROOT:
        if name in known:
            return Account(name, known[name].pw_uid, known[name].pw_gid)
    names = ", ".join(LENT_BY_ROOT)
    raise StartError(f"PostgreSQL does not run as root and none of the accounts {names} exists: start as another user.")
