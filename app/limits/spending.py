"""How often people may sign in, guess and make the service send mail: limits that all web processes share.

Limits are those of the `limits` package, in fixed windows; the counts are rows of PostgreSQL. They
are written by connections of their own that commit at once, so that a refused request counts too.
"""

from __future__ import annotations

import hashlib
import math
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, current_app, request
from limits import RateLimitItem, parse_many
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import Engine, case, create_engine, delete, event, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.jsonapi import Actor
from app.jsonapi.errors import TooManyRequests
from app.limits.models import RateCount

LIMITER = "rate_limiter"


class DatabaseCounts(Storage):
    """Counts in the table `rate_counts`, for the limiter's strategies."""

    STORAGE_SCHEME = None  # It is given its engine instead of an address.

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the database raises."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count one more, in one statement; a window that is over starts again. The new count."""
        ends = func.clock_timestamp() + timedelta(seconds=expiry)
        over = RateCount.expires_at <= func.clock_timestamp()
        statement = (
            insert(RateCount)
            .values(key=key, count=amount, expires_at=ends)
            .on_conflict_do_update(
                index_elements=[RateCount.key],
                set_={
                    "count": case((over, amount), else_=RateCount.count + amount),
                    "expires_at": case((over, ends), else_=RateCount.expires_at),
                },
            )
            .returning(RateCount.count)
        )
        with self._engine.connect() as connection:
            return int(connection.execute(statement).scalar_one())

    def get(self, key: str) -> int:
        """The count in the window that has not ended, else 0."""
        current = select(RateCount.count).where(RateCount.key == key, RateCount.expires_at > func.clock_timestamp())
        with self._engine.connect() as connection:
            return connection.execute(current).scalar() or 0

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since 1970; now where there is none."""
        with self._engine.connect() as connection:
            ends = connection.execute(select(RateCount.expires_at).where(RateCount.key == key)).scalar()
        return ends.timestamp() if ends else time.time()

    def check(self) -> bool:
        """Whether the database answers."""
        with self._engine.connect() as connection:
            return connection.execute(select(1)).scalar() == 1

    def reset(self) -> int | None:
        """Forget every count; how many there were."""
        with self._engine.connect() as connection:
            return connection.execute(delete(RateCount)).rowcount

    def clear(self, key: str) -> None:
        """Forget the count of one key."""
        with self._engine.connect() as connection:
            connection.execute(delete(RateCount).where(RateCount.key == key))


def init_app(app: Flask) -> None:
    """Give the app its limiter; its connections are closed together with those of the app's engine."""
    options = app.config["SQLALCHEMY_ENGINE_OPTIONS"]
    engine = create_engine(
        app.config["SQLALCHEMY_DATABASE_URI"],
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        pool_size=1,
        max_overflow=options["pool_size"],
        connect_args=options["connect_args"],
    )
    app.extensions[LIMITER] = FixedWindowRateLimiter(DatabaseCounts(engine))
    with app.app_context():
        event.listen(db.engine, "engine_disposed", lambda _: engine.dispose())


def spend(setting: str, who: str) -> None:
    """Count one act against the limits that setting holds, for `who` alone; raises TooManyRequests.

    Several limits are separated by semicolons, as in "5 per minute; 30 per hour". `who` is kept only as a fingerprint.
    """
    if not current_app.config["RATE_LIMITS_ENABLED"]:
        return
    limiter: FixedWindowRateLimiter = current_app.extensions[LIMITER]
    key = (setting, hashlib.blake2b(_folded(who).encode(), digest_size=16).hexdigest())
    for limit in _limits(current_app.config[setting]):
        if not limiter.hit(limit, *key):
            ends = limiter.get_window_stats(limit, *key).reset_time
            raise TooManyRequests(max(1, math.ceil(ends - time.time())))


def spend_mail(email: str, *, by: Actor) -> None:
    """Count a mail that somebody has the service send to an address: against who asks for it, and who gets it."""
    spend("RATE_LIMIT_MAIL", f"user {by.id}")
    spend("RATE_LIMIT_MAIL", email)


def _folded(who: str) -> str:
    """In lower case as the database compares addresses: each character for itself, so that "İ" is "i"."""
    return "".join(character.lower()[0] for character in who.strip())


@lru_cache(maxsize=64)
def _limits(text: str) -> list[RateLimitItem]:
    return parse_many(text)


def client_address() -> str:
    """The network address behind the request; of IPv6 the /64 network, which one person has all of."""
    text = request.remote_addr or ""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return text
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)


def forget_expired_counts() -> None:
    """Remove the counts of windows that are over."""
    db.session.execute(delete(RateCount).where(RateCount.expires_at < datetime.now(UTC)))
