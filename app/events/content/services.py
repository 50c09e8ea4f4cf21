"""The rules of what stands on an event's page."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from app.events.belonging import check_linked
from app.events.content.models import Exhibitor, Faq, SocialLink, Sponsor
from app.events.models import Event
from app.events.ordering import Ordering
from app.events.upcoming import require_of_upcoming
from app.extensions import db
from app.jsonapi import Given
from app.jsonapi.errors import ApiError, Forbidden, UnprocessableEntity, explains

exhibitors_in_order = Ordering(Exhibitor, named="exhibitor", place="position")


def check_new_sponsor(sponsor: Sponsor) -> None:
    """Refuse sponsors of an event that shows none."""
    if not sponsor.event.is_sponsors_enabled:
        raise Forbidden("Sponsors are disabled for this Event")


def check_new_exhibitor(exhibitor: Exhibitor, given: Given) -> None:
    """Refuse sessions of other events."""
    check_linked(exhibitor.event.id, given, ("sessions",))


def check_exhibitor_change(exhibitor: Exhibitor, changes: Given) -> None:
    """Refuse sessions of other events; those that are deleted are seen by nobody and stay linked."""
    check_linked(exhibitor.event_id, changes, ("sessions",))
    if "sessions" in changes:
        deleted = [session for session in exhibitor.sessions if session.deleted_at is not None]
        changes["sessions"] = list(dict.fromkeys([*changes["sessions"], *deleted]))


def check_new_faq(faq: Faq, given: Given) -> None:
    """Refuse a type of another event."""
    check_linked(faq.event.id, given, ("faq_type",))


def check_faq_change(faq: Faq, changes: Given) -> None:
    """Refuse a type of another event."""
    check_linked(faq.event_id, changes, ("faq_type",))


def free_link_identifier() -> str:
    """Eight hexadecimal digits that no social link has yet; the database sees to it that none gets them twice."""
    while db.session.scalar(select(exists().where(SocialLink.identifier == (made := secrets.token_hex(4))))):
        continue
    return made


@require_of_upcoming
def has_twitter(now: datetime) -> ColumnElement[bool]:
    """The criterion for events that are found on Twitter, however its name is written."""
    on_twitter = SocialLink.deleted_at.is_(None), func.lower(SocialLink.name) == "twitter"
    return select(SocialLink.id).where(SocialLink.event_id == Event.id, *on_twitter).correlate(Event).exists()


@explains("uq_event_copyrights_event_id")
def _second_copyright(diagnosis: Any) -> ApiError:
    return UnprocessableEntity("Event Copyright already exists for the provided Event ID", parameter="event_identifier")
