"""Whether the service can work, and what it measures."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.jsonapi import json
from app.jsonapi.permissions import anyone
from app.jsonapi.routing import endpoint
from config import VERSION

blueprint = Blueprint("health", __name__)
MIGRATIONS = Path(__file__).parents[1] / "migrations"


@lru_cache(maxsize=1)
def newest_migration() -> str | None:
    """The revision this code expects the database to be at."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


@endpoint(blueprint, "/health", access=anyone)
def health() -> Response:
    """200 when the database answers and is migrated to what this code expects, else 503."""
    try:
        revision = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        db.session.rollback()
        return json.answer({"status": "unavailable", "database": "does not answer"}, 503)
    if revision != newest_migration():
        return json.answer({"status": "unavailable", "database": "not migrated", "revision": revision}, 503)
    return json.answer({"status": "ok", "version": VERSION})


@endpoint(blueprint, "/metrics", access=anyone)
def metrics() -> Response:
    """Counters and histograms in Prometheus' text form."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
