"""Proving who one is: by password, and by what was mailed."""

from __future__ import annotations

from app.jsonapi.errors import BadRequest, NotFound, Unauthorized
from app.users import mails
from app.users.mailed_tokens import RESET, VERIFY, redeem_token
from app.users.models import User
from app.users.passwords import LONGEST, SHORTEST, hash_password, is_outdated, is_password
from app.users.services import account_of, set_password


def sign_in(email: str, password: str) -> User:
    """The user with this address and password; raises Unauthorized, alike for a wrong address and a wrong password."""
    user = account_of(email)
    if not is_password(password, user.password_hash if user else None) or user is None:
        raise Unauthorized("Invalid Credentials")
    if user.is_blocked:
        raise Unauthorized("Admin has marked this account as spam")
    if is_outdated(user.password_hash):
        user.password_hash = hash_password(password)
    return user


def change_password(user: User, old: str, new: str) -> None:
    """Replace a password that is known; raises BadRequest."""
    if not is_password(old, user.password_hash):
        raise BadRequest("Wrong Password. Please enter correct current password.")
    if old == new:
        raise BadRequest("Old and New passwords must be different")
    check_length(new)
    set_password(user, new)
    mails.announce_new_password(user)


def check_length(password: str) -> None:
    """Refuse passwords that are too short, or longer than is hashed; raises BadRequest."""
    if len(password) < SHORTEST:
        raise BadRequest(f"Password should have minimum {SHORTEST} characters")
    if len(password) > LONGEST:
        raise BadRequest(f"Password should have maximum {LONGEST} characters")


def verify_address(secret: str) -> None:
    """Note that the owner of a mailbox has followed the link mailed there; raises BadRequest."""
    user = redeem_token(VERIFY, secret)
    if user is None:
        raise BadRequest("Invalid Token")
    user.is_verified = True


def reset_password(secret: str, password: str) -> User:
    """Set the password of whom this secret was mailed to, which proves the address; raises NotFound, BadRequest."""
    user = redeem_token(RESET, secret)
    if user is None:
        raise NotFound("User not found")
    # The secret of a refused password is not spent: the transaction ends with the request.
    check_length(password)
    set_password(user, password)
    user.is_verified = True
    return user
