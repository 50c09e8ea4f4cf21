"""Stored files: in a folder or an S3-compatible bucket, and signed addresses that open them."""

from app.adapters.storage.choice import Storage, storage
from app.adapters.storage.keys import FileMissing, InvalidKey, StorageUnavailable
from app.adapters.storage.links import LinkInvalid, read_signed, signed_url
from app.adapters.storage.local import LocalStorage
from app.adapters.storage.public import keep_public, new_key, public_key, public_url
from app.adapters.storage.s3 import S3Storage

__all__ = [
    "FileMissing",
    "InvalidKey",
    "LinkInvalid",
    "LocalStorage",
    "S3Storage",
    "Storage",
    "StorageUnavailable",
    "keep_public",
    "new_key",
    "public_key",
    "public_url",
    "read_signed",
    "signed_url",
    "storage",
]
