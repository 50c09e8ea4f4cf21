"""What clients may send as a key, and what they send instead."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.edge import Service
from app.extensions import db
from app.idempotency.models import IdempotencyRecord
from tests.unittests.client import ApiClient

SOUND = ["1", "a" * 255, '"8e03978e"', "a,b", "".join(map(chr, range(0x21, 0x7F))), "';DROP-TABLE-users;--", "%00"]
UNREADABLE = ["", " ", "a" * 256, "two words", "tab\there", "schlüssel", "\x7f", "é" * 300, " a"]


@pytest.mark.parametrize("key", SOUND)
def test_visible_ascii_is_a_key(api: ApiClient, key: str) -> None:
    answers = [
        api.plain("POST", "/v1/users/check_email", {"email": "a@b.co"}, headers={"Idempotency-Key": key})
        for _ in range(2)
    ]
    assert [each.headers.get("Idempotent-Replayed") for each in answers] == [None, "true"]


@pytest.mark.parametrize("key", UNREADABLE)
@pytest.mark.parametrize("path", ["/v1/users/check_email", "/v1/events"])
def test_anything_else_is_told_and_names_the_header(api: ApiClient, path: str, key: str) -> None:
    answer = api.plain("POST", path, {"email": "a@b.co"}, headers={"Idempotency-Key": key})
    (error,) = answer.get_json(force=True)["errors"]
    assert (answer.status_code, error["source"]) == (400, {"header": "Idempotency-Key"})
    assert error["detail"] == "Idempotency-Key has to be 1 to 255 visible ASCII characters."


def test_sign_in_forms_are_told_in_their_manner(api: ApiClient) -> None:
    answer = api.plain("POST", "/auth/session", {}, headers={"Idempotency-Key": ""})
    detail = "Idempotency-Key has to be 1 to 255 visible ASCII characters."
    assert (answer.status_code, answer.json) == (400, {"error": detail})


@pytest.mark.parametrize(("joined", "status"), [("a,b", 200), ("a, b", 400)])
def test_header_that_is_sent_twice_is_neither_of_its_keys(api: ApiClient, joined: str, status: int) -> None:
    # Servers join what is sent twice: granian by a comma, others by a comma and a blank.
    def ask(key: str) -> tuple[int, bool]:
        answer = api.plain("POST", "/v1/users/check_email", {"email": "a@b.co"}, headers={"Idempotency-Key": key})
        return answer.status_code, "Idempotent-Replayed" in answer.headers

    assert [ask(key) for key in ("a", "b", joined)] == [(200, False), (200, False), (status, False)]


@given(key=st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=300))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_as_key_is_used_or_refused(app: Service, key: str) -> None:
    answer = app.test_client().post("/v1/users/check_email", json={"email": "a@b.co"}, headers={"Idempotency-Key": key})
    is_key = 1 <= len(key) <= 255 and all("!" <= character <= "~" for character in key)
    assert answer.status_code == (200 if is_key else 400)
    kept = db.session.scalar(select(func.count()).where(IdempotencyRecord.key == key))
    assert kept == is_key
