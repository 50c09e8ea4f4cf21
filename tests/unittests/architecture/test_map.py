"""The map in docs/architecture.md and the folders it is of."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
MAP = (ROOT / "docs" / "architecture.md").read_text().split("```")[1]
# Packages in place of one file of the same role.
ROLES = {"models", "schemas", "resources"}


def test_map_shows_every_package() -> None:
    packages = {path.parent.name for path in (ROOT / "app").rglob("__init__.py")}
    assert packages - ROLES - set(re.findall(r"([\w-]+)/", MAP)) == set()


def test_map_names_no_file_that_is_not_there() -> None:
    folders = ("app", "bench", "docs", "migrations", "requirements", "tests")
    files = {path.name for folder in folders for path in (ROOT / folder).rglob("*.*")}
    files |= {path.name for path in ROOT.glob("*.*")}
    assert set(re.findall(r"(?<![*\w])[\w-]+\.(?:py|md|txt|xsd|sh)\b", MAP)) - files == set()


def test_map_has_one_entry_for_each_place() -> None:
    entries, above = [], ""
    for indent, name in re.findall(r"^( {0,4})(\S+)", MAP, re.MULTILINE):
        above = name if len(indent) == 2 else above
        entries.append((len(indent), above if len(indent) == 4 else "", name))
    assert sorted({entry for entry in entries if entries.count(entry) > 1}) == []
