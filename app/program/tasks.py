"""Every job of this domain: importing them makes them known to the worker."""

from __future__ import annotations

from app.program import feed_tasks, invite_tasks, session_tasks

__all__ = ["feed_tasks", "invite_tasks", "session_tasks"]
