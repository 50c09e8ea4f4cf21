"""Files everybody may read: their addresses, and the route that serves them where there is no bucket to do so."""

from __future__ import annotations

import secrets
from io import BytesIO

from flask import Blueprint, Response, current_app, send_file
from werkzeug.exceptions import NotFound

from app.adapters.storage.choice import storage
from app.adapters.storage.keys import KEPT_HERE, MEDIA, FileMissing, InvalidKey, checked_key, is_public
from app.adapters.storage.media import DOWNLOADED, media_type, policy_of
from app.jsonapi.permissions import anyone
from app.jsonapi.routing import endpoint

blueprint = Blueprint("media", __name__)

# A file never changes under its address: what replaces it has a name of its own.
_CACHE = "public, max-age=31536000, immutable"


def new_key(folder: str, extension: str) -> str:
    """A public key nobody can guess: `media/<folder>/<random>.<extension>`."""
    return checked_key(f"{MEDIA}{folder}/{secrets.token_hex(16)}.{extension}")


def keep_public(key: str, data: bytes) -> str:
    """Keep a file under its public key, as the type its extension names; its address."""
    if not is_public(key):
        raise InvalidKey(f"{key!r} is not below {MEDIA}")
    storage().put(key, data, media_type(key), public=True)
    return public_url(key)


def public_url(key: str) -> str:
    """The absolute address of the public file under the key, whether or not it is there; raises InvalidKey."""
    if not is_public(key):
        raise InvalidKey(f"{key!r} is not below {MEDIA}")
    return f"{_own_address() if key.startswith(KEPT_HERE) else _address()}/{key}"


def public_key(url: str) -> str | None:
    """The key of the public file at this address; None where the address is not ours, or not of a public file."""
    for address in {_address(), _own_address()}:
        key = url.removeprefix(f"{address}/")
        try:
            if key != url and is_public(key):
                return key
        except InvalidKey:
            continue
    return None


def _own_address() -> str:
    return str(current_app.config["PUBLIC_URL"])


def _address() -> str:
    """Where the store's public files are found."""
    config = current_app.config
    bucket, endpoint_url = config["S3_BUCKET"], config["S3_ENDPOINT_URL"]
    if not bucket:
        return _own_address()
    if config["S3_PUBLIC_URL"]:
        return str(config["S3_PUBLIC_URL"])
    if endpoint_url:
        return f"{endpoint_url}/{bucket}"
    return f"https://{bucket}.s3.{config['S3_REGION']}.amazonaws.com"


@endpoint(blueprint, "/media/<path:name>", access=anyone)
def open_media(name: str) -> Response:
    """The public file of this name; private ones lie elsewhere and have no name here."""
    key = f"{MEDIA}{name}"
    try:
        data = storage().get(key)
    except (InvalidKey, FileMissing) as error:
        raise NotFound("There is no such file.") from error
    kind = media_type(key)
    response = send_file(BytesIO(data), kind, as_attachment=kind == DOWNLOADED, download_name=key.rpartition("/")[2])
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = policy_of(kind)
    response.headers["Cache-Control"] = _CACHE
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
