"""A store that does not answer is told as such, and nothing is kept by halves."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from app.adapters.storage import S3Storage, StorageUnavailable
from app.edge import Service
from tests.unittests.client import ApiClient
from tests.unittests.factories.uploads import picture
from tests.unittests.factories.users import UserFactory

AWAY = {
    "S3_BUCKET": "files",
    "S3_ENDPOINT_URL": "http://127.0.0.1:1",
    "S3_REGION": "us-east-1",
    "S3_ACCESS_KEY": "key",
    "S3_SECRET_KEY": "secret",
}


def test_bucket_that_is_away_is_told_by_every_method() -> None:
    store = S3Storage(AWAY)
    for act in (
        lambda: store.put("media/a.png", b"x", "image/png", public=True),
        lambda: store.get("media/a.png"),
        lambda: store.copy("media/a.png", "media/b.png"),
        lambda: store.exists("media/a.png"),
        lambda: store.delete("media/a.png"),
    ):
        with pytest.raises(StorageUnavailable):
            act()


def test_upload_to_a_store_that_keeps_nothing_answers_503(
    app: Service, api: ApiClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_folder = tmp_path / "file"
    no_folder.write_text("")
    monkeypatch.setitem(app.config, "DATA_DIR", no_folder)
    monkeypatch.delitem(app.extensions, "storage", raising=False)
    data = "data:image/png;base64," + base64.b64encode(picture()).decode()
    answer = api.plain("POST", "/v1/upload/image", {"data": data}, user=UserFactory())
    app.extensions.pop("storage", None)
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
