"""Who may connect an event with a Stripe account."""

from __future__ import annotations

from app.events.access import ORGANIZER, EventRole

connector = EventRole("organizer", ORGANIZER, "Minimum Organizer access required")
