"""The one registry of the service's resources, and what of the contract is not built yet."""

from __future__ import annotations

from app.jsonapi.registry import Registry

# Relationships of the contract that do not exist yet: ignored in `include` and `fields`. Only ever shrinks.
PENDING = frozenset(
    {
        "event-location.events", "event-sub-topic.custom-placeholder", "event.badge-forms", "event.event-copyright",
        "event.event-invoices", "event.exhibitors", "event.faq-types", "event.faqs", "event.group",
        "event.role-invites", "event.social-links", "event.sponsors", "event.station", "event.video-stream",
        "microlocation.video-stream", "order.event-invoice", "session.exhibitors",
        "user.event-invoices", "user.followed-groups", "user.groups",
    }
)  # fmt: skip

registry = Registry(pending=PENDING)
resource = registry.resource
