"""Secrets that are mailed to prove a mailbox: single use, expiring, and kept only as hashes.

A request draws a random seed and defers the mail; the job derives the secret from the seed and the
service's key. So the queue holds no secret, and a job that runs again mails the same link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import func, select, update

from app.extensions import db
from app.users.models import MailedToken, User

VERIFY, RESET = "verify", "reset"


def new_seed() -> str:
    """What a secret is made from: random, and worthless without the service's key."""
    return secrets.token_urlsafe(32)


def secret_of(seed: str) -> str:
    """The secret of a seed, fit for addresses."""
    key = current_app.config["SECRET_KEY"].encode()
    digest = hmac.digest(key, b"mailed token:" + seed.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def fingerprint(secret: str) -> bytes:
    """What of the secret is stored."""
    return hashlib.sha256(secret.encode()).digest()


def lifetime_of(purpose: str) -> timedelta:
    """How long secrets of this purpose work."""
    if purpose == VERIFY:
        return timedelta(hours=current_app.config["VERIFICATION_HOURS"])
    return timedelta(minutes=current_app.config["PASSWORD_RESET_MINUTES"])


def issue_token(user: User, purpose: str, seed: str) -> str | None:
    """Make the seed's secret work for the user's present address, and void earlier ones of that purpose.

    Asked again with the same seed, it gives the same secret, or None once that was used or voided.
    """
    secret, now = secret_of(seed), datetime.now(UTC)
    issued = db.session.scalar(select(MailedToken).where(MailedToken.secret_hash == fingerprint(secret)))
    if issued is not None:
        return secret if issued.used_at is None and issued.expires_at > now else None
    void_tokens(user, purpose)
    db.session.add(
        MailedToken(
            user=user,
            purpose=purpose,
            email=user.email,
            secret_hash=fingerprint(secret),
            expires_at=now + lifetime_of(purpose),
        )
    )
    db.session.flush()
    return secret


def void_tokens(user: User, *purposes: str) -> None:
    """Make what was mailed to the user for these purposes work no more."""
    unused = MailedToken.user_id == user.id, MailedToken.purpose.in_(purposes), MailedToken.used_at.is_(None)
    db.session.execute(update(MailedToken).where(*unused).values(used_at=datetime.now(UTC)))


def redeem_token(purpose: str, secret: str) -> User | None:
    """The user this secret was mailed to, who is locked, and its one use spent; None when it does not work.

    It stops working when the address it was sent to is no longer the user's.
    """
    found = select(MailedToken, User).join(User, MailedToken.user_id == User.id)
    matching = found.where(
        MailedToken.secret_hash == fingerprint(secret),
        MailedToken.purpose == purpose,
        MailedToken.used_at.is_(None),
        MailedToken.expires_at > datetime.now(UTC),
        func.lower(MailedToken.email) == func.lower(User.email),
        User.deleted_at.is_(None),
        User.is_blocked.is_(False),
    )
    row = db.session.execute(matching.with_for_update().execution_options(populate_existing=True)).first()
    if row is None:
        return None
    token, user = row
    token.used_at = datetime.now(UTC)
    return user


def forget_expired_tokens() -> None:
    """Remove tokens a week after they stopped working."""
    long_ago = datetime.now(UTC) - timedelta(days=7)
    db.session.execute(MailedToken.__table__.delete().where(MailedToken.expires_at < long_ago))
