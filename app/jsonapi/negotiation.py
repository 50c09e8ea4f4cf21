"""Media types and entity tags: what a request may carry and what an answer is known by."""

from __future__ import annotations

import hashlib

from flask import request

from app.jsonapi.errors import NotAcceptable, PreconditionFailed, UnsupportedMediaType
from app.jsonapi.json import JSON_API
from config import VERSION

KNOWN_PARAMETERS = {"ext", "profile"}


def check_media_types() -> None:
    """Refuse bodies that are not JSON:API (415) and callers who take no JSON:API (406)."""
    if request.method in ("POST", "PATCH") or (request.method == "DELETE" and request.content_length):
        _check_content_type()
    accepted = request.headers.get("Accept", "")
    if accepted and accepted != JSON_API:
        _check_accept()


def _check_content_type() -> None:
    parameters = set(request.mimetype_params)
    if request.mimetype != JSON_API or not parameters <= KNOWN_PARAMETERS:
        raise UnsupportedMediaType(f"Content-Type has to be {JSON_API}.", parameter="Content-Type")
    if "ext" in parameters:  # Unknown profiles may be ignored, unknown extensions may not.
        raise UnsupportedMediaType("No extension is supported.", parameter="Content-Type")


def _check_accept() -> None:
    for value, quality in request.accept_mimetypes:
        media_type, _, parameters = value.partition(";")
        if quality <= 0:
            continue
        if media_type.strip() in ("*/*", "application/*"):
            return
        names = {part.partition("=")[0].strip() for part in parameters.split(";") if part.strip()}
        if media_type.strip() == JSON_API and names <= {"profile"}:
            return
    raise NotAcceptable(f"This answers with {JSON_API} only.", parameter="Accept")


_RELEASE = hashlib.blake2b(VERSION.encode(), digest_size=hashlib.blake2b.SALT_SIZE).digest()


def digest(*parts: object) -> str:
    """A short fingerprint of these values, different in each release, whose documents may differ too."""
    return hashlib.blake2b(repr((VERSION, *parts)).encode(), digest_size=10).hexdigest()


def digest_of(body: bytes) -> str:
    """The same of a whole body."""
    return hashlib.blake2b(body, digest_size=10, salt=_RELEASE).hexdigest()


def is_unchanged(tag: str) -> bool:
    """Whether the client already holds the answer with this weak tag."""
    wanted = request.if_none_match
    return bool(wanted) and (wanted.star_tag or wanted.contains_weak(tag))


def check_if_match(version: int) -> None:
    """Raise PreconditionFailed when `If-Match` names other versions of the row only.

    The tag of a single resource starts with its version, so that every representation of the
    current version passes.
    """
    wanted = request.headers.get("If-Match", "").strip()
    if not wanted or wanted == "*":
        return
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in wanted.split(",")]
    if str(version) not in (tag.partition("-")[0] for tag in tags):
        raise PreconditionFailed("The resource has changed since it was read.", parameter="If-Match")
