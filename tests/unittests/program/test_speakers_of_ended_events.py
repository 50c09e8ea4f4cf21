"""What speakers are told when their event is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.extensions import db
from app.program.models import Speaker
from app.program.speakers import tasks
from tests.unittests.client import ApiClient
from tests.unittests.delivery import Deliver
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.program import SpeakerFactory
from tests.unittests.statements import statements_sent


def morning() -> None:
    """The job as the clock calls it."""
    tasks.find_speakers_of_ended_events.func(timestamp=int(datetime.now(UTC).timestamp()) + 1)


def test_each_speaker_with_an_address_of_their_own_is_thanked_once(api: ApiClient, deliver: Deliver) -> None:
    now = datetime.now(UTC)
    times = {"starts_at": now - timedelta(hours=9), "ends_at": now - timedelta(hours=1)}
    event, other = EventFactoryBasic(**times), EventFactoryBasic(**times)
    SpeakerFactory(event=event, email="ada@example.com", name="Ada")
    SpeakerFactory(event=event, email="bob@example.com", name="<b>Bob</b>")
    SpeakerFactory(event=other, email="ada@example.com", name="Ada")
    SpeakerFactory(event=event, email=None, is_email_overridden=True)
    SpeakerFactory(event=event, email="hidden@example.com", is_email_overridden=True)
    SpeakerFactory(event=event, email="gone@example.com", deleted_at=now)
    SpeakerFactory(event=EventFactoryBasic(), email="coming@example.com")
    SpeakerFactory(event=EventFactoryBasic(**times, state="draft"), email="draft@example.com")
    for _ in range(2):
        morning()
        deliver()
    mails = deliver()
    assert [each.addr_spec for mail in mails for each in mail["To"].addresses] == [
        "bob@example.com", "ada@example.com", "ada@example.com",
    ]  # fmt: skip
    assert "&lt;b&gt;Bob" in mails[0].get_body(("html",)).get_content()


def test_speakers_are_found_by_a_constant_number_of_statements(api: ApiClient, deliver: Deliver) -> None:
    now = datetime.now(UTC)
    event = EventFactoryBasic(starts_at=now - timedelta(hours=9), ends_at=now - timedelta(hours=1))
    counts = []
    for number in (1, 5):
        for each in range(number):
            SpeakerFactory(event=event, email=f"speaker{number}-{each}@example.com")
        db.session.commit()
        with statements_sent() as sent:
            tasks.thank_speakers.func(timestamp=int(now.timestamp()), after=0)
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert len(deliver()) == db.session.query(Speaker).count() == 6
