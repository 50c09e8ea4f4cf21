"""Settings come from the environment alone, each documented, none with a working secret outside development."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config import SETTINGS, ConfigError, load

ROOT = Path(__file__).parents[3]
PRODUCTION = {"ENVIRONMENT": "production", "DATABASE_URL": "postgresql://x/y", "SECRET_KEY": "s" * 32}


def test_every_setting_stands_in_the_example_and_nothing_else_does() -> None:
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^#? ?([A-Z0-9_]+)=", example, re.MULTILINE)) == {setting.name for setting in SETTINGS}


def test_environment_is_read_in_one_place_only() -> None:
    readers = [path for path in (ROOT / "app").rglob("*.py") if re.search(r"os\.environ|getenv\(", path.read_text())]
    # The supervisor hands the environment on to the processes it starts.
    assert [path for path in readers if "runtime" not in path.parts] == []


@pytest.mark.parametrize("missing", ["SECRET_KEY"])
def test_production_needs_its_secrets(missing: str) -> None:
    with pytest.raises(ConfigError, match=missing):
        load({key: value for key, value in PRODUCTION.items() if key != missing})


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "many"), ("ENVIRONMENT", "moon"), ("SMTP_ENCRYPTION", "yes"), ("FRONTEND_URL", "localhost"),
     ("ENFORCE_MODULES", "perhaps"), ("SECRET_KEY", "short")],
)  # fmt: skip
def test_unreadable_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        load(PRODUCTION | {name: value})


def test_development_keeps_a_secret_of_its_own(tmp_path: Path) -> None:
    environment = {"DATA_DIR": str(tmp_path)}
    first = load(environment)["SECRET_KEY"]
    assert len(first) >= 32
    assert load(environment)["SECRET_KEY"] == first
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_messages_of_stripe_need_a_secret_of_their_own(tmp_path: Path) -> None:
    environment = {"DATA_DIR": str(tmp_path)}
    kept = load(environment)["STRIPE_WEBHOOK_SECRET"]
    assert len(kept) >= 32
    assert load(environment)["STRIPE_WEBHOOK_SECRET"] == kept != load(environment)["SECRET_KEY"]
    assert load(PRODUCTION)["STRIPE_WEBHOOK_SECRET"] is None
    assert load(PRODUCTION | {"STRIPE_WEBHOOK_SECRET": "whsec_1"})["STRIPE_WEBHOOK_SECRET"] == "whsec_1"


def test_standins_take_the_payments_that_have_no_other_address(tmp_path: Path) -> None:
    environment = {"DATA_DIR": str(tmp_path), "PAYMENT_STANDINS_URL": "http://127.0.0.1:8000/"}
    settings = load(environment | {"PAYPAL_API_URL": "https://paypal.example"})
    assert settings["STRIPE_API_URL"] == settings["STRIPE_CONNECT_URL"] == "http://127.0.0.1:8000/stripe"
    assert settings["PAYPAL_API_URL"] == "https://paypal.example"
    assert load({"DATA_DIR": str(tmp_path)})["STRIPE_API_URL"] is None


@pytest.mark.parametrize("url", ["http://192.0.2.1:80", "http://127.0.0.1", "127.0.0.1:80"])
def test_standins_are_on_this_machine(url: str) -> None:
    with pytest.raises(ConfigError, match="PAYMENT_STANDINS_URL"):
        load({"PAYMENT_STANDINS_URL": url})


def test_standins_are_refused_in_production() -> None:
    with pytest.raises(ConfigError, match="PAYMENT_STANDINS_URL is set in production"):
        load(PRODUCTION | {"PAYMENT_STANDINS_URL": "http://127.0.0.1:8000"})


def test_limits_are_strict_in_production_and_generous_elsewhere(tmp_path: Path) -> None:
    assert load(PRODUCTION)["RATE_LIMIT_SIGN_IN"] == "10 per minute; 100 per hour"
    generous = load({"DATA_DIR": str(tmp_path)})["RATE_LIMIT_SIGN_IN"]
    assert int(generous.split()[0]) >= 600
