"""What must exist before the documented requests about the programme."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.users.mailed_tokens import fingerprint
from tests.hooks.events import book_night
from tests.hooks.rows import row
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.program import (
    FeedbackFactory,
    MicrolocationFactory,
    SessionFactory,
    SessionTypeFactory,
    SpeakerFactory,
    SpeakerInviteFactory,
    SpeakersCallFactory,
    TrackFactory,
    UserFavouriteSessionFactory,
)
from tests.unittests.factories.users import UserFactory


def open_call() -> Any:
    """Event 1 takes proposals from everybody, by call 1."""
    event = EventFactoryBasic(identifier="a1b2c3d4", name="Open Tech Summit", is_sessions_speakers_enabled=True)
    SpeakersCallFactory(event=event)
    return event


def scheduled_session(**values: Any) -> Any:
    """Session 1 of event 1, by user 1 and speaker 1, has its place in room 1, track 1 and the schedule."""
    event, user = open_call(), UserFactory(first_name="Ada", last_name="Lovelace")
    begins = event.starts_at + timedelta(hours=1)
    facts = {
        "title": "Notes on the Analytical Engine",
        "subtitle": "What it can be told to do",
        "short_abstract": "<p>How to make an engine weave numbers.</p>",
        "slides_url": "https://example.com/engine.pdf",
        "starts_at": begins,
        "ends_at": begins + timedelta(minutes=30),
        "creator": user,
        "speakers": [SpeakerFactory(event=event, user=user, name="Ada Lovelace", email="ada@example.com")],
        "track": TrackFactory(event=event, name="Engines"),
        "session_type": SessionTypeFactory(event=event, name="Talk"),
        "microlocation": MicrolocationFactory(event=event, name="Hall 1"),
    }
    return SessionFactory(event=event, **{**facts, **values})


def pending_session() -> Any:
    """The same session, about which nobody has decided."""
    return scheduled_session(state="pending")


def session_with_opinions() -> Any:
    """The pending session, which user 1 has rated and marked, and somebody is asked to join: each by number 1."""
    session = pending_session()
    FeedbackFactory(session=session, user=session.creator)
    UserFavouriteSessionFactory(session=session, user=session.creator)
    SpeakerInviteFactory(session=session, email="grace@example.com")
    return session


def closed_call() -> Any:
    """Event 1, whose call for speakers is over."""
    event = EventFactoryBasic(identifier="a1b2c3d4", name="Open Tech Summit", is_sessions_speakers_enabled=True)
    SpeakersCallFactory(event=event, ends_at=in_days(-0.5))


def event_with_programme() -> Any:
    """Event 1 has a room, a track and a session type, each number 1; returns the event."""
    event = EventFactoryBasic(identifier="a1b2c3d4", name="Open Tech Summit")
    MicrolocationFactory(event=event, name="Main Hall", floor=1, room="1.01", latitude=52.52, longitude=13.4)
    TrackFactory(event=event, name="Open Hardware", description="What can be touched.")
    SessionTypeFactory(event=event, name="Talk")
    return event


def rated_event() -> Any:
    """User 1 has given event 1 rating 1."""
    user = UserFactory(is_profile_public=True)
    return FeedbackFactory(event=event_with_programme(), session=None, user=user, comment="See you next year!")


def reviewed_session() -> Any:
    """Somebody of the team has given session 1 of event 1 rating 1."""
    session = SessionFactory(event=event_with_programme())
    return FeedbackFactory(session=session, user=UserFactory(), comment="A clear yes.")


def marked_session() -> Any:
    """User 1, whose profile is public, has marked session 1 of event 1."""
    session = SessionFactory(event=event_with_programme(), speakers=[])
    return UserFavouriteSessionFactory(session=session, user=UserFactory(is_profile_public=True))


def event_to_count() -> Any:
    """Event 1 has an accepted session with a speaker, and a draft."""
    event = event_with_programme()
    SessionFactory(event=event, speakers=[SpeakerFactory(event=event)])
    SessionFactory(event=event, state="draft")
    return event


def published_schedule() -> None:
    """Event 1 with session 1 in its schedule, which is published."""
    event = book_night(schedule_published_on=in_days(-1))
    SessionFactory(
        event=event,
        title="Night flight",
        state="confirmed",
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        microlocation=MicrolocationFactory(event=event, name="Hangar 4"),
        track=TrackFactory(event=event, name="Readings"),
        speakers=[SpeakerFactory(event=event, name="Beryl Markham")],
    )


def draft() -> None:
    """Event 1, which is not published."""
    book_night(state="draft")


def event_with_speakers() -> Any:
    """Event 1 has sessions and speakers, and no call for them yet."""
    return EventFactoryBasic(identifier="a1b2c3d4", name="Open Tech Summit", is_sessions_speakers_enabled=True)


def speakers_call() -> Any:
    """Event 1 takes proposals by call 1."""
    return SpeakersCallFactory(event=event_with_speakers())


def speaker() -> Any:
    """User 1 is speaker 1 of event 1, and speaks in session 1."""
    event, user = open_call(), UserFactory(email="ada@example.com")
    session = SessionFactory(event=event, creator=user, title="Engines that think")
    return SpeakerFactory(event=event, user=user, name="Ada Lovelace", email=user.email, sessions=[session])


def invitation() -> Any:
    """User 1, whose session 1 is, asks grace@example.com to join by invitation 1."""
    session = SessionFactory(event=event_with_speakers(), creator=UserFactory(), state="pending")
    return SpeakerInviteFactory(session=session, email="grace@example.com")


def invitation_to_answer() -> dict[str, str]:
    """User 1, who is speaker 1, is asked by invitation 1 to join session 1; the page's token is the mailed one."""
    user, event = UserFactory(email="grace@example.com", first_name="Grace", last_name="Hopper"), event_with_speakers()
    SpeakerFactory(event=event, user=user, name="Grace Hopper", email=user.email)
    session = SessionFactory(event=event, state="pending")
    SpeakerInviteFactory(session=session, email=user.email, secret_hash=fingerprint("s3cret"))
    return {"<invite token>": "s3cret"}


ROWS = {
    "Feeds > Event Calendar > Get Calendar": row(published_schedule),
    "Feeds > Event Calendar > Get Calendar of a Draft": row(draft),
    "Feeds > My Schedule > Get My Schedule": row(published_schedule, actor="user"),
    "Feeds > My Schedule > Get Schedule of Nobody": row(published_schedule),
    "Feeds > Event xCal": row(published_schedule),
    "Feeds > Schedule XML": row(published_schedule),
    "Feeds > Export as iCalendar": row(published_schedule, actor="coorganizer"),
    "Feeds > Export as xCal": row(published_schedule, actor="coorganizer"),
    "Feeds > Export as Schedule XML": row(published_schedule, actor="coorganizer"),
    "Sessions > Session Collection > List Sessions": row(scheduled_session, actor="user"),
    "Sessions > Session Collection > Create Session > Example 1": row(open_call, actor="user"),
    "Sessions > Session Collection > Create Session > Example 2": row(closed_call, actor="user"),
    "Sessions > Session Detail": row(scheduled_session, actor="first user"),
    "Sessions > Session Detail > Update Session > Example 1": row(pending_session, actor="organizer"),
    "Sessions > Session Detail > Update Session > Example 2": row(pending_session, actor="first user"),
    "Sessions > Session States": row(),
    "Sessions > Session Mails": row(),
    "Sessions > Session Notification": row(pending_session, actor="organizer"),
    "Sessions > Session Dates": row(scheduled_session),
    "Sessions > Session Languages": row(scheduled_session),
    "Sessions > Session Collection of a User": row(scheduled_session, actor="first user"),
    "Sessions > Session Collection of an Event": row(scheduled_session, actor="user"),
    **{
        f"Sessions > Session Collection of a {name}": row(scheduled_session, actor="user")
        for name in ("Microlocation", "Track", "Session Type", "Speaker")
    },
    **{
        f"Sessions > Session Detail of a {name}{example}": row(session_with_opinions, actor=actor)
        for name in ("Feedback", "User Favourite Session", "Speaker Invite")
        for example, actor in (("", "organizer"), (" > Update Session > Example 2", "first user"))
    },
    **{
        f"{group} Detail of a Session": row(scheduled_session, actor="coorganizer")
        for group in ("Microlocations > Microlocation", "Tracks > Track", "Session Types > Session Type")
    },
    **{
        f"Sessions > Relationship session.{name}": row(
            session_with_opinions, actor="first user" if name == "favourite" else "coorganizer"
        )
        for name in (
            "microlocation",
            "track",
            "session-type",
            "speakers",
            "favourite",
            "favourite-sessions",
            "feedbacks",
            "speaker-invites",
        )
    },
    **{f"Users > Relationship user.{name}": row(speaker, actor="first user") for name in ("sessions", "speakers")},
    "Users > Related User of a Session as creator": row(scheduled_session, actor="first user"),
    "Users > Related User of a Speaker": row(speaker, actor="first user"),
    "Events > Related Event of a Session": row(scheduled_session, actor="owner"),
    "Events > Related Event of a Speaker": row(speaker, actor="owner"),
    "Events > Related Event of a Speakers Call": row(speakers_call, actor="owner"),
    "Events > Related Event of a Speaker Invite": row(invitation, actor="owner"),
    "Events > Relationship event.sessions": row(scheduled_session, actor="owner"),
    "Events > Relationship event.speakers": row(speaker, actor="owner"),
    "Events > Relationship event.speakers-call": row(speakers_call, actor="owner"),
    "Events > Relationship event.speaker-invites": row(invitation, actor="owner"),
    "Sessions > Relationship session.event": row(scheduled_session, actor="user"),
    "Sessions > Relationship session.creator": row(scheduled_session, actor="first user"),
    "Speakers > Speaker Collection > Create Speaker": row(open_call, actor="user"),
    "Speakers > Speaker Detail": row(speaker, actor="first user"),
    "Speakers > Speaker List": row(speaker, actor="first user"),
    "Speakers > Speaker List of an Event": row(speaker, actor="first user"),
    "Speakers > Speaker List of a Session": row(speaker, actor="first user"),
    "Speakers > Speaker Order": row(speaker, actor="coorganizer"),
    "Speakers > Relationship speaker.event": row(speaker, actor="first user"),
    "Speakers > Relationship speaker.user": row(speaker, actor="first user"),
    "Speakers > Relationship speaker.sessions": row(speaker, actor="first user"),
    "Speakers Calls > Speakers Call Collection > Create Speakers Call": row(event_with_speakers, actor="coorganizer"),
    "Speakers Calls > Speakers Call Detail": row(speakers_call, actor="coorganizer"),
    "Speakers Calls > Speakers Call Detail of an Event": row(speakers_call, actor="coorganizer"),
    "Speakers Calls > Relationship speakers-call.event": row(speakers_call, actor="coorganizer"),
    "Speaker Invites > Speaker Invite Collection": row(invitation, actor="first user"),
    "Speaker Invites > Speaker Invite Collection > List Speaker Invites": row(invitation, actor="admin"),
    "Speaker Invites > Speaker Invite Detail": row(invitation, actor="first user"),
    "Speaker Invites > Speaker Invite Collection of an Event": row(invitation, actor="first user"),
    "Speaker Invites > Speaker Invite Collection of a Session": row(invitation, actor="first user"),
    "Speaker Invites > Relationship speaker-invite.session": row(invitation, actor="first user"),
    "Speaker Invites > Relationship speaker-invite.event": row(invitation, actor="first user"),
    "Speaker Invites > Accepted Invite": row(invitation_to_answer, actor="first user"),
    "Speaker Invites > Rejected Invite": row(invitation_to_answer, actor="first user"),
    "Speaker Invites > Acceptance by Token": row(invitation_to_answer, actor="first user"),
    "Speaker Invites > Rejection by Token": row(invitation_to_answer, actor="first user"),
    **{
        f"Events > Related Event of a {name}": row(event_with_programme, actor="owner")
        for name in ("Room", "Session Type", "Track")
    },
    **{
        f"Events > Relationship event.{name}": row(event_with_programme, actor="owner")
        for name in ("microlocations", "session-types", "tracks")
    },
    "Microlocations > Microlocation Collection": row(event_with_programme, actor="coorganizer"),
    "Microlocations > Microlocation Detail": row(event_with_programme, actor="coorganizer"),
    "Microlocations > Microlocation List": row(event_with_programme),
    "Microlocations > Relationship microlocation.event": row(event_with_programme, actor="user"),
    "Session Types > Session Type Collection": row(event_with_programme, actor="coorganizer"),
    "Session Types > Session Type Detail": row(event_with_programme, actor="coorganizer"),
    "Session Types > Session Type List": row(event_with_programme),
    "Session Types > Relationship session-type.event": row(event_with_programme, actor="user"),
    "Tracks > Track Collection": row(event_with_programme, actor="track organizer"),
    "Tracks > Track Detail": row(event_with_programme, actor="track organizer"),
    "Tracks > Track Collection of an Event": row(event_with_programme),
    "Tracks > Relationship track.event": row(event_with_programme, actor="user"),
    "Feedbacks > Feedback Collection": row(rated_event, actor="user"),
    "Feedbacks > Feedback Detail": row(rated_event, actor="first user"),
    "Feedbacks > Feedback List": row(rated_event, actor="first user"),
    "Feedbacks > Feedback List of an Event": row(rated_event, actor="user"),
    "Feedbacks > Feedback List of a Session": row(reviewed_session, actor="coorganizer"),
    **{f"Feedbacks > Relationship feedback.{name}": row(rated_event, actor="first user") for name in ("event", "user")},
    "Feedbacks > Relationship feedback.session": row(reviewed_session, actor="coorganizer"),
    "User Favourite Sessions > User Favourite Session Collection": row(marked_session, actor="user"),
    "User Favourite Sessions > User Favourite Session Collection > List User Favourite Sessions": row(
        marked_session, actor="admin"
    ),
    "User Favourite Sessions > User Favourite Session Detail": row(marked_session, actor="first user"),
    **{
        f"User Favourite Sessions > User Favourite Session Collection of {path}": row(
            marked_session, actor="first user"
        )
        for path in (
            "a User as favourite-sessions",
            "an Event as session-favourites",
            "a Session as favourites",
            "a Session by the type",
            "an Event by the type",
            "a User by the type",
        )
    },
    "User Favourite Sessions > User Favourite Session Detail of a Session as favourite": row(
        marked_session, actor="first user"
    ),
    **{
        f"User Favourite Sessions > Relationship user-favourite-session.{name}": row(marked_session, actor="first user")
        for name in ("session", "user")
    },
    "Event Statistics Generals > Event Statistics General Detail": row(event_to_count, actor="coorganizer"),
    "Event Statistics Generals > Event Statistics General Detail of an Event as general-statistics": row(
        event_to_count, actor="coorganizer"
    ),
    **{
        f"Events > Relationship event.{name}": row(rated_event, actor="owner")
        for name in ("feedbacks", "session-favourites", "general-statistics")
    },
    **{
        f"{group} > Relationship {name}.sessions": row(event_with_programme, actor="user")
        for group, name in (
            ("Microlocations", "microlocation"),
            ("Tracks", "track"),
            ("Session Types", "session-type"),
        )
    },
    "Events > Related Event of a Rating": row(rated_event, actor="owner"),
    "Users > Related User of a Rating": row(rated_event, actor="first user"),
    "Users > Related User of a Marked Session": row(marked_session, actor="first user"),
    "Users > Relationship user.favourite-sessions": row(marked_session, actor="first user"),
    "Users > Relationship user.feedbacks": row(rated_event, actor="first user"),
}
