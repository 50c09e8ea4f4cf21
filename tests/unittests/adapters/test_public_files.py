"""Public files: their addresses, and what is served at them."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.adapters.storage import InvalidKey, keep_public, new_key, public_key, public_url, storage
from app.adapters.storage.public import blueprint

HERE = "https://api.example.com"
KEY = "media/events/a7c2e9d4/large/f00.jpg"


@pytest.fixture
def client(plain_app: Flask) -> FlaskClient:
    """Asks the app for files."""
    plain_app.register_blueprint(blueprint)
    return plain_app.test_client()


def test_address_of_a_public_file_leads_back_to_its_key_wherever_files_are_kept(plain_app: Flask) -> None:
    bucket = {"S3_BUCKET": "events", "S3_REGION": "eu-central-1"}
    for settings, address in (
        ({}, HERE),
        (bucket, "https://events.s3.eu-central-1.amazonaws.com"),
        (bucket | {"S3_ENDPOINT_URL": "https://s3.example.com"}, "https://s3.example.com/events"),
        (bucket | {"S3_PUBLIC_URL": "https://cdn.example.com"}, "https://cdn.example.com"),
    ):
        plain_app.config.update({"S3_ENDPOINT_URL": None, "S3_PUBLIC_URL": None} | settings)
        assert public_url(KEY) == f"{address}/{KEY}"
        assert public_key(public_url(KEY)) == KEY
        kept_here = "media/local/uploads/1.png"
        assert public_url(kept_here) == f"{HERE}/{kept_here}"
        assert public_key(public_url(kept_here)) == kept_here


def test_addresses_of_others_and_of_private_files_have_no_key(plain_app: Flask) -> None:
    foreign = (
        "", "x", HERE, f"{HERE}/", f"{HERE}/media", f"{HERE}/media/", f"{HERE}/tickets/1.pdf", f"{HERE}/files/abc",
        f"{HERE}/media/../tickets/1.pdf", f"{HERE}/media/%2e%2e/tickets/1.pdf", f"{HERE}/media/a.png?x=1",
        f"{HERE}/media/a.png#x", f"{HERE}.evil.example/media/a.png", f"http://evil.example/?{HERE}/media/a.png",
        f"{HERE}@evil.example/media/a.png", f"{HERE}//media/a.png", "media/a.png", "/media/a.png", f"{HERE}/mediasecret/a",
    )  # fmt: skip
    assert {url: public_key(url) for url in foreign if public_key(url) is not None} == {}
    for key in ("tickets/1.pdf", "media", "../media/a.png", "media/../tickets/1.pdf"):
        with pytest.raises(InvalidKey):
            public_url(key)
        with pytest.raises(InvalidKey):
            keep_public(key, b"x")


def test_name_that_no_file_can_have_is_not_found(client: FlaskClient) -> None:
    keep_public(KEY, b"x")  # Its folders have to be there for the name to matter.
    for name in ("x" * 300, f"events/{'x' * 256}.png", "a/" * 300 + "b.png"):
        assert client.get(f"/media/{name}").status_code == 404


def test_new_keys_cannot_be_guessed() -> None:
    keys = {new_key("uploads/images", "png") for _ in range(20)}
    assert len(keys) == 20
    assert all(len(key.rpartition("/")[2]) == 36 for key in keys)


def test_files_are_served_as_what_their_extension_says_and_run_nothing(client: FlaskClient) -> None:
    for name, kind, disposition in (
        ("a.png", "image/png", "inline"), ("a.jpg", "image/jpeg", "inline"), ("a.gif", "image/gif", "inline"),
        ("a.webp", "image/webp", "inline"), ("a.pdf", "application/pdf", "inline"), ("a.mp3", "audio/mpeg", "inline"),
        ("a.mp4", "video/mp4", "inline"), ("a.odp", "application/octet-stream", "attachment"),
        ("a.html", "application/octet-stream", "attachment"), ("a.svg", "application/octet-stream", "attachment"),
        ("a", "application/octet-stream", "attachment"),
    ):  # fmt: skip
        path = keep_public(f"media/x/{name}", b"<script>alert(1)</script>").removeprefix(HERE)
        answer = client.get(path)
        assert (answer.status_code, answer.content_type, answer.data[:7]) == (200, kind, b"<script")
        headers = answer.headers
        assert headers["Content-Disposition"].partition(";")[0] == disposition
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert ("sandbox" in headers["Content-Security-Policy"]) == (kind != "application/pdf")
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    part = client.get("/media/x/a.mp4", headers={"Range": "bytes=1-6"})
    assert (part.status_code, part.data) == (206, b"script")


def test_nothing_but_public_files_is_reached(client: FlaskClient, plain_app: Flask) -> None:
    storage().put("tickets/1.pdf", b"private", "application/pdf")
    storage().put("media-of-others/1.pdf", b"private", "application/pdf")
    for path in (
        "/media/", "/media/none.png", "/media/../tickets/1.pdf", "/media/%2e%2e/tickets/1.pdf", "/media/..%2ftickets/1.pdf",
        "/media//tickets/1.pdf", "/media/./../tickets/1.pdf", "/media/..%5ctickets/1.pdf", "/media/%00", "/media/.hidden",
        "/media/x%0a.png", "/tickets/1.pdf", "/media-of-others/1.pdf", "/media/%252e%252e/tickets/1.pdf",
        "/media/" + "a" * 600, "/media/" + "a" * 256, f"/media/{'a' * 256}/b.png",
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code in (404, 308), path
        assert b"private" not in client.get(path, follow_redirects=True).data
