"""Ordering: from what is wanted to an order that holds its seats, by three ways that end in the same steps.

`place_order` orders for attendees who were entered before, `create_order` for so many of each ticket, and
`place_onsite_order` at the door. `quote` says beforehand what `create_order` would charge.
"""

from app.orders.checkout.creating import create_order
from app.orders.checkout.onsite import place_onsite_order
from app.orders.checkout.placing import place_order
from app.orders.checkout.quoting import quote

__all__ = ["create_order", "place_onsite_order", "place_order", "quote"]
