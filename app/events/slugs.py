"""Slugs: names as they stand in addresses."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, exists, select

from app.extensions import db


def slug_of(name: str) -> str:
    """The name in lower case, with dashes for blanks and slashes; "Film & Media, etc" is film-media-etc."""
    return re.sub(r"[/\s]", "-", name.lower().replace("& ", "").replace(",", ""))


def free_slug(model: Any, name: str, *among: ColumnElement[bool]) -> str:
    """The name's slug, told apart by 32 random digits where another row has it; `among` says which rows count."""
    slug = slug_of(name)
    taken = select(exists().where(model.slug == slug, *among))
    return f"{slug}-{uuid4().hex}" if db.session.scalar(taken) else slug
