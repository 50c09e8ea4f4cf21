"""What must exist before the documented requests about what stands on an event's page."""

from __future__ import annotations

from typing import Any

from tests.hooks.rows import row
from tests.unittests.factories.content import (
    EventCopyrightFactory,
    ExhibitorFactory,
    FaqFactory,
    FaqTypeFactory,
    SocialLinkFactory,
    SponsorFactory,
)
from tests.unittests.factories.events import EventFactoryBasic, give_role
from tests.unittests.factories.program import SessionFactory
from tests.unittests.factories.users import UserFactory


def event_with_page(**values: Any) -> Any:
    """Event 1, which shows sponsors."""
    return EventFactoryBasic(
        **{"identifier": "a1b2c3d4", "name": "Open Tech Summit", "is_sponsors_enabled": True} | values
    )


def event_without_sponsors() -> None:
    """Event 1, which shows none."""
    event_with_page(is_sponsors_enabled=False)


def sponsor() -> Any:
    """Sponsor 1 pays for a part of event 1."""
    return SponsorFactory(event=event_with_page(), name="Kiezcloud", description="<p>Servers around the corner.</p>")


def exhibitor() -> Any:
    """Exhibitor 1 is accepted at event 1, and takes part in session 1."""
    event = event_with_page()
    session = SessionFactory(event=event, title="Firmware you can read", speakers=[])
    return ExhibitorFactory(
        event=event,
        sessions=[session],
        name="Harbour Robotics",
        contact_email="booth@example.com",
        social_links=[{"name": "mastodon", "link": "https://social.example.com/@harbour"}],
    )


def social_link() -> Any:
    """Event 1 is found on Mastodon by link 1."""
    values = {"name": "mastodon", "link": "https://social.example.com/@summit", "identifier": "a7c2e9d4"}
    return SocialLinkFactory(event=event_with_page(), **values)


def faq() -> Any:
    """Event 1 answers question 1, which is of type 1."""
    event = event_with_page()
    kind = FaqTypeFactory(event=event, name="Getting there")
    return FaqFactory(event=event, faq_type=kind, question="Is there a lift?", answer="Yes, in every house.")


def faq_type() -> Any:
    """The same, seen from the type."""
    return faq().faq_type


def event_copyright() -> Any:
    """Event 1 has copyright 1."""
    return EventCopyrightFactory(event=event_with_page(), holder="Friends of Open Tech")


def owned_event() -> None:
    """Event 1, which user 1 owns."""
    give_role(UserFactory(), event_with_page(), "owner")


ROWS = {
    "Sponsors > Sponsor Collection": row(sponsor, actor="coorganizer"),
    "Sponsors > Sponsor Collection > Create Sponsor > Example 2": row(event_without_sponsors, actor="coorganizer"),
    "Sponsors > Sponsor Detail": row(sponsor, actor="coorganizer"),
    "Sponsors > Sponsor List": row(sponsor),
    "Sponsors > Relationship sponsor.event": row(sponsor, actor="user"),
    "Exhibitors > Exhibitor Collection": row(exhibitor, actor="coorganizer"),
    "Exhibitors > Exhibitor Detail": row(exhibitor, actor="coorganizer"),
    "Exhibitors > Exhibitor List": row(exhibitor),
    "Exhibitors > Exhibitor List of a Session": row(exhibitor),
    "Exhibitors > Exhibitor Order": row(exhibitor, actor="coorganizer"),
    "Exhibitors > Relationship exhibitor.event": row(exhibitor, actor="user"),
    "Exhibitors > Relationship exhibitor.sessions": row(exhibitor, actor="coorganizer"),
    "Sessions > Session Collection of an Exhibitor": row(exhibitor, actor="user"),
    "Sessions > Relationship session.exhibitors": row(exhibitor, actor="user"),
    "Social Links > Social Link Collection": row(social_link, actor="coorganizer"),
    "Social Links > Social Link Detail": row(social_link, actor="coorganizer"),
    "Social Links > Social Link List": row(social_link),
    "Social Links > Relationship social-link.event": row(social_link, actor="user"),
    "FAQs > FAQ Collection": row(faq, actor="coorganizer"),
    "FAQs > FAQ Detail": row(faq, actor="coorganizer"),
    "FAQs > FAQ List": row(faq),
    "FAQs > FAQ List of a FAQ Type": row(faq),
    "FAQs > Relationship faq.event": row(faq, actor="user"),
    "FAQs > Relationship faq.faq-type": row(faq, actor="coorganizer"),
    "FAQ Types > FAQ Type Collection": row(faq_type, actor="coorganizer"),
    "FAQ Types > FAQ Type Detail": row(faq_type, actor="coorganizer"),
    "FAQ Types > FAQ Type Detail of a FAQ": row(faq_type, actor="coorganizer"),
    "FAQ Types > FAQ Type List": row(faq_type),
    "FAQ Types > Relationship faq-type.event": row(faq_type, actor="user"),
    "FAQ Types > Relationship faq-type.faqs": row(faq_type, actor="user"),
    "Event Copyrights > Event Copyright Collection": row(event_with_page, actor="coorganizer"),
    "Event Copyrights > Event Copyright Collection > Create Event Copyright > Example 2": row(
        event_copyright, actor="coorganizer"
    ),
    "Event Copyrights > Event Copyright Detail": row(event_copyright, actor="coorganizer"),
    "Event Copyrights > Event Copyright Detail of an Event": row(event_copyright, actor="coorganizer"),
    "Event Copyrights > Relationship event-copyright.event": row(event_copyright, actor="user"),
    "Events > Organizer Contact": row(owned_event, actor="user"),
    **{
        f"Events > Related Event of a{name}": row(setup, actor="owner")
        for name, setup in (
            (" Sponsor", sponsor),
            ("n Exhibitor", exhibitor),
            (" Social Link", social_link),
            (" FAQ", faq),
            (" FAQ Type", faq_type),
            ("n Event Copyright", event_copyright),
        )
    },
    **{
        f"Events > Relationship event.{name}": row(setup, actor="user")
        for name, setup in (
            ("sponsors", sponsor),
            ("exhibitors", exhibitor),
            ("social-links", social_link),
            ("faqs", faq),
            ("faq-types", faq_type),
            ("event-copyright", event_copyright),
        )
    },
}
