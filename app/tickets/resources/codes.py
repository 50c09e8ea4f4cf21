"""Discount codes and access codes over HTTP, by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import request
from sqlalchemy import select

from app.extensions import db
from app.jsonapi import Access, DataLayer, Given, ResourceDetail, ResourceList, ResourceRelationship
from app.jsonapi.errors import Conflict, NotFound, UnprocessableEntity
from app.jsonapi.fields import Relation
from app.jsonapi.lookup import means_nothing
from app.jsonapi.registry import target_of
from app.jsonapi.visibility import existing
from app.tickets import code_rules
from app.tickets.code_access import (
    access_code_maker,
    code_keeper,
    discount_code_maker,
    existing_code,
    lister_of_codes,
    readable_access_code,
    readable_discount_code,
)
from app.tickets.models import AccessCode, DiscountCode, Ticket
from app.tickets.schemas import AccessCodeSchema, DiscountCodeSchema
from app.tickets.uses import Code


class CodeLayer(DataLayer):
    """Reads and writes codes; the tickets of a code are looked up all at once."""

    def linked(self, name: str, relation: Relation, value: Any) -> Any:
        """The rows a linkage means."""
        return self._tickets(relation, value) if name == "tickets" else super().linked(name, relation, value)

    def _tickets(self, relation: Relation, references: Sequence[str]) -> list[Ticket]:
        target = target_of(relation)
        assert target is not None
        numbers = [int(each) for each in references if not means_nothing(Ticket, each)]
        wanted = select(Ticket).where(Ticket.id.in_(numbers), existing(target, Ticket, self.actor))
        found = {str(ticket.id): ticket for ticket in db.session.scalars(wanted)}
        for each in references:
            if each not in found:
                raise self.unknown_ticket(each)
        return [found[each] for each in references]

    def unknown_ticket(self, reference: str) -> Exception:
        """The error for a ticket that does not exist, or not for this actor."""
        return NotFound(f"Ticket: {reference} not found", parameter="tickets_id")


class DiscountCodeLayer(CodeLayer):
    """Reads and writes discount codes."""

    used_for = ""

    def checked(self, data: Given) -> tuple[DiscountCode, Given]:
        """The new code and what it may be given; what it is for decides what else is asked."""
        self.used_for = code_rules.prepare_discount_code(data)
        row, given = super().checked(data)
        return row, given

    def check_create(self, row: DiscountCode) -> None:
        """Refuse actors who may not make this code."""
        row.used_for = self.used_for
        code_rules.check_discount_code_maker(row, actor=self.actor)
        super().check_create(row)

    def linked(self, name: str, relation: Relation, value: Any) -> Any:
        """The rows a linkage means; an event that is to point at the code has to exist."""
        try:
            return super().linked(name, relation, value)
        except NotFound as error:
            if name == "events":
                raise UnprocessableEntity("Event does not exist", pointer="/data/relationships/events") from error
            raise


class AccessCodeLayer(CodeLayer):
    """Reads and writes access codes."""

    def unknown_ticket(self, reference: str) -> Exception:
        """The error for a ticket that does not exist, or not for this actor."""
        return Conflict(f"Ticket with id {reference} does not exists", pointer="/data/relationships/tickets")


def check_deletion(code: Code) -> None:
    """Refuse what the request asks for where the code has to stay on record."""
    if request.args.get("permanent") == "true":
        code_rules.check_removal(code)


class DiscountCodes:
    """What all views of discount codes share."""

    model, schema = DiscountCode, DiscountCodeSchema
    data_layer_class: ClassVar[type[DataLayer]] = DiscountCodeLayer
    access: ClassVar[Access] = Access(
        exists=existing_code,
        read=readable_discount_code,
        create=discount_code_maker,
        update=code_keeper,
        delete=code_keeper,
        list=lister_of_codes,
    )

    def before_update(self, row: DiscountCode, changes: Given) -> None:
        """Also what a code is linked with changes under its rules."""
        code_rules.check_discount_code_change(row, changes)


class DiscountCodeList(DiscountCodes, ResourceList):
    """All discount codes, those of an event or ticket, or those somebody made."""

    def before_create(self, row: DiscountCode, given: Given) -> None:
        code_rules.check_new_discount_code(row, given, actor=self.actor)


class DiscountCodeDetail(DiscountCodes, ResourceDetail):
    """One discount code."""

    def before_delete(self, row: DiscountCode) -> None:
        check_deletion(row)


class DiscountCodeRelationship(DiscountCodes, ResourceRelationship):
    """What a discount code is linked with."""


class AccessCodes:
    """What all views of access codes share."""

    model, schema = AccessCode, AccessCodeSchema
    data_layer_class: ClassVar[type[DataLayer]] = AccessCodeLayer
    access: ClassVar[Access] = Access(
        exists=existing_code,
        read=readable_access_code,
        create=access_code_maker,
        update=code_keeper,
        delete=code_keeper,
    )

    def before_update(self, row: AccessCode, changes: Given) -> None:
        """Also what a code is linked with changes under its rules."""
        code_rules.check_access_code_change(row, changes)


class AccessCodeList(AccessCodes, ResourceList):
    """The access codes of an event or ticket, or those somebody made."""

    def before_create(self, row: AccessCode, given: Given) -> None:
        code_rules.check_new_access_code(row, given, actor=self.actor)


class AccessCodeDetail(AccessCodes, ResourceDetail):
    """One access code."""

    def before_delete(self, row: AccessCode) -> None:
        check_deletion(row)


class AccessCodeRelationship(AccessCodes, ResourceRelationship):
    """What an access code is linked with."""
