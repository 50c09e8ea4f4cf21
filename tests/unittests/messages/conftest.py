"""What the tests of messages share: mails of one kind, handed to the service as its jobs do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.adapters.mail import compose, message_id_of
from app.edge import Service
from app.messages.mailing import send_once
from tests.unittests.delivery import deliver

__all__ = ["deliver"]

Post = Callable[..., None]


@pytest.fixture
def post(app: Service) -> Post:
    """Sends the mail that confirms an address; the key tells one from another."""

    def send(key: str = "first", to: str = "ada@example.com", **options: Any) -> None:
        context = {"page": "/verify", "secret": "the-secret", "lifetime": "a day", "email": to}
        mail = compose("users/user_confirmation.html", context, to=to, message_id=message_id_of(key), **options)
        send_once(mail)

    return send
