"""What an event asks attendees, sessions and speakers: one row per question, with its options and translations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index, Text, func, select, text
from sqlalchemy.orm import Mapped, Session, backref, mapped_column, relationship

from app.events.models import Event
from app.jsonapi.batched import Batched
from app.jsonapi.model import Row, SoftDeleted, reference

FORMS = ("attendee", "session", "speaker")
TYPES = (
    "text", "checkbox", "select", "file", "image", "email", "number", "paragraph", "richtextlink", "boolean", "year",
)  # fmt: skip


class CustomForm(Row):
    """One question of a form; with a `form_id` it belongs to the tickets with that same `form_id`."""

    __tablename__ = "custom_forms"
    __table_args__ = (
        CheckConstraint(f"form IN {FORMS}", name="form"),
        CheckConstraint(f"type IN {TYPES}", name="type"),
        Index(
            "uq_custom_forms_field_identifier",
            "event_id",
            "form",
            "field_identifier",
            func.coalesce(text("form_id"), text("''")),
            unique=True,
        ),
    )

    field_identifier: Mapped[str] = mapped_column(Text)
    form: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text, server_default="text")
    name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    is_required: Mapped[bool] = mapped_column(server_default="false")
    is_included: Mapped[bool] = mapped_column(server_default="false")
    is_public: Mapped[bool] = mapped_column(server_default="false")
    position: Mapped[int | None] = mapped_column(server_default="0")
    is_complex: Mapped[bool] = mapped_column(server_default="false")
    is_fixed: Mapped[bool] = mapped_column(server_default="false")
    form_id: Mapped[str | None] = mapped_column(Text)
    min: Mapped[int | None] = mapped_column(server_default="0")
    max: Mapped[int | None] = mapped_column(server_default="10")
    main_language: Mapped[str | None] = mapped_column(Text)
    is_allow_edit: Mapped[bool] = mapped_column(server_default="false")
    event_id: Mapped[int] = reference("events.id")

    event: Mapped[Event] = relationship(backref=backref("custom_forms", lazy="raise", passive_deletes=True))

    @property
    def translations(self) -> list[dict[str, Any]] | None:
        """The question in other languages, the oldest first; None for fixed fields, whose labels clients translate."""
        return _translations.of(self) if self.is_complex else None


class CustomFormOption(Row, SoftDeleted):
    """One of the answers that a question offers."""

    __tablename__ = "custom_form_options"

    value: Mapped[str] = mapped_column(Text)
    custom_form_id: Mapped[int] = reference("custom_forms.id")

    custom_form: Mapped[CustomForm] = relationship(
        backref=backref("custom_form_options", lazy="raise", passive_deletes=True)
    )


class CustomFormTranslate(Row):
    """A question in another language. Writing one also makes another version of the question, which shows it."""

    __tablename__ = "custom_form_translates"

    name: Mapped[str] = mapped_column(Text)
    language_code: Mapped[str] = mapped_column(Text)
    form_id: Mapped[str | None] = mapped_column(Text)
    custom_form_id: Mapped[int] = reference("custom_forms.id")

    custom_form: Mapped[CustomForm] = relationship(
        backref=backref("custom_form_translates", lazy="raise", passive_deletes=True)
    )


def _learn_translations(session: Session, ids: set[int]) -> dict[int, list[dict[str, Any]]]:
    rows = session.execute(
        select(
            CustomFormTranslate.custom_form_id,
            CustomFormTranslate.id,
            CustomFormTranslate.name,
            CustomFormTranslate.language_code,
        )
        .where(CustomFormTranslate.custom_form_id.in_(ids))
        .order_by(CustomFormTranslate.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for custom_form_id, id_, name, language_code in rows:
        found.setdefault(custom_form_id, []).append({"id": id_, "name": name, "language_code": language_code})
    return found


_translations: Batched[list[dict[str, Any]]] = Batched(_learn_translations, [])
