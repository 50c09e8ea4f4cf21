"""Why a request with an idempotency key is refused; each error names the header."""

from __future__ import annotations

from app.jsonapi.errors import BadRequest, Conflict, UnprocessableEntity

HEADER = "Idempotency-Key"
SOURCE = {"header": HEADER}
RETRY_SECONDS = 1


class UnreadableKey(BadRequest):
    """The header holds no key."""

    def __init__(self) -> None:
        super().__init__(f"{HEADER} has to be 1 to 255 visible ASCII characters.", source=SOURCE)


class Reused(UnprocessableEntity):
    """The key belongs to a request that asked for something else."""

    def __init__(self) -> None:
        super().__init__(f"This {HEADER} was used for another request.", source=SOURCE)


class Running(Conflict):
    """The first request with this key is not answered yet."""

    def __init__(self) -> None:
        super().__init__(f"A request with this {HEADER} is still running. Try again.", source=SOURCE)
        self.headers = {"Retry-After": str(RETRY_SECONDS)}


class Unavailable(Conflict):
    """The request was done and must not be done again, but its answer cannot be given again."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The request with this {HEADER} was done, but {reason}.", source=SOURCE)
