"""Templates: each is used, and each can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.adapters.templates import environment
from app.edge import Service

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "app/templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
CODE = "\n".join(path.read_text() for path in (ROOT / "app").rglob("*.*") if path.suffix in (".py", ".html"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_can_be_read(app: Service, name: str) -> None:
    assert environment().get_template(name).blocks or "base" not in name


@pytest.mark.parametrize("name", [name for name in TEMPLATES if not name.endswith("base.html")])
def test_template_is_used(name: str) -> None:
    # Code names a template without the folder of its kind, mail or pdf; templates name each other in full.
    assert f'"{name.partition("/")[2]}"' in CODE or f'"{name}"' in CODE
