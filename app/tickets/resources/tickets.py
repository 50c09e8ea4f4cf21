"""Tickets and their tags over HTTP."""

from __future__ import annotations

from typing import Any

from app.api import resource
from app.events.access import TEAM, coorganizer, events_as, of_readable_event, unknown_event
from app.jsonapi import Access, DataLayer, Given, ResourceDetail, ResourceList, ResourceRelationship
from app.jsonapi.errors import NotFound, UnprocessableEntity
from app.jsonapi.fields import Relation
from app.tickets import services
from app.tickets.access import visible_ticket
from app.tickets.models import Ticket, TicketTag
from app.tickets.schemas import TicketSchema, TicketTagSchema


class TicketLayer(DataLayer):
    """Reads and writes tickets."""

    def linked(self, name: str, relation: Relation, value: Any) -> Any:
        """The row a linkage means; a deleted event is named as such to its team."""
        try:
            return super().linked(name, relation, value)
        except NotFound as error:
            if name == "event" and (self.actor.is_staff or value in map(str, events_as(self.actor, TEAM))):
                raise UnprocessableEntity("Event does not exist", pointer="/data/relationships/event") from error
            raise


class Tickets:
    """What all views of tickets share."""

    model, schema = Ticket, TicketSchema
    data_layer_class = TicketLayer
    access = Access(
        read=visible_ticket, create=coorganizer, update=coorganizer, delete=coorganizer, conceal=unknown_event
    )


class TicketList(Tickets, ResourceList):
    """The tickets an event offers."""

    def before_create(self, row: Ticket, given: Given) -> None:
        services.check_new_ticket(row, given, actor=self.actor)


class TicketDetail(Tickets, ResourceDetail):
    """One kind of admission."""

    def before_update(self, row: Ticket, changes: Given) -> None:
        services.check_ticket_change(row, changes, actor=self.actor)

    def before_delete(self, row: Ticket) -> None:
        services.withdraw_ticket(row)


class TicketRelationship(Tickets, ResourceRelationship):
    """What a ticket belongs to and how it is tagged."""

    def before_update(self, row: Ticket, changes: Given) -> None:
        services.check_tags_of_ticket(row, changes)


class TicketTags:
    """What all views of ticket tags share."""

    model, schema = TicketTag, TicketTagSchema
    access = Access(read=of_readable_event, create=coorganizer, update=coorganizer, delete=coorganizer)


class TicketTagList(TicketTags, ResourceList):
    """The labels of an event's tickets."""

    def before_create(self, row: TicketTag, given: Given) -> None:
        services.check_tag(row, given)


class TicketTagDetail(TicketTags, ResourceDetail):
    """One label."""

    def before_update(self, row: TicketTag, changes: Given) -> None:
        services.check_tag(row, changes)


class TicketTagRelationship(TicketTags, ResourceRelationship):
    """What a label belongs to and which tickets carry it."""

    def before_update(self, row: TicketTag, changes: Given) -> None:
        services.check_tag(row, changes)


resource("tickets", TicketList, TicketDetail, TicketRelationship, collection=("POST",))
resource("ticket-tags", TicketTagList, TicketTagDetail, TicketTagRelationship, collection=("POST",))
