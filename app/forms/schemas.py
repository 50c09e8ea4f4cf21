"""The wire form of what events ask."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from app.forms.fields import fixed_field
from app.forms.models import FORMS, TYPES
from app.jsonapi import Bool, Choice, Int, Json, Merged, Schema, Str, Time, staff, to_one
from app.jsonapi.errors import Invalid
from app.jsonapi.fields import storable
from app.jsonapi.lookup import id_of

MOST_TRANSLATIONS = 200


class Translations(Json):
    """A question in other languages: `[{"name", "language_code", "id"?, "isDeleted"?}]`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        value = super()._deserialize(value, attr, data, **kwargs)
        if not isinstance(value, list) or len(value) > MOST_TRANSLATIONS:
            raise ValidationError(f"Translations are a list of at most {MOST_TRANSLATIONS}.")
        return [_translation(each) for each in value]


def _translation(given: Any) -> dict[str, Any]:
    """One translation, with its members as the model has them."""
    if not isinstance(given, dict):
        raise ValidationError("A translation is an object.")
    members = {str(name).replace("-", "_"): value for name, value in given.items()}
    deleted = members.get("isDeleted", members.get("is_deleted")) in (True, "true")
    number = id_of(members.get("id"))
    if number is None and members.get("id") is not None:
        raise ValidationError("The id of a translation is a number.")
    texts = {name: members.get(name) for name in ("name", "language_code")}
    if not deleted and not all(isinstance(text, str) and text.strip() for text in texts.values()):
        raise ValidationError("A translation needs a name and a language_code.")
    kept = {name: storable(text) for name, text in texts.items() if isinstance(text, str)}
    return {**kept, "id": number, "is_deleted": deleted}


class CustomFormSchema(Schema):
    """A question that an event asks attendees, sessions or speakers."""

    class Meta:
        type_ = "custom-form"

    field_identifier = Str(required=True)
    form = Choice(*FORMS, required=True)
    type = Choice(*TYPES)
    name = Str(allow_none=True)
    description = Str(allow_none=True)
    is_required = Bool()
    is_included = Bool()
    is_public = Bool()
    position = Int(allow_none=True)
    is_complex = Bool(dump_only=True)
    is_fixed = Bool()
    form_id = Str(allow_none=True)
    min = Int(allow_none=True)
    max = Int(allow_none=True)
    main_language = Str(allow_none=True)
    is_allow_edit = Bool()
    translations = Translations(allow_none=True)

    event = to_one("event", required=True, inverse="custom_forms")

    def check(self, value: Merged) -> None:
        if not value["field_identifier"].strip():
            raise Invalid.attribute("field_identifier", "Field may not be blank.")
        is_own = fixed_field(value["form"], value["field_identifier"]) is None
        if is_own and not (value["name"] or "").strip():
            raise Invalid.attribute("name", "A question of your own needs a name.")
        if value["min"] is not None and value["max"] is not None and value["min"] > value["max"]:
            raise Invalid.attribute("max", "max should be greater than or equal to min")


class CustomFormOptionSchema(Schema):
    """One of the answers that a question offers."""

    class Meta:
        type_ = "custom-form-option"

    value = Str(required=True)
    deleted_at = Time(allow_none=True, writable_by=staff)

    custom_form = to_one("custom-form", required=True, inverse="custom_form_options")

    def check(self, value: Merged) -> None:
        if not value["value"].strip():
            raise Invalid.attribute("value", "Field may not be blank.")


class CustomFormTranslateSchema(Schema):
    """A question in another language."""

    class Meta:
        type_ = "custom-form-translate"

    name = Str(required=True)
    language_code = Str(required=True)
    form_id = Str(required=True)

    custom_form = to_one("custom-form", required=True, inverse="custom_form_translates")
