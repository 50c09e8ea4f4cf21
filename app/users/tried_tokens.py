"""The tokens that people try, without or besides signing in: read from the request, and each try counted."""

from __future__ import annotations

from app.jsonapi import json
from app.jsonapi.errors import UnprocessableEntity
from app.limits.spending import client_address, spend

POINTER = "/data/token"


def tried_token() -> str:
    """The token of an invitation, sent as `{"data": {"token"}}`; raises UnprocessableEntity, TooManyRequests."""
    spend("RATE_LIMIT_TOKEN", client_address())
    body = json.body()
    data = body.get("data") if isinstance(body, dict) else None
    token = data.get("token") if isinstance(data, dict) else None
    if not isinstance(token, str) or not token:
        raise UnprocessableEntity("The token of the invitation is needed.", pointer=POINTER)
    return token
