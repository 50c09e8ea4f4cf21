"""Uploading pictures and files: what is taken, what it becomes, and where it is found."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer
from PIL import Image
from werkzeug.test import TestResponse

from app.adapters.storage import public_key, storage
from app.edge import Service
from app.users.models import User
from tests.unittests.client import ApiClient
from tests.unittests.factories.site import SettingFactory
from tests.unittests.factories.uploads import picture
from tests.unittests.factories.users import UserFactory

PDF = b"%PDF-1.7 slides"
HTML = b"<html><script>alert(1)</script></html>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def uri(data: bytes, claimed: str = "image/png") -> str:
    return f"data:{claimed};base64,{base64.b64encode(data).decode()}"


def upload(api: ApiClient, data: object, user: User | None, query: str = "") -> TestResponse:
    return api.plain("POST", f"/v1/upload/image{query}", {"data": data}, user=user)


def send(api: ApiClient, user: User | None, parts: Any, query: str = "", **headers: str) -> TestResponse:
    """Files as a form sends them: (part, name, content, claimed type)."""
    form: dict[str, Any] = {}
    for part, name, content, claimed in parts:
        form.setdefault(part, []).append((BytesIO(content), name, claimed))
    path = f"/v1/upload/files{query}"
    return api.request("POST", path, user=user, data=form, content_type="multipart/form-data", headers=headers)


def served(api: ApiClient, answer: TestResponse) -> TestResponse:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return api.get(answer.json["url"].removeprefix(api.app.config["PUBLIC_URL"]))


def test_picture_is_found_at_an_absolute_address_at_once_written_anew(api: ApiClient) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "47.11 N"
    photo = picture("JPEG", exif=exif) + HTML
    answer = upload(api, uri(photo, "text/html"), UserFactory())
    assert answer.content_type == "application/json"
    assert answer.json["url"].startswith(f"{api.app.config['PUBLIC_URL']}/media/uploads/images/")
    assert answer.json["url"].endswith(".jpg")
    found = served(api, answer)
    assert (found.content_type, Image.open(BytesIO(found.data)).size) == ("image/jpeg", (40, 60))
    assert b"47.11" in photo
    assert (b"47.11" in found.data, b"<script" in found.data) == (False, False)
    assert upload(api, uri(photo), UserFactory()).json["url"] != answer.json["url"]


def test_nothing_sent_is_a_bad_request_in_plain_json(api: ApiClient) -> None:
    user = UserFactory()
    answers = [
        api.plain("POST", "/v1/upload/image", body, user=user) for body in ({}, {"data": ""}, {"data": None}, [], 1)
    ]
    answers += [api.request("POST", "/v1/upload/image", user=user, data=data) for data in (b"", b"{", b"\xff")]
    answers += [
        api.request("POST", "/v1/upload/files", user=user, data=b"", content_type="multipart/form-data; boundary=x")
    ]
    answers += [
        api.plain("POST", "/v1/upload/files", {}, user=user),
        send(api, user, [("other", "a.png", picture(), "image/png")]),
    ]
    assert {(answer.status_code, answer.get_data(as_text=True)) for answer in answers} == {
        (400, '{"error":"Bad Request"}')
    }


def test_nobody_uploads_without_signing_in(api: ApiClient, own_store: Path) -> None:
    assert upload(api, uri(picture()), None).status_code == 401
    assert send(api, None, [("file", "a.pdf", PDF, "application/pdf")]).status_code == 401
    assert not own_store.exists()


def test_what_is_no_picture_is_refused_as_one_with_words(api: ApiClient, own_store: Path) -> None:
    user = UserFactory()
    for data in (
        uri(HTML), uri(SVG), uri(SVG, "image/svg+xml"), uri(PDF), uri(b""), uri(picture(size=(200, 200))[:150]), uri(b"\x00" * 50),
        "data:image/png;base64,%%%", "data:image/png;base64,AAA", "data:image/png,AAAA", "AAAA", "https://example.com/a.png",
        "data:image/png;base64,\u00fc", "\u0000", 5, True, ["x"], {"a": 1}, "data:" + "a" * 100_000,
    ):  # fmt: skip
        answer = upload(api, data, user)
        error = answer.json["errors"][0]
        assert (answer.status_code, error["source"]["pointer"]) == (422, "/data"), data
    assert not own_store.exists()


def test_file_is_kept_under_a_name_of_ours_whatever_its_sender_calls_it(api: ApiClient, own_store: Path) -> None:
    user = UserFactory()
    for name, claimed in (
        ("../../a.html", "text/html"),
        ("a.svg", "image/svg+xml"),
        ("a", ""),
        ("x" * 300 + ".php", "a/b"),
    ):
        found = served(api, send(api, user, [("file", name, PDF, claimed)]))
        assert (found.content_type, found.data) == ("application/pdf", PDF)
    kept = [path for path in own_store.rglob("*") if path.is_file()]
    assert {(path.parent, path.suffix) for path in kept} == {(own_store / "media/uploads/files", ".pdf")}
    image = served(api, send(api, user, [("file", "a.pdf", picture("WEBP"), "application/pdf")]))
    assert image.content_type == "image/webp"


def test_several_files_are_all_kept_or_none(api: ApiClient, own_store: Path) -> None:
    user = UserFactory()
    answer = send(api, user, [("files[]", "a", PDF, ""), ("files[]", "b", picture(), "")])
    assert [each["url"].rpartition(".")[2] for each in answer.json] == ["pdf", "png"]
    before = sorted(own_store.rglob("*.*"))
    refused = send(api, user, [("files[]", "a", PDF, ""), ("files[]", "b", HTML, ""), ("files[]", "c", PDF, "")])
    assert (refused.status_code, refused.json["errors"][0]["source"]["pointer"]) == (422, "/files/1")
    assert send(api, user, [("files[]", "a", PDF, "")] * 11).status_code == 422
    assert sorted(own_store.rglob("*.*")) == before


def test_files_that_run_something_or_are_unknown_are_refused(api: ApiClient) -> None:
    user = UserFactory()
    for content in (HTML, SVG, b"MZ\x90", b"text", b"", b"PK\x03\x04 nothing"):
        answer = send(api, user, [("file", "a.png", content, "image/png")])
        assert (answer.status_code, answer.json["errors"][0]["source"]["pointer"]) == (422, "/file"), content


def test_sizes_are_those_of_the_settings(api: ApiClient) -> None:
    user = UserFactory()
    SettingFactory(image_size=1, slide_size=2)
    large = picture(size=(40, 40), mode="RGB", color="red", compress_level=0)
    assert 1024 < len(large) < 10_000
    for answer in (
        upload(api, uri(large), user),
        send(api, user, [("file", "a", large, "")]),
        send(api, user, [("file", "a", PDF + b"x" * 2048, "")]),
    ):
        assert (answer.status_code, answer.json["errors"][0]["title"]) == (413, "Content Too Large")
    assert upload(api, uri(picture()), user).status_code == 200
    assert send(api, user, [("file", "a", PDF + b"x" * 2000, "")]).status_code == 200


def test_each_file_counts_against_the_limit_of_its_account(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(api.app.config, "RATE_LIMIT_UPLOAD", "3 per hour")
    user, other = UserFactory(id=900_001), UserFactory(id=900_002)
    assert upload(api, uri(picture()), user).status_code == 200
    assert send(api, user, [("files[]", "a", PDF, "")] * 2).status_code == 200
    assert send(api, user, [("file", "a", PDF, "")]).status_code == 429
    assert upload(api, uri(picture()), user).status_code == 429
    assert upload(api, uri(picture()), other).status_code == 200


def test_upload_that_is_sent_again_with_its_key_is_kept_once(api: ApiClient, own_store: Path) -> None:
    user, parts = UserFactory(), [("file", "a", PDF, "")]
    form: dict[str, Any] = {
        "data": b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + PDF + b"\r\n--x--\r\n"
    }
    options = {"user": user, "content_type": "multipart/form-data; boundary=x", "headers": {"Idempotency-Key": "k"}}
    answers = [api.request("POST", "/v1/upload/files", **form, **options) for _ in range(2)]  # type: ignore[arg-type]
    assert (answers[0].status_code, answers[0].json) == (answers[1].status_code, answers[1].json)
    assert answers[0].status_code == 200
    assert len(list(own_store.rglob("*.pdf"))) == 1
    assert send(api, user, parts).status_code == 200


def test_with_a_bucket_files_are_served_by_it_unless_they_are_to_stay_here(
    api: ApiClient, own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = {
        "S3_BUCKET": "events",
        "S3_ENDPOINT_URL": f"http://{host}:{port}",
        "S3_ACCESS_KEY": "a",
        "S3_SECRET_KEY": "b",
    }
    for name, value in settings.items():
        monkeypatch.setitem(api.app.config, name, value)
    storage()._client.create_bucket(Bucket="events")  # type: ignore[attr-defined]
    user = UserFactory()
    there = upload(api, uri(picture()), user).json["url"]
    assert there.startswith(f"http://{host}:{port}/events/media/uploads/images/")
    assert storage().exists(public_key(there) or "")
    assert not own_store.exists()
    here = upload(api, uri(picture()), user, "?force_local=true")
    assert here.json["url"].startswith(f"{api.app.config['PUBLIC_URL']}/media/local/uploads/images/")
    assert served(api, here).status_code == 200
    assert served(api, send(api, user, [("file", "a", PDF, "")], "?force_local=true")).data == PDF
    server.stop()


def test_uploads_need_the_method_they_are_made_by(app: Service, api: ApiClient) -> None:
    user = UserFactory()
    for path in ("/v1/upload/image", "/v1/upload/files"):
        assert api.get(path, user=user).status_code == 405
