"""Fills the examples of a page with what the service really answers.

Each transaction of the page is run in this process, as its hook row says. An example that lacks members the
service sends, or has ones it does not, is written anew; others stay as they are, so that times and
ids of one run do not make a change.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from config import load
from tests.hooks.blueprint import Message, Transaction, models, read
from tests.hooks.contract import database_server, environment, prepare
from tests.hooks.database import fresh_database
from tests.hooks.stage import Stage

WIDTH = 118
_TOKEN = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+")
_SHOWN_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpZGVudGl0eSI6MX0.c2lnbmF0dXJl"


@contextmanager
def studio() -> Iterator[Stage]:
    """The service in this process, on a database of its own."""
    with tempfile.TemporaryDirectory() as folder, database_server() as server, fresh_database(server) as url:
        environ = environment(url, Path(folder))
        prepare(environ)
        os.environ.update(environ)
        stage = Stage(create_app(load()), url)
        try:
            yield stage
        finally:
            stage.close()


def fill(page: Path, stage: Stage) -> list[str]:
    """Bring the page's examples up to date; returns what did not come out as the page says."""
    faults = []
    text = page.read_text()
    for number in range(len(read(text, page.name))):
        transaction = read(text, page.name)[number]
        answer = ask(stage, transaction)
        if answer.status_code != transaction.status:
            faults.append(f"{transaction.name}: {answer.status_code} {answer.get_data(as_text=True)[:600]}")
        else:
            text = _with_answer(text, transaction, answer)
            page.write_text(text)
    return faults


def ask(stage: Stage, transaction: Transaction) -> TestResponse:
    """The service's answer to a documented request."""
    scene = stage.set(transaction.name)
    request = transaction.request
    headers = scene.headers(request.headers)
    if request.media_type:
        headers["Content-Type"] = request.media_type
    client = stage.app.test_client()
    path, body = scene.fill(transaction.path), scene.fill(request.body)
    return client.open(path, method=transaction.method, headers=headers, data=body)


def _with_answer(text: str, transaction: Transaction, answer: TestResponse) -> str:
    """The page with this answer in its place: the transaction's own example, or the Model it refers to."""
    if not answer.mimetype.endswith("json"):
        return text
    body = _TOKEN.sub(_SHOWN_TOKEN, answer.get_data(as_text=True))
    if transaction.response.model:
        model = _models_of(text).get(transaction.response.model)
        if model is None or same_shape(model.body, body):
            return text
        return _replaced(text, _model_line(text, transaction.response.model), body, {})
    if same_shape(transaction.response.body, body):
        return text
    headers = {"Location": answer.headers["Location"]} if "Location" in answer.headers else {}
    return _replaced(text, transaction.line, body, headers)


def _models_of(text: str) -> dict[str, Message]:
    """The Models defined in this page."""
    return models({"page": text})


def _model_line(text: str, title: str) -> int:
    """The line, from 1, on which the Model of this resource begins."""
    heading = re.search(rf"(?m)^## {re.escape(title)} \[", text)
    assert heading is not None
    begin = text.index("\n+ Model", heading.start()) + 1
    return text.count("\n", 0, begin) + 1


def _replaced(text: str, line: int, body: str, headers: dict[str, str]) -> str:
    """The page with the section that begins on `line` holding these headers and this body."""
    lines = text.splitlines()
    end = line
    while end < len(lines) and not re.match(r"\+ |#|<!--", lines[end]):
        end += 1
    return "\n".join([*lines[:line], "", *_section(body, headers), "", *lines[end:]]) + "\n"


def _section(body: str, headers: dict[str, str]) -> list[str]:
    indent = 12 if headers else 8
    written = [" " * indent + each for each in layout(json.loads(body), indent).splitlines()]
    if not headers:
        return written
    named = [f"            {name}: {value}" for name, value in headers.items()]
    return ["    + Headers", "", *named, "", "    + Body", "", *written]


def layout(value: Any, indent: int = 0) -> str:
    """JSON with each object and list on one line where it fits."""
    short = json.dumps(value, ensure_ascii=False)
    if len(short) + indent <= WIDTH or not isinstance(value, dict | list) or not value:
        return short
    inner = " " * 4
    if isinstance(value, dict):
        parts = [f"{json.dumps(name)}: {layout(each, indent + 4)}" for name, each in value.items()]
    else:
        parts = [layout(each, indent + 4) for each in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    indented = [inner + part.replace("\n", "\n" + inner) for part in parts]
    return opening + "\n" + ",\n".join(indented) + "\n" + closing


def same_shape(documented: str, answered: str) -> bool:
    """Whether two JSON texts have the same members, in lists those of the first items."""
    try:
        return _shape(json.loads(documented)) == _shape(json.loads(answered))
    except ValueError:
        return False


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shape(each) for name, each in value.items()}
    return [_shape(each) for each in value[:1]] if isinstance(value, list) else None
