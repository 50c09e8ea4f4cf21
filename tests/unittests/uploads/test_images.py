"""Pictures of rows, made by jobs whenever the address of the picture changes, whichever way."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text, update

from app.adapters.fetching import Unreachable
from app.adapters.storage import public_key, storage
from app.edge import Service
from app.events.models import Event
from app.extensions import db
from app.jobs import run_waiting_jobs
from app.program.models import Speaker
from app.uploads.tasks import FEW, make_images
from app.uploads.watching import order_images
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.delivery import Deliver
from tests.unittests.factories.events import EventFactoryBasic, give_role
from tests.unittests.factories.program import SpeakerFactory
from tests.unittests.factories.site import SettingFactory
from tests.unittests.factories.uploads import EventImageSizeFactory, SpeakerImageSizeFactory, stored_picture
from tests.unittests.factories.users import UserFactory
from tests.unittests.picture_server import Pictures
from tests.unittests.statements import statements_sent

EVENT = ("large_image_url", "thumbnail_image_url", "icon_image_url")
PERSON = ("thumbnail_image_url", "small_image_url", "icon_image_url")


def waiting() -> list[Any]:
    """Arguments of the picture jobs that wait."""
    query = "SELECT args FROM procrastinate_jobs WHERE task_name LIKE '%make_images' ORDER BY id"
    return list(db.session.scalars(text(query)))


def shown(url: str) -> Image.Image:
    """The picture in our store at this address."""
    key = public_key(url)
    assert key is not None, url
    return Image.open(BytesIO(storage().get(key)))


def sizes(row: Any, names: tuple[str, ...]) -> list[tuple[int, int] | None]:
    db.session.refresh(row)
    return [shown(getattr(row, name)).size if getattr(row, name) else None for name in names]


def test_pictures_of_an_event_are_made_in_the_sizes_of_the_installation(
    api: ApiClient, elsewhere: str, deliver: Deliver
) -> None:
    owner = UserFactory(is_verified=True)
    new = document("event", name="New", timezone="UTC", original_image_url=f"{elsewhere}/photo.jpg?secret=1")
    made = api.post("/v1/events", new, user=owner).json["data"]
    assert [made["attributes"][name.replace("_", "-")] for name in EVENT] == [None] * 3
    assert waiting() == [{"table": "events", "row_id": int(made["id"])}]  # The log shows no address.
    deliver()
    event = db.session.get_one(Event, int(made["id"]))
    assert sizes(event, EVENT) == [(1000, 500), (400, 200), (60, 30)]
    assert {shown(getattr(event, name)).format for name in EVENT} == {"JPEG"}
    assert event.original_image_url == f"{elsewhere}/photo.jpg?secret=1"
    assert f"/media/events/{event.id}/large/" in (event.large_image_url or "")


def test_changed_address_takes_the_old_pictures_away_at_once_and_others_are_made(
    api: ApiClient, elsewhere: str, deliver: Deliver
) -> None:
    owner, event = UserFactory(), EventFactoryBasic(original_image_url=f"{elsewhere}/photo.jpg")
    give_role(owner, event, "owner")
    deliver()
    assert None not in sizes(event, EVENT)

    def change(**attributes: Any) -> list[Any]:
        answer = api.patch(f"/v1/events/{event.id}", document("event", event.id, **attributes), user=owner)
        return [answer.json["data"]["attributes"][name.replace("_", "-")] for name in EVENT]

    unchanged = change(
        original_image_url=f"{elsewhere}/photo.jpg", name="Other", large_image_url="https://x.example/a.png"
    )
    assert (None in unchanged, waiting()) == (False, [])
    assert change(original_image_url=f"{elsewhere}/other.jpg") == [None] * 3
    deliver()
    assert sizes(event, EVENT) == [(250, 500), (100, 200), (15, 30)]
    assert change(original_image_url=None) == [None] * 3
    assert waiting() == []


def test_job_leaves_a_row_alone_that_names_another_picture_by_then(elsewhere: str, own_store: Any) -> None:
    event = EventFactoryBasic(original_image_url=f"{elsewhere}/photo.jpg")
    cleared = update(Event).where(Event.id == event.id).values(original_image_url=None)
    # As another connection would: the row that the session has read goes on naming the picture.
    db.session.execute(cleared, execution_options={"synchronize_session": False})
    make_images.func(table="events", row_id=event.id)
    assert sizes(event, EVENT) == [None] * 3
    assert [path for path in own_store.rglob("*") if path.is_file()] == []


def test_what_is_made_already_is_not_made_again(elsewhere: str, deliver: Deliver) -> None:
    event = EventFactoryBasic(original_image_url=f"{elsewhere}/photo.jpg")
    deliver()
    before = [getattr(event, name) for name in EVENT]
    make_images.func(table="events", row_id=event.id)
    assert ([getattr(event, name) for name in EVENT], len(Pictures.asked)) == (before, 1)
    # Copies that bring their own pictures keep them, also when the address changes with them.
    own = dict(zip(EVENT, ("https://a.example/1", "https://a.example/2", "https://a.example/3"), strict=True))
    copy = EventFactoryBasic(original_image_url=f"{elsewhere}/photo.jpg", **own)
    copy.original_image_url, copy.large_image_url = f"{elsewhere}/other.jpg", "https://a.example/4"
    db.session.flush()
    assert (copy.large_image_url, copy.icon_image_url) == ("https://a.example/4", None)


def test_rows_written_by_the_thousand_are_ordered_by_hand(elsewhere: str, deliver: Deliver) -> None:
    events = EventFactoryBasic.create_batch(2)
    db.session.execute(update(Event).values(original_image_url=f"{elsewhere}/photo.jpg"))
    assert waiting() == []
    order_images(Event, [event.id for event in events])
    db.session.expire_all()  # The job's session is another one.
    deliver()
    assert [sizes(event, EVENT)[0] for event in events] == [(1000, 500)] * 2


def test_picture_that_was_uploaded_here_is_read_from_the_store(app: Any, deliver: Deliver) -> None:
    speaker = SpeakerFactory(photo_url=stored_picture(mode="RGBA", size=(600, 300)))
    assert app.config["FETCH_ALLOWED_HOSTS"] == ()
    deliver()
    assert sizes(speaker, PERSON) == [(500, 250), (50, 25), (35, 18)]
    assert {shown(getattr(speaker, name)).format for name in PERSON} == {"PNG"}


def test_avatar_becomes_the_picture_kept_here(api: ApiClient, elsewhere: str, deliver: Deliver) -> None:
    user = UserFactory()
    answer = api.patch(
        f"/v1/users/{user.id}", document("user", user.id, avatar_url=f"{elsewhere}/photo.jpg"), user=user
    )
    assert answer.json["data"]["attributes"]["avatar-url"] == f"{elsewhere}/photo.jpg"
    deliver()
    assert sizes(user, PERSON) == [(500, 250), (50, 25), (35, 18)]
    assert user.avatar_url == user.original_image_url != f"{elsewhere}/photo.jpg"
    assert shown(user.avatar_url or "").size == (1600, 800)
    assert waiting() == []
    uploaded = stored_picture()
    api.patch(f"/v1/users/{user.id}", document("user", user.id, avatar_url=uploaded), user=user)
    assert sizes(user, PERSON) == [None] * 3
    deliver()
    db.session.refresh(user)
    assert user.avatar_url == user.original_image_url == uploaded
    new = document("user", email="new@example.com", password="long-enough", avatar_url=f"{elsewhere}/photo.jpg")
    id_ = int(api.post("/v1/users", new).json["data"]["id"])
    assert {"table": "users", "row_id": id_} in waiting()


def test_new_speaker_and_changed_photo_are_seen(api: ApiClient, elsewhere: str, deliver: Deliver) -> None:
    event, owner = EventFactoryBasic(is_sessions_speakers_enabled=True), UserFactory()
    give_role(owner, event, "owner")
    new = document(
        "speaker", relationships={"event": linkage("event", event)}, name="Ada", photo_url=f"{elsewhere}/photo.jpg"
    )
    speaker = db.session.get_one(Speaker, int(api.post("/v1/speakers", new, user=owner).json["data"]["id"]))
    deliver()
    assert sizes(speaker, PERSON)[0] == (500, 250)
    changed = document("speaker", speaker.id, photo_url=f"{elsewhere}/other.jpg")
    assert api.patch(f"/v1/speakers/{speaker.id}", changed, user=owner).status_code == 200
    deliver()
    assert sizes(speaker, PERSON)[0] == (250, 500)


def test_sizes_are_read_when_pictures_are_made(elsewhere: str, deliver: Deliver) -> None:
    EventImageSizeFactory(full_width=100, full_height=100, full_aspect=False, thumbnail_width=0, icon_width=None)
    SpeakerImageSizeFactory(small_size_width_height=2**31 - 1, icon_size_width_height=None)
    event, speaker = (
        EventFactoryBasic(original_image_url=f"{elsewhere}/photo.jpg"),
        SpeakerFactory(photo_url=f"{elsewhere}/photo.jpg"),
    )
    deliver()
    assert sizes(event, EVENT) == [(100, 100), (400, 200), (60, 30)]
    assert sizes(speaker, PERSON) == [(500, 250), (1600, 800), (1600, 800)]


def test_what_cannot_be_shown_has_no_pictures_and_is_not_tried_again(
    app: Any, elsewhere: str, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hopeless = (
        f"{elsewhere}/none.jpg", f"{elsewhere}/page.html", "http://10.0.0.1/a.png", "http://169.254.169.254/latest/",
        "http://user:secret@example.com/", "http://localhost:1/a.png", stored_picture()[:-4] + ".gif",
        stored_picture(key="media/uploads/files/1.pdf")[:-4] + ".odp",
    )  # fmt: skip
    events = [EventFactoryBasic(original_image_url=url) for url in hopeless]
    deliver()  # A job that fails would be raised here.
    assert [sizes(event, EVENT) for event in events] == [[None] * 3] * len(hopeless)
    unreachable = EventFactoryBasic(original_image_url="http://127.0.0.1:9/a.png")
    monkeypatch.setitem(app.config, "FETCH_ALLOWED_HOSTS", ("127.0.0.1:9",))
    with pytest.raises(Unreachable):
        make_images.func(table="events", row_id=unreachable.id)


def test_worker_makes_pictures_and_comes_back_a_few_times_to_who_does_not_answer(
    committed_app: Service, pictures_port: int
) -> None:
    hosts = (f"127.0.0.1:{pictures_port}", "127.0.0.1:9")
    committed_app.config["FETCH_ALLOWED_HOSTS"] = hosts
    answering, silent = (EventFactoryBasic(original_image_url=f"http://{host}/photo.jpg") for host in hosts)
    db.session.commit()
    run_waiting_jobs(committed_app)
    assert sizes(answering, EVENT) == [(1000, 500), (400, 200), (60, 30)]
    assert sizes(silent, EVENT) == [None] * 3
    left = db.session.execute(
        text("SELECT args ->> 'row_id', attempts, scheduled_at > now() FROM procrastinate_jobs WHERE status = 'todo'")
    )
    assert left.all() == [(str(silent.id), 1, True)]
    assert FEW.attempts == 4


def test_too_large_picture_of_others_is_left_where_it_is(elsewhere: str, deliver: Deliver) -> None:
    SettingFactory(image_size=1)
    event = EventFactoryBasic(original_image_url=f"{elsewhere}/photo.jpg")
    deliver()
    assert sizes(event, EVENT) == [None] * 3


def test_job_of_a_row_that_is_gone_does_nothing() -> None:
    for table in ("events", "speakers", "users"):
        make_images.func(table=table, row_id=10**9)


def test_other_writes_cost_no_statement_more(app: Any) -> None:
    user, event = UserFactory(), EventFactoryBasic()
    db.session.flush()
    with statements_sent() as statements:
        user.first_name, event.name = "Grace", "Other"
        db.session.flush()
    assert len(statements) == 2
