"""The mails about sessions: one for each address and occasion, whatever is repeated."""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address

from app.adapters.mail import address, compose, message_id_of
from app.events.access import OWNER
from app.events.reaching import mailboxes, team_of
from app.extensions import db
from app.messages.mailing import fingerprint_of, send_once
from app.program.models import Session, Speaker
from app.program.sessions.texts import message_of, subject_of


@dataclass(frozen=True, kw_only=True)
class News:
    """That a session is in this state: since when, or when it was told again, and in whose words (None: ours)."""

    session_id: int
    state: str
    moment: str
    subject: str | None = None
    message: str | None = None


def live_session(session_id: int) -> Session | None:
    """The session, unless it, or its event, was deleted."""
    session = db.session.get(Session, session_id)
    gone = session is None or session.deleted_at is not None or session.event.deleted_at is not None
    return None if gone else session


def speakers_to_mail(session: Session) -> list[Speaker]:
    """The speakers who gave an address of their own, one for each address."""
    first: dict[str, Speaker] = {}
    for speaker in session.speakers:
        if speaker.email and not speaker.is_email_overridden and speaker.deleted_at is None:
            first.setdefault(speaker.email.lower(), speaker)
    return list(first.values())


def send_new_session(session_id: int) -> None:
    """Tell the event's owner of a session that has speakers; once, however often it gets further ones."""
    session = live_session(session_id)
    owner = _owner(session) if session is not None else None
    if session is None or owner is None or not session.speakers:
        return
    send_once(
        compose(
            "program/new_session.html",
            {"session": _described(session), "event": _event(session)},
            to=owner,
            message_id=message_id_of("new-session", session.id),
        )
    )


def send_news_to_speaker(news: News, speaker_id: int) -> None:
    """Tell a speaker what has become of their session; they answer to the event's owner."""
    session, speaker = live_session(news.session_id), db.session.get(Speaker, speaker_id)
    if session is None or speaker is None or speaker.deleted_at is not None or not speaker.email:
        return
    _send(news, session, to=address(speaker.email, speaker.name))


def send_news_to_team(news: News, further: list[str]) -> None:
    """Tell the event's owner the same, with blind copies to the rest of the team and to further addresses.

    Whoever speaks in the session has a mail of their own.
    """
    session = live_session(news.session_id)
    if session is None:
        return
    told = {str(speaker.email).lower() for speaker in speakers_to_mail(session)}
    everybody = [*mailboxes(team_of(session.event_id)), *(address(email) for email in further)]
    once = {one.addr_spec.lower(): one for one in reversed(everybody)}
    others = [one for one in everybody if once.pop(one.addr_spec.lower(), None) and one.addr_spec.lower() not in told]
    if others:
        _send(news, session, to=others[0], bcc=tuple(others[1:]))


def _send(news: News, session: Session, *, to: Address, bcc: tuple[Address, ...] = ()) -> None:
    fingerprint = fingerprint_of(to.addr_spec.lower())
    send_once(
        compose(
            "program/session_state_change.html",
            {
                "subject": subject_of(session, news.state, news.subject),
                "message": message_of(session, news.state, news.message),
            },
            to=to,
            bcc=bcc,
            reply_to=_owner(session),
            message_id=message_id_of("session-state-change", session.id, news.state, news.moment, fingerprint),
        )
    )


def _owner(session: Session) -> Address | None:
    return next(iter(mailboxes(team_of(session.event_id, OWNER))), None)


def _described(session: Session) -> dict[str, object]:
    return {
        "title": session.title,
        "state": session.state,
        "track": session.track.name if session.track is not None else None,
        "speakers": [speaker.name for speaker in session.speakers if speaker.deleted_at is None],
    }


def _event(session: Session) -> dict[str, str]:
    return {"name": session.event.name, "identifier": session.event.identifier}
