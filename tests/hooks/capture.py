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
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from app import create_app
from app.adapters.payments.standins.server import StandinServer
from app.extensions import db
from config import load
from tests.hooks.blueprint import Transaction, models, read
from tests.hooks.contract import database_server, environment, migrate
from tests.hooks.database import fresh_database
from tests.hooks.stage import Stage

WIDTH = 118
LIST_ITEMS = 2
_TOKEN = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+")
_SHOWN_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpZGVudGl0eSI6MX0.c2lnbmF0dXJl"


@contextmanager
def studio() -> Iterator[Stage]:
    """The service in this process, on a database of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        database_server() as server,
        fresh_database(server) as url,
        StandinServer(Path(folder) / "payment-standins") as standins,
    ):
        environ = environment(url, Path(folder), standins.url)
        migrate(environ)
        os.environ.update(environ)
        app = create_app(load())
        with closing(Stage(app, url)) as stage:
            yield stage
        with app.app_context():
            db.engine.dispose()


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
    """The page with this answer in its place: the transaction's own example, or the Model it refers to.

    A Model is what the first transaction that refers to it answers. The others may refer to it as long as
    they send all of its members, and perhaps more; else they get an example of their own.
    """
    if not (answer.mimetype or "").endswith("json"):
        return text
    body = shown(answer.get_data(as_text=True))
    name = transaction.response.model
    if not name:
        return text if same_shape(transaction.response.body, body) else _with_example(text, transaction, answer, body)
    model = models({"page": text}).get(name)
    if model is None or has_members(body, model.body):
        return text
    if text.index(f"[{name}][]") >= _offset(text, transaction.line):
        return _replaced(text, _model_line(text, name), body, {})
    return _with_example(text, transaction, answer, body)


def _with_example(text: str, transaction: Transaction, answer: TestResponse, body: str) -> str:
    headers = {"Location": answer.headers["Location"]} if "Location" in answer.headers else {}
    return _replaced(text, transaction.line, body, headers, f"+ Response {answer.status_code} ({answer.mimetype})")


def shown(body: str) -> str:
    """An answer as pages show it: no token that could be taken for a real one, and of a list the first two."""
    document = json.loads(_TOKEN.sub(_SHOWN_TOKEN, body))
    if isinstance(document, dict) and isinstance(document.get("data"), list):
        document["data"] = document["data"][:LIST_ITEMS]
    return json.dumps(document)


def _offset(text: str, line: int) -> int:
    """Where the line of this number, from 1, begins."""
    return sum(len(each) for each in text.splitlines(keepends=True)[: line - 1])


def _model_line(text: str, title: str) -> int:
    """The line, from 1, on which the Model of this resource begins."""
    heading = re.search(rf"(?m)^## {re.escape(title)} \[", text)
    assert heading is not None
    begin = text.index("\n+ Model", heading.start()) + 1
    return text.count("\n", 0, begin) + 1


def _replaced(text: str, line: int, body: str, headers: dict[str, str], opening: str = "") -> str:
    """The page with the section that begins on `line` holding these headers and this body."""
    lines = text.splitlines()
    end = line
    while end < len(lines) and not re.match(r"\+ |#|<!--", lines[end]):
        end += 1
    section = [opening or lines[line - 1], "", *_section(body, headers), ""]
    return "\n".join([*lines[: line - 1], *section, *lines[end:]]) + "\n"


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
    return has_members(documented, answered) and has_members(answered, documented)


def has_members(answered: str, documented: str) -> bool:
    """Whether an answer has every member an example shows, in lists those of the first items; an empty example shows nothing."""
    try:
        return documented not in ("", "{}") and _has(json.loads(answered), json.loads(documented))
    except ValueError:
        return False


def _has(answered: Any, documented: Any) -> bool:
    if isinstance(documented, dict):
        return isinstance(answered, dict) and all(
            name in answered and _has(answered[name], value) for name, value in documented.items()
        )
    if isinstance(documented, list):
        return isinstance(answered, list) and (not documented or (bool(answered) and _has(answered[0], documented[0])))
    return not isinstance(answered, dict | list)
