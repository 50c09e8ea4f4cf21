"""Who may what on the options and translations of a question: whoever may the same on the question."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select

from app.forms.models import CustomForm
from app.jsonapi import Actor, Rule


class OfForm(Rule):
    """Rows of a question that passes another rule."""

    def __init__(self, rule: Rule) -> None:
        self.rule, self.name, self.refusal = rule, f"{rule.name} of the form", rule.refusal

    def admits(self, actor: Actor) -> bool:
        return self.rule.admits(actor)

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        forms = select(CustomForm.id).where(self.rule.rows(actor, CustomForm))
        held: ColumnElement[bool] = model.custom_form_id.in_(forms)
        return held

    def allows(self, actor: Actor, row: Any) -> bool:
        return row is not None and row.custom_form is not None and self.rule.allows(actor, row.custom_form)
