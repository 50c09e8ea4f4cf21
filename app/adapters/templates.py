"""The Jinja environment of mails and PDFs: everything escaped, every missing value an error."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import current_app
from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parents[1] / "templates"


@cache
def environment() -> Environment:
    """The environment, made once; templates are named from `app/templates`, such as `mail/orders/paid.html`."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["local_time"] = local_time
    made.globals["frontend"] = frontend
    return made


def frontend(path: str) -> str:
    """The address of a page of the web client: `frontend("/orders/abc/view")`."""
    return f"{current_app.config['FRONTEND_URL']}/{path.lstrip('/')}"


def local_time(moment: datetime, zone: str) -> str:
    """A moment as people in the given IANA zone read it: `Saturday, 5 December 2026, 18:30 (Asia/Kolkata)`."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%A}, {local.day} {local:%B %Y, %H:%M} ({zone})"
