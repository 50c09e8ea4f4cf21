"""The questions that an event asks, as they are asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.extensions import db
from app.forms.fields import CONSENTS, RELATIONSHIPS, snake_case
from app.forms.models import CustomForm, CustomFormOption
from app.jsonapi.names import dashed

ATTRIBUTES = "/data/attributes"
COMPLEX = f"{ATTRIBUTES}/complex-field-values"


@dataclass(frozen=True)
class Asked:
    """A question as it is asked: included in its form. `key` is where its answer is kept, `label` what people read."""

    key: str
    label: str
    type: str
    is_required: bool
    is_complex: bool
    is_fixed: bool
    min: int | None
    max: int | None
    options: tuple[str, ...]
    must_agree: bool  # A box to tick, which is not answered by leaving it blank.

    @property
    def pointer(self) -> str:
        """Where the answer stands in a document."""
        return f"{COMPLEX}/{self.key}" if self.is_complex else f"{ATTRIBUTES}/{dashed(self.key)}"


def questions_of(event_id: int, form: str) -> dict[str, list[Asked]]:
    """The questions an event asks by this form, in their order, by the `form_id` they belong to ("" for none)."""
    options = (
        select(func.array_agg(CustomFormOption.value))
        .where(CustomFormOption.custom_form_id == CustomForm.id, CustomFormOption.deleted_at.is_(None))
        .correlate(CustomForm)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(CustomForm.__table__, options.label("options"))
        .where(CustomForm.event_id == event_id, CustomForm.form == form, CustomForm.is_included)
        .order_by(CustomForm.position, CustomForm.id)
    )
    found: dict[str, list[Asked]] = defaultdict(list)
    for row in rows:
        if row.field_identifier not in RELATIONSHIPS:
            found[row.form_id or ""].append(_asked(row))
    return found


def _asked(row: Any) -> Asked:
    return Asked(
        key=snake_case(row.field_identifier),
        label=row.name or row.field_identifier,
        type=row.type,
        is_required=row.is_required,
        is_complex=row.is_complex,
        is_fixed=row.is_fixed,
        min=row.min,
        max=row.max,
        options=tuple(row.options or ()),
        must_agree=not row.is_complex and row.field_identifier in CONSENTS,
    )
