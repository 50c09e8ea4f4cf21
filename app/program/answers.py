"""Answers to the event's forms, as sessions and speakers keep them: all of them, and those that everybody reads."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from app.extensions import db
from app.forms.checking import Answers
from app.forms.publishing import public_keys, public_part, public_share
from app.jsonapi import Given

ANSWERS, PUBLIC = "complex_field_values", "public_field_values"


def keep(event_id: int, form: str, given: Given, answers: Answers | None) -> None:
    """Let the row keep these answers, as `check_answers` gives them."""
    given[ANSWERS], given[PUBLIC] = answers, public_part(event_id, form, answers)


def follow(model: Any, event_id: int, form: str, **unchanged: Any) -> None:
    """What everybody reads of the event's rows follows the questions; `unchanged` columns keep these values."""
    shown = {PUBLIC: public_share(model.complex_field_values, public_keys(event_id, form))}
    db.session.execute(update(model).where(model.event_id == event_id).values(shown | unchanged))
