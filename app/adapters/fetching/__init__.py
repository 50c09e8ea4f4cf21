"""Fetching what clients name by its address, without letting them reach what only this machine can reach."""

from app.adapters.fetching.errors import AddressRefused, ContentRefused, NotFetched, Unreachable
from app.adapters.fetching.fetch import fetch

__all__ = ["AddressRefused", "ContentRefused", "NotFetched", "Unreachable", "fetch"]
