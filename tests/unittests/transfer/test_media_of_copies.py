"""A copy shows files of its own, which outlive those of its source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from app.adapters.storage import public_key, public_url, storage
from app.events.content.models import Exhibitor, Sponsor
from app.events.models import Event
from app.extensions import db
from app.transfer.files import copy_each
from tests.unittests.client import ApiClient
from tests.unittests.delivery import Deliver, deliver
from tests.unittests.factories.content import ExhibitorFactory, SponsorFactory
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.uploads import stored_picture
from tests.unittests.ranks import role_of

__all__ = ["deliver"]
FOREIGN = "https://elsewhere.example.com/logo.png"


@pytest.fixture
def event(deliver: Deliver) -> Any:
    """An event with files of ours, each of which says its name, and others."""
    made = EventFactoryBasic(
        logo_url=kept("media/events/logo.png"),
        thumbnail_image_url=FOREIGN,
        large_image_url=kept("media/events/large.jpg"),
        document_links=[{"name": "Plan", "link": kept("media/documents/plan.pdf")}, {"name": "Map", "link": FOREIGN}],
    )
    for name in ("a", "b"):
        SponsorFactory(event=made, logo_url=kept(f"media/sponsors/{name}.png"))
    SponsorFactory(event=made, logo_url=None)
    SponsorFactory(event=made, logo_url=FOREIGN)
    ExhibitorFactory(
        event=made, banner_url=kept("media/banner"), slides_url=kept("media/slides.pdf"), video_url=FOREIGN
    )
    return made


def kept(key: str) -> str:
    """The address of a file with this key, which says the key."""
    storage().put(key, key.encode(), "text/plain", public=True)
    return public_url(key)


def copied(api: ApiClient, event: Any) -> Event:
    """A copy of the event."""
    answer = api.plain("POST", f"/v1/events/{event.id}/copy", {}, user=role_of(event, "owner"))
    assert answer.status_code == 200, answer.text
    return db.session.get_one(Event, answer.json["id"])


def shown(event: Any) -> list[str | None]:
    """The addresses the event shows, row by row."""
    sponsors = db.session.query(Sponsor).filter_by(event_id=event.id).order_by(Sponsor.id)
    exhibitor = db.session.query(Exhibitor).filter_by(event_id=event.id).one()
    return [
        event.logo_url,
        event.thumbnail_image_url,
        event.large_image_url,
        *(each["link"] for each in event.document_links),
        *(sponsor.logo_url for sponsor in sponsors),
        *(exhibitor.banner_url, exhibitor.slides_url, exhibitor.video_url, exhibitor.logo_url),
    ]


def test_files_of_ours_are_copied_and_foreign_addresses_kept(api: ApiClient, event: Any, deliver: Deliver) -> None:
    before = shown(event)
    copy = copied(api, event)
    after = shown(copy)
    assert shown(event) == before
    ours = [
        (public_key(old) or "", public_key(new or "") or "")
        for old, new in zip(before, after, strict=True)
        if old and public_key(old)
    ]
    assert len({new for _, new in ours} | {old for old, _ in ours}) == 2 * len(ours) == 14
    assert [new for old, new in zip(before, after, strict=True) if not (old and public_key(old))] == [
        FOREIGN, FOREIGN, None, FOREIGN, FOREIGN, None,
    ]  # fmt: skip
    assert not any(storage().exists(new) for _, new in ours)
    deliver()
    for old, new in ours:
        assert storage().get(new) == old.encode()
        assert (Path(new).parent, Path(new).suffix) == (Path(old).parent, Path(old).suffix)
        storage().delete(old)
        assert storage().exists(new)


def test_files_are_copied_once_and_what_is_missing_is_left_out(event: Any, caplog: pytest.LogCaptureFixture) -> None:
    pairs = [
        ("media/events/logo.png", "media/new/logo.png"),
        ("media/gone.png", "media/new/gone.png"),
        ("media/banner", "media/new/banner"),
    ]
    copy_each(pairs)
    storage().put("media/events/logo.png", b"changed since", "image/png")
    copy_each(pairs)
    assert storage().get("media/new/logo.png") == b"media/events/logo.png"
    assert storage().exists("media/new/banner")
    assert not storage().exists("media/new/gone.png")
    assert "gone.png" in caplog.text


def test_file_that_is_shown_often_is_copied_once(api: ApiClient, deliver: Deliver) -> None:
    link = {"name": "Plan", "link": kept("media/documents/plan.pdf")}
    event = EventFactoryBasic(document_links=[link, link])
    SponsorFactory(event=event, logo_url=link["link"])
    copy = copied(api, event)
    addresses = {each["link"] for each in copy.document_links}
    addresses |= set(db.session.scalars(select(Sponsor.logo_url).where(Sponsor.event_id == copy.id)))
    assert len(addresses) == 1
    (pairs,) = db.session.scalars(text("SELECT args -> 'pairs' FROM procrastinate_jobs"))
    assert [source for source, _ in pairs] == ["media/documents/plan.pdf"]


def test_address_that_is_too_long_for_a_file_of_ours_is_kept(api: ApiClient, deliver: Deliver) -> None:
    ours = kept("media/documents/plan.pdf")
    folder = ours.removesuffix("documents/plan.pdf")
    for key in ("x" * 300, f"plan.{'x' * 250}", "a/" * 249 + "b.png"):
        event = EventFactoryBasic(logo_url=folder + key, document_links=[{"name": "Plan", "link": ours}])
        copy = copied(api, event)
        assert copy.logo_url == folder + key
        deliver()
        assert storage().exists(public_key(copy.document_links[0]["link"]) or "")


def test_event_without_files_of_ours_leaves_no_job(api: ApiClient, app: Any) -> None:
    event = EventFactoryBasic(logo_url=FOREIGN)
    assert copied(api, event).logo_url == FOREIGN
    assert db.session.execute(db.text("SELECT count(*) FROM procrastinate_jobs")).scalar() == 0


def test_pictures_that_the_source_did_not_have_yet_are_made_of_the_copy(api: ApiClient, deliver: Deliver) -> None:
    event = EventFactoryBasic()
    ExhibitorFactory(event=event, banner_url=stored_picture())
    db.session.execute(update(Event).where(Event.id == event.id).values(original_image_url=stored_picture()))
    copy = copied(api, event)
    deliver()
    db.session.refresh(copy)
    exhibitor = db.session.query(Exhibitor).filter_by(event_id=copy.id).one()
    for url in (copy.large_image_url, copy.icon_image_url, exhibitor.thumbnail_image_url):
        assert storage().exists(public_key(url or "") or "")
