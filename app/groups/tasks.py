"""Every job of this domain: importing them makes them known to the worker."""

from __future__ import annotations

from app.groups import mails

__all__ = ["mails"]
