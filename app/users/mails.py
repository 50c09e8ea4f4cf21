"""The mails of accounts, as jobs: who gets which, and when it is too late to send one.

Addresses that nobody has proven yet are not greeted by the name somebody typed in, so that
sign-up forms cannot be used to send strangers a text.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.adapters.mail import address, compose, message_id_of
from app.extensions import db
from app.jobs import defer, job
from app.messages.mailing import MAILING, send_once
from app.users.mailed_tokens import RESET, VERIFY, fingerprint, issue_token, lifetime_of, new_seed
from app.users.models import User


def request_welcome(user: User) -> None:
    """Mail a new account its verification link, once this transaction is committed."""
    defer(send_welcome, user_id=user.id, seed=new_seed(), lock=_lock(VERIFY, user.id))


def request_verification(user: User | None) -> None:
    """Mail an account a new verification link; without an account, the queue is kept just as busy."""
    user_id = user.id if user else None
    defer(send_verification, user_id=user_id, seed=new_seed(), lock=_lock(VERIFY, user_id))


def request_reset(user: User | None) -> None:
    """Mail an account a link to set its password; without an account, the queue is kept just as busy."""
    user_id = user.id if user else None
    defer(send_reset, user_id=user_id, seed=new_seed(), lock=_lock(RESET, user_id))


def announce_new_address(user: User, old: str, new: str) -> None:
    """Tell the old address which one replaces it, and ask the new one to be proven."""
    request_verification(user)
    defer(send_address_changed, user_id=user.id, old=old, new=new, key=new_seed())


def announce_new_password(user: User) -> None:
    """Tell the user that the password was changed."""
    defer(send_password_changed, user_id=user.id, key=new_seed())


def _lock(purpose: str, user_id: int | None) -> str | None:
    """Mails of one purpose to one user are made in the order they were asked for: only the last link works."""
    return f"mailed token {purpose} {user_id}" if user_id else None


@job(retry=MAILING)
def send_welcome(user_id: int, seed: str) -> None:
    """Mail `user_registration`."""
    _send_link(_user(user_id), VERIFY, seed, "users/user_registration.html", "/verify")


@job(retry=MAILING)
def send_verification(user_id: int | None, seed: str) -> None:
    """Mail `user_confirmation`, unless the address is verified meanwhile."""
    user = _user(user_id)
    if user is not None and not user.is_verified:
        _send_link(user, VERIFY, seed, "users/user_confirmation.html", "/verify")


@job(retry=MAILING)
def send_reset(user_id: int | None, seed: str) -> None:
    """Mail `password_reset`, or `password_reset_verify` to accounts that were made with an order."""
    user = _user(user_id)
    if user is not None and not user.is_blocked:
        template = "users/password_reset_verify.html" if user.was_registered_with_order else "users/password_reset.html"
        _send_link(user, RESET, seed, template, "/reset-password")


@job(retry=MAILING)
def send_address_changed(user_id: int, old: str, new: str, key: str) -> None:
    """Mail `user_change_email` to the address that was replaced."""
    if (user := _user(user_id)) is not None:
        _send("users/user_change_email.html", {"name": user.full_name, "new": new}, old, "address-changed", key)


@job(retry=MAILING)
def send_password_changed(user_id: int, key: str) -> None:
    """Mail `password_change`."""
    if (user := _user(user_id)) is not None:
        _send("users/password_change.html", {"name": user.full_name}, user.email, "password-changed", key)


def _user(user_id: int | None) -> User | None:
    """The user, unless the account is gone by now."""
    user = db.session.get(User, user_id) if user_id is not None else None
    return user if user is not None and user.deleted_at is None else None


def _send_link(user: User | None, purpose: str, seed: str, template: str, page: str) -> None:
    secret = issue_token(user, purpose, seed) if user else None
    if user is not None and secret is not None:
        context = {"page": page, "secret": secret, "lifetime": in_words(lifetime_of(purpose)), "email": user.email}
        _send(template, context, user.email, purpose, fingerprint(secret).hex()[:24])


def _send(template: str, context: dict[str, Any], to: str, *key: str) -> None:
    send_once(compose(template, context, to=address(to), message_id=message_id_of(*key)))


def in_words(span: timedelta) -> str:
    """A span as people say it, in days, hours or minutes."""
    for unit, seconds in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count, rest = divmod(int(span.total_seconds()), seconds)
        if count and not rest:
            return f"{count} {unit}" + ("s" if count > 1 else "")
    return f"{int(span.total_seconds() // 60)} minutes"
