"""The rules of settings and modules, and what other domains ask them."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.extensions import db
from app.jsonapi import Actor, Given
from app.jsonapi.errors import Forbidden
from app.site.models import ONLY_ROW, Module, Setting, UserPermission
from app.site.schemas import SECRETS

SWITCHED_OFF = {
    "ticket": "Ticketing is not enabled in the system: the module ticket-include is off.",
    "payment": "Payment is not enabled in the system: the module payment-include is off.",
    "donation": "Donation is not enabled in the system: the module donation-include is off.",
}


def settings() -> Setting:
    """The installation's settings, read once per transaction."""
    return db.session.get_one(Setting, ONLY_ROW)


def keep_secrets(row: Setting, changes: Given) -> None:
    """Take null for a secret as "unchanged" and an empty text as "none".

    Nobody can read a secret, so clients that send every attribute send null for those they do not
    mean to change.
    """
    for name in SECRETS:
        if name in changes and changes[name] is None:
            del changes[name]
        elif changes.get(name) == "":
            changes[name] = None
            # What another SECRET_KEY hides reads as none already, and would be left as unchanged for that key.
            flag_modified(row, name)


def require_module(name: str, *, actor: Actor, pointer: str = "/data") -> None:
    """Raise Forbidden where the module ("ticket", "payment", "donation") is off and that is enforced.

    Admins are exempt, and without the configuration ENFORCE_MODULES everybody is.
    """
    if not current_app.config["ENFORCE_MODULES"] or actor.is_staff:
        return
    if not getattr(db.session.get_one(Module, ONLY_ROW), f"{name}_include"):
        raise Forbidden(SWITCHED_OFF[name], pointer=pointer)


def is_permitted(act: str, actor: Actor) -> bool:
    """Whether the actor may do this act (`create_event`, `publish_event`).

    Admins and verified users always may; other users where the act's user permission says so.
    """
    if actor.is_anonymous:
        return False
    if actor.is_staff or actor.user.is_verified:
        return True
    allowed = select(UserPermission.unverified_user).where(
        UserPermission.name == act, UserPermission.deleted_at.is_(None)
    )
    return actor.remember(f"permitted to {act}", lambda: bool(db.session.scalar(allowed)))
