"""Signing in and out, and proving addresses: the plain JSON routes of accounts.

Their bodies hold their members directly or under `data`; names may be dashed or underscored.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, g, request

from app.jsonapi import Actor, anyone, current_actor, endpoint, json, logged_in
from app.jsonapi.errors import BadRequest, Unauthorized
from app.limits.spending import client_address, spend
from app.users import mails, services, signing_in, tokens
from app.users.models import User
from app.users.passwords import is_password

blueprint = Blueprint("accounts", __name__)

REFRESH_PATH = "/v1/auth/token/refresh"


def init_app(app: Flask) -> None:
    """Bind what accounts need to the app."""
    tokens.init_app(app)


@blueprint.before_request
def leave_refresh_tokens_alone() -> None:
    """The token of a refresh is no access token; it stands for no actor."""
    if request.path == REFRESH_PATH:
        g.actor = Actor()


def _members() -> dict[str, Any]:
    """The body's members, with underscored names; none where the body is no object."""
    body = json.body() if request.get_data(cache=True) else {}
    inner = body.get("data") if isinstance(body, dict) else None
    members = inner if isinstance(inner, dict) else body if isinstance(body, dict) else {}
    return {name.replace("-", "_"): value for name, value in members.items()}


def _text(members: dict[str, Any], *names: str) -> str | None:
    """The first of these members that is a text with something in it."""
    return next((members[name] for name in names if isinstance(members.get(name), str) and members[name]), None)


def _required(members: dict[str, Any], name: str) -> str:
    text = _text(members, name)
    if text is None:
        raise BadRequest(f"{name.replace('_', '-')} missing", pointer=f"/{name.replace('_', '-')}")
    return text


def _signed_in() -> User:
    user: User = current_actor().user
    return user


# Sessions


@endpoint(blueprint, "/auth/session", access=anyone, methods=("POST",))
def open_session() -> Response:
    """Sign in, at the path outside of /v1."""
    return login()


@endpoint(blueprint, "/v1/auth/login", access=anyone, methods=("POST",))
def log_in() -> Response:
    """Sign in: `{"access_token", "refresh_token"}`."""
    return login()


def login() -> Response:
    """Exchange an address and a password for tokens."""
    members = _members()
    user = _proven(members)
    return json.answer(tokens.session_tokens(user, remembered=members.get("remember_me") in (True, "true")))


def _proven(members: dict[str, Any]) -> User:
    email, password = _text(members, "email", "username"), _text(members, "password")
    if email is None or password is None:
        raise BadRequest("username or password missing")
    spend("RATE_LIMIT_SIGN_IN", client_address())
    spend("RATE_LIMIT_SIGN_IN_ACCOUNT", email)
    return signing_in.sign_in(email, password)


@endpoint(blueprint, "/v1/auth/fresh-login", access=logged_in, methods=("POST",))
def log_in_again() -> Response:
    """Prove anew who one is: `{"access_token"}`, fresh."""
    user = _proven(_members())
    if user.id != current_actor().id:
        raise Unauthorized("Invalid Credentials")
    return json.answer({"access_token": tokens.access_token(user)})


@endpoint(blueprint, REFRESH_PATH, access=anyone, methods=("POST",))
def refresh() -> Response:
    """Exchange a refresh token, in the header or the body, for an access token."""
    spend("RATE_LIMIT_TOKEN", client_address())
    token = tokens.sent_token() or _text(_members(), "refresh_token")
    if token is None:
        raise Unauthorized("Missing Authorization Header")
    return json.answer({"access_token": tokens.refreshed_token(token)})


@endpoint(blueprint, "/v1/auth/logout", access=anyone, methods=("POST",))
def log_out() -> Response:
    """End the sessions of whoever asks; nobody is signed out already."""
    if not current_actor().is_anonymous:
        services.end_sessions(_signed_in())
    return json.answer({"success": True})


@endpoint(blueprint, "/v1/auth/blacklist", access=logged_in, methods=("POST",))
def end_all_sessions() -> Response:
    """Void every token issued before."""
    services.end_sessions(_signed_in())
    return json.answer({"success": True})


# Passwords


@endpoint(blueprint, "/v1/auth/verify-password", access=logged_in, methods=("POST",))
def verify_password() -> Response:
    """Whether this is the password of whoever asks: `{"result"}`."""
    password = _required(_members(), "password")
    user = _signed_in()
    spend("RATE_LIMIT_PASSWORD", f"user {user.id}")
    return json.answer({"result": is_password(password, user.password_hash)})


@endpoint(blueprint, "/v1/auth/change-password", access=logged_in, methods=("POST",))
def change_password() -> Response:
    """Replace the password; all sessions end, and the answer has the tokens of a new one."""
    tokens.require_fresh_token()
    members, user = _members(), _signed_in()
    old, new = _required(members, "old_password"), _required(members, "new_password")
    spend("RATE_LIMIT_PASSWORD", f"user {user.id}")
    signing_in.change_password(user, old, new)
    return json.answer({**_public(user), "password-changed": True, **tokens.session_tokens(user)})


@endpoint(blueprint, "/v1/auth/reset-password", access=anyone, methods=("POST",))
def ask_for_reset() -> Response:
    """Mail a reset link; the answer is the same for addresses without an account."""
    email = _required(_members(), "email")
    spend("RATE_LIMIT_RESET_ADDRESS", client_address())
    spend("RATE_LIMIT_RESET_EMAIL", email)
    mails.request_reset(services.account_of(email))
    message = "If your email was registered with us, you'll get an email with reset link shortly"
    return json.answer({"message": message, "email": email})


@endpoint(blueprint, "/v1/auth/reset-password", access=anyone, methods=("PATCH",))
def reset_password() -> Response:
    """Set the password of whoever was mailed this token: `{"id", "email", "name"}`."""
    members = _members()
    spend("RATE_LIMIT_TOKEN", client_address())
    user = signing_in.reset_password(_text(members, "token") or "", _required(members, "password"))
    return json.answer(_public(user))


def _public(user: User) -> dict[str, Any]:
    return {"id": user.id, "email": user.email, "name": user.full_name or None}


# Addresses


@endpoint(blueprint, "/v1/auth/verify-email", access=anyone, methods=("POST",))
def verify_email() -> Response:
    """Prove an address by the token that was mailed there."""
    spend("RATE_LIMIT_TOKEN", client_address())
    signing_in.verify_address(_text(_members(), "token") or "")
    return json.answer({"message": "Email Verified"})


@endpoint(blueprint, "/v1/auth/resend-verification-email", access=anyone, methods=("POST",))
def resend_verification() -> Response:
    """Mail another verification link; the answer is the same for addresses without an account."""
    email = _required(_members(), "email")
    spend("RATE_LIMIT_MAIL", client_address())
    spend("RATE_LIMIT_MAIL", email)
    mails.request_verification(services.account_of(email))
    return json.answer({"message": "Verification email resent"})


@endpoint(blueprint, "/v1/users/check_email", access=anyone, methods=("POST",))
def check_email() -> Response:
    """Whether an address has an account: `{"exists"}`."""
    return _existence()


@endpoint(blueprint, "/v1/users/checkEmail", access=anyone, methods=("POST",))
def check_email_by_its_old_name() -> Response:
    """The same, as older clients ask."""
    return _existence()


def _existence() -> Response:
    email = _text(_members(), "email")
    if email is None:
        return json.answer({"error": "Email field missing"}, 422)
    spend("RATE_LIMIT_CHECK_EMAIL", client_address())
    return json.answer({"exists": services.account_of(email) is not None})


@endpoint(blueprint, "/v1/users/user-details/get-user-id", access=logged_in)
def user_id() -> Response:
    """The id of whoever asks: `{"user_id"}`."""
    return json.answer({"user_id": current_actor().id})
