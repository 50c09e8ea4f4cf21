"""Invitations to work on an event, and how they are answered."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from app.events.invites.models import RoleInvite
from app.events.models import Role, UsersEventsRoles
from app.extensions import db
from app.users.mailed_tokens import fingerprint
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.team import RoleInviteFactory

INVITES = "/v1/role-invites"


def role_id(name: str) -> int:
    """The id of the role of that name."""
    return db.session.scalars(select(Role.id).where(Role.name == name)).one()


def invite_document(event: Any, role: str = "organizer", email: str = "grace@example.com", **attributes: Any) -> Any:
    """A document of a new invitation to the event, as a client sends it."""
    relationships = {"event": linkage("event", event), "role": linkage("role", role_id(role))}
    return document("role-invite", relationships=relationships, email=email, **{"role_name": role} | attributes)


def invite(api: ApiClient, event: Any, role: str, email: str, *, by: Any) -> TestResponse:
    """The answer to inviting this address."""
    return api.post(INVITES, invite_document(event, role, email), user=by)


def invited(role: str = "organizer", **values: Any) -> RoleInvite:
    """An open invitation whose token is `token`."""
    made: RoleInvite = RoleInviteFactory(role_name=role, secret_hash=fingerprint("token"), **values)
    return made


def answered(api: ApiClient, how: str, token: object = "token", user: Any = None) -> TestResponse:
    """The answer to `user`, `accept-invite` or `decline-invite` by this token."""
    return api.plain("POST", f"/v1/role_invites/{how}", {"data": {"token": token}}, user=user)


def held_by(user: Any, event: Any) -> set[str]:
    """The names of the roles the user holds on the event."""
    held = select(Role.name).join(UsersEventsRoles).where(UsersEventsRoles.user_id == user.id)
    return set(db.session.scalars(held.where(UsersEventsRoles.event_id == event.id)))


def token_of(mail: Any) -> str:
    """The token of the link in a mail."""
    found = re.search(
        r"https://www\.example\.com/role-invites\?token=([\w-]+)", mail.get_body(("plain",)).get_content()
    )
    assert found
    return found[1]
