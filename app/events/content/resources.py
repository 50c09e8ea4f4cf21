"""What stands on an event's page, over HTTP."""

from __future__ import annotations

from app.api import resource
from app.events.access import coorganizer, of_readable_event, unknown_event
from app.events.content import services
from app.events.content.access import readable_exhibitor
from app.events.content.models import EventCopyright, Exhibitor, Faq, FaqType, SocialLink, Sponsor
from app.events.content.schemas import (
    EventCopyrightSchema,
    ExhibitorSchema,
    FaqSchema,
    FaqTypeSchema,
    SocialLinkSchema,
    SponsorSchema,
)
from app.jsonapi import Access, Given, ResourceDetail, ResourceList, ResourceRelationship, Restorable

WRITTEN_BY_TEAM = Access(read=of_readable_event, create=coorganizer, update=coorganizer, delete=coorganizer)


class Sponsors(Restorable):
    """Whoever sees the event sees who pays for it."""

    model, schema, access = Sponsor, SponsorSchema, WRITTEN_BY_TEAM


class SponsorList(Sponsors, ResourceList):
    """The sponsors of an event."""

    def before_create(self, row: Sponsor, given: Given) -> None:
        super().before_create(row, given)
        services.check_new_sponsor(row)


class SponsorDetail(Sponsors, ResourceDetail):
    """One sponsor."""


class SponsorRelationship(Sponsors, ResourceRelationship):
    """The event of a sponsor."""


class Exhibitors:
    """Outsiders see those that are accepted; the team sees, and says, who is."""

    model, schema = Exhibitor, ExhibitorSchema
    access = Access(read=readable_exhibitor, create=coorganizer, update=coorganizer, delete=coorganizer)

    def before_update(self, row: Exhibitor, changes: Given) -> None:
        """Also by the relationship, sessions are linked under these rules."""
        services.check_exhibitor_change(row, changes)


class ExhibitorList(Exhibitors, ResourceList):
    """The exhibitors of an event or a session."""

    def before_create(self, row: Exhibitor, given: Given) -> None:
        services.check_new_exhibitor(row, given)


class ExhibitorDetail(Exhibitors, ResourceDetail):
    """One exhibitor."""


class ExhibitorRelationship(Exhibitors, ResourceRelationship):
    """The event of an exhibitor, and the sessions they take part in."""


class SocialLinks(Restorable):
    """Whoever sees the event sees where else it is found."""

    model, schema, access = SocialLink, SocialLinkSchema, WRITTEN_BY_TEAM


class SocialLinkList(SocialLinks, ResourceList):
    """Where else an event is found."""

    def before_create(self, row: SocialLink, given: Given) -> None:
        super().before_create(row, given)
        given["identifier"] = services.free_link_identifier()


class SocialLinkDetail(SocialLinks, ResourceDetail):
    """One of the places."""


class SocialLinkRelationship(SocialLinks, ResourceRelationship):
    """The event of a social link."""


class FaqTypes:
    """Whoever sees the event sees how its questions are sorted."""

    model, schema, access = FaqType, FaqTypeSchema, WRITTEN_BY_TEAM


class FaqTypeList(FaqTypes, ResourceList):
    """The groups of an event's questions."""


class FaqTypeDetail(FaqTypes, ResourceDetail):
    """One group; its questions outlast it."""


class FaqTypeRelationship(FaqTypes, ResourceRelationship):
    """The event of a group, and its questions."""


class Faqs(Restorable):
    """Whoever sees the event sees what it answers."""

    model, schema = Faq, FaqSchema
    access = Access(
        read=of_readable_event, create=coorganizer, update=coorganizer, delete=coorganizer, conceal=unknown_event
    )

    def before_update(self, row: Faq, changes: Given) -> None:
        """Also by the relationship, a question is sorted under this rule."""
        super().before_update(row, changes)
        services.check_faq_change(row, changes)


class FaqList(Faqs, ResourceList):
    """The questions an event answers."""

    def before_create(self, row: Faq, given: Given) -> None:
        super().before_create(row, given)
        services.check_new_faq(row, given)


class FaqDetail(Faqs, ResourceDetail):
    """One question and its answer."""


class FaqRelationship(Faqs, ResourceRelationship):
    """The event of a question, and its group."""


class EventCopyrights(Restorable):
    """Whoever sees the event sees its licence."""

    model, schema, access = EventCopyright, EventCopyrightSchema, WRITTEN_BY_TEAM


class EventCopyrightList(EventCopyrights, ResourceList):
    """Where the licence of an event is told."""


class EventCopyrightDetail(EventCopyrights, ResourceDetail):
    """The licence of an event."""


class EventCopyrightRelationship(EventCopyrights, ResourceRelationship):
    """The event of a licence."""


resource("sponsors", SponsorList, SponsorDetail, SponsorRelationship, collection=("POST",))
resource("exhibitors", ExhibitorList, ExhibitorDetail, ExhibitorRelationship, collection=("POST",))
resource("social-links", SocialLinkList, SocialLinkDetail, SocialLinkRelationship, collection=("POST",))
resource("faq-types", FaqTypeList, FaqTypeDetail, FaqTypeRelationship, collection=("POST",))
resource("faqs", FaqList, FaqDetail, FaqRelationship, collection=("POST",))
resource("event-copyrights", EventCopyrightList, EventCopyrightDetail, EventCopyrightRelationship, collection=("POST",))
