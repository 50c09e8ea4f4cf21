"""Codes as those reach them who know the code, and the hidden tickets they get to see by it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.unittests.client import ApiClient, document
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.tickets import (
    AccessCodeFactory,
    DiscountCodeFactory,
    DiscountCodeTicketFactory,
    TicketFactory,
)
from tests.unittests.factories.users import UserFactory
from tests.unittests.ranks import role_of


def path_of(code: Any, *, text: str | None = None) -> str:
    """Where a code is read by its letters."""
    kind = type(code).__tablename__.replace("_", "-")
    return f"/v1/events/{code.event.identifier}/{kind}/{quote(text or code.code, safe='')}"


def told(response: Any) -> tuple[int, str, dict[str, Any]]:
    """Status, detail and source of an error."""
    error = response.json["errors"][0]
    return response.status_code, error["detail"], error["source"]


PARAMETER = {"parameter": "code"}
BY_CODE = [DiscountCodeTicketFactory, AccessCodeFactory]


@pytest.mark.parametrize("factory", BY_CODE)
@pytest.mark.parametrize("text", ["Summer", "2026", "50 % off?", 'say "hi" & ümlaut'])
def test_anybody_reads_a_code_whatever_its_letters(api: ApiClient, factory: Any, text: str) -> None:
    code = factory(code=text)
    for spelt in (text, text.upper(), text.lower()):
        answer = api.get(f"{path_of(code, text=spelt)}?code={quote(spelt)}&eventIdentifier={code.event.identifier}")
        assert answer.status_code == 200, answer.json
        data = answer.json["data"]
        assert data["id"] == str(code.id)
        assert set(data["relationships"]) == {"event", "tickets"}
        assert data["links"]["self"] == path_of(code)
        assert api.get(data["links"]["self"]).status_code == 200


def test_numeric_code_is_never_taken_for_an_id(api: ApiClient) -> None:
    other = DiscountCodeTicketFactory()
    code = DiscountCodeTicketFactory(code=str(other.id), event=other.event)
    assert api.get(path_of(code)).json["data"]["id"] == str(code.id)
    assert api.get(path_of(code, text=str(code.id))).status_code == 404


@pytest.mark.parametrize("factory", BY_CODE)
def test_code_leads_to_its_hidden_tickets_and_nothing_else_does(api: ApiClient, factory: Any) -> None:
    event = EventFactoryBasic()
    hidden, other = (TicketFactory(event=event, is_hidden=True, type="paid", price=10) for _ in range(2))
    code = factory(event=event, tickets=[hidden])
    answer = api.get(f"{path_of(code)}?include=event,tickets")
    data = answer.json["data"]
    assert data["relationships"]["tickets"]["data"] == [{"type": "ticket", "id": str(hidden.id)}]
    assert {(each["type"], each["id"]) for each in answer.json["included"]} == {
        ("event", str(event.id)), ("ticket", str(hidden.id)),
    }  # fmt: skip
    listed = api.get(data["relationships"]["tickets"]["links"]["related"])
    assert [each["id"] for each in listed.json["data"]] == [str(hidden.id)]
    assert api.get(data["relationships"]["event"]["links"]["related"]).json["data"]["id"] == str(event.id)
    kind = type(code).__tablename__.replace("_", "-")
    for closed in (f"/v1/tickets/{hidden.id}", f"/v1/{kind}/{code.id}/tickets", f"/v1/tickets/{other.id}"):
        assert api.get(closed, user=UserFactory()).status_code in (403, 404)
    assert api.get(f"/v1/events/{event.id}/tickets").json["data"] == []


@pytest.mark.parametrize("include", ["tickets.event,event.tickets", "tickets.access-codes", "event.discount-codes"])
def test_deeper_includes_show_no_more_than_elsewhere(api: ApiClient, include: str) -> None:
    ticket = TicketFactory(is_hidden=True)
    TicketFactory(event=ticket.event, is_hidden=True)
    DiscountCodeTicketFactory(event=ticket.event)
    code = AccessCodeFactory(event=ticket.event, tickets=[ticket])
    included = api.get(f"{path_of(code)}?include={include}").json["included"]
    assert {(each["type"], each["id"]) for each in included} <= {
        ("event", str(ticket.event_id)), ("ticket", str(ticket.id)),
    }  # fmt: skip


def test_list_of_a_codes_tickets_is_filtered_and_paged_like_any_other(api: ApiClient) -> None:
    event = EventFactoryBasic()
    tickets = [TicketFactory(event=event, is_hidden=True, name=name) for name in ("A", "B", "C")]
    code = AccessCodeFactory(event=event, tickets=tickets)
    answer = api.get(f"{path_of(code)}/tickets?page[size]=1&sort=-name")
    assert [each["attributes"]["name"] for each in answer.json["data"]] == ["C"]
    assert answer.json["meta"]["count"] == 3
    named = api.get(f"{path_of(code)}/tickets", query={"filter": [{"name": "name", "op": "eq", "val": "B"}]})
    assert [each["attributes"]["name"] for each in named.json["data"]] == ["B"]


@pytest.mark.parametrize(
    ("values", "status", "detail"),
    [
        ({"is_active": False}, 405, "Discount Code is not active"),
        ({"valid_from": in_days(1)}, 405, "Discount Code is not active in current time frame"),
        ({"valid_till": in_days(-1)}, 405, "Discount Code is not active in current time frame"),
        ({"deleted_at": in_days(-1)}, 404, "DiscountCode: not found"),
    ],
)
def test_discount_code_that_is_good_for_nothing_says_why(
    api: ApiClient, values: dict[str, Any], status: int, detail: str
) -> None:
    code = DiscountCodeTicketFactory(**values)
    for path in (path_of(code), f"{path_of(code)}/tickets", f"{path_of(code)}/event"):
        assert told(api.get(path)) == (status, detail, PARAMETER)


@pytest.mark.parametrize(
    "values",
    [{"is_active": False}, {"valid_from": in_days(1)}, {"valid_till": in_days(-0.5)}, {"deleted_at": in_days(0)}],
)
def test_access_code_that_is_good_for_nothing_is_not_found(api: ApiClient, values: dict[str, Any]) -> None:
    code = AccessCodeFactory(**values)
    for path in (path_of(code), f"{path_of(code)}/tickets", f"{path_of(code)}/event"):
        assert told(api.get(path)) == (404, "AccessCode: not found", PARAMETER)


@pytest.mark.parametrize("factory", BY_CODE)
def test_code_of_another_event_or_draft_is_not_found(api: ApiClient, factory: Any) -> None:
    code = factory(event=EventFactoryBasic(state="draft"))
    assert told(api.get(path_of(code)))[::2] == (404, {"parameter": "event_id"})
    elsewhere = EventFactoryBasic()
    kind = type(code).__tablename__.replace("_", "-")
    for text in (quote(code.code), "no%00thing", "%", "x" * 3000):
        answer = api.get(f"/v1/events/{elsewhere.id}/{kind}/{text}")
        assert told(answer)[::2] == (404, PARAMETER)


@pytest.mark.parametrize("factory", BY_CODE)
def test_team_changes_and_deletes_a_code_by_its_letters_even_when_it_is_off(api: ApiClient, factory: Any) -> None:
    code = factory(is_active=False)
    user, type_ = role_of(code.event, "coorganizer"), type(code).__tablename__.replace("_", "-")[:-1]
    path, change = path_of(code), document(type_, code.id, is_active=True)
    assert api.patch(path, change).status_code == 401
    assert api.patch(path, change, user=UserFactory()).status_code in (404, 405)
    changed = api.patch(path, change, user=user)
    assert (changed.status_code, changed.json["data"]["attributes"]["is-active"]) == (200, True)
    assert api.patch(path, change, user=UserFactory()).status_code == 403
    assert api.delete(path, user=UserFactory()).status_code == 403
    assert api.delete(path, user=user).status_code == 200
    assert api.get(path).status_code == 404


def test_event_code_is_known_by_its_letters_under_the_events_that_point_at_it(api: ApiClient) -> None:
    event = EventFactoryBasic(discount_code=DiscountCodeFactory(code="partner"))
    paid, _ = TicketFactory(event=event, type="paid", price=10), TicketFactory(event=event)
    path = f"/v1/events/{event.id}/discount-codes/PARTNER"
    answer = api.get(f"{path}?include=event,tickets").json
    assert answer["data"]["attributes"]["used-for"] == "event"
    assert answer["data"]["relationships"]["event"]["data"] == {"type": "event", "id": str(event.id)}
    assert answer["data"]["relationships"]["tickets"]["data"] == [{"type": "ticket", "id": str(paid.id)}]
    assert api.get(f"/v1/events/{EventFactoryBasic().id}/discount-codes/partner").status_code == 404


def test_unchanged_code_is_not_sent_again(api: ApiClient) -> None:
    code = DiscountCodeTicketFactory()
    tag = api.get(path_of(code)).headers["ETag"]
    assert api.get(path_of(code), headers={"If-None-Match": tag}).status_code == 304
    code.value = 11
    assert api.get(path_of(code), headers={"If-None-Match": tag}).status_code == 200
