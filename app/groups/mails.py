"""The mails about groups, each by a job of its own: one for each address and occasion, whatever is repeated."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import current_app
from sqlalchemy import Select, select

from app.adapters.mail import address, compose, message_id_of
from app.events.models import Event, Role
from app.events.reaching import by_rank, mailboxes, name_of
from app.extensions import db
from app.groups.access import MANAGERS
from app.groups.models import Group, UserFollowGroup, UsersGroupsRoles
from app.jobs import defer, defer_many, job
from app.messages.mailing import MAILING, fingerprint_of, send_once
from app.users.mailed_tokens import fingerprint, secret_of
from app.users.models import User

AT_ONCE = 200  # As many mails are put into the queue in one transaction.


@job(queue="mail", retry=MAILING)
def send_group_role(invite_id: int, inviter_id: int, seed: str) -> None:
    """Mail `group_role`, unless the invitation was accepted, taken back or sent anew meanwhile."""
    secret, invite = secret_of(seed), db.session.get(UsersGroupsRoles, invite_id)
    if invite is None or invite.accepted or invite.secret_hash != fingerprint(secret):
        return
    if invite.expires_at is None or invite.expires_at <= datetime.now(UTC) or invite.group.deleted_at is not None:
        return
    context = {
        "group": invite.group.name,
        "role": invite.role.title_name or invite.role.name,
        "inviter": name_of(inviter_id),
        "secret": secret,
        "hours": current_app.config["GROUP_INVITE_HOURS"],
    }
    message_id = message_id_of("group-role", fingerprint(secret).hex()[:24])
    send_once(compose("groups/group_role.html", context, to=address(invite.email), message_id=message_id))


@job()
def announce_to_followers(group_id: int, event_id: int, occasion: int, after: int) -> None:
    """Have the next followers mailed about an event, those whose id is above `after`, and the rest by another job."""
    if _announced(group_id, event_id) is None:
        return
    page = _followers(group_id).with_only_columns(User.id).where(User.id > after).order_by(User.id).limit(AT_ONCE)
    followers = db.session.scalars(page).all()
    about: dict[str, Any] = {"group_id": group_id, "event_id": event_id, "occasion": occasion}
    defer_many(send_announcement, ({"follower_id": id_, **about} for id_ in followers))
    if len(followers) == AT_ONCE:
        defer(announce_to_followers, after=followers[-1], **about)


def _followers(group_id: int) -> Select[Any]:
    live = User.deleted_at.is_(None), User.is_blocked.is_(False)
    followed = select(User).join(UserFollowGroup, UserFollowGroup.user_id == User.id)
    return followed.where(UserFollowGroup.group_id == group_id, *live)


def _announced(group_id: int, event_id: int) -> tuple[Group, Event] | None:
    """The group and its event, while that is announced; None once either has gone, or the event was taken back."""
    found = (
        select(Group, Event)
        .join(Event, Event.group_id == Group.id)
        .where(Group.id == group_id, Group.deleted_at.is_(None), Event.id == event_id, Event.deleted_at.is_(None))
        .where(Event.is_announced, Event.state == "published")
    )
    row = db.session.execute(found).first()
    return (row[0], row[1]) if row is not None else None


@job(queue="mail", retry=MAILING)
def send_announcement(group_id: int, event_id: int, follower_id: int, occasion: int) -> None:
    """Mail `announce_event` to one follower, unless they follow the group no more."""
    found = _announced(group_id, event_id)
    follower = db.session.scalar(_followers(group_id).where(User.id == follower_id))
    if found is None or follower is None:
        return
    group, event = found
    context = {
        "group": group.name,
        "event": event,
        "place": event.location_name or ("online" if event.online else None),
    }
    key = "announce-event", event_id, occasion, fingerprint_of(follower.email.lower())
    to = address(follower.email, follower.full_name)
    send_once(compose("groups/announce_event.html", context, to=to, message_id=message_id_of(*key)))


@job(queue="mail", retry=MAILING)
def send_to_organizers(group_id: int, sender_id: int, message: str, key: str) -> None:
    """Mail `contact_group_organizers`: somebody's message to the owner, with blind copies to organizers."""
    group, sender = db.session.get(Group, group_id), db.session.get(User, sender_id)
    if group is None or group.deleted_at is not None or sender is None or sender.deleted_at is not None:
        return
    reached = mailboxes(_managers(group_id))
    if not reached:
        return
    (reply_to,) = mailboxes([sender]) or (None,)
    told = {"group": group.name, "sender": sender.full_name, "email": sender.email}
    context = told | {"lines": message.splitlines()}
    mail = compose(
        "groups/contact_group_organizers.html",
        context,
        to=reached[0],
        bcc=tuple(reached[1:]),
        reply_to=reply_to,
        message_id=message_id_of("contact-group-organizers", group_id, key),
    )
    send_once(mail)


def _managers(group_id: int) -> list[User]:
    """Who runs the group, the owner first, each once."""
    statement = (
        select(User, Role.name)
        .join(UsersGroupsRoles, UsersGroupsRoles.user_id == User.id)
        .join(Role, Role.id == UsersGroupsRoles.role_id)
        .where(UsersGroupsRoles.group_id == group_id, UsersGroupsRoles.accepted, User.deleted_at.is_(None))
        .where(Role.name.in_(MANAGERS))
    )
    return by_rank(statement, MANAGERS)
