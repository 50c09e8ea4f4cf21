"""The sizes of pictures: one record each, at every address, changed by admins."""

from __future__ import annotations

from tests.unittests.client import ApiClient, document
from tests.unittests.factories.users import AdminFactory, UserFactory

EVENT = {
    "type": "event-image", "full-width": 1300, "full-height": 500, "full-aspect": True, "full-quality": 80,
    "icon-width": 75, "icon-height": 30, "icon-aspect": True, "icon-quality": 80, "thumbnail-width": 500,
    "thumbnail-height": 200, "thumbnail-aspect": True, "thumbnail-quality": 80, "logo-width": 500, "logo-height": 200,
}  # fmt: skip
SPEAKER = {
    "type": "speaker-image", "small-size-width-height": 50, "small-size-quality": 80, "thumbnail-size-width-height": 500,
    "thumbnail-size-quality": 80, "icon-size-width-height": 35, "icon-size-quality": 80,
}  # fmt: skip
KINDS = (("event-image-size", EVENT, "full-width"), ("speaker-image-size", SPEAKER, "icon-size-width-height"))


def test_every_installation_has_one_record_of_each_whatever_id_is_asked_for(api: ApiClient) -> None:
    for type_, attributes, _ in KINDS:
        for path in (f"/v1/{type_}s", f"/v1/{type_}s/1", f"/v1/{type_}s/99"):
            data = api.get(path).json["data"]
            assert (data["type"], data["id"], data["attributes"]) == (type_, "1", attributes)


def test_admins_change_them_and_nobody_makes_or_deletes_any(api: ApiClient) -> None:
    admin, user = AdminFactory(), UserFactory()
    for type_, _, name in KINDS:
        for path in (f"/v1/{type_}s", f"/v1/{type_}s/7"):
            body = document(type_, 1, **{name: 64})
            assert api.patch(path, body).status_code == 401
            assert api.patch(path, body, user=user).status_code == 403
            assert api.patch(path, body, user=admin).json["data"]["attributes"][name] == 64
            assert api.delete(path, user=admin).status_code == 405
        assert api.post(f"/v1/{type_}s", document(type_, **{name: 1}), user=admin).status_code == 405


def test_values_that_are_no_sizes_are_refused(api: ApiClient) -> None:
    admin = AdminFactory()
    for type_, attributes, name in KINDS:
        quality = next(each for each in attributes if each.endswith("quality"))
        for attribute, value in ((name, -1), (name, 2**31), (name, "wide"), (quality, 101), (quality, -1)):
            answer = api.patch(f"/v1/{type_}s", document(type_, 1, **{attribute: value}), user=admin)
            pointer = answer.json["errors"][0]["source"]["pointer"]
            assert (answer.status_code, pointer) == (422, f"/data/attributes/{attribute}"), value
        for value in (None, 0):
            assert api.patch(f"/v1/{type_}s", document(type_, 1, **{name: value}), user=admin).status_code == 200
