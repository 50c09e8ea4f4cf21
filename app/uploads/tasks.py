"""What is done about pictures after the request."""

from __future__ import annotations

from datetime import timedelta

from app.jobs import BackOff, job
from app.uploads import images

# Whoever does not answer within some minutes keeps their picture.
FEW = BackOff(attempts=4, first=timedelta(seconds=20))


@job(retry=FEW)
def make_images(table: str, row_id: int) -> None:
    """Make the pictures of a row in the sizes it has them in."""
    images.make(table, row_id)
