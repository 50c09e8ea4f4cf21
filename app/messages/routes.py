"""What users do with all their notifications at once."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response

from app.jsonapi import endpoint, json
from app.messages.access import recipient
from app.messages.notifying import mark_all_read

blueprint = Blueprint("messages", __name__)


@dataclass(frozen=True)
class Inbox:
    """The notifications of one user."""

    user_id: int


@endpoint(blueprint, "/v1/users/<int:user_id>/notifications/read", access=recipient, methods=("POST",), load=Inbox)
def read_notifications(inbox: Inbox) -> Response:
    """Mark everything the user was told as read: `{"count"}`, how many were not."""
    return json.answer({"count": mark_all_read(inbox.user_id)})
