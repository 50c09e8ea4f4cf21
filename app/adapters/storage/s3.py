"""Files in a bucket of an S3-compatible service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.adapters.storage.keys import FileMissing, StorageUnavailable, checked_key, is_public
from app.adapters.storage.media import DOWNLOADED

_MISSING = {"NoSuchKey", "404"}
_PUBLIC = {"ACL": "public-read", "CacheControl": "public, max-age=31536000, immutable"}


class S3Storage:
    """Keeps each file as an object of the bucket; objects are private unless put as public.

    Every method raises StorageUnavailable where the service does not answer, or refuses: jobs try again.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Connect as the S3_ settings say; without keys, as the machine's own role."""
        self.bucket = config["S3_BUCKET"]
        self._client = boto3.client(
            "s3",
            endpoint_url=config["S3_ENDPOINT_URL"],
            region_name=config["S3_REGION"],
            aws_access_key_id=config["S3_ACCESS_KEY"],
            aws_secret_access_key=config["S3_SECRET_KEY"],
            config=_client_config(config["S3_ENDPOINT_URL"]),
        )

    def put(self, key: str, data: bytes, content_type: str, *, public: bool = False) -> None:
        """Keep `data` under the key, replacing what was there."""
        access: dict[str, Any] = dict(_PUBLIC) if public else {}
        if public and content_type == DOWNLOADED:
            access["ContentDisposition"] = "attachment"
        place = {"Bucket": self.bucket, "Key": checked_key(key)}
        with _asking(key):
            self._client.put_object(**place, Body=data, ContentType=content_type, **access)

    def get(self, key: str) -> bytes:
        """What is kept under the key; raises FileMissing."""
        with _asking(key):
            found = self._client.get_object(Bucket=self.bucket, Key=checked_key(key))
            return bytes(found["Body"].read())

    def copy(self, source_key: str, target_key: str) -> None:
        """Keep a copy under another key, made by the server itself; public below `media/`. Raises FileMissing."""
        access = {"ACL": "public-read"} if is_public(target_key) else {}
        source = {"Bucket": self.bucket, "Key": checked_key(source_key)}
        with _asking(source_key):
            self._client.copy_object(Bucket=self.bucket, Key=target_key, CopySource=source, **access)

    def delete(self, key: str) -> None:
        """Forget the key; no error when there is nothing."""
        with _asking(key):
            self._client.delete_object(Bucket=self.bucket, Key=checked_key(key))

    def exists(self, key: str) -> bool:
        """Whether something is kept under the key."""
        try:
            with _asking(key):
                self._client.head_object(Bucket=self.bucket, Key=checked_key(key))
        except FileMissing:
            return False
        return True


def _client_config(endpoint: str | None) -> Config:
    """Short waits, because requests and jobs hang on them; servers other than Amazon's need plain addresses."""
    return Config(
        connect_timeout=5,
        read_timeout=20,
        retries={"max_attempts": 3, "mode": "standard"},
        s3={"addressing_style": "path" if endpoint else "auto"},
        # Many compatible servers do not know the checksums Amazon's client adds on its own.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


@contextmanager
def _asking(key: str) -> Iterator[None]:
    """Around a call of the service about this key: its errors, and the network's, become ours."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            raise FileMissing(key) from error
        raise StorageUnavailable(f"{key}: {error}") from error
    except BotoCoreError as error:
        raise StorageUnavailable(f"{key}: {error}") from error
