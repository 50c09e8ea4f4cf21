"""The tables of the programme."""

from app.program.models.bookings import RoomBooking, SpeakerBooking
from app.program.models.calls import SpeakerInvite, SpeakersCall
from app.program.models.opinions import Feedback, UserFavouriteSession
from app.program.models.places import Microlocation, SessionType, Track
from app.program.models.sessions import PUBLIC_STATES, SCHEDULED_STATES, STATES, Session, sessions_speakers
from app.program.models.speakers import Speaker

__all__ = [
    "PUBLIC_STATES",
    "SCHEDULED_STATES",
    "STATES",
    "Feedback",
    "Microlocation",
    "RoomBooking",
    "Session",
    "SessionType",
    "Speaker",
    "SpeakerBooking",
    "SpeakerInvite",
    "SpeakersCall",
    "Track",
    "UserFavouriteSession",
    "sessions_speakers",
]
