"""Whether an attendee, a session or a speaker answers what the event's forms ask, fixed fields and questions alike.

The forms of an event are read by one statement, however many objects are checked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.forms.answers import is_answered, is_blank, understood
from app.forms.fields import snake_case
from app.forms.questions import ATTRIBUTES, COMPLEX, Asked, questions_of
from app.jsonapi.errors import Invalid, SeveralFaults
from app.jsonapi.schema import Merged

MISSING = "Missing data for required field."

# An object's attributes as they will be stored, by their names in the model.
Values = Mapping[str, Any] | Merged
Answers = dict[str, Any]


Insisting = Callable[[Asked], bool]


def on_all(question: Asked) -> bool:
    """Insist on every required question."""
    return True


def on_none(question: Asked) -> bool:
    """Insist on nothing: only what is answered is looked at."""
    return False


def on_further(question: Asked) -> bool:
    """Insist on what the organizer asks for beyond the questions that every event has."""
    return not question.is_fixed


@dataclass(frozen=True)
class Answering:
    """One of many objects: what it is called in errors, the form it answers, its attributes and further answers."""

    id: int
    form_id: str | None
    values: Values
    answers: Answers | None


def check_answers(
    event_id: int,
    form: str,
    values: Values,
    given: Any,
    *,
    form_id: str | None = None,
    except_: Collection[str] = (),
    insist: Insisting = on_all,
) -> Answers | None:
    """The answers to keep of `given`, the object's `complex-field-values` as the client wants them.

    `values` are the object's attributes as they will be stored; relationships are not looked at, nor the attributes in
    `except_`. What nobody asks is dropped, and None is left of nothing. Raises Invalid for what is no flat mapping, and
    SeveralFaults (422) naming each required field without a value and each answer that is none.
    """
    asked = [each for each in questions_of(event_id, form).get(form_id or "", ()) if each.key not in except_]
    kept, wrong = _understood(asked, _by_key(given))
    missing = [each for each in _unanswered(asked, values, kept, insist) if each not in wrong]
    if missing or wrong:
        raise _faults(missing, wrong)
    return kept or None


def check_many(
    event_id: int, form: str, load: Callable[[], Iterable[Answering]], *, insist: Insisting = on_all
) -> None:
    """Raise SeveralFaults (422) where some of many objects lack required answers; one statement for all of them.

    They are loaded only where something is required of them.
    """
    questions = questions_of(event_id, form)
    if not any(each.is_required and insist(each) for asked in questions.values() for each in asked):
        return
    missing = [
        (each.id, question)
        for each in load()
        for question in _unanswered(questions.get(each.form_id or "", ()), each.values, each.answers or {}, insist)
    ]
    if missing:
        raise _faults_of_many(form, missing)


def _by_key(given: Any) -> Answers:
    """The answers by the keys they are kept under, however the client spells them; blank ones are none."""
    if given is None:
        return {}
    if not isinstance(given, dict) or any(isinstance(answer, dict) for answer in given.values()):
        raise Invalid.attribute("complex_field_values", "Only a flat mapping of names to plain values is possible.")
    return {snake_case(name): answer for name, answer in given.items() if not is_blank(answer)}


def _understood(asked: Iterable[Asked], answers: Answers) -> tuple[Answers, dict[Asked, str]]:
    """The answers as they are kept, and what is wrong with the others."""
    kept: Answers = {}
    wrong: dict[Asked, str] = {}
    for question in asked:
        if question.is_complex and question.key in answers:
            try:
                kept[question.key] = understood(question, answers[question.key])
            except ValueError as error:
                wrong[question] = str(error)
    return kept, wrong


def _unanswered(asked: Iterable[Asked], values: Values, answers: Answers, insist: Insisting) -> list[Asked]:
    return [
        each
        for each in asked
        if each.is_required
        and insist(each)
        and not is_answered(each, answers.get(each.key) if each.is_complex else _value(values, each.key))
    ]


def _value(values: Values, name: str) -> Any:
    return values[name] if isinstance(values, Merged) else values.get(name)


def _faults(missing: Sequence[Asked], wrong: Mapping[Asked, str]) -> SeveralFaults:
    each = [*((question, MISSING) for question in missing), *wrong.items()]
    faults = [({"pointer": question.pointer}, f"{question.label}: {detail}") for question, detail in each]
    if missing:
        return SeveralFaults(_listing(missing), faults, source={"pointer": ATTRIBUTES})
    errors = {question.key: [detail] for question, detail in wrong.items()}
    return SeveralFaults("Schema Validation Error", faults, source={"pointer": COMPLEX, "errors": errors})


def _faults_of_many(form: str, missing: Sequence[tuple[int, Asked]]) -> SeveralFaults:
    faults = [
        (
            {"pointer": question.pointer, f"{form}_id": str(id_)},
            f"{form.capitalize()} {id_}: {question.label}: {MISSING}",
        )
        for id_, question in missing
    ]
    return SeveralFaults(_listing(question for _, question in missing), faults, source={"pointer": ATTRIBUTES})


def _listing(missing: Iterable[Asked]) -> str:
    return f"Missing required fields {list(dict.fromkeys(question.label for question in missing))}"
