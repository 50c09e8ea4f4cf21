"""The one way in which a provider's library and the reading of its answers fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from app.adapters.payments.types import ProviderRefused, ProviderUnavailable

Refusal = TypeVar("Refusal", bound=Exception)
# What reading an answer raises that is not as the provider's documentation says.
UNEXPECTED = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)


@contextmanager
def translated(
    provider: str, errors: type[Refusal], meaning: Callable[[Refusal], Exception], *, reading: bool
) -> Iterator[None]:
    """Around a call of a provider's library and the reading of its answer: every error becomes one of ours.

    `errors` are the library's own, and `meaning` tells what one of them says in our words. With `reading`, what the
    provider objects to is the question; it says nothing about the payment, so that is not refused.
    """
    try:
        yield
    except errors as error:
        said = meaning(error)
        if reading and isinstance(said, ProviderRefused):
            raise ProviderUnavailable(said.reason) from error
        raise said from error
    except UNEXPECTED as error:
        raise ProviderUnavailable(f"{provider}'s answer cannot be understood: {error!r}") from error
