"""Secrets are stored so that only who has the configuration's key can read them."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, cast, insert, select

from app.edge import Service
from app.encryption import Encrypted, Undecipherable, decrypt, encrypt
from app.extensions import db

SECRETS = Table("kit_secrets", MetaData(), Column("id", Integer, primary_key=True), Column("secret", Encrypted))


@pytest.fixture
def secrets(app: Service) -> Table:
    """A table with an encrypted column, gone after the test."""
    SECRETS.create(db.session.connection())
    return SECRETS


@pytest.mark.parametrize("plain", [b"", b"sk_live_1", "Zażółć 🔑".encode(), bytes(range(256)) * 1000])
def test_what_is_encrypted_can_be_read_again(app: Service, plain: bytes) -> None:
    assert decrypt(encrypt(plain)) == plain


def test_same_bytes_are_stored_differently_each_time_and_never_as_they_are(app: Service) -> None:
    first, second = encrypt(b"sk_live_1"), encrypt(b"sk_live_1")
    assert first != second
    assert b"sk_live_1" not in first + second


def test_another_key_reads_nothing(app: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = encrypt(b"sk_live_1")
    monkeypatch.setitem(app.config, "SECRET_KEY", "another secret key of sufficient length")
    with pytest.raises(Undecipherable):
        decrypt(secret)


@pytest.mark.parametrize("damage", [b"", b"nothing encrypted", "ÿ".encode()])
def test_damaged_secrets_are_told_from_whole_ones(app: Service, damage: bytes) -> None:
    with pytest.raises(Undecipherable):
        decrypt(damage)


@pytest.mark.parametrize("text", [None, "", "sk_live_1", "Zażółć 🔑"])
def test_column_holds_bytes_that_are_not_the_text_and_gives_the_text(secrets: Table, text: str | None) -> None:
    db.session.execute(insert(secrets).values(id=1, secret=text))
    assert db.session.scalar(select(secrets.c.secret)) == text
    stored = db.session.scalar(select(cast(secrets.c.secret, LargeBinary)))
    assert (stored is None) == (text is None)
    assert not text or text.encode() not in stored


def test_forgiving_column_counts_what_another_key_wrote_as_empty(
    secrets: Table, app: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.session.execute(insert(secrets).values(id=1, secret="sk_live_1"))
    monkeypatch.setitem(app.config, "SECRET_KEY", "another secret key of sufficient length")
    assert db.session.scalar(select(cast(secrets.c.secret, Encrypted(forgiving=True)))) is None
    with pytest.raises(Undecipherable):
        db.session.scalar(select(secrets.c.secret))
