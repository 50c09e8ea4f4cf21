"""What the tests of groups share."""

from tests.unittests.delivery import deliver

__all__ = ["deliver"]
