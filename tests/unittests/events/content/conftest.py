"""What tests of an event's page share."""

from tests.unittests.delivery import deliver

__all__ = ["deliver"]
