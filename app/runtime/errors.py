"""The one way in which starting the service is refused."""

from __future__ import annotations

from config import ConfigError


class StartError(Exception):
    """The service cannot start or go on; the message is one sentence for the person who started it."""


REFUSALS = (ConfigError, StartError)
"""What the command line prints as a sentence, without a traceback."""
EXIT_REFUSED = 2
