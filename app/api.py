"""The one registry of the service's resources, and what of the contract is not built yet."""

from __future__ import annotations

from app.jsonapi.registry import Registry

# Relationships of the contract that do not exist yet: ignored in `include` and `fields`. Only ever shrinks.
PENDING = frozenset(
    {
        "event-location.events", "event.badge-forms", "event.event-invoices", "event.station", "event.video-stream",
        "microlocation.video-stream", "order.event-invoice", "user.event-invoices",
    }
)  # fmt: skip

registry = Registry(pending=PENDING)
resource = registry.resource
