"""The wire form of pages, modules, user permissions and settings."""

from __future__ import annotations

from app.jsonapi import Bool, Choice, Email, Int, Schema, Str, Time, Url, Zone, logged_in, staff


class PageSchema(Schema):
    """A page of the installation, such as its terms of use."""

    class Meta:
        type_ = "page"

    name = Str(required=True)
    title = Str(allow_none=True)
    url = Str(required=True)
    description = Str(allow_none=True)
    place = Choice("footer", "event", allow_none=True)
    language = Str(allow_none=True)
    index = Int()


class ModuleSchema(Schema):
    """Which kinds of selling the installation offers."""

    class Meta:
        type_ = "module"

    ticket_include = Bool()
    payment_include = Bool()
    donation_include = Bool()


class UserPermissionSchema(Schema):
    """What those may do who have not verified their e-mail address, or have no account."""

    class Meta:
        type_ = "user-permission"

    deleted_at = Time(allow_none=True, writable_by=staff)
    name = Str(required=True)
    description = Str(allow_none=True)
    unverified_user = Bool(allow_none=True)
    anonymous_user = Bool(allow_none=True)


class SettingSchema(Schema):
    """What is configured at run time: for everybody, for those who are signed in, for admins, and write-only."""

    class Meta:
        type_ = "setting"

    # What everybody reads: the web client asks for it without a token, whoever uses it.
    app_name = Str(allow_none=True)
    tagline = Str(allow_none=True)
    order_expiry_time = Int(least=1, most=60)
    start_pg_event_id = Str(allow_none=True)
    start_pg_enabled = Str(allow_none=True)
    max_complex_custom_fields = Int(least=1, most=30)
    analytics_key = Str(allow_none=True)
    fb_client_id = Str(allow_none=True)
    google_url = Str(allow_none=True)
    github_url = Str(allow_none=True)
    twitter_url = Str(allow_none=True)
    support_url = Str(allow_none=True)
    facebook_url = Str(allow_none=True)
    instagram_url = Str(allow_none=True)
    patreon_url = Str(allow_none=True)
    gitter_url = Str(allow_none=True)
    telegram_url = Str(allow_none=True)
    youtube_url = Str(allow_none=True)
    weblate_url = Str(allow_none=True)
    frontend_url = Url(allow_none=True)
    rocket_chat_url = Url(allow_none=True)
    cookie_policy = Str(allow_none=True)
    cookie_policy_link = Str(allow_none=True)
    is_paytm_activated = Bool()
    is_paypal_activated = Bool(dump_only=True)
    is_stripe_activated = Bool(dump_only=True)
    is_omise_activated = Bool(dump_only=True)
    is_alipay_activated = Bool(dump_only=True)
    is_billing_paypal_activated = Bool(dump_only=True)
    stripe_client_id = Str(allow_none=True)
    stripe_publishable_key = Str(allow_none=True)
    stripe_test_client_id = Str(allow_none=True)
    stripe_test_publishable_key = Str(allow_none=True)
    stripe_mode = Str(allow_none=True)
    paypal_mode = Str(allow_none=True)
    paypal_client = Str(allow_none=True)
    paypal_sandbox_client = Str(allow_none=True)
    omise_mode = Str(allow_none=True)
    omise_test_public = Str(allow_none=True)
    omise_live_public = Str(allow_none=True)
    alipay_publishable_key = Str(allow_none=True)
    paytm_mode = Str(allow_none=True)
    paytm_live_merchant = Str(allow_none=True)
    paytm_sandbox_merchant = Str(allow_none=True)
    admin_billing_contact_name = Str(allow_none=True)
    admin_billing_phone = Str(allow_none=True)
    admin_billing_email = Email(allow_none=True)
    admin_billing_state = Str(allow_none=True)
    admin_billing_country = Str(allow_none=True)
    admin_billing_tax_info = Str(allow_none=True)
    admin_company = Str(allow_none=True)
    admin_billing_address = Str(allow_none=True)
    admin_billing_city = Str(allow_none=True)
    admin_billing_zip = Str(allow_none=True)
    admin_billing_additional_info = Str(allow_none=True)
    admin_billing_logo = Url(allow_none=True)
    logo_size = Int(least=0)
    image_size = Int(least=0)
    slide_size = Int(least=0)
    # The sign-up form needs these two before anybody can be signed in.
    is_google_recaptcha_enabled = Bool()
    google_recaptcha_site = Str(allow_none=True)

    android_app_url = Str(allow_none=True, visible_to=logged_in)
    web_app_url = Str(allow_none=True, visible_to=logged_in)

    app_environment = Str(visible_to=staff)
    static_domain = Str(allow_none=True, visible_to=staff)
    storage_place = Str(allow_none=True, visible_to=staff)
    aws_key = Str(allow_none=True, visible_to=staff)
    aws_bucket_name = Str(allow_none=True, visible_to=staff)
    aws_region = Str(allow_none=True, visible_to=staff)
    gs_key = Str(allow_none=True, visible_to=staff)
    gs_bucket_name = Str(allow_none=True, visible_to=staff)
    google_client_id = Str(allow_none=True, visible_to=staff)
    tw_consumer_key = Str(allow_none=True, visible_to=staff)
    in_client_id = Str(allow_none=True, visible_to=staff)
    email_service = Str(allow_none=True, visible_to=staff)
    email_from = Email(allow_none=True, visible_to=staff)
    email_from_name = Str(allow_none=True, visible_to=staff)
    smtp_host = Str(allow_none=True, visible_to=staff)
    smtp_username = Str(allow_none=True, visible_to=staff)
    smtp_port = Int(allow_none=True, least=0, most=65535, visible_to=staff)
    smtp_encryption = Str(allow_none=True, visible_to=staff)
    invoice_sending_day = Int(least=1, most=31, visible_to=staff)
    invoice_sending_timezone = Zone(visible_to=staff)
    admin_billing_paypal_email = Email(allow_none=True, visible_to=staff)

    # Secrets are written and never read, by nobody.
    aws_secret = Str(allow_none=True, load_only=True)
    gs_secret = Str(allow_none=True, load_only=True)
    google_recaptcha_secret = Str(allow_none=True, load_only=True)
    google_client_secret = Str(allow_none=True, load_only=True)
    fb_client_secret = Str(allow_none=True, load_only=True)
    tw_consumer_secret = Str(allow_none=True, load_only=True)
    in_client_secret = Str(allow_none=True, load_only=True)
    stripe_secret_key = Str(allow_none=True, load_only=True)
    stripe_test_secret_key = Str(allow_none=True, load_only=True)
    paypal_secret = Str(allow_none=True, load_only=True)
    paypal_sandbox_secret = Str(allow_none=True, load_only=True)
    omise_test_secret = Str(allow_none=True, load_only=True)
    omise_live_secret = Str(allow_none=True, load_only=True)
    alipay_secret_key = Str(allow_none=True, load_only=True)
    paytm_live_secret = Str(allow_none=True, load_only=True)
    paytm_sandbox_secret = Str(allow_none=True, load_only=True)
    sendgrid_key = Str(allow_none=True, load_only=True)
    smtp_password = Str(allow_none=True, load_only=True)
    rocket_chat_registration_secret = Str(allow_none=True, load_only=True)


SECRETS = tuple(name for name, field in SettingSchema.attributes() if field.load_only)
