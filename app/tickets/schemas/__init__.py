"""The wire form of tickets, their tags, and the codes for them."""

from app.tickets.schemas.codes import (
    AccessCodeSchema,
    AccessCodeSchemaPublic,
    DiscountCodeSchema,
    DiscountCodeSchemaPublic,
)
from app.tickets.schemas.tickets import DONATION, FREE, PAID, TicketSchema, TicketTagSchema

__all__ = [
    "DONATION", "FREE", "PAID", "AccessCodeSchema", "AccessCodeSchemaPublic", "DiscountCodeSchema",
    "DiscountCodeSchemaPublic", "TicketSchema", "TicketTagSchema",
]  # fmt: skip
