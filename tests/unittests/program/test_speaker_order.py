"""The order in which an event shows its speakers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.edge import Service
from app.extensions import db
from app.program.models import Speaker
from tests.unittests.client import ApiClient
from tests.unittests.factories.events import in_days
from tests.unittests.factories.program import SpeakerFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.program.calling import event_with_speakers, first_error
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent


def speakers_of(event: Any, count: int, **values: Any) -> list[Speaker]:
    """So many speakers of the event."""
    return [SpeakerFactory(event=event, **values) for _ in range(count)]


def orders(event: Any) -> list[int]:
    """The places of the event's speakers, by their ids."""
    rows = db.session.query(Speaker.order).where(Speaker.event_id == event.id).order_by(Speaker.id)
    return [order for (order,) in rows]


def test_speakers_take_the_places_they_are_given(api: ApiClient) -> None:
    event = event_with_speakers()
    first, second, third, _ = speakers_of(event, 4)
    versions = {each.id: each.version for each in (first, second)}
    body = [
        {"speaker": str(first.id), "order": 2},
        {"speaker": second.id, "order": 1},
        {"speaker": str(third.id), "order": 2},
    ]
    path = f"/v1/events/{event.identifier}/reorder-speakers"
    answer = api.plain("POST", path, body, user=role_of(event, "coorganizer"))
    assert (answer.status_code, answer.json) == (200, {"success": True, "updates": {"1": 1, "2": 2}})
    assert orders(event) == [2, 1, 2, 0]
    assert all(db.session.get_one(Speaker, id_).version > version for id_, version in versions.items())


def test_reset_gives_all_of_the_event_the_first_place(api: ApiClient) -> None:
    event, other = event_with_speakers(), event_with_speakers()
    speakers_of(event, 3, order=4)
    speakers_of(event, 1, deleted_at=in_days(-1), order=4)
    speakers_of(other, 1, order=4)
    answer = api.plain("POST", f"/v1/events/{event.id}/reorder-speakers?reset", user=AdminFactory())
    assert answer.json == {"success": True, "updates": 3}
    assert (orders(event), orders(other)) == ([0, 0, 0, 4], [4])


@pytest.mark.parametrize(
    "body",
    [
        {},
        None,
        ["1"],
        [{"speaker": "x", "order": 1}],
        [{"speaker": True, "order": 1}],
        [{"speaker": "1"}],
        [{"speaker": "1", "order": "1"}],
        [{"speaker": "1", "order": True}],
        [{"speaker": "1", "order": 2**31}],
        [{"speaker": "1" * 30, "order": 1}],
        [{"speaker": "1", "order": 1}, {"speaker": 1, "order": 2}],
    ],
)
def test_body_of_another_shape_is_refused(api: ApiClient, body: Any) -> None:
    event = event_with_speakers()
    answer = api.plain("POST", f"/v1/events/{event.id}/reorder-speakers", body or {}, user=role_of(event, "owner"))
    status, _, pointer = first_error(answer)
    assert (status, pointer) == (422, "/data")


def test_speakers_of_other_events_and_of_none_are_refused_and_nothing_moves(api: ApiClient) -> None:
    event = event_with_speakers()
    (own,), (foreign,) = speakers_of(event, 1), speakers_of(event_with_speakers(), 1)
    (gone,) = speakers_of(event, 1, deleted_at=in_days(-1))
    for stranger in (foreign.id, gone.id, 10**15):
        body = [{"speaker": own.id, "order": 1}, {"speaker": stranger, "order": 2}]
        answer = api.plain("POST", f"/v1/events/{event.id}/reorder-speakers", body, user=role_of(event, "owner"))
        status, _, pointer = first_error(answer)
        assert (status, pointer) == (403, "event_id")
    assert orders(event) == [0, 0]


def test_only_the_team_reorders(api: ApiClient) -> None:
    event, draft = event_with_speakers(), event_with_speakers(state="draft")
    for user, status in ((None, 401), (UserFactory(), 403), (role_of(event, "moderator"), 403)):
        for suffix in ("", "?reset"):
            path = f"/v1/events/{event.id}/reorder-speakers{suffix}"
            assert api.plain("POST", path, [], user=user).status_code == status
    assert api.plain("POST", f"/v1/events/{draft.id}/reorder-speakers?reset", user=UserFactory()).status_code == 404


def test_any_number_of_speakers_is_moved_by_the_same_statements(api: ApiClient) -> None:
    costs = []
    for count in (1, 20):
        event = event_with_speakers()
        body = [{"speaker": each.id, "order": 20 - place} for place, each in enumerate(speakers_of(event, count))]
        user = role_of(event, "owner")
        with statements_sent() as sent:
            answer = api.plain("POST", f"/v1/events/{event.id}/reorder-speakers", body, user=user)
        assert answer.status_code == 200
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_two_orders_given_at_one_time_leave_one_of_them(committed_app: Service) -> None:
    event = event_with_speakers()
    ids = [each.id for each in speakers_of(event, 30)]
    user, path = role_of(event, "owner"), f"/v1/events/{event.id}/reorder-speakers"
    db.session.commit()
    assert user.id
    db.session.expunge_all()

    def reorder(number: int) -> int:
        mixed = ids if number % 2 else ids[::-1]
        body = [{"speaker": id_, "order": number} for id_ in mixed]
        with committed_app.app_context():
            return (
                ApiClient(committed_app).plain("POST", path, body, user=db.session.merge(user, load=False)).status_code
            )

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(reorder, range(1, 7))) == {200}
    assert len({order for (order,) in db.session.query(Speaker.order)}) == 1
