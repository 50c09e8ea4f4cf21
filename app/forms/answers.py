"""What counts as an answer to a question of the organizer's own: one function per type, pure."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError

from app.forms.questions import Asked
from app.jsonapi import Email, Str
from app.jsonapi.fields import BEYOND_JSON

YES, NO = ("true", "yes", "1"), ("false", "no", "0")
# The bounds that every question has from the start; a number is not bound by what nobody has chosen.
UNCHOSEN = (0, 10)

_TEXT: Any = Str()
_EMAIL: Any = Email()


def is_blank(value: Any) -> bool:
    """Whether this says nothing; no and zero do say something."""
    return value is None or (value.strip() == "" if isinstance(value, str) else value == [])


def is_answered(question: Asked, value: Any) -> bool:
    """Whether the value answers the question; it may still be no sound answer."""
    return bool(value) if question.must_agree else not is_blank(value)


def understood(question: Asked, value: Any) -> Any:
    """The answer as it is kept; raises ValueError with what is wrong with it."""
    read: Callable[[Asked, Any], Any] = _KINDS.get(question.type, _text)
    try:
        return read(question, value)
    except ValidationError as error:
        raise ValueError(error.messages[0]) from error


def _text(question: Asked, value: Any) -> str:
    text: str = _TEXT.deserialize(value)
    return text


def _email(question: Asked, value: Any) -> str:
    address: str = _EMAIL.deserialize(value)
    return address


def _number(question: Asked, value: Any) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not abs(number) < BEYOND_JSON:  # Also where it is no number.
        raise ValueError("Not a valid number.")
    if (question.min, question.max) == UNCHOSEN:
        return number
    if question.min is not None and number < question.min:
        raise ValueError(f"Must be greater than or equal to {question.min}.")
    if question.max is not None and number > question.max:
        raise ValueError(f"Must be less than or equal to {question.max}.")
    return number


def _boolean(question: Asked, value: Any) -> bool:
    word = str(value).strip().lower()
    if isinstance(value, bool | str | int) and word in YES + NO:
        return word in YES
    raise ValueError("Not a valid boolean.")


def _year(question: Asked, value: Any) -> str:
    text = str(value).strip() if isinstance(value, str | int) else ""
    if len(text) != 4 or not (text.isascii() and text.isdigit()):
        raise ValueError("Not a valid year.")
    return text


def _choice(question: Asked, value: Any) -> str:
    text = _text(question, value)
    if question.options and text not in question.options:
        raise ValueError(f"Must be one of: {', '.join(question.options)}.")
    return text


def _choices(question: Asked, value: Any) -> Any:
    """Some of the options, as a list or joined by commas; without options what is ticked may be yes or no."""
    if isinstance(value, list):
        return [_choice(question, each) for each in value]
    if isinstance(value, bool) and not question.options:
        return value
    text = _text(question, value)
    if text in question.options:  # An option may itself hold a comma.
        return text
    return ",".join(_choice(question, each.strip()) for each in text.split(",")) if question.options else text


_KINDS: dict[str, Callable[[Asked, Any], Any]] = {
    "number": _number,
    "email": _email,
    "boolean": _boolean,
    "year": _year,
    "select": _choice,
    "checkbox": _choices,
}
