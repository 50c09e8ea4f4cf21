"""The programme over HTTP, one file per resource."""

from app.program import scheduling as scheduling
from app.program.resources import microlocations as microlocations
from app.program.resources import session_types as session_types
from app.program.resources import sessions as sessions
from app.program.resources import tracks as tracks
