"""Factories of what events ask."""

from __future__ import annotations

from typing import Any

import factory

from app.forms.fields import fixed_field, label_of
from app.forms.models import CustomForm, CustomFormOption, CustomFormTranslate
from tests.unittests.factories.base import RowFactory
from tests.unittests.factories.events import EventFactoryBasic


class CustomFormFactory(RowFactory):
    """A question of the organizer's own that attendees may answer; a fixed field by its identifier."""

    class Meta:
        model = CustomForm

    field_identifier = factory.Sequence(lambda number: f"ownQuestion{number}")
    form = "attendee"
    type = "text"
    name: Any = factory.LazyAttribute(
        lambda form: label_of(form.field_identifier) if not form.is_complex else f"Question {form.field_identifier}"
    )
    is_included = True
    is_complex: Any = factory.LazyAttribute(lambda form: fixed_field(form.form, form.field_identifier) is None)
    event: Any = factory.SubFactory(EventFactoryBasic)


class CustomFormOptionFactory(RowFactory):
    """An answer that a question of its own offers."""

    class Meta:
        model = CustomFormOption

    value = factory.Sequence(lambda number: f"Option {number}")
    custom_form: Any = factory.SubFactory(CustomFormFactory, type="select")


class CustomFormTranslateFactory(RowFactory):
    """A question of its own in German."""

    class Meta:
        model = CustomFormTranslate

    name = factory.Sequence(lambda number: f"Frage {number}")
    language_code = "de"
    custom_form: Any = factory.SubFactory(CustomFormFactory)
