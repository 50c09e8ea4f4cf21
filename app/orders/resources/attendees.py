"""Attendees over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.api import resource
from app.events.access import coorganizer
from app.jsonapi import (
    Access,
    Given,
    ResourceDetail,
    ResourceList,
    ResourceRelationship,
    anyone,
    logged_in,
)
from app.jsonapi.errors import NotFound
from app.jsonapi.fields import Relation
from app.orders import attendee_rules
from app.orders.attendee_access import readable_attendee, removable_attendee, ticket_holder, updatable_attendee
from app.orders.models import Attendee
from app.orders.paying.returning import refund_attendee
from app.orders.resources.refusals import RefusingLayer
from app.orders.schemas.attendees import AttendeeSchema
from app.tickets.access import visible_ticket

# Who holds a hidden ticket sees it with their order.
visible_ticket.show_hidden_to(ticket_holder)


class AttendeeLayer(RefusingLayer):
    """Reads and writes attendees."""

    def linked(self, name: str, relation: Relation, value: Any) -> Any:
        """The row a linkage means; a ticket that is unknown, or hidden from the actor, is invalid."""
        try:
            return super().linked(name, relation, value)
        except NotFound as error:
            if name == "ticket":
                raise attendee_rules.invalid_ticket() from error
            raise

    def update_object(self, row: Attendee, data: Given, view_kwargs: Any) -> bool:
        """Change the attendee as far as their state and the actor's rank let it."""
        self.check_write(row, self.access.update)
        self.drop_unwritable(data, row)
        return super().update_object(row, attendee_rules.allowed_update(row, data), view_kwargs)


class Attendees:
    """What all views of attendees share."""

    model, schema = Attendee, AttendeeSchema
    data_layer_class = AttendeeLayer
    access = Access(
        exists=anyone,
        read=readable_attendee,
        create=logged_in,
        update=updatable_attendee,
        delete=removable_attendee,
    )


class AttendeeList(Attendees, ResourceList):
    """The people who attend an event, or come by a ticket or an order."""

    def before_create(self, row: Attendee, given: Given) -> None:
        attendee_rules.check_new_attendee(row, given, actor=self.actor)


class AttendeeDetail(Attendees, ResourceDetail):
    """One person who attends."""

    def before_update(self, row: Attendee, changes: Given) -> None:
        if "deleted_at" in changes:
            attendee_rules.take_place_again(row)

    def patch(self, *args: Any, **kwargs: Any) -> Response:
        """Change the attendee; where deleted ones are asked for, to restore one, their order is held before them."""
        if "get_trashed" in request.args:
            attendee_rules.hold_order_of(kwargs["id"])
        answer: Response = super().patch(*args, **kwargs)
        return answer

    def delete(self, *args: Any, **kwargs: Any) -> Response:
        """Remove the attendee; their order is held before them, as by whoever ends it."""
        attendee_rules.hold_order_of(kwargs["id"])
        return super().delete(*args, **kwargs)

    def before_delete(self, row: Attendee) -> None:
        if coorganizer.allows(self.actor, row):  # Who only stands at the door gives no money back.
            refund_attendee(row)
        attendee_rules.free_place(row)


class AttendeeRelationship(Attendees, ResourceRelationship):
    """What an attendee belongs to."""


resource("attendees", AttendeeList, AttendeeDetail, AttendeeRelationship, collection=("POST",))
