"""The base of every factory: rows are added to the current session and flushed."""

from __future__ import annotations

from factory.alchemy import SQLAlchemyModelFactory

from app.extensions import db


class RowFactory(SQLAlchemyModelFactory):
    """Makes a row in the session of the app at hand."""

    class Meta:
        abstract = True
        sqlalchemy_session_factory = lambda: db.session  # noqa: E731
        sqlalchemy_session_persistence = "flush"
