"""Who may copy an event."""

from __future__ import annotations

from app.events.access import TEAM, EventRole

# The contract has this refusal as `{"error": …}`.
copier = EventRole("copier", TEAM, "Access Forbidden")
copier.is_plain = True
