"""What counts as an answer, and what is told of those that are missing or wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.edge import Service
from app.forms.checking import Answering, check_answers, check_many, on_further, on_none
from app.forms.fields import FIXED, fixed_field, label_of, snake_case
from app.jsonapi.errors import Invalid, SeveralFaults
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.forms import CustomFormFactory, CustomFormOptionFactory
from tests.unittests.statements import statements_sent

FULL = {"title": "On Queues", "subtitle": None}


def question(event: Any, type_: str = "text", name: str = "own", form: str = "session", **values: Any) -> Any:
    return CustomFormFactory(event=event, form=form, field_identifier=name, type=type_, **values)


def kept(event: Any, answers: Any, **options: Any) -> Any:
    return check_answers(event.id, "session", FULL, answers, **options)


KINDS: dict[str, tuple[dict[Any, Any], tuple[Any, ...]]] = {
    "text": {"blue": "blue", " x ": " x "},
    "paragraph": {"a\nb": "a\nb"},
    "file": {"https://example.com/a.pdf": "https://example.com/a.pdf"},
    "image": {"any text": "any text"},
    "richtextlink": {"see": "see"},
    "email": {"ada@example.com": "ada@example.com", " ada@example.com ": "ada@example.com"},
    "number": {3: 3.0, "3.5": 3.5, -1: -1.0, 0: 0.0},
    "boolean": {True: True, False: False, "yes": True, "No": False},
    "year": {"1843": "1843", 1843: "1843"},
    "select": {"anything": "anything"},
    "checkbox": {"a, b": "a, b", True: True},
}  # type: ignore[assignment]
WRONG: dict[str, tuple[Any, ...]] = {
    "text": (1, True, ["a"]),
    "file": (1,),
    "email": ("ada", 1),
    "number": ("three", True, "nan", "inf", 1e400, [1], 2**70),
    "boolean": ("perhaps", 2, ["yes"]),
    "year": ("43", "18430", "²²²²", True, [1843]),
    "select": (1, ["a"]),
    "checkbox": (1, [["a"]]),
}


@pytest.mark.parametrize(
    ("type_", "answer", "as_kept"), [(k, a, v) for k, each in KINDS.items() for a, v in each.items()]
)
def test_answer_is_kept_as_its_question_understands_it(app: Service, type_: str, answer: Any, as_kept: Any) -> None:
    event = EventFactoryBasic()
    question(event, type_)
    found = kept(event, {"own": answer})
    assert found == {"own": as_kept}
    assert type(found["own"]) is type(as_kept)


@pytest.mark.parametrize(("type_", "answer"), [(type_, answer) for type_, each in WRONG.items() for answer in each])
def test_answer_of_the_wrong_kind_is_refused_by_name(app: Service, type_: str, answer: Any) -> None:
    event = EventFactoryBasic()
    question(event, type_, name="ownQuestion")
    with pytest.raises(SeveralFaults) as refused:
        kept(event, {"own_question": answer})
    whole, single = refused.value.objects()
    assert (whole["status"], whole["detail"]) == (422, "Schema Validation Error")
    assert list(whole["source"]["errors"]) == ["own_question"]
    assert single["source"] == {"pointer": "/data/attributes/complex-field-values/own_question"}


@pytest.mark.parametrize(
    ("least", "most", "answer", "is_sound"),
    [
        (0, 10, 4000, True), (None, None, -5, True), (1, 5, 5, True), (1, 5, 6, False), (1, 5, 0, False),
        (None, 3, 4, False), (3, None, 2, False), (0, 11, 12, False),
    ],
)  # fmt: skip
def test_number_is_bound_by_what_the_organizer_has_chosen(
    app: Service, least: Any, most: Any, answer: int, is_sound: bool
) -> None:
    event = EventFactoryBasic()
    question(event, "number", min=least, max=most)
    if is_sound:
        assert kept(event, {"own": answer}) == {"own": answer}
    else:
        with pytest.raises(SeveralFaults):
            kept(event, {"own": answer})


@pytest.mark.parametrize("type_", ["select", "checkbox"])
def test_options_are_the_answers_there_are(app: Service, type_: str) -> None:
    event = EventFactoryBasic()
    asked = question(event, type_)
    for value in ("S", "M, slim", "L"):
        CustomFormOptionFactory(custom_form=asked, value=value)
    CustomFormOptionFactory(custom_form=asked, value="XL", deleted_at="2020-01-01T00:00:00Z")
    assert kept(event, {"own": "M, slim"}) == {"own": "M, slim"}
    for wrong in ("XL", "", "s", "S, XL"):
        if wrong:
            with pytest.raises(SeveralFaults):
                kept(event, {"own": wrong})
    if type_ == "checkbox":
        assert kept(event, {"own": ["S", "L"]}) == {"own": ["S", "L"]}
        assert kept(event, {"own": "S, L"}) == {"own": "S,L"}
        with pytest.raises(SeveralFaults):
            kept(event, {"own": ["S", "XL"]})
        with pytest.raises(SeveralFaults):
            kept(event, {"own": True})


def test_what_nobody_asks_is_dropped_and_nothing_is_none(app: Service) -> None:
    event = EventFactoryBasic()
    question(event)
    question(event, name="hidden", is_included=False)
    question(event, name="ofSpeakers", form="speaker")
    question(event, name="ofVips", form_id="vip")
    strange = {"hidden": "x", "of_speakers": "x", "of_vips": "x", "unknown": 1, "title": "x"}
    assert kept(event, strange) is None
    assert kept(event, {**strange, "own": " "}) is None
    assert kept(event, None) is None
    assert kept(event, {"own": "x"}, form_id="vip") is None
    assert kept(event, strange, form_id="vip") == {"of_vips": "x"}
    for wrong in ("text", [1], {"own": {"a": 1}}):
        with pytest.raises(Invalid):
            kept(event, wrong)


def test_every_missing_and_wrong_field_is_named(app: Service) -> None:
    event = EventFactoryBasic()
    for name in ("title", "shortAbstract", "track", "sessionType", "ownThing"):
        question(event, name=name, is_required=True)
    question(event, "number", name="years")
    question(event, name="language", is_required=True, is_included=False)
    with pytest.raises(SeveralFaults) as refused:
        kept(event, {"years": "many", "ownThing": ""})
    whole, *each = refused.value.objects()
    assert whole["detail"] == "Missing required fields ['Short Abstract', 'Question ownThing']"
    assert whole["source"] == {"pointer": "/data/attributes"}
    assert {error["source"]["pointer"] for error in each} == {
        "/data/attributes/short-abstract",
        "/data/attributes/complex-field-values/own_thing",
        "/data/attributes/complex-field-values/years",
    }
    assert all(error["status"] == 422 for error in each)


def test_what_is_required_can_be_left_out_of_a_check(app: Service) -> None:
    event = EventFactoryBasic()
    question(event, name="email", form="speaker", is_required=True, is_fixed=True)
    question(event, name="ownThing", form="speaker", is_required=True)
    nothing: dict[str, Any] = {}
    given_own = {"own_thing": "x"}
    assert check_answers(event.id, "speaker", nothing, given_own, except_={"email"}) == given_own
    assert check_answers(event.id, "speaker", nothing, given_own, insist=on_further) == given_own
    assert check_answers(event.id, "speaker", nothing, None, insist=on_none) is None
    with pytest.raises(SeveralFaults):
        check_answers(event.id, "speaker", nothing, None, except_={"email"})


@pytest.mark.parametrize(
    ("name", "value", "is_answer"),
    [
        ("firstname", "Ada", True), ("firstname", " ", False), ("firstname", None, False),
        ("acceptShareDetails", False, True), ("acceptShareDetails", None, False),
        ("is_consent_of_refund_policy", False, False), ("is_consent_of_refund_policy", True, True),
    ],
)  # fmt: skip
def test_no_is_an_answer_except_where_consent_is_asked(app: Service, name: str, value: Any, is_answer: bool) -> None:
    event = EventFactoryBasic()
    question(event, name=name, form="attendee", is_required=True)
    values = {snake_case(name): value}
    if is_answer:
        assert check_answers(event.id, "attendee", values, None) is None
    else:
        with pytest.raises(SeveralFaults):
            check_answers(event.id, "attendee", values, None)


def test_many_objects_are_checked_by_one_statement_and_not_loaded_where_nothing_is_required(app: Service) -> None:
    event = EventFactoryBasic()
    question(event, name="ownThing", form="attendee")

    def people() -> list[Answering]:
        return [Answering(number, "vip" if number % 2 else None, {}, None) for number in range(100)]

    def nobody() -> list[Answering]:
        raise AssertionError("Nobody has to be loaded.")

    check_many(event.id, "attendee", nobody)
    asked = question(event, name="badge", form="attendee", form_id="vip", is_required=True)
    with statements_sent() as sent, pytest.raises(SeveralFaults) as refused:
        check_many(event.id, "attendee", people)
    assert len(sent) == 1
    whole, *each = refused.value.objects()
    assert whole["detail"] == f"Missing required fields ['{asked.name}']"
    assert [error["source"]["attendee_id"] for error in each] == [str(number) for number in range(1, 100, 2)]


def test_fixed_fields_are_known_however_they_are_spelled() -> None:
    for form, fields in FIXED.items():
        for field in fields:
            for spelled in (field, snake_case(field), snake_case(field).replace("_", "-")):
                assert fixed_field(form, spelled) == field
            assert label_of(field)
    assert fixed_field("session", "jobTitle") is None


@given(st.text(max_size=30))
def test_snake_case_is_stable(identifier: str) -> None:
    once = snake_case(identifier)
    assert snake_case(once) == once


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(answers=st.dictionaries(st.sampled_from(["a_text", "a_number", "a_choice", "ticks", "zz"]), json_values))
def test_whatever_is_sent_is_kept_or_refused_and_what_is_kept_is_kept_again(app: Service, answers: Any) -> None:
    event = EventFactoryBasic()
    for name, type_ in {"aText": "text", "aNumber": "number", "aChoice": "select", "ticks": "checkbox"}.items():
        question(event, type_, name=name)
    try:
        found = kept(event, answers)
    except (SeveralFaults, Invalid):
        return
    assert kept(event, found) == found
    assert set(found or ()) <= {"a_text", "a_number", "a_choice", "ticks"}
