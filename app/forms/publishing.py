"""Which answers everybody may read: those to questions that are public.

Domains that show them keep the public part beside all answers, and follow when questions become public or private.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import ColumnElement, column, func, select
from sqlalchemy.dialects.postgresql import JSONB

from app.extensions import db
from app.forms.fields import snake_case
from app.forms.models import CustomForm

Listener = Callable[[int, str], None]
_listeners: list[Listener] = []


def when_published_fields_change(listener: Listener) -> Listener:
    """Call `listener(event_id, form)` when the questions change whose answers everybody may read.

    It brings the rows it keeps up to date, best by one UPDATE with `public_share`, in the transaction of the change.
    """
    _listeners.append(listener)
    return listener


def tell_published_fields_change(event_id: int, form: str) -> None:
    """Have every kept public part follow; the change is written first."""
    db.session.flush()
    for listener in _listeners:
        listener(event_id, form)


def public_keys(event_id: int, form: str) -> list[str]:
    """The keys of the answers everybody may read.

    The questions are held as they are until the transaction ends, so that none becomes private between this and the
    row that is written by it: whoever changes one waits, and then finds the row.
    """
    public = select(CustomForm.field_identifier).where(
        CustomForm.event_id == event_id, CustomForm.form == form, CustomForm.is_complex,
        CustomForm.is_included, CustomForm.is_public, func.coalesce(CustomForm.form_id, "") == "",
    )  # fmt: skip
    return [snake_case(each) for each in db.session.scalars(public.order_by(CustomForm.id).with_for_update(read=True))]


def public_part(event_id: int, form: str, answers: dict[str, Any] | None) -> dict[str, Any] | None:
    """The answers everybody may read, out of answers as `check_answers` gives them; None where there are none."""
    if not answers:
        return None
    keys = set(public_keys(event_id, form))
    return {key: answer for key, answer in answers.items() if key in keys} or None


def public_share(answers: Any, keys: Collection[str]) -> ColumnElement[Any]:
    """The same as an expression on a JSONB column of answers, for the UPDATE of a listener; NULL for none."""
    each = func.jsonb_each(answers).table_valued("key", column("value", JSONB))
    shown = select(func.jsonb_object_agg(each.c.key, each.c.value)).where(each.c.key.in_(sorted(keys)))
    return shown.scalar_subquery()
