"""What attendees answer the event's forms, and when an order needs the answers."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.orders.models import Attendee, Order
from app.orders.order_tasks import complete_free_order
from tests.unittests.attendance import fault, new_attendee
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.forms import CustomFormFactory
from tests.unittests.factories.orders import AttendeeFactory, order_with_attendees
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.orders.steps import Sale, attributes
from tests.unittests.statements import statements_sent

BLANK = {"firstname": None, "lastname": None, "email": None}


def ask(event: Any, *names: str, **values: Any) -> None:
    """Let the event require answers to these."""
    for name in names:
        CustomFormFactory(event=event, field_identifier=name, is_required=True, **values)


def ask_first_questions(event: Any) -> None:
    """What every event asks that was made over HTTP."""
    ask(event, "email", "firstname", "lastname", is_fixed=True)


def status_of(order_id: object) -> str:
    return db.session.scalars(select(Order.status).where(Order.id == int(str(order_id)))).one()


# Attendees


def test_answers_are_those_of_the_form_of_the_ticket(api: ApiClient, sale: Sale) -> None:
    vip = TicketFactory(event=sale.event, form_id="vip")
    CustomFormFactory(event=sale.event, field_identifier="shirtSize")
    CustomFormFactory(event=sale.event, field_identifier="mealChoice", form_id="vip")
    answers = {"shirt_size": "L", "mealChoice": "vegan"}
    for ticket, kept in ((sale.ticket, {"shirt_size": "L"}), (vip, {"meal_choice": "vegan"})):
        made = api.post("/v1/attendees", new_attendee(ticket, complex_field_values=answers), user=sale.buyer)
        assert attributes(made)["complex-field-values"] == kept


def test_attendee_is_entered_before_everything_is_answered_but_not_with_wrong_answers(
    api: ApiClient, sale: Sale
) -> None:
    ask_first_questions(sale.event)
    ask(sale.event, "shirtSize", type="select")
    asked = CustomFormFactory(event=sale.event, field_identifier="age", type="number")
    assert api.post("/v1/attendees", new_attendee(sale.ticket), user=sale.buyer).status_code == 201
    refused = api.post("/v1/attendees", new_attendee(sale.ticket, complex_field_values={"age": "old"}), user=sale.buyer)
    assert fault(refused)[:2] == (422, "Schema Validation Error")
    assert refused.json["errors"][1]["detail"] == f"{asked.name}: Not a valid number."


def test_changed_attendee_answers_everything_that_is_required(api: ApiClient, sale: Sale) -> None:
    ask_first_questions(sale.event)
    ask(sale.event, "shirtSize")
    attendee = sale.attendee(**BLANK)
    path = f"/v1/attendees/{attendee.id}"

    def change(**values: Any) -> Any:
        return api.patch(path, document("attendee", attendee.id, **values), user=sale.buyer)

    refused = change(firstname="Ada")
    missing = ["Last Name", "Email", "Question shirtSize"]
    whole, *each = refused.json["errors"]
    assert whole["detail"].startswith("Missing required fields [")
    assert all(repr(name) in whole["detail"] for name in missing)
    assert whole["source"] == {"pointer": "/data/attributes"}
    assert {error["source"]["pointer"] for error in each} == {
        "/data/attributes/lastname", "/data/attributes/email", "/data/attributes/complex-field-values/shirt_size",
    }  # fmt: skip
    assert db.session.get_one(Attendee, attendee.id).firstname is None
    full = {"firstname": "Ada", "lastname": "Lovelace", "email": "ada@example.com"}
    assert change(**full, complex_field_values={"shirt_size": "L"}).status_code == 200
    # What is stored counts, too.
    assert attributes(change(firstname="Augusta"))["complex-field-values"] == {"shirt_size": "L"}
    assert change(complex_field_values=None).status_code == 422
    assert change(lastname=" ").status_code == 422


def test_nothing_is_asked_where_the_form_is_switched_off(api: ApiClient, sale: Sale) -> None:
    ask_first_questions(sale.event)
    ask(sale.event, "shirtSize")
    sale.event.is_ticket_form_enabled = False
    attendee = sale.attendee(**BLANK, complex_field_values={"shirt_size": "L"})
    change = document("attendee", attendee.id, city="Berlin", complex_field_values={"shirt_size": "XL"})
    answer = api.patch(f"/v1/attendees/{attendee.id}", change, user=sale.buyer)
    assert (attributes(answer)["city"], attributes(answer)["complex-field-values"]) == ("Berlin", None)
    order = order_with_attendees(sale.ticket, user=sale.buyer, status="initializing")
    assert moved(api, order, "pending", sale.buyer).status_code == 200


def test_check_in_asks_for_nothing(api: ApiClient, sale: Sale) -> None:
    ask_first_questions(sale.event)
    order = order_with_attendees(sale.ticket, user=sale.buyer, status="completed")
    (attendee,) = db.session.scalars(select(Attendee).where(Attendee.order_id == order.id))
    attendee.lastname = None
    change = document("attendee", attendee.id, is_checked_in=True, checkin_times="2030-01-01T10:00:00Z", lastname=None)
    assert api.patch(f"/v1/attendees/{attendee.id}", change, user=sale.registrar).status_code == 200


# Orders that move on


def moved(api: ApiClient, order: Any, status: str, user: Any) -> Any:
    """The answer to bringing an order to another status."""
    return api.patch(f"/v1/orders/{order.identifier}", document("order", order.id, status=status), user=user)


@pytest.mark.parametrize("status", ["pending", "completed"])
def test_buyer_brings_an_order_on_when_everybody_has_answered(api: ApiClient, sale: Sale, status: str) -> None:
    ask_first_questions(sale.event)
    ask(sale.event, "mealChoice", form_id="vip")
    vip = TicketFactory(event=sale.event, form_id="vip")
    order = order_with_attendees(sale.ticket, 2, user=sale.buyer, status="initializing")
    guest = AttendeeFactory(ticket=vip, order=order)
    ask(sale.event, "shirtSize", form_id="others")
    first = db.session.scalars(select(Attendee).where(Attendee.order_id == order.id).order_by(Attendee.id)).first()
    assert first is not None
    first.lastname = ""
    refused = moved(api, order, status, sale.buyer)
    whole, *each = refused.json["errors"]
    assert fault(refused)[::2] == (422, "/data/attributes")
    assert set(whole["detail"].partition("[")[2].strip("]").split(", ")) == {"'Last Name'", "'Question mealChoice'"}
    assert {(error["source"]["attendee_id"], error["source"]["pointer"]) for error in each} == {
        (str(first.id), "/data/attributes/lastname"),
        (str(guest.id), "/data/attributes/complex-field-values/meal_choice"),
    }
    assert status_of(order.id) == "initializing"
    first.lastname, guest.complex_field_values = "Hopper", {"meal_choice": "vegan"}
    assert moved(api, order, status, sale.buyer).status_code == 200
    assert status_of(order.id) == status


def test_attendees_who_were_removed_answer_nothing(api: ApiClient, sale: Sale) -> None:
    ask_first_questions(sale.event)
    order = order_with_attendees(sale.ticket, user=sale.buyer, status="initializing")
    AttendeeFactory(ticket=sale.ticket, order=order, lastname=None, deleted_at="2030-01-01T00:00:00Z")
    assert moved(api, order, "pending", sale.buyer).status_code == 200


def test_status_the_team_gives_is_final_whatever_is_answered(api: ApiClient, sale: Sale) -> None:
    ask_first_questions(sale.event)
    ask(sale.event, "shirtSize")
    for user in (sale.coorganizer, sale.admin):
        order = order_with_attendees(sale.ticket, user=sale.buyer, status="initializing")
        assert moved(api, order, "completed", user).status_code == 200
    assert (
        sale.order(sale.attendee(sale.coorganizer, **BLANK), user=sale.coorganizer, status="completed").status_code
        == 201
    )
    onsite = document(
        "order",
        relationships={"event": {"type": "event", "id": str(sale.event.id)}, "attendees": []},
        on_site_tickets=[{"id": sale.ticket.id, "quantity": 2}],
    )
    assert api.post("/v1/orders?onsite=true", onsite, user=sale.coorganizer).status_code == 201


def test_bare_attendees_are_ordered_for_where_the_event_asks_what_every_event_asks(sale: Sale) -> None:
    ask_first_questions(sale.event)
    CustomFormFactory(event=sale.event, field_identifier="shirtSize")
    response = sale.order(sale.attendee(**BLANK))
    assert (response.status_code, attributes(response)["status"]) == (201, "pending")
    order_id = int(response.json["data"]["id"])  # type: ignore[index]
    complete_free_order(order_id)
    assert status_of(order_id) == "completed"


def test_buyer_answers_what_the_organizer_asks_beyond_that_before_ordering(sale: Sale) -> None:
    ask_first_questions(sale.event)
    ask(sale.event, "shirtSize")
    ready, bare = sale.attendee(complex_field_values={"shirt_size": "L"}), sale.attendee(**BLANK)
    refused = sale.order(ready, bare)
    assert fault(refused) == (422, "Missing required fields ['Question shirtSize']", "/data/attributes")
    assert [error["source"].get("attendee_id") for error in refused.json["errors"]] == [None, str(bare.id)]  # type: ignore[index]
    assert sale.taken() == 0
    assert sale.order(ready).status_code == 201


def test_pending_order_is_placed_when_its_buyer_verifies_it_whatever_is_asked_since(api: ApiClient, sale: Sale) -> None:
    sale.event.can_pay_by_bank = True
    order = order_with_attendees(sale.ticket, user=sale.buyer, status="pending", payment_mode="bank", amount=10)
    ask(sale.event, "shirtSize")
    answer = api.plain("POST", f"/v1/orders/{order.identifier}/verify", {}, user=sale.buyer)
    assert answer.status_code == 200
    assert status_of(order.id) == "placed"


def test_order_is_checked_by_the_same_statements_whatever_its_number(api: ApiClient, sale: Sale) -> None:
    ask_first_questions(sale.event)
    ask(sale.event, "shirtSize", type="select")
    numbers = []
    for size in (1, 12):
        order = order_with_attendees(sale.ticket, size, user=sale.buyer, status="initializing")
        for attendee in db.session.scalars(select(Attendee).where(Attendee.order_id == order.id)):
            attendee.complex_field_values = {"shirt_size": "L"}
        db.session.commit()
        with statements_sent() as sent:
            assert moved(api, order, "pending", sale.buyer).status_code == 200
        numbers.append(len(sent))
    assert numbers[0] == numbers[1]
