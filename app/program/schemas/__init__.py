"""The wire form of the programme."""

from app.program.schemas.sessions import SessionSchema
from app.program.schemas.speaker_invites import SpeakerInviteSchema
from app.program.schemas.speakers import SpeakerSchema
from app.program.schemas.speakers_calls import SpeakersCallSchema

__all__ = [
    "SessionSchema",
    "SpeakerInviteSchema",
    "SpeakerSchema",
    "SpeakersCallSchema",
]
