"""Signed addresses of stored files, and the route that opens them."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from app.adapters.storage import InvalidKey, LinkInvalid, read_signed, signed_url, storage
from app.adapters.storage.files import blueprint

ADDRESS = "https://api.example.com/files/"


@pytest.fixture
def client(plain_app: Flask) -> FlaskClient:
    """Asks the app for files."""
    plain_app.register_blueprint(blueprint)
    return plain_app.test_client()


def link(filename: str, data: bytes = b"content", hours: float = 1) -> str:
    """The path of a stored file's address."""
    storage().put("tickets/1.bin", data, "application/octet-stream")
    return signed_url("tickets/1.bin", filename=filename, hours=hours).removeprefix("https://api.example.com")


@pytest.mark.usefixtures("plain_app")
def test_signed_address_tells_the_file_and_its_name() -> None:
    address = signed_url("tickets/12.pdf", filename="Größe 王.pdf", hours=2)
    assert address.startswith(ADDRESS)
    assert address.isascii()
    assert read_signed(address.removeprefix(ADDRESS)) == ("tickets/12.pdf", "Größe 王.pdf")


@pytest.mark.usefixtures("plain_app")
def test_signed_address_ends_with_its_hours() -> None:
    token = signed_url("tickets/12.pdf", filename="a.pdf", hours=1 / 3600).removeprefix(ADDRESS)
    assert read_signed(token)
    time.sleep(2.1)  # Signing counts whole seconds.
    with pytest.raises(LinkInvalid, match="expired"):
        read_signed(token)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "WyJhIiwiYiIsMV0.aaaa.bbbb"])
def test_unsigned_token_opens_nothing(plain_app: Flask, token: str) -> None:
    with pytest.raises(LinkInvalid):
        read_signed(token)


def test_signed_address_can_neither_be_forged_nor_made_to_last(client: FlaskClient) -> None:
    path = link("ticket.pdf", hours=1 / 3600)
    assert client.get(path).status_code == 200
    content, made_at, signature = path.removeprefix("/files/").rsplit(".", 2)
    lasting = link("ticket.pdf", hours=2).removeprefix("/files/").rsplit(".", 2)
    swapped = "B" if signature[0] == "A" else "A"
    for token in (
        f"{content}.{made_at}.{swapped}{signature[1:]}", f"{lasting[0]}.{made_at}.{signature}",
        f"{content}.zzzzzz.{signature}", f"{content}.{made_at}", content,
    ):  # fmt: skip
        assert client.get(f"/files/{token}").status_code == 404
    time.sleep(2.1)  # Signing counts whole seconds.
    assert client.get(path).status_code == 404


def test_token_signed_for_another_purpose_opens_nothing(plain_app: Flask) -> None:
    other = URLSafeTimedSerializer(plain_app.config["SECRET_KEY"], salt="password reset")
    with pytest.raises(LinkInvalid):
        read_signed(str(other.dumps(["tickets/12.pdf", "a.pdf", 1])))


@pytest.mark.usefixtures("plain_app")
def test_key_outside_the_store_is_never_signed() -> None:
    with pytest.raises(InvalidKey):
        signed_url("../secret-key", filename="a", hours=1)


@pytest.mark.parametrize(
    ("filename", "content_type", "disposition"),
    [
        ("ticket.pdf", "application/pdf", "inline"),
        ("photo.JPG", "image/jpeg", "inline"),
        ("page.html", "application/octet-stream", "attachment"),
        ("drawing.svg", "application/octet-stream", "attachment"),
        ("noname", "application/octet-stream", "attachment"),
        ("ticket.pdf.html", "application/octet-stream", "attachment"),
    ],
)
def test_only_what_runs_nothing_is_shown(
    client: FlaskClient, filename: str, content_type: str, disposition: str
) -> None:
    response = client.get(link(filename))
    assert (response.status_code, response.data) == (200, b"content")
    assert response.content_type == content_type
    assert response.headers["Content-Disposition"].startswith(f"{disposition}; filename={filename}")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert ("sandbox" in response.headers["Content-Security-Policy"]) == (content_type != "application/pdf")
    assert response.headers["Cache-Control"] == "private, max-age=300"


def test_head_tells_the_size_without_the_file(client: FlaskClient) -> None:
    response = client.head(link("ticket.pdf", b"12345"))
    assert (response.status_code, response.data) == (200, b"")
    assert response.headers["Content-Length"] == "5"


def test_part_of_a_file_can_be_asked_for(client: FlaskClient) -> None:
    response = client.get(link("ticket.pdf", b"12345"), headers={"Range": "bytes=1-2"})
    assert (response.status_code, response.data) == (206, b"23")


def test_wrong_token_and_deleted_file_answer_alike(client: FlaskClient) -> None:
    path = link("ticket.pdf")
    storage().delete("tickets/1.bin")
    gone, wrong = client.get(path), client.get("/files/nonsense")
    assert (gone.status_code, wrong.status_code) == (404, 404)
    assert gone.data == wrong.data


def test_line_breaks_in_a_file_name_add_no_header(client: FlaskClient) -> None:
    response = client.get(link("a\r\nSet-Cookie: x=1\r\n.html"))
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
