"""Pictures of sub-topics and topics: fetched through the guard, and kept by this service."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

from app.adapters.storage import public_key, storage
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventSubTopicFactory, EventTopicFactory
from tests.unittests.factories.placeholders import CustomPlaceholderFactory
from tests.unittests.factories.uploads import stored_picture
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.picture_server import Pictures, elsewhere, own_store, pictures_port

__all__ = ["elsewhere", "own_store", "pictures_port"]

DERIVED = ("original-image-url", "large-image-url", "thumbnail-image-url", "icon-image-url")


def shown(url: str) -> Image.Image:
    key = public_key(url)
    assert key is not None, url
    return Image.open(BytesIO(storage().get(key)))


def post(api: ApiClient, user: Any, url: object, **relationships: Any) -> Any:
    body = document("custom-placeholder", None, relationships or None, name="Gliders", original_image_url=url)
    return api.post("/v1/custom-placeholders", body, user=user)


def test_placeholder_has_all_its_pictures_as_soon_as_it_is_made(api: ApiClient, elsewhere: str) -> None:
    admin, sub_topic = AdminFactory(), EventSubTopicFactory()
    assert [post(api, user, f"{elsewhere}/photo.jpg").status_code for user in (None, UserFactory())] == [401, 403]
    assert Pictures.asked == []
    made = post(api, admin, f"{elsewhere}/photo.jpg", event_sub_topic=linkage("event-sub-topic", sub_topic))
    assert made.status_code == 201
    attributes = made.json["data"]["attributes"]
    assert [shown(attributes[name]).size for name in DERIVED] == [(1600, 800), (1000, 500), (400, 200), (60, 30)]
    found = api.get(f"/v1/event-sub-topics/{sub_topic.id}/custom-placeholder").json["data"]
    assert (found["id"], found["attributes"]) == (made.json["data"]["id"], attributes)
    included = api.get(f"/v1/event-sub-topics/{sub_topic.id}", query={"include": "custom-placeholder"}).json["included"]
    assert included[0]["id"] == found["id"]
    back = api.get(f"/v1/custom-placeholders/{found['id']}/event-sub-topic").json["data"]
    assert back["id"] == str(sub_topic.id)
    assert api.get(f"/v1/event-sub-topics/{EventSubTopicFactory().id}/custom-placeholder").status_code == 404
    assert api.get(f"/v1/custom-placeholders/{post(api, admin, f'{elsewhere}/photo.jpg').json['data']['id']}/event-sub-topic").status_code == 404  # fmt: skip


def test_new_picture_of_a_placeholder_replaces_all_and_the_same_one_none(api: ApiClient, elsewhere: str) -> None:
    admin, path = AdminFactory(), "/v1/custom-placeholders/"
    data = post(api, admin, f"{elsewhere}/photo.jpg").json["data"]
    Pictures.asked.clear()
    sent = {name.replace("-", "_"): value for name, value in data["attributes"].items()} | {"name": "Kites"}
    same = api.patch(path + data["id"], document("custom-placeholder", data["id"], **sent), user=admin).json["data"]
    assert (same["attributes"], Pictures.asked) == ({**data["attributes"], "name": "Kites"}, [])
    sent["original_image_url"] = f"{elsewhere}/other.jpg"
    new = api.patch(path + data["id"], document("custom-placeholder", data["id"], **sent), user=admin).json["data"]
    assert [shown(new["attributes"][name]).size for name in DERIVED] == [(800, 1600), (250, 500), (100, 200), (15, 30)]
    assert not set(new["attributes"].values()) & {data["attributes"][name] for name in DERIVED}


def test_sub_topic_has_one_placeholder(api: ApiClient, elsewhere: str) -> None:
    taken = linkage("event-sub-topic", CustomPlaceholderFactory().event_sub_topic)
    answer = post(api, AdminFactory(), f"{elsewhere}/photo.jpg", event_sub_topic=taken)
    assert (answer.status_code, answer.json["errors"][0]["source"]["pointer"]) == (
        409,
        "/data/relationships/event-sub-topic",
    )


def test_address_without_a_picture_is_refused_with_the_contracts_words(api: ApiClient, elsewhere: str) -> None:
    admin, topic = AdminFactory(), EventTopicFactory()
    placeholder = CustomPlaceholderFactory()
    for url, detail in (
        (f"{elsewhere}/none.jpg", "Invalid Image URL"), ("http://127.0.0.1/a.png", "Invalid Image URL"),
        ("http://169.254.169.254/latest/meta-data", "Invalid Image URL"), ("https://10.0.0.1/a.png", "Invalid Image URL"),
        ("http://localhost:5000/a.png", "Invalid Image URL"), (stored_picture()[:-4] + ".gif", "Invalid Image URL"),
        (f"{elsewhere}/page.html", "Image is absent at URL"),
    ):  # fmt: skip
        of_topic = (
            api.post("/v1/event-topics", document("event-topic", name="New", system_image_url=url), user=admin),
            api.patch(
                f"/v1/event-topics/{topic.id}", document("event-topic", topic.id, system_image_url=url), user=admin
            ),
        )
        changed = document("custom-placeholder", placeholder.id, original_image_url=url)
        of_placeholder = (
            post(api, admin, url),
            api.patch(f"/v1/custom-placeholders/{placeholder.id}", changed, user=admin),
        )
        for answers, name in ((of_topic, "system-image-url"), (of_placeholder, "original-image-url")):
            for answer in answers:
                error = answer.json["errors"][0]
                assert (answer.status_code, error["status"], error["detail"]) == (422, 422, detail), url
                assert error["source"] == {"pointer": f"/data/attributes/{name}", "source": f"attributes/{name}"}
    for value in (None, "", "x", 5, "file:///etc/passwd"):
        assert post(api, admin, value).json["errors"][0]["source"]["pointer"] == "/data/attributes/original-image-url"


def test_picture_of_a_topic_is_kept_as_jpeg(api: ApiClient, elsewhere: str) -> None:
    admin = AdminFactory()
    for url, size in ((f"{elsewhere}/photo.jpg", (1600, 800)), (stored_picture(mode="RGBA"), (60, 40))):
        made = api.post("/v1/event-topics", document("event-topic", name="New", system_image_url=url), user=admin)
        kept = made.json["data"]["attributes"]["system-image-url"]
        assert (shown(kept).format, shown(kept).size, kept.rpartition(".")[2]) == ("JPEG", size, "jpg")
    path = f"/v1/event-topics/{made.json['data']['id']}"
    Pictures.asked.clear()
    same = api.patch(
        path, document("event-topic", made.json["data"]["id"], name="Same", system_image_url=kept), user=admin
    )
    assert (same.json["data"]["attributes"]["system-image-url"], Pictures.asked) == (kept, [])
    new = document("event-topic", made.json["data"]["id"], system_image_url=f"{elsewhere}/other.jpg")
    assert shown(api.patch(path, new, user=admin).json["data"]["attributes"]["system-image-url"]).size == (800, 1600)


def test_topic_without_a_picture_has_the_default_one(api: ApiClient) -> None:
    admin = AdminFactory()
    first, second = (
        api.post("/v1/event-topics", document("event-topic", name="New", **given), user=admin).json["data"]
        for given in ({}, {"system_image_url": None})
    )
    default = first["attributes"]["system-image-url"]
    assert (shown(default).format, second["attributes"]["system-image-url"]) == ("JPEG", default)
    topic = EventTopicFactory(system_image_url="https://images.example/a.jpg")
    cleared = document("event-topic", topic.id, system_image_url=None)
    answer = api.patch(f"/v1/event-topics/{topic.id}", cleared, user=admin)
    assert answer.json["data"]["attributes"]["system-image-url"] == default
