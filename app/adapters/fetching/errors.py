"""Why something was not fetched; the messages name hosts, never whole addresses, which may hold secrets."""

from __future__ import annotations


class NotFetched(Exception):
    """What the address names was not fetched."""


class AddressRefused(NotFetched):
    """The address may not be asked at all: another scheme or port, or a host that is not on the public internet."""


class ContentRefused(NotFetched):
    """What was answered is not wanted: an error, too many redirects or bytes, an encoding nobody asked for."""


class Unreachable(NotFetched):
    """No whole answer came in time; another attempt may fare better."""
