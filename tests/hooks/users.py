"""What the documented requests about accounts and signing in need."""

from __future__ import annotations

from typing import Any

from app.events.models import EVENT_ROLES, OTHER_EVENT_ROLES
from app.users.mailed_tokens import RESET, VERIFY
from app.users.tokens import access_token, refresh_token
from tests.hooks.rows import row
from tests.unittests.factories.events import EventFactoryBasic, RoleFactory, UsersEventsRolesFactory
from tests.unittests.factories.messages import NotificationFactory
from tests.unittests.factories.orders import AttendeeFactory, OrderFactory
from tests.unittests.factories.tickets import AccessCodeFactory, DiscountCodeTicketFactory
from tests.unittests.factories.users import MailedTokenFactory, UserEmailFactory, UserFactory

EMAIL, PASSWORD = "ada@example.com", "correct horse"


def ada(**attributes: Any) -> Any:
    """User 1, who can sign in and has told something about herself."""
    return UserFactory(
        email=EMAIL,
        password=PASSWORD,
        first_name="Ada",
        last_name="Lovelace",
        public_name="Ada L.",
        details="<p>Writes programs for engines.</p>",
        company="Analytical Engines Ltd",
        contact="+44 20 7946 0000",
        billing_contact_name="Ada Lovelace",
        billing_address="12 St James's Square",
        billing_city="London",
        billing_zip_code="SW1Y 4LE",
        billing_country="United Kingdom",
        **attributes,
    )


def ada_at_work() -> Any:
    """User 1 with a further address."""
    return UserEmailFactory(user=ada(), email_address="ada@work.example.com")


def ada_and_grace() -> None:
    """User 1, and another whose address is not free."""
    ada()
    UserFactory(email="grace@example.com")


def ada_on_a_team() -> None:
    """User 1 in every role on event 1."""
    user, event = ada(), EventFactoryBasic()
    for name in (*EVENT_ROLES, *OTHER_EVENT_ROLES):
        UsersEventsRolesFactory(user=user, event=event, role=RoleFactory(name=name))


def ada_attending() -> None:
    """User 1 as attendee 1, for whom nobody has placed an order yet."""
    AttendeeFactory(email=ada().email)


def ada_buying() -> None:
    """User 1 with order 1."""
    OrderFactory(user=ada())


def ada_marketing() -> None:
    """User 1 made discount code 1 and access code 1."""
    code = DiscountCodeTicketFactory(marketer=ada(), code="SUMMER")
    AccessCodeFactory(marketer=code.marketer, event=code.event, code="BACKSTAGE")


def ada_bringing_buyers() -> None:
    """User 1 made the code by which order 1 was placed."""
    OrderFactory(marketer=ada())


def signed_in() -> dict[str, str]:
    """User 1 with the refresh token of a sign-in, and an access token that stems from refreshing it."""
    user = ada()
    return {"<refresh token>": refresh_token(user), "<refreshed token>": access_token(user, fresh=False)}


def reset_asked() -> dict[str, str]:
    """User 1 was mailed a link to set a password."""
    MailedTokenFactory(user=ada(), purpose=RESET, secret="mailed secret")
    return {"<mailed token>": "mailed secret"}


def verification_asked() -> dict[str, str]:
    """User 1 was mailed a link to verify the address."""
    MailedTokenFactory(user=ada(is_verified=False), purpose=VERIFY, secret="mailed secret")
    return {"<mailed token>": "mailed secret"}


def ada_told() -> None:
    """User 1 was notified of something."""
    NotificationFactory(user=ada())


ROWS = {
    "Users > User Collection": row(ada, actor="admin"),
    "Users > User Detail": row(ada, actor="first user"),
    "Users > User Detail > Get User > Example 2": row(ada, actor="user"),
    "Users > User Detail > Update User > Example 2": row(ada_and_grace, actor="first user"),
    "Users > User Detail > Delete User > Example 2": row(ada_on_a_team, actor="first user"),
    "Users > Related User": row(ada_at_work, actor="first user"),
    "Users > Related User of an Alternate Email": row(ada_at_work, actor="first user"),
    "Users > Related User of an Attendee": row(ada_attending, actor="first user"),
    "Users > Related User of an Order": row(ada_buying, actor="first user"),
    "Users > Related User of an Order as marketer": row(ada_bringing_buyers, actor="admin"),
    "Users > Related User of a Discount Code as marketer": row(ada_marketing, actor="first user"),
    "Users > Related User of an Access Code as marketer": row(ada_marketing, actor="first user"),
    "Users > Related User of a Notification": row(ada_told, actor="first user"),
    "Users > Event Owner": row(ada_on_a_team, actor="first user"),
    "Users > Role Holder": row(ada_on_a_team, actor="first user"),
    "Users > Role Holder > Get Role Holder > Example 2": row(ada_on_a_team, actor="organizer"),
    **{
        f"Users > User Collection of an Event as {role}": row(ada_on_a_team, actor="admin")
        for role in ("organizers", "coorganizers", "track-organizers", "moderators", "registrars")
    },
    "Users > Relationship user.events": row(ada_on_a_team, actor="first user"),
    **{
        f"Users > Relationship user.{role.replace('_', '-')}-events": row(ada_on_a_team, actor="first user")
        for role in (*EVENT_ROLES, *OTHER_EVENT_ROLES)
    },
    "Users > Relationship user.alternate-emails": row(ada_at_work, actor="first user"),
    "Users > Relationship user.attendees": row(ada_attending, actor="first user"),
    "Users > Relationship user.orders": row(ada_buying, actor="first user"),
    "Users > Relationship user.discount-codes": row(ada_marketing, actor="first user"),
    "Users > Relationship user.access-codes": row(ada_marketing, actor="first user"),
    "Users > Relationship user.notifications": row(ada_told, actor="first user"),
    "User Emails > User Email Collection > Create User Email > Example 1": row(ada, actor="first user"),
    "User Emails > User Email Collection > Create User Email > Example 2": row(ada_at_work, actor="first user"),
    "User Emails > User Email Detail": row(ada_at_work, actor="first user"),
    "User Emails > User Email List": row(ada_at_work, actor="admin"),
    "User Emails > User Email List of a User": row(ada_at_work, actor="first user"),
    "User Emails > Relationship user-email.user": row(ada_at_work, actor="first user"),
    "Custom System Roles > Custom System Role Collection": row(actor="admin"),
    "Custom System Roles > Custom System Role Detail": row(actor="admin"),
    "Custom System Roles > Custom System Role List": row(actor="admin"),
    "Custom System Roles > Relationship custom-system-role.panel-permissions": row(actor="admin"),
    "Panel Permissions > Panel Permission Collection": row(actor="admin"),
    "Panel Permissions > Panel Permission Detail": row(actor="admin"),
    "Panel Permissions > Panel Permission Detail > Get Panel Permission > Example 2": row(actor="user"),
    "Panel Permissions > Panel Permission Collection of a Custom System Role": row(actor="admin"),
    "Panel Permissions > Relationship panel-permission.custom-system-roles": row(actor="admin"),
    "Signing In > Session": row(ada),
    "Signing In > Login": row(ada),
    "Signing In > Fresh Login": row(ada, actor="first user"),
    "Signing In > Token Refresh": row(signed_in),
    "Signing In > Logout": row(ada, actor="first user"),
    "Signing In > Blacklist": row(ada, actor="first user"),
    "Signing In > User Id": row(ada, actor="first user"),
    "Passwords > Password Check": row(ada, actor="first user"),
    "Passwords > Password Change": row(ada, actor="first user"),
    "Passwords > Password Change > Change Password > Example 3": row(signed_in),
    "Passwords > Password Reset": row(reset_asked),
    "E-mail Addresses > Verification": row(verification_asked),
    "E-mail Addresses > Verification Mail": row(verification_asked),
    "E-mail Addresses > Address Check": row(ada),
    "E-mail Addresses > Address Check by its Old Name": row(ada),
}
