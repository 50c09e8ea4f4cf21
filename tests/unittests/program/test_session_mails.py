"""Who is told of sessions, of what, and how often."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.messages.models import Notification, SentMail
from app.program.models import STATES, Session
from app.program.sessions.mails import News
from app.program.sessions.tasks import (
    announce_new_session,
    reject_left_over_sessions,
    send_new_session,
    spread_news,
)
from app.program.sessions.telling import MAILED_STATES
from tests.unittests.client import ApiClient, linkage
from tests.unittests.delivery import Deliver
from tests.unittests.factories.events import in_days
from tests.unittests.factories.program import SessionFactory, SpeakerFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.program.sessions import change, conference, fault, propose
from tests.unittests.ranks import role_of


class Team:
    """A conference with its team, and a session with three speakers."""

    def __init__(self) -> None:
        self.event = conference(name="Sea & Wind")
        self.owner, self.organizer, self.helper = (
            role_of(self.event, role) for role in ("owner", "organizer", "coorganizer")
        )
        role_of(self.event, "registrar")
        self.account = UserFactory()
        self.speakers = [
            SpeakerFactory(event=self.event, user=self.account, email=self.account.email),
            SpeakerFactory(event=self.event, email="guest@example.com"),
            SpeakerFactory(event=self.event, email=None, is_email_overridden=True),
        ]
        self.session = SessionFactory(
            event=self.event, title="<i>Knots</i>", state="pending", speakers=self.speakers, creator=UserFactory()
        )

    @property
    def addresses(self) -> dict[str, set[str]]:
        """To whom mails about a state are written, and who gets blind copies."""
        return {
            self.account.email: set(),
            "guest@example.com": set(),
            self.owner.email: {self.organizer.email, self.helper.email},
        }


@pytest.fixture
def team(api: ApiClient) -> Team:
    """A conference with its team."""
    return Team()


def sent(mails: list[EmailMessage]) -> dict[str, set[str]]:
    """To whom mails were written, and who got blind copies of them."""
    return {
        mail["To"].addresses[0].addr_spec: {each.addr_spec for each in mail["Bcc"].addresses} if mail["Bcc"] else set()
        for mail in mails
    }


def html(mail: EmailMessage) -> str:
    """The HTML part."""
    part = mail.get_body(("html",))
    assert part is not None
    content: str = part.get_content()
    return content


def notified(type_: str) -> list[int]:
    """Who was notified of this."""
    rows = db.session.scalars(select(Notification))
    return sorted(row.user_id for row in rows if row.content["type"] == type_)


@pytest.mark.parametrize("state", sorted({*MAILED_STATES, "pending"} - {"canceled"}))
@pytest.mark.parametrize("send_email", [True, False, None])
def test_new_state_is_mailed_where_that_is_asked_for(
    api: ApiClient, team: Team, deliver: Deliver, state: str, send_email: bool | None
) -> None:
    if state == "pending":
        team.session.state = "accepted"
    answer = change(api, team.session, team.organizer, state=state, send_email=send_email)
    assert answer.status_code == 200
    assert "send-email" not in answer.json["data"]["attributes"]
    mails = deliver()
    told = bool(send_email) and state in MAILED_STATES
    assert sent(mails) == (team.addresses if told else {})
    assert notified("session_state_change") == ([team.account.id] if told else [])
    assert team.session.is_mail_sent == told
    for mail in mails:
        assert state in mail["Subject"]
        assert "<i>Knots</i>" in mail["Subject"]
        assert "&lt;i&gt;Knots" in html(mail)
        assert "<i>Knots" not in html(mail)
        assert [each.addr_spec for each in mail["Reply-To"].addresses] == [team.owner.email]


def test_asking_for_mail_without_a_new_state_sends_none(api: ApiClient, team: Team, deliver: Deliver) -> None:
    before = team.session.version
    assert change(api, team.session, team.organizer, state="pending", send_email=True).status_code == 200
    assert deliver() == []
    assert team.session.version == before


def test_speaker_who_runs_the_event_has_one_mail_and_shared_addresses_too(
    api: ApiClient, team: Team, deliver: Deliver
) -> None:
    team.session.speakers.append(SpeakerFactory(event=team.event, email=team.owner.email.upper()))
    assert change(api, team.session, team.organizer, state="accepted", send_email=True).status_code == 200
    written = sent(deliver())
    assert {address.lower() for address in written} == {
        team.account.email,
        "guest@example.com",
        team.owner.email,
        team.organizer.email,
    }
    assert written[team.organizer.email] == {team.helper.email}


def test_notification_says_what_became_of_which_session(api: ApiClient, team: Team, deliver: Deliver) -> None:
    change(api, team.session, team.organizer, state="accepted", send_email=True)
    deliver()
    content = db.session.scalars(select(Notification)).one().content
    assert (content["target_type"], content["target_id"], content["target_action"]) == (
        "Session",
        team.session.id,
        "accepted",
    )
    assert content["actors"] == [{"id": team.organizer.id, "name": team.organizer.full_name}]
    assert content["session"]["title"] == "<i>Knots</i>"
    assert content["event"]["identifier"] == team.event.identifier


def test_jobs_that_run_again_tell_nobody_twice(team: Team, deliver: Deliver) -> None:
    news = asdict(News(session_id=team.session.id, state="accepted", moment="then"))
    for _ in range(2):
        spread_news(news=news, actor_id=team.owner.id, further=[], notifying=True)
        announce_new_session(session_id=team.session.id)
        send_new_session(session_id=team.session.id)
        first = deliver()
    # Three about the state, one about the new session.
    assert len(first) == db.session.scalar(select(func.count()).select_from(SentMail)) == 4
    assert notified("session_state_change") == [team.account.id]
    assert notified("new_session") == sorted([team.owner.id, team.organizer.id])


def test_deleted_session_is_not_told_of(team: Team, deliver: Deliver) -> None:
    team.session.deleted_at = in_days(0)
    news = asdict(News(session_id=team.session.id, state="accepted", moment="then"))
    spread_news(news=news, actor_id=team.owner.id, further=[], notifying=True)
    announce_new_session(session_id=team.session.id)
    send_new_session(session_id=team.session.id)
    assert deliver() == []
    assert notified("new_session") == notified("session_state_change") == []


# New sessions


def test_owner_is_mailed_once_of_a_session_when_it_has_speakers(api: ApiClient, team: Team, deliver: Deliver) -> None:
    user = team.account
    answer = propose(api, team.event, user, title="Knots & <b>Bends</b>", state="pending")
    session = db.session.get_one(Session, int(answer.json["data"]["id"]))
    assert deliver() == []
    # Clients attach speakers by a second request.
    own = {"speakers": [linkage("speaker", team.speakers[0])]}
    assert change(api, session, user, state="pending", relationships=own).status_code == 200
    (mail,) = deliver()
    assert sent([mail]) == {team.owner.email: set()}
    assert "Knots & <b>Bends</b>" in mail["Subject"]
    assert "Knots &amp; &lt;b&gt;Bends&lt;/b&gt;" in html(mail)
    everybody = {"speakers": linkage("speaker", *team.speakers)}
    assert change(api, session, team.owner, relationships=everybody).status_code == 200
    assert len(deliver()) == 1
    assert notified("new_session") == sorted([team.owner.id, team.organizer.id])


def test_owner_is_mailed_of_a_session_that_is_proposed_with_speakers(
    api: ApiClient, team: Team, deliver: Deliver
) -> None:
    own = {"speakers": [linkage("speaker", team.speakers[0])]}
    assert propose(api, team.event, team.account, relationships=own).status_code == 201
    assert sent(deliver()) == {team.owner.email: set()}


# Organizers who write


def notify(api: ApiClient, session: Any, user: Any, body: Any = None) -> Any:
    """Ask for the mails of the session's state."""
    return api.plain("POST", f"/v1/sessions/{session.id}/notify", body, user=user)


def test_organizer_mails_the_state_in_our_words(api: ApiClient, team: Team, deliver: Deliver) -> None:
    assert notify(api, team.session, team.organizer, {}).json == {"success": True}
    assert notify(api, team.session, team.organizer).status_code == 200
    mails = deliver()
    # Asked twice, told twice.
    assert len(mails) == 2 * len(team.addresses)
    assert sent(mails) == team.addresses
    assert all("Sea & Wind" in mail["Subject"] and "pending" in mail["Subject"] for mail in mails)
    assert team.session.is_mail_sent
    assert notified("session_state_change") == []


def test_organizer_mails_the_state_in_words_of_their_own(api: ApiClient, team: Team, deliver: Deliver) -> None:
    message = '{session_name}: see <a href="{session_link}">here</a> {other} {0.__class__}<br/><script>x()</script>'
    body = {"subject": "About {session_name}\r\nBcc: x@example.com", "message": message, "bcc": ["press@example.com"]}
    assert notify(api, team.session, team.organizer, body).status_code == 200
    mails = deliver()
    expected = team.addresses
    expected[team.owner.email] |= {"press@example.com"}
    assert sent(mails) == expected
    for mail in mails:
        assert mail["Subject"] == "About <i>Knots</i> Bcc: x@example.com"
        assert f"/e/{team.event.identifier}/session/{team.session.id}" in html(mail)
        assert "&lt;i&gt;Knots" in html(mail)
        assert "{other} {0.__class__}" in html(mail)
        assert "script" not in html(mail)


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {"subject": 1},
        {"subject": "a\0"},
        {"message": "a\0"},
        {"message": ["a"]},
        {"message": "a" * 20_001},
        {"bcc": "a@example.com"},
        {"bcc": ["nobody"]},
        {"bcc": [{}]},
        {"bcc": [f"guest{number}@example.com" for number in range(21)]},
    ],
)
def test_unreadable_wishes_for_mail_are_refused(api: ApiClient, team: Team, deliver: Deliver, body: Any) -> None:
    assert fault(notify(api, team.session, team.organizer, body)) == (422, "/data")
    assert deliver() == []


def test_only_those_who_decide_mail_speakers(api: ApiClient, team: Team, deliver: Deliver) -> None:
    for user, status in ((None, 404), (UserFactory(), 404), (team.account, 403), (team.helper, 403)):
        assert notify(api, team.session, user, {}).status_code == status
    assert deliver() == []


def test_mailing_speakers_is_limited(api: ApiClient, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(api.app.config, "RATE_LIMIT_NOTIFY", "2 per minute")
    statuses = [notify(api, team.session, team.organizer, {}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert notify(api, team.session, team.owner, {}).status_code == 200


# What nobody decided about


def test_pending_sessions_are_rejected_after_the_end_of_their_event_without_mail(
    api: ApiClient, deliver: Deliver
) -> None:
    over, ahead = conference(starts_at=in_days(-3), ends_at=in_days(-1)), conference()
    left = {state: SessionFactory(event=over, state=state) for state in STATES}
    deleted = SessionFactory(event=over, state="pending", deleted_at=in_days(0))
    still = SessionFactory(event=ahead, state="pending")
    before = left["pending"].last_modified_at
    for _ in range(2):
        reject_left_over_sessions(timestamp=0)
        db.session.expire_all()
    assert {state: session.state for state, session in left.items()} == {
        state: "rejected" if state == "pending" else state for state in STATES
    }
    assert left["pending"].last_modified_at > before + timedelta(0)
    assert (deleted.state, still.state) == ("pending", "pending")
    assert deliver() == []
