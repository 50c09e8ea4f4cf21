"""What the service's answers look like, so that the raw answers can be the same bytes without naming every attribute.

A shape is taken from one real resource object: its attributes with the columns they stand in, and its links with a
hole where the row's reference goes. Everything that differs from row to row the raw server reads and writes itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column

from app.api import registry
from app.jsonapi.names import underscored
from app.jsonapi.registry import Declared
from app.jsonapi.schema import column_of
from bench.servers import PUBLIC_URL
from bench.shape import HOLE, Shape


def both(*columns: str) -> str:
    """SQL for whether all of these texts are there."""
    return "(" + " AND ".join(f"coalesce({{row}}.{column}, '') <> ''" for column in columns) + ")"


FEEDS = {"ical": ".ics?include_sessions", "xcal": ".xcs", "pentabarf": ".xml"}


def _feed_url(ending: str) -> str:
    """SQL for where the feed of an event with a published schedule is."""
    published = "{row}.state = 'published' AND {row}.schedule_published_on > '1970-01-01T00:00Z'"
    return f"CASE WHEN {published} THEN '{PUBLIC_URL}/v1/events/' || {{row}}.identifier || '{ending}' END"


# Attributes the service computes, as SQL over the row's alias.
COMPUTED = {
    "attendee.ticket-id": "{row}.ticket_id::text",
    "order.discount-code-id": "{row}.discount_code_id::text",
    "setting.is-paypal-activated": both("paypal_client", "paypal_secret")
    + " OR "
    + both("paypal_sandbox_client", "paypal_sandbox_secret"),
    "setting.is-stripe-activated": both("stripe_client_id", "stripe_publishable_key", "stripe_secret_key")
    + " OR "
    + both("stripe_test_client_id", "stripe_test_publishable_key", "stripe_test_secret_key"),
    "setting.is-omise-activated": both("omise_live_public", "omise_live_secret")
    + " OR "
    + both("omise_test_public", "omise_test_secret"),
    "setting.is-alipay-activated": both("alipay_publishable_key", "alipay_secret_key"),
    "setting.is-billing-paypal-activated": both("admin_billing_paypal_email"),
    "custom-form.translations": "CASE WHEN {row}.is_complex THEN '[]'::jsonb END",  # Nobody has translated any.
    "microlocation.chat-room-name": "{row}.name || '-' || {row}.id",
    "track.font-color": "CASE WHEN "
    + " + ".join(
        f"{weight} * ('x' || substr({{row}}.color, {place}, 2))::bit(8)::integer"
        for weight, place in ((0.299, 2), (0.587, 4), (0.114, 6))
    )
    + " > 186 THEN '#000000' ELSE '#ffffff' END",
    **{f"event.{name}-url": _feed_url(ending) for name, ending in FEEDS.items()},
    "event.chat-room-name": r"regexp_replace({row}.name, '[^0-9A-Za-z!]', '-', 'g') || '-' || {row}.identifier",
}


class UnknownAttribute(Exception):
    """An answer holds an attribute of which we do not know the SQL."""


def shapes_in(document: Any) -> dict[str, Shape]:
    """The shapes of all types in a document, by type."""
    data = document["data"]
    objects: Iterable[Any] = [*(data if isinstance(data, list) else [data]), *document.get("included", ())]
    return {item["type"]: _shape_of(item) for item in objects}


def _shape_of(item: Any) -> Shape:
    declared = registry.by_type[item["type"]]
    link: str = item["links"]["self"]
    base, _, reference = link.rpartition("/")
    return Shape(
        type=item["type"],
        table=declared.model.__table__.name,
        reference=declared.model.slug_attribute or "id",
        attributes=[(name, _sql_of(declared, name)) for name in item["attributes"]],
        relationships=[
            (name, _with_hole(value["links"], f"{base}/{reference}/", f"{base}/{HOLE}/"))
            for name, value in item["relationships"].items()
        ],
        link=f"{base}/{HOLE}",
    )


def _with_hole(links: dict[str, str], found: str, put: str) -> str:
    members = (f'"{name}":"{address.replace(found, put, 1)}"' for name, address in links.items())
    return "{" + ",".join(members) + "}"


def _sql_of(declared: Declared, name: str) -> str:
    computed = COMPUTED.get(f"{declared.type}.{name}")
    if computed is not None:
        return computed
    field = declared.schema._declared_fields[underscored(name)]
    # Everything is read without an account.
    key = field.metadata.get("otherwise") or column_of(underscored(name), field)
    property_ = declared.model.__mapper__.column_attrs.get(key)
    if property_ is None or not isinstance(property_.columns[0], Column):
        raise UnknownAttribute(f"bench/shaping.py does not know what SQL computes {declared.type}.{name}.")
    return f"{{row}}.{property_.columns[0].name}"
