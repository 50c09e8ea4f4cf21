"""What the installation lets its events sell: the modules record, enforced where the configuration says so."""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app

from app.extensions import db
from app.jsonapi import Actor
from app.jsonapi.errors import Forbidden
from app.site.models import ONLY_ROW, Module
from app.tickets.schemas import DONATION, PAID


def check_modules(types: Iterable[str], *, actor: Actor) -> None:
    """Refuse to create, change or sell tickets of these types where a module they need is off.

    Raises Forbidden naming the module. Admins are exempt, and without ENFORCE_MODULES everybody is.
    """
    if not current_app.config["ENFORCE_MODULES"] or actor.is_staff:
        return
    module = db.session.get_one(Module, ONLY_ROW)
    wanted = set(types)
    if not module.ticket_include:
        raise Forbidden("The module ticket-include is off: this installation sells no tickets.")
    if wanted & set(PAID) and not module.payment_include:
        raise Forbidden("The module payment-include is off: this installation sells no paid tickets.")
    if wanted & set(DONATION) and not module.donation_include:
        raise Forbidden("The module donation-include is off: this installation takes no donations.")
