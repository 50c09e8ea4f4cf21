"""Templates: each is used, and each can be read; mails are escaped, have a text part, and an action with a setting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import total_ordering
from pathlib import Path
from typing import Any

import pytest
from jinja2.nodes import Name
from sqlalchemy import select

from app.adapters.mail import Mail, compose
from app.adapters.templates import environment
from app.edge import Service
from app.extensions import db
from app.messages.mail_log import masked
from app.messages.models import MessageSetting

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "app/templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
CODE = "\n".join(path.read_text() for path in (ROOT / "app").rglob("*.*") if path.suffix in (".py", ".html"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_can_be_read(app: Service, name: str) -> None:
    assert environment().get_template(name).blocks or "base" not in name


@pytest.mark.parametrize("name", [name for name in TEMPLATES if not name.endswith("base.html")])
def test_template_is_used(name: str) -> None:
    # Code names a template without the folder of its kind, mail or pdf; templates name each other in full.
    assert f'"{name.partition("/")[2]}"' in CODE or f'"{name}"' in CODE


# Mails


HOSTILE = "<script>alert('name')</script> & \"Sons\""
SECRET = "a-secret-that-was-mailed"
MAILS = [name.removeprefix("mail/") for name in TEMPLATES if "{% block subject %}" in (FOLDER / name).read_text()]
# Values that are cleaned HTML already, by the template that shows them as such.
CLEANED = {"program/session_state_change.html": {"message": "Cleaned."}}
# Some that hold keys, so that it is known that this is seen.
KEYED = (
    "orders/ticket_purchased.html", "orders/ticket_purchased_attendee.html", "program/speaker_invite.html",
    "users/password_reset.html", "users/user_registration.html",
)  # fmt: skip


@total_ordering
class Anything:
    """Whatever a template asks for: a name that is HTML, a list of one such thing, or a number above all others."""

    zone = timezone = "Europe/Berlin"
    starts_at = ends_at = sales_ends_at = datetime(2030, 1, 1, tzinfo=UTC)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # What Python and Jinja ask about.
            raise AttributeError(name)
        return f"https://api.example.com/files/{SECRET}" if name == "link" else Anything()

    def __iter__(self) -> Iterator[Anything]:
        return iter([Anything()])

    def __gt__(self, other: object) -> bool:
        return True

    def __str__(self) -> str:
        return HOSTILE


class Context(dict[str, Any]):
    """Has every value a template names; secrets are what they are called."""

    def __init__(self, template: str) -> None:
        source = (FOLDER / "mail" / template).read_text()
        names = environment().parse(source).find_all(Name)
        super().__init__({each.name: Anything() for each in names if each.ctx == "load"} | CLEANED.get(template, {}))
        self.pop("frontend", None)
        self |= {"secret": SECRET, "token": SECRET, "page": "/page"}


def mail_from(template: str) -> Mail:
    """The mail this template makes of hostile values."""
    return compose(template, Context(template), to="ada@example.com", message_id="<1@example.com>")


@pytest.mark.parametrize("template", MAILS)
def test_mail_shows_html_in_names_as_text(app: Service, template: str) -> None:
    mail = mail_from(template)
    assert "<script" not in mail.html
    assert "&lt;script&gt;" in mail.html or HOSTILE not in mail.text
    assert len(mail.text.split()) > 10
    assert mail.subject
    assert "\n" not in mail.subject


@pytest.mark.parametrize("template", MAILS)
def test_log_of_the_mail_holds_none_of_its_secrets(app: Service, template: str) -> None:
    mail = mail_from(template)
    assert SECRET in mail.html or template not in KEYED
    assert SECRET not in masked(mail.html)
    assert SECRET not in mail.subject


def test_each_mail_can_be_switched_off(app: Service) -> None:
    actions = [Path(template).stem for template in MAILS]
    assert len(set(actions)) == len(actions)
    assert set(actions) <= set(db.session.scalars(select(MessageSetting.action)))
