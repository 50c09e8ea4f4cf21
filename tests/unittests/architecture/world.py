"""A small world with one row of everything and one person of each kind, for the table of access."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.extensions import db
from app.orders.models import Attendee, Order
from app.site.models import Module, Page, Setting, UserPermission
from app.uploads.models import EventImageSize, SpeakerImageSize
from app.users.models import CustomSystemRole, PanelPermission, User
from app.users.tokens import access_token
from tests.unittests.architecture.documents import documents
from tests.unittests.factories.content import (
    EventCopyrightFactory,
    ExhibitorFactory,
    FaqFactory,
    FaqTypeFactory,
    SocialLinkFactory,
    SponsorFactory,
)
from tests.unittests.factories.events import (
    EmailNotificationFactory,
    EventFactory,
    EventLocationFactory,
    RoleFactory,
    UserFavouriteEventFactory,
    UsersEventsRolesFactory,
    give_role,
)
from tests.unittests.factories.forms import (
    CustomFormFactory,
    CustomFormOptionFactory,
    CustomFormTranslateFactory,
)
from tests.unittests.factories.groups import GroupFactory, UserFollowGroupFactory, UsersGroupsRolesFactory
from tests.unittests.factories.messages import (
    LoggedMailFactory,
    MessageSettingFactory,
    NotificationFactory,
    NotificationSettingFactory,
)
from tests.unittests.factories.orders import AttendeeFactory, OrderFactory, TagFactory
from tests.unittests.factories.payments import PaymentFactory, RefundFactory, StripeAuthorizationFactory
from tests.unittests.factories.placeholders import CustomPlaceholderFactory
from tests.unittests.factories.program import (
    FeedbackFactory,
    MicrolocationFactory,
    SessionFactory,
    SessionTypeFactory,
    SpeakerFactory,
    SpeakerInviteFactory,
    SpeakersCallFactory,
    TrackFactory,
    UserFavouriteSessionFactory,
)
from tests.unittests.factories.statistics import (
    EventGeneralStatisticsFactory,
    EventOrderStatisticsFactory,
    TicketOrderStatisticsFactory,
)
from tests.unittests.factories.surcharges import TaxFactory, TicketFeeFactory
from tests.unittests.factories.tasks import TaskFactory
from tests.unittests.factories.team import EventRolePermissionsFactory, RoleInviteFactory, ServiceFactory
from tests.unittests.factories.tickets import (
    AccessCodeFactory,
    DiscountCodeFactory,
    DiscountCodeTicketFactory,
    TicketFactory,
    TicketTagFactory,
)
from tests.unittests.factories.users import AdminFactory, SuperAdminFactory, UserEmailFactory, UserFactory

# Kinds of people, from the one who may least; those in one inner tuple stand beside each other.
RANKS = (
    ("anonymous",),
    ("user",),
    ("buyer", "speaker", "registrar", "moderator", "track organizer"),
    ("co-organizer",),
    ("organizer",),
    ("owner",),
    ("admin",),
    ("super admin",),
)
KINDS = tuple(kind for rank in RANKS for kind in rank)
# Whose the rows are: the user of an account, and the attendee with that address.
OWNERS = ("own", "attendee")


def at_least(lowest: str) -> frozenset[str]:
    """The kinds at this rank and above; of the kinds that stand beside the lowest, only itself."""
    position = next(index for index, rank in enumerate(RANKS) if lowest in rank)
    return frozenset({lowest, *(kind for rank in RANKS[position + 1 :] for kind in rank)})


def named(lowest: str, also: str) -> frozenset[str]:
    """The kinds a row of a table names: from the lowest on ("nobody" for none), and those in `also`."""
    through = at_least(lowest) if lowest != "nobody" else frozenset()
    return through | frozenset(filter(None, also.split("; ")))


@dataclass
class World:
    """The people by kind with the headers they send, and a row by resource type.

    People and rows are apart from any session: reading their columns asks nothing, and shows what was made
    at first, whatever a request changed.
    """

    people: dict[str, User | None]
    headers: dict[str, dict[str, str]]
    rows: dict[str, Any]
    values: dict[str, object] = field(default_factory=dict)
    bodies: dict[str, Callable[[], Any]] = field(default_factory=dict)

    def id_in_url(self, type_: str, relationship: str | None) -> int:
        """What stands for the row of this type in its addresses; in that of its own, a mark is found by its event."""
        is_by_event = type_ == "user-favourite-event" and relationship is None
        return int(self.rows["event" if is_by_event else type_].id)


def build() -> World:
    """Make the world in the current session."""
    event = EventFactory(
        can_pay_onsite=True,
        is_tax_enabled=True,
        can_pay_by_stripe=True,
        is_sessions_speakers_enabled=True,
        is_sponsors_enabled=True,
        discount_code=DiscountCodeFactory(),
    )
    people: dict[str, User | None] = {"anonymous": None}
    for kind in ("user", "buyer", "speaker", *OWNERS):
        people[kind] = UserFactory()
    for kind in ("registrar", "moderator", "track organizer", "co-organizer", "organizer", "owner"):
        people[kind] = member = UserFactory()
        give_role(member, event, kind.replace("-", "").replace(" ", "_"))
    people["admin"], people["super admin"] = AdminFactory(), SuperAdminFactory()
    rows = _rows(event, people)
    db.session.commit()
    headers = {kind: {"Authorization": f"JWT {access_token(user)}"} if user else {} for kind, user in people.items()}
    world = World(people, headers, rows, _values(rows), documents(rows, people))
    _part_from_session()
    return world


def _part_from_session() -> None:
    for row in list(db.session):
        db.session.refresh(row)
    db.session.expunge_all()
    db.session.commit()


def _rows(event: Any, people: dict[str, User | None]) -> dict[str, Any]:
    ticket = TicketFactory(event=event, type="paid", price=10)
    # A code of its own, so that the world's code is nobody's but its event's.
    used = DiscountCodeTicketFactory(event=event, code="used", tickets=[ticket])
    of_buyer = {"user": people["buyer"], "marketer": people["own"], "discount_code": used}
    order: Order = OrderFactory(event=event, status="completed", payment_mode="onsite", amount=10, **of_buyer)
    guest = people["attendee"]
    assert guest is not None
    # A ticket of its own, so that the world's ticket has no sales; the attendee has an account.
    sold = TicketFactory(event=event)
    asked = _asked(event)
    attendee: Attendee = AttendeeFactory(event=event, ticket=sold, order=order, email=guest.email, tag=asked["tag"])
    return {
        "event": event,
        "event-type": event.event_type,
        "event-topic": event.event_topic,
        "event-sub-topic": event.event_sub_topic,
        "event-location": EventLocationFactory(),
        **_team(event),
        "ticket": ticket,
        "order": order,
        "attendee": attendee,
        **asked,
        **_beside_sales(event, ticket, people["own"]),
        **_money(event, order),
        **_opinions(event, people["own"]),
        **_accounts(people["own"]),
        **_programme(event, people),
        **_content(event),
        **_gathered(event, people),
        **_pictures(event),
        **_site(),
    }


def _site() -> dict[str, Any]:
    """What the installation itself has."""
    page, permission = Page(name="about", url="/about"), UserPermission(name="dance")
    db.session.add_all([page, permission])
    db.session.flush()
    return {
        "user-permission": permission,
        "page": page,
        "module": db.session.query(Module).one(),
        "setting": db.session.query(Setting).one(),
    }


def _team(event: Any) -> dict[str, Any]:
    """Who works on the event, who is asked to, and what a role is said to be good for."""
    role, service = RoleFactory(name="guide"), ServiceFactory()
    return {
        "role": role,
        "users-events-roles": UsersEventsRolesFactory(event=event, user=UserFactory(), role=role),
        "role-invite": RoleInviteFactory(event=event),
        "service": service,
        "event-role-permissions": EventRolePermissionsFactory(role=role, service=service),
    }


def _pictures(event: Any) -> dict[str, Any]:
    """What stands in for pictures, and in which sizes they are made."""
    return {
        "custom-placeholder": CustomPlaceholderFactory(event_sub_topic=event.event_sub_topic),
        "event-image-size": db.session.query(EventImageSize).one(),
        "speaker-image-size": db.session.query(SpeakerImageSize).one(),
    }


def _asked(event: Any) -> dict[str, Any]:
    """A question that the event asks, with an option and a translation, and a label with another one to change to."""
    tag, _ = TagFactory(event=event), TagFactory(event=event)
    form = CustomFormFactory(event=event, field_identifier="size", type="select")
    return {
        "tag": tag,
        "custom-form": form,
        "custom-form-option": CustomFormOptionFactory(custom_form=form, value="L"),
        "custom-form-translate": CustomFormTranslateFactory(custom_form=form),
    }


def _accounts(own: User | None) -> dict[str, Any]:
    """Somebody's account, what they have started, and what accounts may be given."""
    return {
        "user": own,
        "user-email": UserEmailFactory(user=own),
        "task": TaskFactory(starter=own),
        "custom-system-role": db.session.query(CustomSystemRole).first(),
        "panel-permission": db.session.query(PanelPermission).first(),
    }


def _money(event: Any, order: Order) -> dict[str, Any]:
    """What was paid for the order, what went back, and the account it came to."""
    payment = PaymentFactory(order=order)
    return {
        "stripe-authorization": StripeAuthorizationFactory(event=event),
        "charge": payment,
        "refund": RefundFactory(payment=payment, amount=1),
    }


def _programme(event: Any, people: dict[str, User | None]) -> dict[str, Any]:
    """A session that was handed in, by one person for another to speak in, while the call is open."""
    span = {"starts_at": event.starts_at + timedelta(hours=2), "ends_at": event.starts_at + timedelta(hours=5)}
    CustomFormFactory(event=event, form="session", field_identifier="mood")
    room, track, kind = MicrolocationFactory(event=event), TrackFactory(event=event), SessionTypeFactory(event=event)
    sorting = {"microlocation": room, "track": track, "session_type": kind}
    session = SessionFactory(event=event, state="pending", creator=people["own"], **span, **sorting)
    speaker = SpeakerFactory(event=event, user=people["speaker"], sessions=[session])
    guest = people["attendee"]
    assert guest is not None
    # Whoever is asked has what it takes to accept; into a session of its own, which that alone opens.
    SpeakerFactory(event=event, user=guest)
    CustomFormFactory(event=event, form="speaker", field_identifier="changed")
    UserFavouriteSessionFactory(session=session, user=people["own"])
    further = SessionFactory(event=event, state="pending", creator=people["own"], speakers=[speaker])
    return {
        "microlocation": room,
        "track": track,
        "session-type": kind,
        "session": session,
        "speaker": speaker,
        "speaker-invite": SpeakerInviteFactory(session=further, email=guest.email),
        "speakers-call": SpeakersCallFactory(event=event),
    }


def _content(event: Any) -> dict[str, Any]:
    """What stands on the event's page."""
    kind = FaqTypeFactory(event=event)
    return {
        "sponsor": SponsorFactory(event=event),
        "exhibitor": ExhibitorFactory(event=event),
        "social-link": SocialLinkFactory(event=event),
        "faq-type": kind,
        "faq": FaqFactory(event=event, faq_type=kind),
        "event-copyright": EventCopyrightFactory(event=event),
    }


def _gathered(event: Any, people: dict[str, User | None]) -> dict[str, Any]:
    """The group of the event, run by its owner and organizer, which one person follows and another is asked to run."""
    group = GroupFactory(user=people["owner"])
    UsersGroupsRolesFactory(group=group, user=people["organizer"], accepted=True)
    event.group = group
    return {
        "group": group,
        "users-groups-role": UsersGroupsRolesFactory(group=group),
        "user-follow-group": UserFollowGroupFactory(group=group, user=people["own"]),
    }


def _beside_sales(event: Any, ticket: Any, own: User | None) -> dict[str, Any]:
    """What goes with tickets and prices, what is counted of orders, and what people are told of them."""
    return {
        "ticket-tag": TicketTagFactory(event=event),
        "discount-code": DiscountCodeTicketFactory(event=event, code="known", tickets=[ticket], marketer=own),
        "access-code": AccessCodeFactory(event=event, code="known", marketer=own),
        "tax": TaxFactory(event=event),
        "ticket-fee": TicketFeeFactory(),
        "order-statistics-event": EventOrderStatisticsFactory(event=event),
        "order-statistics-ticket": TicketOrderStatisticsFactory(ticket=ticket),
        **_messages(event, own),
    }


def _messages(event: Any, own: User | None) -> dict[str, Any]:
    """What somebody was told and wants to hear, what was mailed, and which kinds of either there are."""
    return {
        "notification": NotificationFactory(user=own),
        "email-notification": EmailNotificationFactory(user=own, event=event),
        "mail": LoggedMailFactory(),
        "message-setting": MessageSettingFactory(action="test_mail"),
        "notification-setting": NotificationSettingFactory(type="new_session"),
    }


def _opinions(event: Any, own: User | None) -> dict[str, Any]:
    """What somebody thinks of a session that everybody sees, and of the event, and what is counted."""
    session = SessionFactory(event=event)
    return {
        "feedback": FeedbackFactory(event=event, session=None, user=own),
        "user-favourite-session": UserFavouriteSessionFactory(session=session, user=own),
        "user-favourite-event": UserFavouriteEventFactory(event=event, user=own),
        "event-statistics-general": EventGeneralStatisticsFactory(event=event),
    }


def _values(rows: dict[str, Any]) -> dict[str, object]:
    """What stands for the variables of plain routes."""
    return {
        "attendee_id": rows["attendee"].id,
        "order_identifier": rows["order"].identifier,
        "identifier": rows["order"].identifier,
        "event_identifier": rows["event"].identifier,
        "token": "none",
        "name": "none.png",
        "code": "known",
        "anything": "1",
        "form_id": "1",
    }
