"""The rules of accounts: made, changed, deleted and restored."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from app.extensions import db
from app.jsonapi import Actor, Given, leave_deleting
from app.jsonapi.errors import Conflict, Forbidden, UnprocessableEntity
from app.users import mails
from app.users.mailed_tokens import RESET, VERIFY, void_tokens
from app.users.models import User, UserEmail
from app.users.passwords import LONGEST, SHORTEST, hash_password
from app.users.schemas import UserSchema

# Appended to the address of a deleted account, so that it can sign up again.
DELETED = ".deleted"

Obstacle = Callable[[User], str | None]
_obstacles: list[Obstacle] = []


class InvalidAccount(ValueError):
    """An account cannot be made of what was given; the message is a sentence for the person who gave it."""


def add_obstacle(check: Obstacle) -> Obstacle:
    """Let a domain above keep accounts from being deleted: its check tells why one cannot be, or gives None."""
    _obstacles.append(check)
    return check


def account_of(email: str) -> User | None:
    """The account with this address, without regard to case."""
    if "\x00" in email:
        return None
    same = func.lower(User.email) == func.lower(email.strip())
    return db.session.scalar(select(User).where(same, User.deleted_at.is_(None)))


def held_account(email: str) -> User | None:
    """The account with this address, neither deleted nor blocked, and kept so until the transaction ends."""
    same = func.lower(User.email) == func.lower(email), User.deleted_at.is_(None), User.is_blocked.is_(False)
    account = select(User).where(*same).with_for_update(key_share=True)
    return db.session.scalar(account.execution_options(populate_existing=True))


def check_address_free(email: str, *, refused: Exception) -> None:
    """Raise `refused` when an account has this address; until this transaction ends, nobody else gets it."""
    lock_address(email)
    if account_of(email) is not None:
        raise refused


def lock_address(email: str) -> None:
    """Let one transaction at a time decide who gets an address."""
    key = func.hashtextextended("address " + email.strip().lower(), 0)
    db.session.execute(select(func.pg_advisory_xact_lock(key)))


def _taken() -> Conflict:
    return Conflict("Email already exists", pointer="/data/attributes/email")


# New accounts


def prepare_account(given: Given, *, actor: Actor) -> None:
    """Check what a new account is made of, and replace its password by a hash."""
    given.pop("deleted_at", None)
    if given.get("is_verified") and not actor.is_staff:
        raise UnprocessableEntity("You are not allowed to submit this field", pointer="/data/attributes/is-verified")
    password = given.pop("password", None) or ""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UnprocessableEntity(_length_of(password), pointer="/data/attributes/password")
    check_address_free(given["email"], refused=_taken())
    given["password_hash"] = hash_password(password)


def _length_of(password: str) -> str:
    if len(password) < SHORTEST:
        return f"Password should be at least {SHORTEST} characters long"
    return f"Password should be at most {LONGEST} characters long"


def welcome(user: User) -> None:
    """Ask a new account to prove its address, unless staff have vouched for it."""
    if not user.is_verified:
        mails.request_welcome(user)


def create_admin(email: str, password: str) -> User:
    """Make a verified super admin; raises InvalidAccount."""
    faults = UserSchema().validate({"data": {"type": "user", "attributes": {"email": email, "password": password}}})
    if faults:
        raise InvalidAccount(f"{email!r} is not an e-mail address.")
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidAccount(f"{_length_of(password)}.")
    check_address_free(email, refused=InvalidAccount(f"There is an account of {email} already."))
    user = User(email=email.strip(), password_hash=hash_password(password))
    user.is_verified = user.is_admin = user.is_super_admin = True
    db.session.add(user)
    db.session.flush()
    return user


# Changes


def check_account_change(user: User, changes: Given, *, actor: Actor) -> None:
    """Refuse what the actor may not change about an account, and complete the change by what follows from it."""
    if "is_verified" in changes and not actor.is_staff:
        raise Forbidden("Admin access is required to update this information.", pointer="/data/attributes/is-verified")
    leave_deleting(changes)
    if "deleted_at" in changes:
        _check_restoring(user, changes)
    elif "email" in changes:
        _check_new_address(user, changes)
    if changes.get("is_blocked"):
        changes["token_version"] = user.token_version + 1


def _check_new_address(user: User, changes: Given) -> None:
    """A new address is not verified, and both addresses learn of it."""
    lock_address(changes["email"])
    holder = account_of(changes["email"])
    if holder is not None and holder is not user:
        raise _taken()
    if user.deleted_at is None:
        changes["is_verified"] = False
        void_tokens(user, VERIFY, RESET)
        mails.announce_new_address(user, user.email, changes["email"])


def _check_restoring(user: User, changes: Given) -> None:
    """A restored account gets its address back, if that is free."""
    changes["email"] = changes.get("email", user.email.removesuffix(DELETED))
    detail = "This email is already registered! Manually edit and then try restoring"
    check_address_free(changes["email"], refused=Forbidden(detail, pointer="/data/attributes/email"))


def end_sessions(user: User) -> None:
    """Make every token the user holds work no more."""
    user.token_version += 1


def set_password(user: User, password: str) -> None:
    """Replace the password; whoever was signed in is signed out, and reset links that were mailed are void."""
    user.password_hash = hash_password(password)
    end_sessions(user)
    void_tokens(user, RESET)


# Deletion


def retire_account(user: User) -> None:
    """Refuse to delete an account that is needed; else end its sessions and set its address free."""
    for obstacle in _obstacles:
        reason = obstacle(user)
        if reason is not None:
            raise Forbidden(reason, pointer="/data")
    if user.deleted_at is None:
        user.email = _name_of_deleted(user.email)
        end_sessions(user)
        void_tokens(user, VERIFY, RESET)


def _name_of_deleted(email: str) -> str:
    """The address with as many suffixes as make it unlike any other."""
    lock_address(email)
    email += DELETED
    while db.session.scalar(select(User.id).where(func.lower(User.email) == func.lower(email))):
        email += DELETED
    return email


# Further addresses


def check_further_address(row: UserEmail, given: Given) -> None:
    """Refuse an address that the user has already, or that is a further address of anybody.

    Whether it is the main address of somebody else is not looked at: the answer would tell who has an account.
    """
    leave_deleting(given)
    email = given.get("email_address", row.email_address)
    lock_address(email)
    same = func.lower(UserEmail.email_address) == func.lower(email)
    others = select(UserEmail.id).where(same, UserEmail.deleted_at.is_(None))
    if row.id is not None:
        others = others.where(UserEmail.id != row.id)
    if email.lower() == row.user.email.lower() or db.session.scalar(others):
        raise Conflict("Email already exists", pointer="/data/attributes/email-address")
