"""Objects of the libraries the service is built on: made here, bound to the app in `create_app`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from flask import g
from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData
from sqlalchemy.orm import DeclarativeBase

# Constraint names are derived, so that migrations and error messages can rely on them.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The declarative base of every model."""

    metadata = MetaData(naming_convention=NAMING)


# With a connection that already holds a transaction (tests), the session works in savepoints inside it.
db = SQLAlchemy(model_class=Base, session_options={"join_transaction_mode": "create_savepoint"})


def begin_reading() -> None:
    """Let the session read without a transaction of its own, which saves two round trips.

    For requests that read: what one of them writes on the side (when somebody was last seen) is
    one statement. Where the app is bound to a connection that is in a transaction, that is used.
    """
    if isinstance(db.engine, Engine) and not db.session.registry.has():
        db.session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})


def commit_step() -> None:
    """Commit what was done so far and go on in a new transaction: the only way for services to do so.

    Commit what is decided before the outside world is asked, so that no lock is held meanwhile. A request
    or job that does so may end after any of its steps, and has to be made so that it can be repeated from
    the start. Rows are read anew afterwards, and locks have to be taken again, in jobs also the claim on the job.
    An `Idempotency-Key` goes on holding off repetitions, and the answer that follows is kept, be it an error.
    """
    db.session.commit()
    g.steps_committed = steps_committed() + 1


def steps_committed() -> int:
    """How many steps were committed in this context."""
    return int(g.get("steps_committed", 0))


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection to read by: the session's if it has one, else one without session and transaction."""
    if isinstance(db.engine, Engine) and not db.session.registry.has():
        with _without_transactions(db.engine).connect() as connection:
            yield connection
    else:
        yield db.session.connection()


@lru_cache(maxsize=8)
def _without_transactions(engine: Engine) -> Engine:
    """The engine, with the same pool, whose connections commit each statement."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


migrate = Migrate()
jwt = JWTManager()
cors = CORS()
