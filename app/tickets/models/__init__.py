"""What an event sells, and the codes that make it cheaper or open it up."""

from app.tickets.models.codes import (
    AccessCode,
    AccessCodeUses,
    DiscountCode,
    DiscountCodeUses,
    access_codes_tickets,
    discount_codes_tickets,
)
from app.tickets.models.tickets import AMOUNT, Ticket, TicketStock, TicketTag, ticket_tags_tickets

__all__ = [
    "AMOUNT", "AccessCode", "AccessCodeUses", "DiscountCode", "DiscountCodeUses", "Ticket", "TicketStock",
    "TicketTag", "access_codes_tickets", "discount_codes_tickets", "ticket_tags_tickets",
]  # fmt: skip
