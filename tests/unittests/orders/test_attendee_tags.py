"""Labels of attendees: named by the team, given by whoever lets attendees in, and nobody else's business."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.orders.models import Attendee, Tag
from tests.unittests.attendance import fault
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.orders import TagFactory, order_with_attendees
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.orders.steps import Sale, attributes
from tests.unittests.ranks import role_of

READ_ONLY = (409, "Cannot update read-only tag", "/data/attributes/is-read-only")


def new_tag(event: Any, **values: Any) -> Any:
    """A document of a new label."""
    return document("tag", relationships={"event": linkage("event", event)}, **{"name": "Speaker", **values})


def test_team_names_labels_and_the_events_people_read_them(api: ApiClient) -> None:
    event = EventFactoryBasic()
    team = role_of(event, "coorganizer")
    made = api.post("/v1/tags", new_tag(event, color="#00ff00"), user=team)
    assert made.status_code == 201
    shown = {"name": "Speaker", "color": "#00ff00", "is-read-only": False, "deleted-at": None}
    assert attributes(made) == shown
    second = TagFactory(event=event, name="A")
    lists = f"/v1/events/{event.identifier}/tags"
    for role in ("registrar", "organizer"):
        found = api.get(lists, user=role_of(event, role)).json["data"]
        assert [each["id"] for each in found] == [made.json["data"]["id"], str(second.id)]
    for user, statuses in ((None, (401, 401)), (UserFactory(), (403, 404)), (role_of(event, "moderator"), (403, 404))):
        assert (
            api.get(lists, user=user).status_code,
            api.get(f"/v1/tags/{second.id}", user=user).status_code,
        ) == statuses


@pytest.mark.parametrize(("rank", "status"), [(None, 401), ("stranger", 403), ("registrar", 403), ("coorganizer", 201)])
def test_labels_are_made_by_the_team_only(api: ApiClient, rank: str | None, status: int) -> None:
    event = EventFactoryBasic()
    user = UserFactory() if rank == "stranger" else role_of(event, rank) if rank else None
    assert api.post("/v1/tags", new_tag(event), user=user).status_code == status


def test_name_is_unique_among_the_live_labels_of_an_event(api: ApiClient) -> None:
    tag = TagFactory(name="Speaker")
    user, path = role_of(tag.event, "coorganizer"), f"/v1/tags/{tag.id}"
    taken = (409, "Name already exists", "/data/attributes/name")
    assert fault(api.post("/v1/tags", new_tag(tag.event), user=user)) == taken
    other = TagFactory(event=tag.event, name="Guest")
    assert fault(api.patch(f"/v1/tags/{other.id}", document("tag", other.id, name="Speaker"), user=user)) == taken
    assert api.patch(path, document("tag", tag.id, name="Speaker", color=None), user=user).status_code == 200
    assert fault(api.post("/v1/tags", new_tag(tag.event, name=" "), user=user))[::2] == (422, "/data/attributes/name")
    elsewhere = EventFactoryBasic()
    assert api.post("/v1/tags", new_tag(elsewhere), user=role_of(elsewhere, "coorganizer")).status_code == 201
    assert api.delete(path, user=user).status_code == 200
    assert api.post("/v1/tags", new_tag(tag.event), user=user).status_code == 201
    restored = api.patch(f"{path}?get_trashed=true", document("tag", tag.id, deleted_at=None), user=AdminFactory())
    assert fault(restored) == taken


def test_read_only_label_keeps_its_name_and_stays(api: ApiClient) -> None:
    tag = TagFactory(is_read_only=True, name="Speaker")
    user, path = role_of(tag.event, "owner"), f"/v1/tags/{tag.id}"
    for change in ({"name": "Guest"}, {"is_read_only": False}, {"is_read_only": False, "name": "Guest"}):
        assert fault(api.patch(path, document("tag", tag.id, **change), user=user)) == READ_ONLY
    change = document("tag", tag.id, name="Speaker", is_read_only=True, color="#123456")
    assert attributes(api.patch(path, change, user=user))["color"] == "#123456"
    assert fault(api.delete(path, user=user))[::2] == READ_ONLY[::2]
    assert db.session.get_one(Tag, tag.id).deleted_at is None


def test_whoever_lets_attendees_in_labels_them(api: ApiClient, sale: Sale) -> None:
    tag, strange = TagFactory(event=sale.event), TagFactory()
    gone = TagFactory(event=sale.event, deleted_at="2030-01-01T00:00:00Z")
    order = order_with_attendees(sale.ticket, user=sale.buyer, status="completed")
    attendee = db.session.scalars(select(Attendee).where(Attendee.order_id == order.id)).one()
    path = f"/v1/attendees/{attendee.id}"

    def label(tag_id: Any, user: Any) -> Any:
        return api.patch(path, document("attendee", attendee.id, tag_id=tag_id), user=user)

    assert api.get(f"{path}/tags", user=sale.registrar).status_code == 404
    for user in (sale.registrar, sale.coorganizer, sale.admin):
        assert attributes(label(tag.id, user))["tag-id"] == tag.id
        assert attributes(label(None, user))["tag-id"] is None
    for wrong in (strange.id, gone.id, 4711):
        assert fault(label(wrong, sale.registrar)) == (422, "The event has no such tag.", "/data/attributes/tag-id")
    label(tag.id, sale.registrar)
    for related in ("tag", "tags"):
        assert api.get(f"{path}/{related}", user=sale.registrar).json["data"]["id"] == str(tag.id)
    included = api.get(path, user=sale.coorganizer, query={"include": "tag"}).json["included"]
    assert [(each["type"], each["id"]) for each in included] == [("tag", str(tag.id))]
    assert label(None, sale.buyer).status_code == 422
    shown = api.get(path, user=sale.buyer, query={"include": "tag"}).json
    assert "tag-id" not in shown["data"]["attributes"]
    assert "tag" not in shown["data"]["relationships"]
    assert shown["included"] == []
    assert api.get(f"{path}/tags", user=sale.buyer).status_code == 403
    assert db.session.get_one(Attendee, attendee.id).tag_id == tag.id


def test_buyer_cannot_label_those_they_enter(api: ApiClient, sale: Sale) -> None:
    tag = TagFactory(event=sale.event)
    relationships = {"event": linkage("event", sale.event), "ticket": linkage("ticket", sale.ticket)}
    made = api.post("/v1/attendees", document("attendee", relationships=relationships, tag_id=tag.id), user=sale.buyer)
    assert made.status_code == 201
    assert db.session.scalars(select(Attendee.tag_id)).all() == [None]
    by_team = api.post(
        "/v1/attendees", document("attendee", relationships=relationships, tag_id=tag.id), user=sale.organizer
    )
    assert attributes(by_team)["tag-id"] == tag.id


def test_deleted_label_is_taken_off_everybody(api: ApiClient, sale: Sale) -> None:
    tag, other = TagFactory(event=sale.event), TagFactory(event=sale.event)
    for each in (tag, tag, other):
        sale.attendee(tag=each)
    assert api.delete(f"/v1/tags/{tag.id}", user=sale.coorganizer).status_code == 200
    assert db.session.scalars(select(Attendee.tag_id).order_by(Attendee.id)).all() == [None, None, other.id]
    assert api.delete(f"/v1/tags/{other.id}?permanent=true", user=sale.admin).status_code == 200
    assert set(db.session.scalars(select(Attendee.tag_id))) == {None}
