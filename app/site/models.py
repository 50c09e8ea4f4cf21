"""The installation's one record of modules, its permissions and pages, and the one record of settings."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.encryption import Encrypted
from app.jsonapi.model import Row, SoftDeleted

ONLY_ROW = 1
# Under another SECRET_KEY secrets count as not given: the settings have to be readable for them to be entered anew.
SECRET = Encrypted(forgiving=True)


class Module(Row):
    """Which kinds of selling this installation offers: exactly one row, with id 1."""

    __tablename__ = "modules"
    __table_args__ = (CheckConstraint(f"id = {ONLY_ROW}", name="only_row"),)

    ticket_include: Mapped[bool] = mapped_column(server_default="false")
    payment_include: Mapped[bool] = mapped_column(server_default="false")
    donation_include: Mapped[bool] = mapped_column(server_default="false")


class UserPermission(Row, SoftDeleted):
    """What unverified and anonymous users may do, by the act's name; without a row only verified users may."""

    __tablename__ = "user_permissions"
    __table_args__ = (
        Index("uq_user_permissions_name", "name", unique=True, postgresql_where=text("deleted_at IS NULL")),
    )

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    unverified_user: Mapped[bool | None]
    anonymous_user: Mapped[bool | None]


class Page(Row):
    """A page of the installation's own, such as its terms of use, linked in a footer or on event pages."""

    __tablename__ = "pages"
    __table_args__ = (CheckConstraint("place IN ('footer', 'event')", name="place"),)

    name: Mapped[str] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    index: Mapped[int] = mapped_column(Integer, server_default="0")


class Setting(Row):
    """What administrators configure at run time."""

    __tablename__ = "settings"
    __table_args__ = (
        CheckConstraint(f"id = {ONLY_ROW}", name="only_row"),
        CheckConstraint("order_expiry_time BETWEEN 1 AND 60", name="order_expiry_time"),
    )

    app_name: Mapped[str | None] = mapped_column(Text)
    tagline: Mapped[str | None] = mapped_column(Text)
    order_expiry_time: Mapped[int] = mapped_column(Integer, server_default="15")
    start_pg_event_id: Mapped[str | None] = mapped_column(Text)
    start_pg_enabled: Mapped[str | None] = mapped_column(Text, server_default="default")
    max_complex_custom_fields: Mapped[int] = mapped_column(Integer, server_default="30")
    analytics_key: Mapped[str | None] = mapped_column(Text)
    fb_client_id: Mapped[str | None] = mapped_column(Text)
    google_url: Mapped[str | None] = mapped_column(Text)
    github_url: Mapped[str | None] = mapped_column(Text)
    twitter_url: Mapped[str | None] = mapped_column(Text)
    support_url: Mapped[str | None] = mapped_column(Text)
    facebook_url: Mapped[str | None] = mapped_column(Text)
    instagram_url: Mapped[str | None] = mapped_column(Text)
    patreon_url: Mapped[str | None] = mapped_column(Text)
    gitter_url: Mapped[str | None] = mapped_column(Text)
    telegram_url: Mapped[str | None] = mapped_column(Text)
    youtube_url: Mapped[str | None] = mapped_column(Text)
    weblate_url: Mapped[str | None] = mapped_column(Text)
    frontend_url: Mapped[str | None] = mapped_column(Text)
    rocket_chat_url: Mapped[str | None] = mapped_column(Text)
    cookie_policy: Mapped[str | None] = mapped_column(Text)
    cookie_policy_link: Mapped[str | None] = mapped_column(Text)
    is_paytm_activated: Mapped[bool] = mapped_column(server_default="false")
    stripe_client_id: Mapped[str | None] = mapped_column(Text)
    stripe_publishable_key: Mapped[str | None] = mapped_column(Text)
    stripe_test_client_id: Mapped[str | None] = mapped_column(Text)
    stripe_test_publishable_key: Mapped[str | None] = mapped_column(Text)
    stripe_mode: Mapped[str | None] = mapped_column(Text)
    paypal_mode: Mapped[str | None] = mapped_column(Text)
    paypal_client: Mapped[str | None] = mapped_column(Text)
    paypal_sandbox_client: Mapped[str | None] = mapped_column(Text)
    omise_mode: Mapped[str | None] = mapped_column(Text)
    omise_test_public: Mapped[str | None] = mapped_column(Text)
    omise_live_public: Mapped[str | None] = mapped_column(Text)
    alipay_publishable_key: Mapped[str | None] = mapped_column(Text)
    paytm_mode: Mapped[str | None] = mapped_column(Text)
    paytm_live_merchant: Mapped[str | None] = mapped_column(Text)
    paytm_sandbox_merchant: Mapped[str | None] = mapped_column(Text)
    admin_billing_contact_name: Mapped[str | None] = mapped_column(Text)
    admin_billing_phone: Mapped[str | None] = mapped_column(Text)
    admin_billing_email: Mapped[str | None] = mapped_column(Text)
    admin_billing_state: Mapped[str | None] = mapped_column(Text)
    admin_billing_country: Mapped[str | None] = mapped_column(Text)
    admin_billing_tax_info: Mapped[str | None] = mapped_column(Text)
    admin_company: Mapped[str | None] = mapped_column(Text)
    admin_billing_address: Mapped[str | None] = mapped_column(Text)
    admin_billing_city: Mapped[str | None] = mapped_column(Text)
    admin_billing_zip: Mapped[str | None] = mapped_column(Text)
    admin_billing_additional_info: Mapped[str | None] = mapped_column(Text)
    admin_billing_logo: Mapped[str | None] = mapped_column(Text)
    logo_size: Mapped[int] = mapped_column(Integer, server_default="1000")
    image_size: Mapped[int] = mapped_column(Integer, server_default="10000")
    slide_size: Mapped[int] = mapped_column(Integer, server_default="20000")
    android_app_url: Mapped[str | None] = mapped_column(Text)
    web_app_url: Mapped[str | None] = mapped_column(Text)
    app_environment: Mapped[str] = mapped_column(Text, server_default="production")
    static_domain: Mapped[str | None] = mapped_column(Text)
    storage_place: Mapped[str | None] = mapped_column(Text)
    aws_key: Mapped[str | None] = mapped_column(Text)
    aws_secret: Mapped[str | None] = mapped_column(SECRET)
    aws_bucket_name: Mapped[str | None] = mapped_column(Text)
    aws_region: Mapped[str | None] = mapped_column(Text)
    gs_key: Mapped[str | None] = mapped_column(Text)
    gs_secret: Mapped[str | None] = mapped_column(SECRET)
    gs_bucket_name: Mapped[str | None] = mapped_column(Text)
    is_google_recaptcha_enabled: Mapped[bool] = mapped_column(server_default="false")
    google_recaptcha_site: Mapped[str | None] = mapped_column(Text)
    google_recaptcha_secret: Mapped[str | None] = mapped_column(SECRET)
    google_client_id: Mapped[str | None] = mapped_column(Text)
    google_client_secret: Mapped[str | None] = mapped_column(SECRET)
    fb_client_secret: Mapped[str | None] = mapped_column(SECRET)
    tw_consumer_key: Mapped[str | None] = mapped_column(Text)
    tw_consumer_secret: Mapped[str | None] = mapped_column(SECRET)
    in_client_id: Mapped[str | None] = mapped_column(Text)
    in_client_secret: Mapped[str | None] = mapped_column(SECRET)
    stripe_secret_key: Mapped[str | None] = mapped_column(SECRET)
    stripe_test_secret_key: Mapped[str | None] = mapped_column(SECRET)
    paypal_secret: Mapped[str | None] = mapped_column(SECRET)
    paypal_sandbox_secret: Mapped[str | None] = mapped_column(SECRET)
    omise_test_secret: Mapped[str | None] = mapped_column(SECRET)
    omise_live_secret: Mapped[str | None] = mapped_column(SECRET)
    alipay_secret_key: Mapped[str | None] = mapped_column(SECRET)
    paytm_live_secret: Mapped[str | None] = mapped_column(SECRET)
    paytm_sandbox_secret: Mapped[str | None] = mapped_column(SECRET)
    email_service: Mapped[str | None] = mapped_column(Text)
    email_from: Mapped[str | None] = mapped_column(Text)
    email_from_name: Mapped[str | None] = mapped_column(Text)
    sendgrid_key: Mapped[str | None] = mapped_column(SECRET)
    smtp_host: Mapped[str | None] = mapped_column(Text)
    smtp_username: Mapped[str | None] = mapped_column(Text)
    smtp_password: Mapped[str | None] = mapped_column(SECRET)
    smtp_port: Mapped[int | None]
    smtp_encryption: Mapped[str | None] = mapped_column(Text)
    rocket_chat_registration_secret: Mapped[str | None] = mapped_column(SECRET)
    invoice_sending_day: Mapped[int] = mapped_column(Integer, server_default="1")
    invoice_sending_timezone: Mapped[str] = mapped_column(Text, server_default="UTC")
    admin_billing_paypal_email: Mapped[str | None] = mapped_column(Text)

    @property
    def is_paypal_activated(self) -> bool:
        """Whether the keys of a PayPal account are there."""
        live = self.paypal_client and self.paypal_secret
        return bool(live or (self.paypal_sandbox_client and self.paypal_sandbox_secret))

    @property
    def is_stripe_activated(self) -> bool:
        """Whether the keys of a Stripe platform are there."""
        live = self.stripe_client_id and self.stripe_publishable_key and self.stripe_secret_key
        test = self.stripe_test_client_id and self.stripe_test_publishable_key and self.stripe_test_secret_key
        return bool(live or test)

    @property
    def is_omise_activated(self) -> bool:
        """Whether the keys of an Omise account are there."""
        live = self.omise_live_public and self.omise_live_secret
        return bool(live or (self.omise_test_public and self.omise_test_secret))

    @property
    def is_alipay_activated(self) -> bool:
        """Whether the keys of an Alipay account are there."""
        return bool(self.alipay_publishable_key and self.alipay_secret_key)

    @property
    def is_billing_paypal_activated(self) -> bool:
        """Whether event invoices can be paid to a PayPal address."""
        return bool(self.admin_billing_paypal_email)
