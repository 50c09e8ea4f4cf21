"""The programme over HTTP, one file per resource."""

# Importing the schedule's rules makes known what the database's refusals mean.
from app.program import scheduling
from app.program.resources import (
    feedbacks,
    microlocations,
    session_types,
    sessions,
    speaker_invites,
    speakers,
    speakers_calls,
    statistics,
    tracks,
    user_favourite_sessions,
)

__all__ = [
    "feedbacks",
    "microlocations",
    "scheduling",
    "session_types",
    "sessions",
    "speaker_invites",
    "speakers",
    "speakers_calls",
    "statistics",
    "tracks",
    "user_favourite_sessions",
]
