"""The stage of a transaction: rows numbered from 1, made anew each time, and a token where the page shows one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import func, select

from app.edge import Service
from app.extensions import db
from app.jsonapi import current_actor
from app.users.models import User
from tests.hooks.actors import CAST
from tests.hooks.blueprint import Transaction, read
from tests.hooks.rows import key_of, orphans, row
from tests.hooks.stage import DOCUMENTED_TOKEN, Stage
from tests.unittests.factories.events import EventFactory
from tests.unittests.factories.users import UserFactory

ROWS = {
    "G > Users": row(UserFactory, actor="admin"),
    "G > Reset > Set": row(lambda: {"<reset token>": "s3cret"}),
}


@pytest.fixture
def stage(committed_app: Service) -> Iterator[Stage]:
    """A stage on a database of its own."""
    with closing(Stage(committed_app, committed_app.config["DATABASE_URL"], ROWS)) as stage:
        yield stage


def test_rows_of_one_transaction_are_gone_in_the_next(stage: Stage) -> None:
    for _ in range(2):
        stage.set("G > Users > Get")
        with stage.app.app_context():
            assert db.session.scalars(select(User.id).order_by(User.id)).all() == [1, 2]


def test_actor_signs_where_the_page_shows_a_token(stage: Stage) -> None:
    scene = stage.set("G > Users > Get")
    headers = scene.headers({"Authorization": DOCUMENTED_TOKEN})
    with stage.app.test_request_context(headers=headers):
        assert current_actor().is_staff
    assert scene.headers({"X": "1"}) == {"X": "1"}


def test_texts_of_the_setup_are_put_into_the_request(stage: Stage) -> None:
    assert stage.set("G > Reset > Set").fill('{"token": "<reset token>"}') == '{"token": "s3cret"}'


def test_transaction_without_row_is_told(stage: Stage) -> None:
    with pytest.raises(LookupError, match="G > Other > Get"):
        stage.set("G > Other > Get")


@pytest.mark.parametrize("name", sorted(set(CAST) - {"first user"}))
def test_everybody_of_the_cast_can_be_made(app: Service, name: str) -> None:
    EventFactory.create(id=1)
    before = db.session.scalar(select(func.max(User.id))) or 0
    assert CAST[name]().id > before


def transactions(*names: str) -> list[Transaction]:
    """Transactions of a group G with one resource each."""
    page = "# Group G\n" + "".join(f"## {name} [/v1/{name}]\n### Get [GET]\n+ Response 200\n" for name in names)
    return read(page, "page")


def test_row_of_a_resource_answers_for_its_transactions() -> None:
    assert key_of("G > Users > Get > Example 2", ROWS) == "G > Users"
    assert key_of("G > Reset > Get", ROWS) is None


def test_row_for_no_transaction_is_an_orphan() -> None:
    assert orphans(transactions("Users"), ROWS) == {"G > Reset > Set"}
