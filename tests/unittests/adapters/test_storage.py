"""Stored files: the same promises from a folder and from an S3-compatible server."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from flask import Flask
from moto.server import ThreadedMotoServer

from app.adapters.storage import FileMissing, InvalidKey, LocalStorage, S3Storage, Storage, storage

BUCKET = {"S3_BUCKET": "tickets", "S3_REGION": "us-east-1", "S3_ACCESS_KEY": "key", "S3_SECRET_KEY": "secret"}


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """Where an S3-compatible server with an empty bucket answers."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    client.create_bucket(Bucket="tickets")
    client.close()
    yield address
    server.stop()


@pytest.fixture
def in_folder(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "files")


@pytest.fixture
def in_bucket(s3_address: str) -> S3Storage:
    return S3Storage({**BUCKET, "S3_ENDPOINT_URL": s3_address})


@pytest.fixture(params=["in_folder", "in_bucket"])
def store(request: pytest.FixtureRequest) -> Storage:
    """Each kind of store."""
    found: Storage = request.getfixturevalue(request.param)
    return found


def test_stored_file_is_read_back_byte_for_byte_and_can_be_replaced(store: Storage) -> None:
    store.put("tickets/12/a-b_c.pdf", b"%PDF \x00\xff\r\n", "application/pdf")
    assert store.get("tickets/12/a-b_c.pdf") == b"%PDF \x00\xff\r\n"
    store.put("tickets/12/a-b_c.pdf", b"", "application/pdf")
    assert store.get("tickets/12/a-b_c.pdf") == b""


def test_file_exists_until_it_is_deleted(store: Storage) -> None:
    assert not store.exists("invoices/1.pdf")
    store.put("invoices/1.pdf", b"x", "application/pdf")
    assert store.exists("invoices/1.pdf")
    store.delete("invoices/1.pdf")
    store.delete("invoices/1.pdf")
    assert not store.exists("invoices/1.pdf")


def test_missing_file_is_said_to_be_missing(store: Storage) -> None:
    store.put("kept/1.pdf", b"x", "application/pdf")
    for key in ("nothing.pdf", "kept", "kept/1.pdf/deeper"):
        with pytest.raises(FileMissing):
            store.get(key)
        assert not store.exists(key)


def test_copy_is_a_file_of_its_own(store: Storage) -> None:
    store.put("media/a/1.png", b"first", "image/png", public=True)
    store.put("media/b/1.png", b"replaced", "image/png", public=True)
    store.copy("media/a/1.png", "media/b/1.png")
    store.delete("media/a/1.png")
    assert store.get("media/b/1.png") == b"first"
    with pytest.raises(FileMissing):
        store.copy("media/a/1.png", "media/b/1.png")
    assert store.get("media/b/1.png") == b"first"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../secret-key",
        "a/../../b",
        "a/./b",
        "a//b",
        "a/",
        ".hidden",
        "a/.hidden",
        "a\\..\\b",
        "C:/x",
        "a\x00b",
        "a b",
        "a\n",
        "ü",
        "a" * 256,
        "a/" * 256 + "b",
        "~/x",
    ],
)
def test_key_that_could_leave_the_store_is_refused_everywhere(store: Storage, key: str) -> None:
    with pytest.raises(InvalidKey):
        store.put(key, b"x", "text/plain")
    for act in (store.get, store.delete, store.exists):
        with pytest.raises(InvalidKey):
            act(key)
    store.put("source", b"x", "text/plain")
    for pair in ((key, "target"), ("source", key)):
        with pytest.raises(InvalidKey):
            store.copy(*pair)


def test_files_of_a_folder_are_the_services_own_unless_public(in_folder: LocalStorage) -> None:
    in_folder.put("private", b"x", "text/plain")
    in_folder.put("public", b"x", "text/plain", public=True)
    modes = [stat.S_IMODE((in_folder.folder / name).stat().st_mode) for name in ("private", "public")]
    assert modes == [0o600, 0o644]


def test_copy_in_a_folder_is_public_below_media_alone(in_folder: LocalStorage) -> None:
    in_folder.put("media/a.png", b"x", "image/png", public=True)
    in_folder.copy("media/a.png", "media/b.png")
    in_folder.copy("media/a.png", "private.png")
    modes = [stat.S_IMODE((in_folder.folder / name).stat().st_mode) for name in ("media/b.png", "private.png")]
    assert modes == [0o644, 0o600]


def test_reader_never_sees_half_a_file(in_folder: LocalStorage) -> None:
    versions = [bytes([number]) * 200_000 for number in range(4)]
    in_folder.put("shared", versions[0], "text/plain")
    with ThreadPoolExecutor(4) as pool:
        writes = [pool.submit(in_folder.put, "shared", version, "text/plain") for version in versions * 10]
        seen = {in_folder.get("shared") for _ in range(100)}
        for write in writes:
            write.result()
    assert seen <= set(versions)
    assert [path.name for path in in_folder.folder.iterdir()] == ["shared"]


def test_failed_write_leaves_the_old_file_and_no_rest(in_folder: LocalStorage) -> None:
    in_folder.put("a", b"old", "text/plain")
    with pytest.raises(TypeError):
        in_folder.put("a", 12, "text/plain")  # type: ignore[arg-type]
    assert in_folder.get("a") == b"old"
    assert [path.name for path in in_folder.folder.iterdir()] == ["a"]


def test_objects_of_a_bucket_are_private_unless_public(in_bucket: S3Storage, s3_address: str) -> None:
    in_bucket.put("private.pdf", b"x", "application/pdf")
    in_bucket.put("public.png", b"x", "image/png", public=True)
    stranger = boto3.client(
        "s3", endpoint_url=s3_address, region_name="us-east-1", config=Config(signature_version=UNSIGNED)
    )
    in_bucket.copy("public.png", "media/copy.png")
    in_bucket.copy("public.png", "copy.png")
    in_bucket.put("media/slides.odp", b"x", "application/octet-stream", public=True)
    for key, kind in (("public.png", "image/png"), ("media/copy.png", "image/png")):
        assert stranger.get_object(Bucket="tickets", Key=key)["ContentType"] == kind
    slides = stranger.get_object(Bucket="tickets", Key="media/slides.odp")
    assert (slides["ContentDisposition"], "immutable" in slides["CacheControl"]) == ("attachment", True)
    for key in ("private.pdf", "copy.png"):
        with pytest.raises(ClientError):
            stranger.get_object(Bucket="tickets", Key=key)
    stranger.close()


def test_settings_decide_where_files_go(plain_app: Flask, s3_address: str) -> None:
    chosen = storage()
    assert isinstance(chosen, LocalStorage)
    assert chosen.folder == Path(plain_app.config["DATA_DIR"]) / "files"
    assert storage() is chosen
    other = Flask("other")
    other.config.update(BUCKET, S3_ENDPOINT_URL=s3_address, DATA_DIR=plain_app.config["DATA_DIR"])
    with other.app_context():
        assert isinstance(storage(), S3Storage)
        _keeps_some_files_here(storage(), chosen)


def _keeps_some_files_here(bucket: Storage, folder: LocalStorage) -> None:
    """Beside the bucket some public files stay on this machine, and can be copied from and to it."""
    bucket.put("media/local/1.png", b"x", "image/png", public=True)
    assert folder.get("media/local/1.png") == bucket.get("media/local/1.png") == b"x"
    bucket.copy("media/local/1.png", "media/2.png")
    bucket.copy("media/2.png", "media/local/3.png")
    assert (bucket.exists("media/2.png"), folder.exists("media/2.png")) == (True, False)
    assert (bucket.exists("media/local/3.png"), folder.get("media/local/3.png")) == (True, b"x")
    bucket.delete("media/local/3.png")
    assert not folder.exists("media/local/3.png")
