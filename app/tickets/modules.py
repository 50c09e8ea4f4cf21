"""What the installation lets its events sell: the modules record, enforced where the configuration says so."""

from __future__ import annotations

from collections.abc import Iterable

from app.jsonapi import Actor
from app.site.services import require_module
from app.tickets.schemas import DONATION, PAID


def check_modules(types: Iterable[str], *, actor: Actor) -> None:
    """Refuse to create, change or sell tickets of these types where a module they need is off; raises Forbidden."""
    wanted = set(types)
    require_module("ticket", actor=actor)
    if wanted & set(PAID):
        require_module("payment", actor=actor)
    if wanted & set(DONATION):
        require_module("donation", actor=actor)
