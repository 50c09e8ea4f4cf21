"""Sound documents for each type of resource, for POST requests in the small world."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.users.models import User
from tests.unittests.client import document, linkage
from tests.unittests.factories.events import RoleFactory

# The address of no picture, which is found out without asking anybody.
NOWHERE = "http://127.0.0.1/none.png"


def documents(rows: dict[str, Any], people: dict[str, User | None]) -> dict[str, Callable[[], Any]]:
    """A sound new resource of each type that can be made."""
    event, ticket = rows["event"], rows["ticket"]
    of_event = {"event": linkage("event", event)}
    of_form = {"custom-form": linkage("custom-form", rows["custom-form"])}
    times = {"sales_starts_at": "2030-01-01T00:00:00Z", "sales_ends_at": "2030-01-02T00:00:00Z"}
    return {
        "event": lambda: document("event", name="New", timezone="UTC", starts_at="2040-01-01T09:00:00Z", ends_at="2040-01-02T09:00:00Z"),
        "event-type": lambda: document("event-type", name="New"),
        "event-topic": lambda: document("event-topic", name="New"),
        "event-sub-topic": lambda: document("event-sub-topic", name="New", relationships={"event-topic": linkage("event-topic", rows["event-topic"])}),
        "event-location": lambda: document("event-location", name="New"),
        "custom-placeholder": lambda: document("custom-placeholder", name="New", original_image_url=NOWHERE),
        "role": lambda: document("role", name="new"),
        "role-invite": lambda: document("role-invite", relationships=of_event | {"role": linkage("role", rows["role-invite"].role_id)}, email="new@example.com", role_name="organizer"),
        "ticket": lambda: document("ticket", relationships=of_event, name="New", type="free", **times),
        "ticket-tag": lambda: document("ticket-tag", relationships=of_event, name="New"),
        "discount-code": lambda: document("discount-code", relationships=of_event, code="new", type="percent", value=10, used_for="ticket"),
        "access-code": lambda: document("access-code", relationships=of_event, code="new", valid_from="2030-01-01T00:00:00Z"),
        **_programme_bodies(rows, of_event),
        **_content_bodies(of_event),
        **_group_bodies(rows),
        "tax": lambda: document("tax", relationships=of_event, name="VAT", rate=18),
        "ticket-fee": lambda: document("ticket-fee", currency="EUR", country="DE", service_fee=2, maximum_fee=5),
        "attendee": lambda: document("attendee", relationships=of_event | {"ticket": linkage("ticket", ticket)}, firstname="A", lastname="B", email="a@example.com"),
        "tag": lambda: document("tag", relationships=of_event, name="New"),
        "custom-form": lambda: document("custom-form", relationships=of_event, field_identifier="jobTitle", form="attendee"),
        "custom-form-option": lambda: document("custom-form-option", relationships=of_form, value="New"),
        "custom-form-translate": lambda: document("custom-form-translate", relationships=of_form, name="Neu", language_code="de", form_id=""),
        "order": lambda: document("order", relationships=of_event | {"attendees": []}),
        "stripe-authorization": lambda: document("stripe-authorization", relationships=of_event, stripe_secret_key="sk_test"),
        "charge": lambda: document("charge", stripe="tok_visa"),
        "user": lambda: document("user", email="new@example.com", password="long-enough"),
        "user-email": lambda: document("user-email", email_address="new@example.com", type="home", relationships={"user": linkage("user", people["own"])}),
        "custom-system-role": lambda: document("custom-system-role", name="New"),
        "panel-permission": lambda: document("panel-permission", panel_name="new", can_access=True),
        "user-permission": lambda: document("user-permission", name="new"),
        "page": lambda: document("page", name="new", url="/new"),
    }  # fmt: skip


def _programme_bodies(rows: dict[str, Any], of_event: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    """The same for what belongs to the programme of an event."""
    return {
        "session": lambda: document("session", relationships=of_event, title="New"),
        "speaker": lambda: document("speaker", relationships=of_event, name="New"),
        "speaker-invite": lambda: document("speaker-invite", relationships=of_event | {"session": linkage("session", rows["session"])}, email="new@example.com"),
        "speakers-call": lambda: document("speakers-call", relationships=of_event, starts_at="2030-01-01T00:00:00Z", ends_at="2030-01-02T00:00:00Z"),
        "microlocation": lambda: document("microlocation", relationships=of_event, name="New"),
        "track": lambda: document("track", relationships=of_event, name="New", color="#fff"),
        "session-type": lambda: document("session-type", relationships=of_event, name="New", length="00:30"),
        "feedback": lambda: document("feedback", relationships=of_event, rating=4),
        "user-favourite-session": lambda: document("user-favourite-session", relationships={"session": linkage("session", rows["user-favourite-session"].session_id)}),
        "user-favourite-event": lambda: document("user-favourite-event", relationships=of_event),
    }  # fmt: skip


def _content_bodies(of_event: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    """The same for what stands on an event's page."""
    return {
        "sponsor": lambda: document("sponsor", relationships=of_event, name="New"),
        "exhibitor": lambda: document("exhibitor", relationships=of_event, name="New"),
        "social-link": lambda: document("social-link", relationships=of_event, name="New", link="https://example.com"),
        "faq-type": lambda: document("faq-type", relationships=of_event, name="New"),
        "faq": lambda: document("faq", relationships=of_event, question="New?", answer="Yes."),
        "event-copyright": lambda: document("event-copyright", relationships=of_event, licence="CC0"),
    }


def _group_bodies(rows: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    """The same for groups."""
    of_group = {"group": linkage("group", rows["group"])}
    organizer = {"role": linkage("role", RoleFactory(name="organizer"))}
    return {
        "group": lambda: document("group", name="New"),
        "users-groups-role": lambda: document("users-groups-role", relationships=of_group | organizer, email="new@example.com"),
        "user-follow-group": lambda: document("user-follow-group", relationships=of_group),
    }  # fmt: skip
