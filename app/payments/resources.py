"""Stripe authorizations over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.api import resource
from app.events.access import coorganizer
from app.jsonapi import Access, DataLayer, Given, ResourceDetail, ResourceList, ResourceRelationship, require
from app.payments import services
from app.payments.access import connector
from app.payments.models import StripeAuthorization
from app.payments.schemas import StripeAuthorizationSchema

CODE = "stripe_auth_code"


class StripeAuthorizationLayer(DataLayer):
    """Writes authorizations; a code is exchanged at Stripe between two transactions, while nothing is held."""

    def create_object(self, data: Given, view_kwargs: Mapping[str, Any]) -> Any:
        """Connect an event with the account that the keys, or what a code is exchanged for, belong to."""
        code = data.pop(CODE, None)
        if code:
            event = self.resolved({"event": data["event"]})["event"]
            require(self.access.create, event, actor=self.actor)
            services.check_new_authorization(event)
            data |= services.exchanged(code)
        return super().create_object(data, view_kwargs)

    def update_object(self, row: Any, data: Given, view_kwargs: Mapping[str, Any]) -> bool:
        """Change the keys. Null for a secret means that it stays: clients that send everything cannot know it."""
        for name in ("stripe_secret_key", "stripe_refresh_token"):
            if name in data and not data[name]:
                del data[name]
        code = data.pop(CODE, None)
        if code:
            self.check_write(row, self.access.update)
            data |= services.exchanged(code)
            row = self.get_object(view_kwargs, lock=True)
        return super().update_object(row, data, view_kwargs)


class StripeAuthorizations:
    """What all views of Stripe authorizations share."""

    model, schema = StripeAuthorization, StripeAuthorizationSchema
    data_layer_class = StripeAuthorizationLayer
    access = Access(read=coorganizer, create=connector, update=coorganizer, delete=coorganizer)


class StripeAuthorizationList(StripeAuthorizations, ResourceList):
    """Where events are connected with Stripe accounts; there is no list of them."""

    def before_create(self, row: StripeAuthorization, given: Given) -> None:
        services.check_keys(given)
        services.check_new_authorization(row.event)

    def after_create(self, row: StripeAuthorization, given: Given) -> None:
        row.event.is_stripe_linked = True


class StripeAuthorizationDetail(StripeAuthorizations, ResourceDetail):
    """The Stripe account an event is paid to."""

    def before_delete(self, row: StripeAuthorization) -> None:
        row.event.is_stripe_linked = False


class StripeAuthorizationRelationship(StripeAuthorizations, ResourceRelationship):
    """The event of an authorization."""


resource(
    "stripe-authorization",
    StripeAuthorizationList,
    StripeAuthorizationDetail,
    StripeAuthorizationRelationship,
    collection=("POST",),
    aliases=("stripe-authorizations",),
)
