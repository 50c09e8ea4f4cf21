"""Writing to those who run an event: who is mailed what, once each."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest

from app.extensions import db
from app.users.models import User
from tests.unittests.client import ApiClient
from tests.unittests.delivery import Deliver
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.users import UserFactory
from tests.unittests.program.calling import first_error
from tests.unittests.ranks import role_of


def team_of(event: Any) -> tuple[Any, Any, Any]:
    """Owner, organizer and co-organizer of the event, and a registrar whom nobody writes to."""
    role_of(event, "registrar")
    owner, organizer, helper = (role_of(event, role) for role in ("owner", "organizer", "coorganizer"))
    return owner, organizer, helper


def contact(api: ApiClient, event: Any, user: Any, text: Any = "Is there a lift?") -> Any:
    """The answer to a message."""
    return api.plain("POST", f"/v1/events/{event.identifier}/contact-organizer", {"email": text}, user=user)


def addressed(mails: list[EmailMessage], header: str) -> list[set[str]]:
    """The addresses in this header of each mail."""
    return [{each.addr_spec for each in mail[header].addresses} if mail[header] else set() for mail in mails]


def text_and_page(mail: EmailMessage) -> list[str]:
    """The text and the HTML of a mail."""
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return [part.get_content().replace("\r\n", "\n") for part in parts if part is not None]


def by_recipient(mails: list[EmailMessage], user: User) -> list[EmailMessage]:
    """The mails that reach this user, openly or not."""
    return [
        mail
        for mail, to, bcc in zip(mails, addressed(mails, "To"), addressed(mails, "Bcc"), strict=True)
        if user.email in to | bcc
    ]


def test_organizers_are_mailed_and_the_writer_gets_a_copy(api: ApiClient, deliver: Deliver) -> None:
    event = EventFactoryBasic(name="Sea & Wind")
    owner, organizer, helper = team_of(event)
    writer = UserFactory(first_name="<b>Eve</b>", last_name="")
    answer = contact(api, event, writer, "<p>Is there\na <b>lift</b>?</p><script>steal()</script> 1 < 2 & &lt;i&gt;")
    assert (answer.status_code, answer.json) == (200, {"success": True})
    mails = deliver()
    assert len(mails) == 2
    (to_team,), (copy,) = by_recipient(mails, owner), by_recipient(mails, writer)
    assert addressed([to_team], "To") == [{owner.email}]
    assert addressed([to_team], "Bcc") == [{organizer.email, helper.email}]
    assert addressed([to_team, copy], "Reply-To") == [{writer.email}, set()]
    assert "Sea & Wind" in to_team["Subject"]
    for mail in (to_team, copy):
        text, page = text_and_page(mail)
        assert "Is there\na lift? 1 < 2 & <i>" in text
        assert "Is there<br>a lift? 1 &lt; 2 &amp; &lt;i&gt;" in page
        assert not any(harm in page for harm in ("steal", "<script", "<b>"))
        assert not any(each.email in text + page for each in (owner, organizer, helper) if mail is copy)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_writer_who_belongs_to_the_team_gets_one_mail(api: ApiClient, deliver: Deliver, place: int) -> None:
    event = EventFactoryBasic(state="draft")
    team = team_of(event)
    assert contact(api, event, team[place]).status_code == 200
    mails = deliver()
    assert len(mails) == 1
    assert all(len(by_recipient(mails, each)) == 1 for each in team)


def test_address_that_is_not_proven_gets_no_copy(api: ApiClient, deliver: Deliver) -> None:
    event = EventFactoryBasic()
    owner = role_of(event, "owner")
    assert contact(api, event, UserFactory(is_verified=False)).status_code == 200
    assert addressed(deliver(), "To") == [{owner.email}]


def test_each_message_is_mailed_and_a_job_that_is_repeated_mails_nothing(api: ApiClient, deliver: Deliver) -> None:
    event, writer = EventFactoryBasic(), UserFactory()
    role_of(event, "owner")
    key = {"Idempotency-Key": "one"}
    path = f"/v1/events/{event.id}/contact-organizer"
    for _ in range(2):
        api.plain("POST", path, {"email": "Hello"}, user=writer, headers=key)
    waiting = "SELECT task_name, args FROM procrastinate_jobs"
    assert len(db.session.execute(db.text(waiting)).all()) == 2
    db.session.execute(
        db.text("INSERT INTO procrastinate_jobs (queue_name, task_name, args) SELECT queue_name, task_name, args FROM procrastinate_jobs")
    )  # fmt: skip
    assert len(deliver()) == 2
    contact(api, event, writer, "Hello")
    assert len(deliver()) == 4


def test_message_of_a_deleted_event_is_not_mailed(api: ApiClient, deliver: Deliver) -> None:
    event = EventFactoryBasic()
    role_of(event, "owner")
    contact(api, event, UserFactory())
    event.deleted_at = in_days(-1)
    assert deliver() == []


def test_message_that_says_nothing_or_too_much_is_refused(api: ApiClient, deliver: Deliver) -> None:
    event, writer = EventFactoryBasic(), UserFactory()
    role_of(event, "owner")
    for text in (None, "", "  \n ", "<p> </p>", "<script>x</script>", "a" * 10_001, ["a"], 1, "a\x00"):
        assert first_error(contact(api, event, writer, text))[::2] == (422, "/data/email"), repr(text)[:20]
    path = f"/v1/events/{event.id}/contact-organizer"
    for body in ([], "x", {"message": "x"}):
        assert api.plain("POST", path, body, user=writer).status_code == 422
    assert api.request("POST", path, data="{", content_type="application/json", user=writer).status_code == 400
    assert contact(api, event, writer, "<b>" * 3_300 + "a").status_code == 200
    assert len(deliver()) == 2


def test_only_who_is_signed_in_writes_and_only_insiders_about_drafts(api: ApiClient, deliver: Deliver) -> None:
    event, draft = EventFactoryBasic(), EventFactoryBasic(state="draft")
    assert contact(api, event, None).status_code == 401
    assert first_error(contact(api, draft, UserFactory()))[::2] == (404, "event_id")
    assert contact(api, draft, None).status_code == 404
    assert deliver() == []


def test_writing_is_limited_for_each_account(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(api.app.config, "RATE_LIMIT_CONTACT", "2 per minute")
    events, writer = [EventFactoryBasic(), EventFactoryBasic()], UserFactory()
    assert [contact(api, events[number % 2], writer).status_code for number in range(3)] == [200, 200, 429]
    assert contact(api, events[0], UserFactory()).status_code == 200
