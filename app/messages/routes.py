"""What users do with all their notifications at once, and how administrators try whether mail leaves."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from app.adapters.mail import InvalidAddress, address
from app.jobs import defer
from app.jsonapi import current_actor, endpoint, json, staff
from app.jsonapi.errors import UnprocessableEntity
from app.limits.spending import spend
from app.messages.access import recipient
from app.messages.notifying import mark_all_read
from app.messages.trial import send_test_mail

blueprint = Blueprint("messages", __name__)


@dataclass(frozen=True)
class Inbox:
    """The notifications of one user."""

    user_id: int


@endpoint(blueprint, "/v1/users/<int:user_id>/notifications/read", access=recipient, methods=("POST",), load=Inbox)
def read_notifications(inbox: Inbox) -> Response:
    """Mark everything the user was told as read: `{"count"}`, how many were not."""
    return json.answer({"count": mark_all_read(inbox.user_id)})


@endpoint(blueprint, "/v1/test-mail", access=staff, methods=("POST",))
def mail_test() -> Response:
    """Mail `{"recipient"}` a test, the way all mail leaves; whether it did is in the log of mails."""
    reader = _recipient(json.body())
    spend("RATE_LIMIT_MAIL", f"user {current_actor().id}")
    defer(send_test_mail, recipient=reader, key=secrets.token_hex(8))
    return json.answer({"message": "Test mail sent, please verify."})


def _recipient(body: Any) -> str:
    """The address in a body `{"recipient"}`, also below `data`; raises UnprocessableEntity for what is none."""
    data = body.get("data", body) if isinstance(body, dict) else None
    given = data.get("recipient") if isinstance(data, dict) else None
    text = given.strip() if isinstance(given, str) else ""
    try:
        address(text)
    except InvalidAddress as error:
        detail = f"Required parameter recipient {'is no e-mail address' if text else 'not found'}"
        raise UnprocessableEntity(detail, source={"pointer": "/recipient", "source": "recipient"}) from error
    return text
