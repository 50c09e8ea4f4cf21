"""`GET /files/<token>`: hands out the stored file a signed address stands for."""

from __future__ import annotations

from io import BytesIO
from pathlib import PurePosixPath

from flask import Blueprint, Response, send_file
from werkzeug.exceptions import NotFound

from app.adapters.storage.choice import storage
from app.adapters.storage.keys import FileMissing
from app.adapters.storage.links import LinkInvalid, read_signed
from app.adapters.storage.media import DOWNLOADED, SHOWN, policy_of
from app.jsonapi.permissions import anyone
from app.jsonapi.routing import endpoint

blueprint = Blueprint("files", __name__)


@endpoint(blueprint, "/files/<token>", access=anyone)  # The token itself is the permission.
def open_file(token: str) -> Response:
    """The file, if the token is right and the file is still there; 404 otherwise, without saying which."""
    try:
        key, filename = read_signed(token)
        data = storage().get(key)
    except (LinkInvalid, FileMissing) as error:
        raise NotFound("This address opens no file, or its time is over.") from error
    kind = SHOWN.get(PurePosixPath(filename).suffix.lower(), DOWNLOADED)
    response = send_file(BytesIO(data), kind, as_attachment=kind == DOWNLOADED, download_name=filename)
    return _guarded(response, kind)


def _guarded(response: Response, kind: str) -> Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = policy_of(kind)
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
