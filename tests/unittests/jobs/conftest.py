"""Databases and apps for the tests of jobs."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine

from app.extensions import db
from app.jobs import apply_schema

SERVER = os.environ.get("SCRATCH_PG", "/tmp/adapters/pg")


@pytest.fixture
def database_url() -> Iterator[str]:
    name = f"jobs_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(f"host={SERVER} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        url = f"postgresql+psycopg://postgres:@/{name}?host={SERVER}"
        engine = create_engine(url)
        with engine.begin() as migration:
            apply_schema(migration)
        engine.dispose()
        yield url
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def committed_app(database_url: str) -> Iterator[Flask]:
    app = Flask("committed")
    app.config.update(
        DATABASE_URL=database_url,
        SQLALCHEMY_DATABASE_URI=database_url,
        JOB_HEARTBEAT_SECONDS=0.2,
        JOB_STALLED_SECONDS=1.0,
    )
    db.init_app(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
