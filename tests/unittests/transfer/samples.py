"""An event with every kind of content, and with everything that never goes into a copy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.extensions import db
from tests.unittests.factories.content import (
    EventCopyrightFactory,
    ExhibitorFactory,
    FaqFactory,
    FaqTypeFactory,
    SocialLinkFactory,
    SponsorFactory,
)
from tests.unittests.factories.events import EventFactory, UserFavouriteEventFactory, give_role
from tests.unittests.factories.forms import CustomFormFactory, CustomFormOptionFactory, CustomFormTranslateFactory
from tests.unittests.factories.orders import InvoiceFactory, TagFactory, order_with_attendees
from tests.unittests.factories.payments import PaymentFactory, RefundFactory, StripeAuthorizationFactory
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
from tests.unittests.factories.surcharges import TaxFactory
from tests.unittests.factories.tickets import (
    AccessCodeFactory,
    DiscountCodeFactory,
    DiscountCodeTicketFactory,
    TicketFactory,
    TicketTagFactory,
)
from tests.unittests.factories.users import UserFactory

FORM_ID = "7d0a4c51-3c1b-4a53-9d4f-2f2f6a0c9c11"
BEGIN = datetime(2027, 3, 27, 8, tzinfo=UTC)  # The day before clocks change in Berlin.
FORMERLY = datetime(2026, 1, 1, tzinfo=UTC)


def whole_event(owner: Any) -> Any:
    """A published event of this owner's with several rows of every kind, some of which are deleted."""
    event = EventFactory(
        created_at=FORMERLY,
        starts_at=BEGIN,
        ends_at=BEGIN + timedelta(days=2, hours=9),
        description="<p>Two days.</p>",
        logo_url="https://elsewhere.example.com/logo.png",
        original_image_url="https://elsewhere.example.com/large.jpg",
        latitude=52.5,
        longitude=13.4,
        privacy="private",
        is_document_enabled=True,
        document_links=[{"name": "Plan", "link": "https://elsewhere.example.com/plan.pdf"}],
        is_tax_enabled=True,
        can_pay_onsite=True,
        is_sessions_speakers_enabled=True,
        is_overlap_allowed=True,
        schedule_published_on=BEGIN - timedelta(days=9),
        is_featured=True,
        is_promoted=True,
        is_demoted=True,
        is_announced=True,
        is_stripe_linked=True,
        discount_code=DiscountCodeFactory(code="PARTNER"),
    )
    for role, holder in {"owner": owner, "organizer": UserFactory(), "coorganizer": UserFactory()}.items():
        give_role(holder, event, role)
    _add_page(event)
    _add_programme(event)
    _add_sales(event)
    db.session.commit()
    db.session.expire_all()
    return event


def _add_page(event: Any) -> None:
    """What stands on the event's page, and what it asks."""
    for level in (1, 2):
        SponsorFactory(event=event, level=level)
        SocialLinkFactory(event=event, name=f"network {level}")
        faq_type = FaqTypeFactory(event=event)
        FaqFactory(event=event, faq_type=faq_type)
        ExhibitorFactory(event=event, position=level, social_links=[{"name": "web", "link": "https://x.example.com"}])
    FaqFactory(event=event)
    SponsorFactory(event=event, deleted_at=FORMERLY)
    EventCopyrightFactory(event=event)
    TaxFactory(event=event, country="DE", city="Berlin")
    for own in ({}, {"form_id": FORM_ID}):
        form = CustomFormFactory(event=event, type="select", field_identifier="size", is_required=True, **own)
        for value in ("S", "M"):
            CustomFormOptionFactory(custom_form=form, value=value)
        CustomFormOptionFactory(custom_form=form, value="XXL", deleted_at=FORMERLY)
        CustomFormTranslateFactory(custom_form=form, **own)
    CustomFormFactory(event=event, form="attendee", field_identifier="email", type="email", is_fixed=True)


def _add_programme(event: Any) -> None:
    """Rooms, tracks, types and a call, which are copied; and what was proposed, which is not."""
    for number in (1, 2):
        room = MicrolocationFactory(event=event, position=number, is_overlap_allowed=number == 1)
        track, kind = TrackFactory(event=event), SessionTypeFactory(event=event)
    TrackFactory(event=event, deleted_at=FORMERLY)
    begin = event.starts_at
    SpeakersCallFactory(
        event=event, privacy="private", hash="secret", starts_at=begin - timedelta(90), soft_ends_at=begin - timedelta(31), ends_at=begin - timedelta(30),
    )  # fmt: skip
    session = SessionFactory(
        event=event, microlocation=room, track=track, session_type=kind, starts_at=begin, ends_at=begin + timedelta(hours=1),
        speakers=[SpeakerFactory(event=event)], exhibitors=event_exhibitors(event),
    )  # fmt: skip
    SpeakerInviteFactory(session=session)
    FeedbackFactory(session=session)
    FeedbackFactory(event=event, session=None)
    UserFavouriteSessionFactory(session=session)
    UserFavouriteEventFactory(event=event)


def event_exhibitors(event: Any) -> list[Any]:
    """The event's exhibitors."""
    db.session.refresh(event, ["exhibitors"])
    return list(event.exhibitors)


def _add_sales(event: Any) -> None:
    """Tickets with tags and codes, which are copied; and what was sold, which is not."""
    times = {"sales_starts_at": event.starts_at - timedelta(60), "sales_ends_at": event.starts_at - timedelta(hours=9)}
    tickets = [
        TicketFactory(
            event=event, type="paid", price=Decimal(price), quantity=price, position=price, form_id=form, **times
        )
        for price, form in ((10, None), (20, FORM_ID))
    ]
    gone = TicketFactory(event=event, deleted_at=FORMERLY, **times)
    for covered in (tickets, [*tickets[:1], gone]):
        DiscountCodeTicketFactory(
            event=event, tickets=covered, tickets_number=50, max_quantity=9, marketer=UserFactory(),
            valid_from=event.starts_at - timedelta(50), valid_till=event.starts_at,
        )  # fmt: skip
        TicketTagFactory(event=event, tickets=covered)
    DiscountCodeTicketFactory(event=event, tickets=tickets, deleted_at=FORMERLY)
    AccessCodeFactory(event=event, tickets=tickets)
    TagFactory(event=event, is_read_only=True)
    order = order_with_attendees(tickets[0], 2, status="completed")
    InvoiceFactory(order_id=order.id)
    RefundFactory(payment=PaymentFactory(order=order), amount=1)
    StripeAuthorizationFactory(event=event)
