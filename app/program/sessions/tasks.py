"""Jobs about sessions: people are told, each mail by a job of its own, and what nobody decided about is rejected."""

from __future__ import annotations

from typing import Any

from app.jobs import defer, job, periodic
from app.messages.mailing import MAILING
from app.program.sessions import mails, notices
from app.program.sessions.mails import News
from app.program.sessions.states import AT_ONCE, reject_left_over


@job()
def announce_new_session(session_id: int) -> None:
    """Notify owner and organizers of a session that was proposed."""
    notices.announce_new_session(session_id)


@job(queue="mail", retry=MAILING)
def send_new_session(session_id: int) -> None:
    """Mail the owner about a session that has speakers."""
    mails.send_new_session(session_id)


@job()
def spread_news(news: dict[str, Any], actor_id: int, further: list[str], notifying: bool) -> None:
    """Have the session's speakers and the event's team mailed and, if so wished, the speakers notified."""
    told = News(**news)
    session = mails.live_session(told.session_id)
    if session is None:
        return
    for speaker in mails.speakers_to_mail(session):
        defer(send_news_to_speaker, news=news, speaker_id=speaker.id)
    defer(send_news_to_team, news=news, further=further)
    if notifying:
        notices.announce_news(told, actor_id)


@job(queue="mail", retry=MAILING)
def send_news_to_speaker(news: dict[str, Any], speaker_id: int) -> None:
    """Mail a speaker what has become of their session."""
    mails.send_news_to_speaker(News(**news), speaker_id)


@job(queue="mail", retry=MAILING)
def send_news_to_team(news: dict[str, Any], further: list[str]) -> None:
    """Mail the event's team what the speakers are told."""
    mails.send_news_to_team(News(**news), further)


@periodic("30 5 * * *")
@job(queueing_lock="reject_left_over_sessions")
def reject_left_over_sessions(timestamp: int) -> None:
    """Reject what is pending after the end of its event; daily, and again at once while there is more than one go."""
    if reject_left_over() == AT_ONCE:
        defer(reject_left_over_sessions, timestamp=timestamp)
