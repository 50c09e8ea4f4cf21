"""What events ask, over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement

from app.api import resource
from app.events.access import coorganizer, of_readable_event, unknown_event
from app.forms import services
from app.forms.access import OfForm
from app.forms.models import CustomForm, CustomFormOption, CustomFormTranslate
from app.forms.publishing import tell_published_fields_change
from app.forms.schemas import CustomFormOptionSchema, CustomFormSchema, CustomFormTranslateSchema
from app.jsonapi import Access, Given, ResourceDetail, ResourceList, ResourceRelationship, Restorable


class CustomForms:
    """Whoever sees the event sees what it asks; its team says what that is."""

    model, schema = CustomForm, CustomFormSchema
    access = Access(
        read=of_readable_event, create=coorganizer, update=coorganizer, delete=coorganizer, conceal=unknown_event
    )
    translations: list[Given] | None = None


class CustomFormList(CustomForms, ResourceList):
    """What an event asks."""

    def before_create(self, row: CustomForm, given: Given) -> None:
        self.translations = given.pop("translations", None)
        services.check_new_form(row, given)

    def after_create(self, row: CustomForm, given: Given) -> None:
        if self.translations:
            services.write_translations(row, self.translations)
        if row.is_public:
            tell_published_fields_change(row.event_id, row.form)


class FormsWithId(CustomFormList):
    """What an event asks those who come by the tickets with this form-id."""

    under = ("event", "custom_forms")

    def narrow(self, view_kwargs: Any) -> Sequence[ColumnElement[bool]]:
        return (CustomForm.form_id == view_kwargs["form_id"],)


class CustomFormDetail(CustomForms, ResourceDetail):
    """One question."""

    form_before: str

    def before_update(self, row: CustomForm, changes: Given) -> None:
        self.translations, self.form_before = changes.pop("translations", None), row.form
        services.check_form_change(row, changes)

    def after_update(self, row: CustomForm, changes: Given) -> None:
        if self.translations:
            services.write_translations(row, self.translations)
        if changes.keys() & (services.IDENTITY | {"is_public", "is_included"}):
            for form in {self.form_before, row.form}:
                tell_published_fields_change(row.event_id, form)

    def before_delete(self, row: CustomForm) -> None:
        services.check_form_deletion(row)

    def after_delete(self, row: CustomForm) -> None:
        tell_published_fields_change(row.event_id, row.form)


class CustomFormRelationship(CustomForms, ResourceRelationship):
    """Which event asks, and what goes with the question."""


class CustomFormOptions(Restorable):
    """Read like the question, and written by the same people."""

    model, schema = CustomFormOption, CustomFormOptionSchema
    access = Access(
        read=OfForm(of_readable_event),
        create=OfForm(coorganizer),
        update=OfForm(coorganizer),
        delete=OfForm(coorganizer),
    )


class CustomFormOptionList(CustomFormOptions, ResourceList):
    """The answers a question offers."""

    nested = ("GET", "POST")


class CustomFormOptionDetail(CustomFormOptions, ResourceDetail):
    """One answer a question offers."""


class CustomFormOptionRelationship(CustomFormOptions, ResourceRelationship):
    """Which question offers it."""


class CustomFormTranslates:
    """Read like the question, and written by the same people."""

    model, schema = CustomFormTranslate, CustomFormTranslateSchema
    access = CustomFormOptions.access


class CustomFormTranslateList(CustomFormTranslates, ResourceList):
    """A question in other languages."""

    nested = ("GET", "POST")


class CustomFormTranslateDetail(CustomFormTranslates, ResourceDetail):
    """A question in one other language."""


class CustomFormTranslateRelationship(CustomFormTranslates, ResourceRelationship):
    """Which question it is."""


resource(
    "custom-forms",
    CustomFormList,
    CustomFormDetail,
    CustomFormRelationship,
    collection=("POST",),
    also=(("/events/<event_id>/custom-forms/<form_id>", FormsWithId),),
)
resource(
    "custom-form-options",
    CustomFormOptionList,
    CustomFormOptionDetail,
    CustomFormOptionRelationship,
    collection=(),
)
resource(
    "custom-form-translates",
    CustomFormTranslateList,
    CustomFormTranslateDetail,
    CustomFormTranslateRelationship,
    collection=("POST",),
)
