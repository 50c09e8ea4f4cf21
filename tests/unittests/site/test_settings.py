"""Settings: one row, three views, and secrets that nobody reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from app import create_app
from app.edge import Service
from app.encryption import Encrypted, decrypt
from app.extensions import db
from app.jsonapi import Bool, Email, Int, Str, Url
from app.jsonapi.fields import Zone
from app.site.models import ONLY_ROW, Setting
from app.site.schemas import SECRETS, SettingSchema
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.site import SettingFactory
from tests.unittests.factories.users import AdminFactory, SuperAdminFactory, UserFactory
from tests.unittests.statements import statements_sent

PATHS = ("/v1/settings", "/v1/settings/1", "/v1/settings/99", "/v1/settings/whatever")
# One attribute that each view adds.
PUBLIC, SIGNED_IN, ADMINS = "google-recaptcha-site", "android-app-url", "smtp-host"
READERS = {
    "anonymous": (lambda: None, {PUBLIC}),
    "user": (UserFactory, {PUBLIC, SIGNED_IN}),
    "admin": (AdminFactory, {PUBLIC, SIGNED_IN, ADMINS}),
    "super admin": (SuperAdminFactory, {PUBLIC, SIGNED_IN, ADMINS}),
}
# What the web client reads without a token outside of the admin screens.
READ_BY_THE_CLIENT = (
    "app-name", "tagline", "cookie-policy", "cookie-policy-link", "frontend-url", "order-expiry-time",
    "start-pg-enabled", "start-pg-event-id", "logo-size", "image-size", "slide-size", "is-paypal-activated",
    "is-stripe-activated", "is-paytm-activated", "is-omise-activated", "is-alipay-activated", "paypal-mode",
    "stripe-mode", "omise-mode", "paytm-mode", "stripe-client-id", "stripe-publishable-key", "stripe-test-client-id",
    "stripe-test-publishable-key", "omise-live-public", "omise-test-public", "rocket-chat-url",
    "is-google-recaptcha-enabled", "google-recaptcha-site", "support-url", "facebook-url", "instagram-url",
    "twitter-url", "github-url", "youtube-url", "google-url", "patreon-url", "gitter-url", "telegram-url",
    "weblate-url", "admin-company", "admin-billing-address", "admin-billing-email",
)  # fmt: skip


def stored() -> Setting:
    return db.session.get_one(Setting, ONLY_ROW)


@pytest.mark.parametrize("path", PATHS)
def test_settings_are_one_resource_at_every_address(api: ApiClient, path: str) -> None:
    SettingFactory(app_name="Our Events")
    response = api.get(path, query={"cache": "true", "public": "true"})
    assert response.status_code == 200
    assert response.json["data"]["type"] == "setting"
    assert response.json["data"]["id"] == "1"
    assert response.json["data"]["attributes"]["app-name"] == "Our Events"


@pytest.mark.parametrize("path", ["/v1/settings", "/v1/settings/1"])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_settings_are_neither_made_nor_deleted(api: ApiClient, path: str, method: str) -> None:
    response = api.request(method, path, user=SuperAdminFactory(), json_body=document("setting", app_name="x"))
    assert response.status_code == 405
    assert response.json["errors"][0]["status"] == 405


@pytest.mark.parametrize("reader", READERS)
def test_each_reader_sees_the_view_made_for_them(api: ApiClient, reader: str) -> None:
    make, seen = READERS[reader]
    attributes = api.get("/v1/settings", user=make()).json["data"]["attributes"]
    assert {PUBLIC, SIGNED_IN, ADMINS} & attributes.keys() == seen


def test_everything_the_client_reads_at_boot_is_public(api: ApiClient) -> None:
    assert set(READ_BY_THE_CLIENT) <= api.get("/v1/settings").json["data"]["attributes"].keys()


@pytest.mark.parametrize("reader", READERS)
def test_no_secret_is_in_any_answer(api: ApiClient, reader: str) -> None:
    SettingFactory(**{name: f"hush-{name}" for name in SECRETS})
    user = READERS[reader][0]()
    names = ",".join(SECRETS)
    for query in ({}, {"fields[setting]": names}, {"include": ""}):
        response = api.get("/v1/settings", user=user, query=query)
        assert response.status_code == 200
        assert "hush" not in response.get_data(as_text=True)
        assert not set(response.json["data"]["attributes"]) & {name.replace("_", "-") for name in SECRETS}


def test_the_answer_to_the_admin_who_sets_a_secret_does_not_repeat_it(api: ApiClient) -> None:
    response = api.patch("/v1/settings/1", document("setting", 1, smtp_password="hush"), user=AdminFactory())
    assert response.status_code == 200
    assert "hush" not in response.get_data(as_text=True)
    assert stored().smtp_password == "hush"


def test_every_column_that_sounds_secret_is_write_only() -> None:
    sounding = {
        column.key
        for column in Setting.__mapper__.columns
        if column.key.endswith(("secret", "secret_key", "password")) or column.key == "sendgrid_key"
    }
    assert sounding <= set(SECRETS)


@pytest.mark.parametrize(
    ("given", "kept"), [(None, "old"), ("", None), ("new", "new")], ids=["null keeps", "empty clears", "text replaces"]
)
def test_secret_is_kept_by_null_and_cleared_by_an_empty_text(api: ApiClient, given: Any, kept: Any) -> None:
    SettingFactory(stripe_secret_key="old")
    response = api.patch("/v1/settings", document("setting", 1, stripe_secret_key=given), user=AdminFactory())
    assert response.status_code == 200
    assert stored().stripe_secret_key == kept


def test_client_that_sends_back_everything_it_read_changes_nothing(api: ApiClient) -> None:
    SettingFactory(stripe_secret_key="old", tagline="Meet")
    admin = AdminFactory()
    read = api.get("/v1/settings", user=admin).json["data"]
    before = stored().version
    response = api.patch("/v1/settings/1", {"data": {"attributes": read["attributes"], "type": "setting"}}, user=admin)
    assert response.status_code == 200
    assert stored().version == before


@pytest.mark.parametrize(
    ("reader", "status"), [("anonymous", 401), ("user", 403), ("admin", 200), ("super admin", 200)]
)
@pytest.mark.parametrize("path", ["/v1/settings", "/v1/settings/1"])
def test_settings_are_changed_by_admins(api: ApiClient, reader: str, status: int, path: str) -> None:
    response = api.patch(path, document("setting", 1, app_name="Changed"), user=READERS[reader][0]())
    assert response.status_code == status
    assert (stored().app_name == "Changed") == (status == 200)


@pytest.mark.parametrize(
    ("name", "value", "accepted"),
    [
        ("order-expiry-time", None, False),
        ("order-expiry-time", 10**30, False),
        ("image-size", -1, False),
        ("smtp-port", 65536, False),
        ("smtp-port", None, True),
        ("invoice-sending-day", 32, False),
        ("app-environment", None, False),
        ("tagline", "a\x00b", False),
        ("email-from", "team@example.com", True),
        ("order-expiry-time", 0, False),
        ("order-expiry-time", 1, True),
        ("order-expiry-time", 60, True),
        ("order-expiry-time", 61, False),
        ("max-complex-custom-fields", 0, False),
        ("max-complex-custom-fields", 30, True),
        ("max-complex-custom-fields", 31, False),
        ("invoice-sending-timezone", "Asia/Kolkata", True),
        ("invoice-sending-timezone", "Atlantis/Capital", False),
        ("frontend-url", "no address", False),
        ("admin-billing-email", "no address", False),
        ("app-name", None, True),
    ],
)
def test_settings_are_kept_within_their_limits(api: ApiClient, name: str, value: Any, accepted: bool) -> None:
    body = {"data": {"type": "setting", "id": "1", "attributes": {name: value}}}
    response = api.patch("/v1/settings/1", body, user=AdminFactory())
    if accepted:
        assert response.json["data"]["attributes"][name] == value
    else:
        (error,) = response.json["errors"]
        assert (error["status"], error["source"]) == ("422", {"pointer": f"/data/attributes/{name}"})


@pytest.mark.parametrize(
    ("flag", "keys"),
    [
        ("is-stripe-activated", ("stripe_client_id", "stripe_publishable_key", "stripe_secret_key")),
        ("is-stripe-activated", ("stripe_test_client_id", "stripe_test_publishable_key", "stripe_test_secret_key")),
        ("is-paypal-activated", ("paypal_client", "paypal_secret")),
        ("is-paypal-activated", ("paypal_sandbox_client", "paypal_sandbox_secret")),
        ("is-omise-activated", ("omise_live_public", "omise_live_secret")),
        ("is-omise-activated", ("omise_test_public", "omise_test_secret")),
        ("is-alipay-activated", ("alipay_publishable_key", "alipay_secret_key")),
        ("is-billing-paypal-activated", ("admin_billing_paypal_email",)),
    ],
)
def test_payment_is_activated_by_a_full_set_of_keys(api: ApiClient, flag: str, keys: tuple[str, ...]) -> None:
    def shown() -> bool:
        return bool(api.get("/v1/settings").json["data"]["attributes"][flag])

    for missing in keys:
        SettingFactory(**{key: None if key == missing else "key" for key in keys})
        assert not shown()
    SettingFactory(**dict.fromkeys(keys, "key"))
    assert shown()


def test_activation_cannot_be_written(api: ApiClient) -> None:
    response = api.patch("/v1/settings/1", document("setting", 1, is_stripe_activated=True), user=AdminFactory())
    assert response.json["data"]["attributes"]["is-stripe-activated"] is False


def test_unchanged_settings_answer_304_until_they_change(api: ApiClient) -> None:
    tag = api.get("/v1/settings").headers["ETag"]
    assert api.get("/v1/settings", headers={"If-None-Match": tag}).status_code == 304
    SettingFactory(tagline="Anew")
    assert api.get("/v1/settings", headers={"If-None-Match": tag}).status_code == 200


def test_tag_of_one_view_is_not_the_tag_of_another(api: ApiClient) -> None:
    tag = api.get("/v1/settings").headers["ETag"]
    assert api.get("/v1/settings", user=AdminFactory(), headers={"If-None-Match": tag}).status_code == 200


def test_settings_cost_one_statement(api: ApiClient) -> None:
    with statements_sent() as sent:
        api.get("/v1/settings")
    assert len(sent) == 1


def test_every_attribute_but_secrets_is_written_and_read_by_admins_at_once(api: ApiClient) -> None:
    samples = {Int: 7, Bool: True, Url: "https://example.com/x", Email: "x@example.com", Zone: "Asia/Kolkata", Str: "x"}
    given = {name: samples[type(field)] for name, field in SettingSchema.attributes() if not field.dump_only}
    admin = AdminFactory()
    assert api.patch("/v1/settings", document("setting", 1, **given), user=admin).status_code == 200
    shown = api.get("/v1/settings", user=admin, query={"refresh": "true"}).json["data"]["attributes"]
    readable = {name.replace("_", "-"): value for name, value in given.items() if name not in SECRETS}
    assert readable.items() <= shown.items()
    assert {name: getattr(stored(), name) for name in SECRETS} == dict.fromkeys(SECRETS, "x")
    assert shown["is-stripe-activated"] is shown["is-paypal-activated"] is shown["is-alipay-activated"] is True


# Secrets at rest


def test_secrets_are_stored_so_that_backups_do_not_tell_them(api: ApiClient) -> None:
    SettingFactory(**{name: f"hush-{name}" for name in SECRETS})
    db.session.flush()
    assert "hush" not in str(db.session.execute(text("SELECT * FROM settings")).mappings().one())
    assert {column.name for column in Setting.__table__.columns if isinstance(column.type, Encrypted)} == set(SECRETS)


def test_secrets_of_another_key_count_as_not_given_and_can_be_entered_anew(
    api: ApiClient, app: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    SettingFactory(omise_live_public="pub", omise_live_secret="hush", smtp_password="hush")
    db.session.commit()
    monkeypatch.setitem(app.config, "SECRET_KEY", "another secret key of sufficient length")
    assert api.get("/v1/settings").json["data"]["attributes"]["is-omise-activated"] is False
    changed = api.patch("/v1/settings", document("setting", 1, omise_live_secret="new"), user=AdminFactory())
    assert changed.json["data"]["attributes"]["is-omise-activated"] is True
    assert (stored().omise_live_secret, stored().smtp_password) == ("new", None)


def test_secret_of_another_key_is_gone_once_it_is_cleared(
    app: Service, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    SettingFactory(smtp_password="hush", aws_secret="kept")
    with monkeypatch.context() as other:
        other.setitem(app.config, "SECRET_KEY", "another secret key of sufficient length")
        db.session.expire_all()
        body = document("setting", 1, smtp_password="", aws_secret=None)
        assert api.patch("/v1/settings/1", body, user=AdminFactory()).status_code == 200
    db.session.expire_all()
    setting = db.session.get_one(Setting, 1)
    assert (setting.smtp_password, setting.aws_secret) == (None, "kept")


def test_migration_keeps_secrets_on_both_ways(empty_database: str, make_config: Callable[..., dict[str, Any]]) -> None:
    app, folder = create_app(make_config(empty_database)), str(Path(__file__).parents[3] / "migrations")
    with app.app_context():
        upgrade(directory=folder, revision="0020")
        downgrade(directory=folder, revision="0020-1")
        db.session.execute(text("UPDATE settings SET smtp_password = 'hush', paypal_secret = ''"))
        db.session.commit()
        upgrade(directory=folder, revision="0020")
        read = text("SELECT smtp_password, paypal_secret, aws_secret FROM settings")
        secret, empty, none = db.session.execute(read).one()
        assert (decrypt(secret), decrypt(empty), none) == (b"hush", b"", None)
        db.session.execute(text("UPDATE settings SET paypal_secret = 'of another key'"))
        db.session.commit()
        downgrade(directory=folder, revision="0020-1")
        assert db.session.execute(read).one() == ("hush", None, None)
        db.session.remove()
        db.engine.dispose()
