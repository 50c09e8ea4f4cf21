"""What the documented requests about events, their classification and their teams need."""

from __future__ import annotations

from typing import Any

from app.events.models import EVENT_ROLES, OTHER_EVENT_ROLES, EventSubTopic, EventTopic, EventType
from app.events.powers.models import EventRolePermissions
from app.extensions import db
from app.users.mailed_tokens import fingerprint
from tests.hooks.actors import someone
from tests.hooks.rows import row
from tests.unittests.factories.events import (
    EmailNotificationFactory,
    EventFactoryBasic,
    RoleFactory,
    UserFavouriteEventFactory,
    UsersEventsRolesFactory,
    give_role,
    in_days,
)
from tests.unittests.factories.forms import CustomFormFactory
from tests.unittests.factories.orders import AttendeeFactory, OrderFactory, TagFactory
from tests.unittests.factories.payments import StripeAuthorizationFactory
from tests.unittests.factories.placeholders import CustomPlaceholderFactory
from tests.unittests.factories.surcharges import TaxFactory
from tests.unittests.factories.team import RoleInviteFactory
from tests.unittests.factories.tickets import (
    AccessCodeFactory,
    DiscountCodeFactory,
    DiscountCodeTicketFactory,
    TicketFactory,
    TicketTagFactory,
)
from tests.unittests.factories.uploads import stored_picture
from tests.unittests.factories.users import UserFactory


def book_night(**attributes: Any) -> Any:
    """Event 1, classified by the first type, topic and sub-topic that every installation has."""
    values = {
        "identifier": "a7c2e9d4",
        "name": "Aviators' Book Night",
        "description": "<p>Readings by people who fly.</p>",
        "location_name": "Airport Tempelhof, Berlin",
        "searchable_location_name": "Berlin",
        "latitude": 52.473,
        "longitude": 13.402,
        "original_image_url": "https://example.com/hangar.jpg",
        "logo_url": "https://example.com/logo.png",
        "owner_name": "Friends of the Hangar",
        "has_owner_info": True,
        "payment_country": "DE",
        "payment_currency": "EUR",
        "can_pay_onsite": True,
        "onsite_details": "Cash or card at the entrance.",
        "ends_at": in_days(30.25),
        "event_type": db.session.get_one(EventType, 1),
        "event_topic": db.session.get_one(EventTopic, 1),
        "event_sub_topic": db.session.get_one(EventSubTopic, 1),
    }
    return EventFactoryBasic(**{**values, **attributes})


def promoted_book_night() -> None:
    """Event 1, which admins want on the start page."""
    book_night(is_promoted=True)


def draft() -> None:
    """Event 2 as a draft of user 1's, besides event 1."""
    book_night()
    give_role(UserFactory(), book_night(identifier="b3f8a1c6", state="draft"), "owner")


def ada(*roles: str) -> Any:
    """Event 1 with user 1 in these roles; what she holds is numbered from 1."""
    user, event = UserFactory(first_name="Ada", last_name="Lovelace"), book_night()
    for name in roles:
        UsersEventsRolesFactory(user=user, event=event, role=RoleFactory(name=name))
    return user


def ada_in_every_role() -> None:
    """Event 1 with user 1 in every role there is on events."""
    ada(*EVENT_ROLES, *OTHER_EVENT_ROLES)


def ada_moderating() -> None:
    """Event 1 with user 1 as its moderator."""
    ada("moderator")


def ada_owning() -> None:
    """Event 1 with user 1 as its owner."""
    ada("owner")


def marked_book_night() -> Any:
    """User 1 has marked event 1."""
    return UserFavouriteEventFactory(event=book_night(), user=UserFactory())


def wishes_for_book_night() -> Any:
    """Email notification 1 is user 1's, for event 1."""
    return EmailNotificationFactory(event=book_night(), user=UserFactory())


def wishes_of_owner() -> None:
    """The same of user 1 who owns event 1."""
    give_role(UserFactory(), book_night(), "owner")


def book_night_of_first_user() -> None:
    """User 1 owns event 1 and has marked it."""
    mark = marked_book_night()
    give_role(mark.user, mark.event, "owner")


def volunteer() -> Any:
    """Role 8, the first that an installation adds to those it has."""
    return RoleFactory(name="volunteer", title_name="Volunteer")


def ada_volunteering() -> None:
    """Event 1 with user 1 as a volunteer."""
    volunteer()
    ada("volunteer")


def book_night_on_sale() -> Any:
    """Event 1 with a ticket, a tag and an attendee for whom nobody has placed an order yet."""
    event = book_night()
    TicketTagFactory(event=event)
    AttendeeFactory(ticket=TicketFactory(event=event))
    return event


def sold_book_night() -> None:
    """The same with an order."""
    OrderFactory(event=book_night_on_sale())


def book_night_for_less() -> Any:
    """Discount code 1 and access code 1 are for event 1, which points at discount code 2."""
    event = book_night()
    DiscountCodeTicketFactory(event=event, code="READERS")
    AccessCodeFactory(event=event, code="BACKSTAGE")
    event.discount_code = DiscountCodeFactory(code="PARTNER")
    return event


def taxed_book_night() -> None:
    """Event 1 with tax 1."""
    TaxFactory(event=book_night(is_tax_enabled=True))


def connected_book_night() -> None:
    """The same, paid to the account of authorization 1."""
    StripeAuthorizationFactory(event=book_night(can_pay_by_stripe=True))


def asking_book_night() -> None:
    """Event 1 asks something by custom form 1, and has tag 1 for its attendees."""
    event = book_night()
    CustomFormFactory(event=event)
    TagFactory(event=event)


def asked_to_book_night(**values: Any) -> Any:
    """Role invitation 1: Grace is asked to organize event 1."""
    return RoleInviteFactory(event=book_night(), email="grace@example.com", **values)


def asked_to_book_night_by_mail() -> dict[str, str]:
    """The same to user 1; the page's token stands for the one that was mailed."""
    UserFactory(email="grace@example.com", first_name="Grace", last_name="Hopper")
    asked_to_book_night(secret_hash=fingerprint("mailed to grace"))
    return {"<invite token>": "mailed to grace"}


def asked_too_long_ago() -> dict[str, str]:
    """Role invitation 1, whose time is over."""
    asked_to_book_night(secret_hash=fingerprint("mailed to grace"), expires_at=in_days(-1))
    return {"<invite token>": "mailed to grace"}


def asked_to_volunteer() -> None:
    """Somebody is asked to be a volunteer: an invitation under role 8, as no request makes one."""
    RoleInviteFactory(event=book_night(), role=volunteer())


def able_volunteer() -> None:
    """What owners are said to be good for on tracks is now said of volunteers, role 8, as no request has it said."""
    db.session.query(EventRolePermissions).filter_by(id=1).update({"role_id": volunteer().id})


def picture() -> dict[str, str]:
    """A picture that was uploaded, which stands for one anywhere."""
    return {"<picture>": stored_picture()}


def gliders() -> Any:
    """Placeholder 1, of the first sub-topic that every installation has; and an uploaded picture."""
    CustomPlaceholderFactory(name="Gliders", event_sub_topic=db.session.get_one(EventSubTopic, 1))
    return picture()


ROWS = {
    "Events > Event Collection": row(book_night, actor="user"),
    "Events > Event Collection > Create Event > Example 2": row(actor=someone(is_verified=False)),
    "Events > Upcoming Events": row(promoted_book_night),
    "Events > Event Detail": row(book_night, actor="owner"),
    "Events > Event Detail > Get Draft > Example 1": row(draft, actor="first user"),
    "Events > Event Detail > Get Draft > Example 2": row(draft),
    "Events > Event Detail > Update Event > Example 2": row(book_night, actor="user"),
    "Events > Event Detail > Delete Event > Example 2": row(sold_book_night, actor="owner"),
    "Events > Events of a User": row(ada_in_every_role, actor="first user"),
    **{
        f"Events > Events of a User as {role.replace('_', ' ')}": row(ada_in_every_role, actor="first user")
        for role in (*EVENT_ROLES, *OTHER_EVENT_ROLES)
    },
    "Events > Event Collection of an Event Type": row(book_night),
    "Events > Event Collection of an Event Topic": row(book_night),
    "Events > Event Collection of an Event Sub-topic": row(book_night),
    "Events > Related Event": row(book_night_on_sale, actor="owner"),
    "Events > Related Event of a Ticket Tag": row(book_night_on_sale, actor="owner"),
    "Events > Related Event of an Attendee": row(book_night_on_sale, actor="owner"),
    "Events > Related Event of an Order": row(sold_book_night, actor="super admin"),
    "Events > Related Event of a Tax": row(taxed_book_night, actor="owner"),
    "Events > Related Event of a Tax by the Singular": row(taxed_book_night, actor="owner"),
    "Events > Related Event of a Stripe Authorization": row(connected_book_night, actor="owner"),
    "Events > Related Event of a Stripe Authorization by the Plural": row(connected_book_night, actor="owner"),
    "Events > Relationship event.stripe-authorization": row(connected_book_night, actor="owner"),
    "Events > Related Event of a Discount Code": row(book_night_for_less, actor="owner"),
    "Events > Related Event of an Access Code": row(book_night_for_less, actor="owner"),
    "Events > Related Event of a Custom Form": row(asking_book_night, actor="owner"),
    "Events > Related Event of a Tag": row(asking_book_night, actor="owner"),
    "Events > Relationship event.custom-forms": row(asking_book_night, actor="owner"),
    "Events > Relationship event.tags": row(asking_book_night, actor="owner"),
    "Events > Related Event of a Held Role": row(ada_moderating, actor="owner"),
    **{
        f"Events > Relationship event.{name}": row(ada_in_every_role, actor="organizer")
        for name in ("event-type", "event-topic", "event-sub-topic", "owner", "organizers", "coorganizers")
    },
    **{
        f"Events > Relationship event.{name}": row(ada_in_every_role, actor="organizer")
        for name in ("track-organizers", "moderators", "registrars", "roles")
    },
    **{
        f"Events > Relationship event.{name}": row(sold_book_night, actor="owner")
        for name in ("tickets", "ticket-tags", "attendees", "orders", "order-statistics")
    },
    "Events > Relationship event.discount-code": row(book_night_for_less, actor="admin"),
    "Events > Relationship event.discount-codes": row(book_night_for_less, actor="owner"),
    "Events > Relationship event.access-codes": row(book_night_for_less, actor="owner"),
    "Events > Relationship event.tax": row(taxed_book_night, actor="owner"),
    "Event Types > Event Type Collection": row(actor="admin"),
    "Event Types > Event Type Collection > Create Event Type > Example 3": row(actor="user"),
    "Event Types > Event Type Detail": row(actor="admin"),
    "Event Types > Related Event Type": row(book_night, actor="admin"),
    "Event Types > Relationship event-type.events": row(book_night, actor="user"),
    "Event Topics > Event Topic Collection": row(picture, actor="admin"),
    "Event Topics > Event Topic Detail": row(picture, actor="admin"),
    "Event Topics > Related Event Topic": row(book_night, actor="admin"),
    "Event Topics > Related Event Topic of an Event Sub-topic": row(actor="admin"),
    "Event Topics > Relationship event-topic.event-sub-topics": row(actor="user"),
    "Event Topics > Relationship event-topic.events": row(book_night, actor="user"),
    "Event Sub-topics > Event Sub-topic Collection": row(actor="admin"),
    "Event Sub-topics > Event Sub-topic Detail": row(actor="admin"),
    "Event Sub-topics > Event Sub-topic List": row(),
    "Event Sub-topics > Related Event Sub-topic": row(book_night, actor="admin"),
    "Event Sub-topics > Related Event Sub-topic of a Custom Placeholder": row(gliders, actor="admin"),
    "Event Sub-topics > Relationship event-sub-topic.custom-placeholder": row(gliders, actor="user"),
    "Custom Placeholders > Custom Placeholder Collection": row(gliders, actor="admin"),
    "Custom Placeholders > Custom Placeholder Detail": row(gliders, actor="admin"),
    "Custom Placeholders > Custom Placeholder Detail of an Event Sub-topic": row(gliders, actor="admin"),
    "Custom Placeholders > Relationship custom-placeholder.event-sub-topic": row(gliders, actor="admin"),
    "Event Sub-topics > Relationship event-sub-topic.event-topic": row(actor="user"),
    "Event Sub-topics > Relationship event-sub-topic.events": row(book_night, actor="user"),
    "Event Locations > Event Location Collection": row(book_night, actor="admin"),
    "Roles > Role Collection": row(volunteer, actor="admin"),
    "Roles > Role Detail": row(volunteer, actor="admin"),
    "Roles > Held Role": row(ada_volunteering, actor="admin"),
    "Users Events Roles > Users Events Roles Collection": row(ada_moderating, actor="owner"),
    "Users Events Roles > Users Events Roles Collection > List Users Events Roles > Example 2": row(
        ada_moderating, actor="first user"
    ),
    "Users Events Roles > Users Events Roles Collection of an Event as roles": row(ada_moderating, actor="owner"),
    "Users Events Roles > Users Events Roles Collection of an Event as roles > List Users Events Roles > Example 2": row(
        ada_moderating, actor="first user"
    ),
    "Users Events Roles > Users Events Roles Detail": row(ada_moderating, actor="coorganizer"),
    "Users Events Roles > Users Events Roles Detail > Delete Users Events Roles > Example 2": row(
        ada_owning, actor="first user"
    ),
    "Users Events Roles > Relationship users-events-roles.event": row(ada_moderating, actor="coorganizer"),
    "Users Events Roles > Relationship users-events-roles.user": row(ada_moderating, actor="coorganizer"),
    "Users Events Roles > Relationship users-events-roles.role": row(ada_moderating, actor="coorganizer"),
    "Role Invites > Role Invite Collection": row(asked_to_book_night, actor="organizer"),
    "Role Invites > Role Invite Detail": row(asked_to_book_night, actor="organizer"),
    "Role Invites > Role Invite List": row(asked_to_book_night, actor="coorganizer"),
    "Role Invites > Repeated Role Invite": row(asked_to_book_night, actor="coorganizer"),
    "Role Invites > Invited Address": row(asked_to_book_night_by_mail),
    "Role Invites > Invited Address > Get Invited Address > Example 2": row(asked_too_long_ago),
    "Role Invites > Accepted Role Invite": row(asked_to_book_night_by_mail),
    "Role Invites > Declined Role Invite": row(asked_to_book_night_by_mail),
    "Role Invites > Relationship role-invite.event": row(asked_to_book_night, actor="coorganizer"),
    "Role Invites > Relationship role-invite.role": row(asked_to_book_night, actor="coorganizer"),
    "Roles > Held Role of a Role Invite": row(asked_to_volunteer, actor="admin"),
    "Roles > Held Role of Event Role Permissions": row(able_volunteer, actor="admin"),
    "Events > Related Event of a Role Invite": row(asked_to_book_night, actor="owner"),
    "Events > Relationship event.role-invites": row(asked_to_book_night, actor="owner"),
    "Services > Service Collection": row(actor="admin"),
    "Services > Service Detail": row(actor="admin"),
    "Services > Service Detail of an Event Role Permissions": row(actor="admin"),
    "Event Role Permissions > Event Role Permissions Collection": row(actor="admin"),
    "Event Role Permissions > Event Role Permissions Detail": row(actor="admin"),
    "Event Role Permissions > Relationship event-role-permissions.role": row(actor="user"),
    "Event Role Permissions > Relationship event-role-permissions.service": row(actor="user"),
    "User Favourite Events > User Favourite Event Collection": row(marked_book_night, actor="user"),
    "User Favourite Events > User Favourite Event Collection > List User Favourite Events": row(
        marked_book_night, actor="admin"
    ),
    "User Favourite Events > User Favourite Event Detail": row(marked_book_night, actor="first user"),
    **{
        f"User Favourite Events > User Favourite Event Collection of a User {path}": row(
            marked_book_night, actor="first user"
        )
        for path in ("as favourite-events", "by the type")
    },
    **{
        f"User Favourite Events > Relationship user-favourite-event.{name}": row(marked_book_night, actor="first user")
        for name in ("event", "user")
    },
    "Events > Related Event of a Mark": row(book_night_of_first_user, actor="first user"),
    "Users > Related User of a Marked Event": row(marked_book_night, actor="first user"),
    "Users > Relationship user.favourite-events": row(marked_book_night, actor="first user"),
    "Email Notifications > Email Notification Collection": row(wishes_for_book_night, actor="admin"),
    "Email Notifications > Email Notification Collection of a User": row(wishes_for_book_night, actor="first user"),
    "Email Notifications > Email Notification Detail": row(wishes_for_book_night, actor="first user"),
    **{
        f"Email Notifications > Relationship email-notification.{name}": row(wishes_for_book_night, actor="first user")
        for name in ("event", "user")
    },
    "Events > Related Event of an Email Notification": row(wishes_of_owner, actor="first user"),
    "Users > Related User of an Email Notification": row(wishes_for_book_night, actor="first user"),
    "Users > Relationship user.email-notifications": row(wishes_for_book_night, actor="first user"),
}
