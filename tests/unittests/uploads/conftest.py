"""What tests of uploads share."""

from __future__ import annotations

from tests.unittests.delivery import deliver
from tests.unittests.picture_server import elsewhere, own_store, pictures_port

__all__ = ["deliver", "elsewhere", "own_store", "pictures_port"]
