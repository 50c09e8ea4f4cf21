"""The programme over HTTP, one file per resource."""

from app.program import scheduling as scheduling
from app.program.resources import feedbacks as feedbacks
from app.program.resources import microlocations as microlocations
from app.program.resources import session_types as session_types
from app.program.resources import sessions as sessions
from app.program.resources import statistics as statistics
from app.program.resources import tracks as tracks
from app.program.resources import user_favourite_sessions as user_favourite_sessions
