"""Uploading pictures and files; what is answered is where everybody finds them."""

from __future__ import annotations

from flask import Blueprint, Response, request

from app.jsonapi import current_actor, endpoint, json, logged_in
from app.jsonapi.errors import BadRequest, UnprocessableEntity
from app.limits.spending import spend
from app.uploads.receiving import data_of_uri, keep_uploaded_file, keep_uploaded_files, keep_uploaded_image

blueprint = Blueprint("uploads", __name__)

NOTHING_SENT = {"error": "Bad Request"}
MOST_FILES = 10


@endpoint(blueprint, "/v1/upload/image", access=logged_in, methods=("POST",))
def upload_image() -> Response:
    """Keep the picture in `{"data": "data:image/png;base64,…"}`: `{"url"}`."""
    try:
        body = json.body()
    except BadRequest:
        return json.answer(NOTHING_SENT, 400)
    data = body.get("data") if isinstance(body, dict) else None
    if not data:
        return json.answer(NOTHING_SENT, 400)
    if not isinstance(data, str):
        raise UnprocessableEntity("Not a valid string.", pointer="/data")
    _count()
    return json.answer({"url": keep_uploaded_image(data_of_uri(data), here=_stays_here())})


@endpoint(blueprint, "/v1/upload/files", access=logged_in, methods=("POST",))
def upload_files() -> Response:
    """Keep the file in the part `file`: `{"url"}`; or those in the parts `files[]`: `[{"url"}, …]`."""
    one, several = request.files.get("file"), request.files.getlist("files[]")
    if one is not None:
        _count()
        return json.answer({"url": keep_uploaded_file(one.read(), here=_stays_here())})
    if not several:
        return json.answer(NOTHING_SENT, 400)
    if len(several) > MOST_FILES:
        raise UnprocessableEntity(f"At most {MOST_FILES} files are taken at a time.", pointer="/files")
    _count(len(several))
    urls = keep_uploaded_files([part.read() for part in several], here=_stays_here())
    return json.answer([{"url": url} for url in urls])


def _stays_here() -> bool:
    return request.args.get("force_local") == "true"


def _count(files: int = 1) -> None:
    """Each file counts against the limit of the account that sends it."""
    for _ in range(files):
        spend("RATE_LIMIT_UPLOAD", f"user {current_actor().id}")
