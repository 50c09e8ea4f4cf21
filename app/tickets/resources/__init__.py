"""Tickets, their tags and the codes for them over HTTP."""

from app.tickets.resources import by_code, codes, tickets

__all__ = ["by_code", "codes", "tickets"]
