"""Access and refresh tokens, and the actor a request's token stands for.

Tokens are JWTs with `identity` (the user's id) and `exp`, sent as `Authorization: JWT …` or
`Bearer …`. They carry the user's token version: raising that number voids all of them at once.
There are no cookies, hence nothing that another site could make a browser send, and no csrf claim.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, current_app, request
from flask_jwt_extended import create_access_token, create_refresh_token, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from app.extensions import db
from app.jsonapi.errors import Unauthorized
from app.jsonapi.permissions import Actor
from app.users.models import User

PREFIXES = ("jwt", "bearer")
VERSION_CLAIM = "ver"
# Whole tokens have some 300 characters; longer ones are not worth decoding.
LONGEST_TOKEN = 4096
# A reader's last access is noted at most this often, so that reading rarely writes.
ACCESS_NOTED_EVERY = timedelta(minutes=10)


def init_app(app: Flask) -> None:
    """Configure the JWT library and tell the kit who is behind a request."""
    app.config["JWT_IDENTITY_CLAIM"] = "identity"
    app.config["JWT_ENCODE_NBF"] = False
    app.extensions["load_actor"] = load_actor


def access_token(user: User, *, fresh: bool = True, minutes: int | None = None) -> str:
    """A token that lets its bearer act as the user; `fresh` ones stem from a sign-in."""
    lifetime = timedelta(minutes=minutes or current_app.config["ACCESS_TOKEN_MINUTES"])
    claims = {VERSION_CLAIM: user.token_version}
    return str(create_access_token(user.id, fresh=fresh, expires_delta=lifetime, additional_claims=claims))


def refresh_token(user: User) -> str:
    """A token that can be exchanged for access tokens, and for nothing else."""
    lifetime = timedelta(days=current_app.config["REFRESH_TOKEN_DAYS"])
    claims = {VERSION_CLAIM: user.token_version}
    return str(create_refresh_token(user.id, expires_delta=lifetime, additional_claims=claims))


def session_tokens(user: User, *, remembered: bool = False) -> dict[str, str]:
    """What a sign-in gives: an access token, shorter-lived where it will be refreshed, and a refresh token.

    The refresh token is always there, because clients need one for the sign-in that follows a sign-up.
    """
    minutes = current_app.config["REFRESHED_TOKEN_MINUTES"] if remembered else None
    return {"access_token": access_token(user, minutes=minutes), "refresh_token": refresh_token(user)}


def refreshed_token(token: str) -> str:
    """An access token, which is not fresh, for a refresh token; raises Unauthorized."""
    user = bearer_of(claims_of(token, "refresh"))
    return access_token(user, fresh=False, minutes=current_app.config["REFRESHED_TOKEN_MINUTES"])


def claims_of(token: str, kind: str = "access") -> dict[str, Any]:
    """What a token claims; raises Unauthorized unless it is whole, in time and of this kind."""
    if len(token) > LONGEST_TOKEN:
        raise Unauthorized("The token is not valid.")
    try:
        claims: dict[str, Any] = decode_token(token)
    except (PyJWTError, JWTExtendedException, ValueError, RecursionError) as error:
        expired = "expired" in str(error).lower()
        raise Unauthorized("Token has expired" if expired else "The token is not valid.") from error
    if claims.get("type") != kind:
        raise Unauthorized(f"Only {kind} tokens are allowed")
    return claims


def bearer_of(claims: dict[str, Any]) -> User:
    """The user a token was made for; raises Unauthorized when it was revoked or the account is gone or blocked."""
    identity = claims.get("identity")
    user = db.session.get(User, identity) if isinstance(identity, int) else None
    if user is None or user.deleted_at is not None or user.is_blocked:
        raise Unauthorized("The token is not valid.")
    if claims.get(VERSION_CLAIM) != user.token_version:
        raise Unauthorized("Token has been revoked")
    return user


def sent_token() -> str | None:
    """The token in the request's header; raises Unauthorized for a header of another kind."""
    header = request.headers.get("Authorization", "").strip()
    if not header:
        return None
    prefix, _, token = header.partition(" ")
    if prefix.lower() not in PREFIXES or not token.strip():
        raise Unauthorized("The Authorization header has to be: JWT, a blank, and the token.")
    return token.strip()


def load_actor() -> Actor:
    """The actor behind this request: anonymous without a token."""
    token = sent_token()
    if token is None:
        return Actor()
    user = bearer_of(claims_of(token))
    _note_access(user)
    return actor_of(user)


def _note_access(user: User) -> None:
    """Note that the user has read something; a write is left alone, because it may compare the row's version."""
    now = datetime.now(UTC)
    if request.method != "GET":
        return
    if user.last_accessed_at is None or now - user.last_accessed_at > ACCESS_NOTED_EVERY:
        user.last_accessed_at = now


def actor_of(user: User) -> Actor:
    """The actor a user is."""
    return Actor(user.id, user=user, is_staff=user.is_staff, is_super_admin=user.is_super_admin)


def current_claims() -> dict[str, Any]:
    """The claims of this request's token; raises Unauthorized without one."""
    token = sent_token()
    if token is None:
        raise Unauthorized("Missing Authorization Header")
    return claims_of(token)


def require_fresh_token() -> None:
    """Raise Unauthorized unless the request's token stems from a sign-in."""
    if current_claims().get("fresh") is not True:
        raise Unauthorized("Fresh token required")
