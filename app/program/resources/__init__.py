"""The programme over HTTP."""

# Importing the schedule's rules makes known what the database's refusals mean.
from app.program import scheduling
from app.program.resources import sessions, speaker_invites, speakers, speakers_calls

__all__ = ["scheduling", "sessions", "speaker_invites", "speakers", "speakers_calls"]
