"""Which buyers may order what."""

from __future__ import annotations

from flask import current_app

from app.jsonapi import Actor
from app.jsonapi.errors import Forbidden


def check_verified(actor: Actor) -> None:
    """Refuse free orders of buyers who have not verified their e-mail address; raises Forbidden.

    Free seats cost a robot nothing, and an address that is not verified may be anybody's.
    """
    if actor.user.is_verified or current_app.config["ALLOW_UNVERIFIED_FREE_ORDERS"]:
        return
    source = {"pointer": "/data/relationships/user", "code": "unverified-user"}
    raise Forbidden("Unverified user cannot place free orders", source=source)
