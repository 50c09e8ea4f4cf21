"""Whether what was sold adds up: seats, uses of codes, attendees and invoice numbers against the orders."""

from __future__ import annotations

from typing import LiteralString

import psycopg

from bench.database import plain_address

_HELD = (
    "FROM attendees JOIN orders ON orders.id = attendees.order_id WHERE attendees.deleted_at IS NULL "
    "AND orders.deleted_at IS NULL AND status IN ('initializing', 'pending', 'placed', 'completed')"
)
# What is wrong, and the SQL that finds whom it is wrong with.
FAULTS: dict[str, LiteralString] = {
    "tickets of which more are held than there are": f"""
        SELECT id FROM tickets WHERE quantity < (SELECT count(*) {_HELD} AND ticket_id = tickets.id)""",
    "tickets whose stock counts other seats than are held": f"""
        SELECT ticket_id FROM ticket_stocks AS stock
        WHERE taken <> (SELECT count(*) {_HELD} AND attendees.ticket_id = stock.ticket_id)""",
    "discount codes whose uses are not those of attendees": f"""
        SELECT discount_code_id FROM discount_code_uses AS uses
        WHERE used <> (SELECT count(*) {_HELD} AND orders.discount_code_id = uses.discount_code_id
                       AND is_discount_applied)""",
    "discount codes used too often": f"""
        SELECT id FROM discount_codes AS code
        WHERE tickets_number < (SELECT count(*) {_HELD} AND orders.discount_code_id = code.id AND is_discount_applied)
        """,
    "access codes whose uses are not those of attendees": f"""
        SELECT access_code_id FROM access_code_uses AS uses
        WHERE used <> (SELECT count(*) {_HELD} AND orders.access_code_id = uses.access_code_id
                       AND is_access_code_applied)""",
    "access codes used too often": f"""
        SELECT id FROM access_codes AS code
        WHERE tickets_number < (SELECT count(*) {_HELD} AND orders.access_code_id = code.id AND is_access_code_applied)
        """,
    "blank attendees without an order": """
        SELECT id FROM attendees WHERE order_id IS NULL AND firstname IS NULL AND email IS NULL""",
    "orders whose lines count other seats than they have attendees": """
        SELECT id FROM orders
        WHERE (SELECT coalesce(sum(quantity), 0) FROM order_lines WHERE order_id = orders.id)
           <> (SELECT count(*) FROM attendees WHERE order_id = orders.id)""",
    "series of invoices with a gap": """
        SELECT name FROM invoice_series JOIN LATERAL (
            SELECT count(DISTINCT number) AS used, coalesce(max(number), 0) AS highest
            FROM orders, LATERAL (SELECT split_part(invoice_number, '-', 3)::integer AS number) AS numbered
            WHERE split_part(invoice_number, '-', 2) = name
        ) AS orders ON true
        WHERE last_number <> used OR last_number <> highest""",
}


def faults(url: str) -> dict[str, int]:
    """How many rows each fault was found with, by what is wrong; empty when everything adds up."""
    with psycopg.connect(plain_address(url)) as connection:
        found = {wrong: len(connection.execute(statement).fetchall()) for wrong, statement in FAULTS.items()}
    return {wrong: number for wrong, number in found.items() if number}
