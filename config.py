"""Every setting of the service, one line each, read from the environment here and nowhere else.

`load()` turns the environment into the mapping Flask is configured with. A setting whose
value cannot be read, or a secret that is missing outside development, raises `ConfigError`
with one sentence that says what to do.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

VERSION = "0.1.0"
DRIVER_PREFIX = "postgresql+psycopg://"
GENEROUS_LIMIT = "1200 per minute"


class ConfigError(Exception):
    """A setting is missing or unreadable; the message is a sentence for the person starting the service."""


@dataclass(frozen=True)
class Setting:
    """One setting: its environment variable, how its text is read, its default, and what it is for."""

    name: str
    read: Callable[[str], Any]
    default: Any
    about: str
    generous: Any = None  # The default in development and tests, where it differs.


def boolean(text: str) -> bool:
    """Read yes/no words; raises ValueError for anything else."""
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.strip().lower() not in words:
        raise ValueError(text)
    return words[text.strip().lower()]


def one_of(*allowed: str) -> Callable[[str], str]:
    """A reader that takes only the given words."""

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return read


def address(text: str) -> str:
    """Read an http(s) address without its trailing slash."""
    if not text.startswith(("http://", "https://")):
        raise ValueError(text)
    return text.rstrip("/")


def words(text: str) -> tuple[str, ...]:
    """Read words that are separated by commas."""
    return tuple(filter(None, (word.strip().lower() for word in text.split(","))))


def loopback_address(text: str) -> str:
    """Read an http address with a port on this very machine."""
    parts = urlsplit(address(text))
    if parts.hostname not in ("127.0.0.1", "localhost") or not parts.port:
        raise ValueError(text)
    return text.rstrip("/")


def database_address(text: str) -> str:
    """Read the address of a PostgreSQL database in its common spellings; our driver is named in the result."""
    for spelling in ("postgres://", "postgresql://"):
        if text.startswith(spelling):
            return DRIVER_PREFIX + text.removeprefix(spelling)
    return text  # What is no address of PostgreSQL is told when the service starts, without the password in it.


# fmt: off
SETTINGS: tuple[Setting, ...] = (
    Setting("ENVIRONMENT", one_of("development", "testing", "production"), None, "development, testing or production; production when DATABASE_URL is set, else development"),
    Setting("DATA_DIR", Path, Path("data"), "folder of the embedded database, local files, the development secret and mail written as files"),
    Setting("HOST", str, "127.0.0.1", "address the web server listens on"),
    Setting("PORT", int, 5000, "port the web server listens on"),
    Setting("WEB_WORKERS", int, 2, "web server processes"),
    Setting("WEB_THREADS", int, 8, "threads of each web server process"),
    Setting("DATABASE_URL", database_address, None, "PostgreSQL 14 or newer to use instead of the embedded one, as postgresql://user:password@host/name"),
    Setting("DATABASE_POOL_SIZE", int, 8, "database connections each web process keeps"),
    Setting("SECRET_KEY", str, None, "signs tokens and file addresses; at least 32 characters; made and kept in DATA_DIR in development"),
    Setting("FRONTEND_URL", address, "http://localhost:4200", "where the web client lives; links in mails start with it"),
    Setting("PUBLIC_URL", address, None, "where clients reach this service; http://HOST:PORT when unset"),
    Setting("TRUSTED_PROXIES", int, 0, "how many proxies in front of the service may name the client's address"),
    Setting("SMTP_HOST", str, None, "mail server; without one, mail is written to DATA_DIR/mail/*.eml"),
    Setting("SMTP_PORT", int, 25, "port of the mail server"),
    Setting("SMTP_USERNAME", str, None, "account at the mail server"),
    Setting("SMTP_PASSWORD", str, None, "password at the mail server"),
    Setting("SMTP_ENCRYPTION", one_of("none", "starttls", "tls"), "none", "none, starttls or tls"),
    Setting("MAIL_FROM", str, "Open Event <no-reply@localhost>", "sender of the service's mail"),
    Setting("MAIL_LOG_DAYS", int, 180, "days for which the log of mails is kept"),
    Setting("S3_BUCKET", str, None, "bucket for files; without one they are kept in DATA_DIR/files"),
    Setting("S3_ENDPOINT_URL", address, None, "address of an S3-compatible server; Amazon's when unset"),
    Setting("S3_REGION", str, "us-east-1", "region of the bucket"),
    Setting("S3_ACCESS_KEY", str, None, "access key for the bucket"),
    Setting("S3_SECRET_KEY", str, None, "secret key for the bucket"),
    Setting("S3_PUBLIC_URL", address, None, "where everybody finds the bucket's public files, such as a CDN; the bucket's own address when unset"),
    Setting("FETCH_ALLOWED_HOSTS", words, (), "hosts as host:port, separated by commas, that images may be fetched from although they are not on the public internet"),
    Setting("FILE_URL_HOURS", int, 24 * 90, "hours for which a signed file address in a mail works"),
    Setting("FONT_DIRS", str, "", "folders with further fonts for PDFs, separated by colons"),
    Setting("LOG_LEVEL", one_of("DEBUG", "INFO", "WARNING", "ERROR"), "INFO", "least level that is logged"),
    Setting("LOG_FORMAT", one_of("json", "text"), "json", "json or text", generous="text"),
    Setting("ACCESS_TOKEN_MINUTES", int, 24 * 60, "minutes an access token works after a sign-in"),
    Setting("REFRESHED_TOKEN_MINUTES", int, 90, "minutes an access token works after a sign-in that is remembered, or a refresh"),
    Setting("REFRESH_TOKEN_DAYS", int, 365, "days a refresh token works"),
    Setting("VERIFICATION_HOURS", int, 72, "hours a link that verifies an e-mail address works"),
    Setting("PASSWORD_RESET_MINUTES", int, 60, "minutes a link that resets a password works"),
    Setting("SPEAKER_INVITE_DAYS", int, 14, "days an invitation to speak can be answered"),
    Setting("GROUP_INVITE_HOURS", int, 24 * 7, "hours an invitation to run a group can be accepted"),
    Setting("ROLE_INVITE_HOURS", int, 24, "hours an invitation to work on an event can be answered"),
    Setting("ARGON2_TIME_COST", int, 2, "passes of argon2id over its memory; with the memory below about 50 ms per sign-in"),
    Setting("ARGON2_MEMORY_KIB", int, 37 * 1024, "memory argon2id uses for a password, in KiB"),
    Setting("RATE_LIMITS_ENABLED", boolean, True, "whether requests that sign in, mail or guess are limited"),
    Setting("RATE_LIMIT_SIGN_IN", str, "10 per minute; 100 per hour", "sign-ins from one address", generous=GENEROUS_LIMIT),
    Setting("RATE_LIMIT_SIGN_IN_ACCOUNT", str, "10 per minute; 60 per hour", "sign-ins to one account", generous=GENEROUS_LIMIT),
    Setting("RATE_LIMIT_SIGN_UP", str, "5 per minute; 30 per hour", "sign-ups from one address", generous=GENEROUS_LIMIT),
    Setting("RATE_LIMIT_CHECK_EMAIL", str, "5 per minute; 30 per hour", "check_email from one address", generous=GENEROUS_LIMIT),
    Setting("RATE_LIMIT_PASSWORD", str, "5 per minute; 30 per hour", "password checks and changes of one account", generous=GENEROUS_LIMIT),
    Setting("RATE_LIMIT_TOKEN", str, "60 per minute", "token refreshes and mailed tokens tried from one address", generous=GENEROUS_LIMIT),
    Setting("RATE_LIMIT_RESET_EMAIL", str, "3 per hour", "password resets asked for one e-mail address", generous=GENEROUS_LIMIT),
    Setting("RATE_LIMIT_RESET_ADDRESS", str, "1 per minute", "password resets asked from one network address", generous=GENEROUS_LIMIT),
    Setting("RATE_LIMIT_MAIL", str, "5 per minute; 30 per hour", "mails one account or address makes the service send", generous=GENEROUS_LIMIT),
    Setting("RATE_LIMIT_CHARGE", str, "10 per minute; 60 per hour", "charges one account tries, so that nobody tests stolen cards here", generous=GENEROUS_LIMIT),
    Setting("RATE_LIMIT_UPLOAD", str, "30 per minute; 300 per hour", "files one account uploads", generous=GENEROUS_LIMIT),
    Setting("RATE_LIMIT_NOTIFY", str, "20 per minute; 300 per hour", "times one organizer mails the speakers of a session", generous=GENEROUS_LIMIT),
    Setting("RATE_LIMIT_COPY", str, "10 per minute; 60 per hour", "times one account copies an event", generous=GENEROUS_LIMIT),
    Setting("RATE_LIMIT_CONTACT", str, "5 per minute; 30 per hour", "times one account writes to organizers", generous=GENEROUS_LIMIT),
    Setting("RATE_LIMIT_RESEND", str, "5 per minute; 30 per hour", "times the mails of an order are sent again for one person"),
    Setting("RATE_LIMIT_RESEND_ADDRESS", str, "60 per minute", "times mails of orders are sent again for one network address"),
    Setting("STRIPE_API_URL", address, None, "where Stripe's API is asked; Stripe's own address, or the stand-in's, when unset"),
    Setting("STRIPE_CONNECT_URL", address, None, "where Stripe exchanges organizers' authorization codes; Stripe's own address, or the stand-in's, when unset"),
    Setting("STRIPE_WEBHOOK_SECRET", str, None, "what Stripe signs its messages with; without one they are refused; made and kept in DATA_DIR in development"),
    Setting("PAYPAL_API_URL", address, None, "where PayPal is asked; PayPal's own address, or the stand-in's, when unset"),
    Setting("PAYMENT_TIMEOUT_SECONDS", float, 10.0, "seconds a payment provider may take to answer"),
    Setting("PAYMENT_STANDINS_URL", loopback_address, None, "where stand-ins for Stripe and PayPal run on this machine; set by `make run` in development, refused in production"),
    Setting("JOB_HEARTBEAT_SECONDS", float, 5.0, "seconds between signs of life of a worker"),
    Setting("JOB_STALLED_SECONDS", float, 20.0, "seconds of silence after which a worker's jobs are taken up again"),
    Setting("ENFORCE_MODULES", boolean, False, "refuse what the modules record switches off, instead of only showing it"),
    Setting("ALLOW_UNVERIFIED_FREE_ORDERS", boolean, False, "let buyers with an unverified e-mail address place free orders"),
)
# fmt: on


def load(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The configuration the given environment describes; raises ConfigError when it cannot be used."""
    values: dict[str, Any] = {"ENVIRONMENT": _environment(environ)}
    relaxed = values["ENVIRONMENT"] != "production"
    for setting in SETTINGS[1:]:
        values[setting.name] = _value_of(setting, environ, relaxed=relaxed)
    values["PUBLIC_URL"] = values["PUBLIC_URL"] or f"http://{values['HOST']}:{values['PORT']}"
    values["SECRET_KEY"] = _secret_key(values)
    values["STRIPE_WEBHOOK_SECRET"] = _webhook_secret(values)
    return values | _payment_addresses(values)


def _environment(environ: Mapping[str, str]) -> str:
    default = "production" if environ.get("DATABASE_URL") else "development"
    return str(_read(SETTINGS[0], environ.get("ENVIRONMENT") or default))


def _value_of(setting: Setting, environ: Mapping[str, str], *, relaxed: bool) -> Any:
    text = environ.get(setting.name)
    if text:
        return _read(setting, text)
    return setting.generous if relaxed and setting.generous is not None else setting.default


def _read(setting: Setting, text: str) -> Any:
    try:
        return setting.read(text)
    except ValueError as error:
        raise ConfigError(f"{setting.name}={text!r} cannot be used: it is {setting.about}.") from error


def _secret_key(values: Mapping[str, Any]) -> str:
    key = values["SECRET_KEY"]
    if key and len(key) < 32:
        raise ConfigError("SECRET_KEY is too short: give at least 32 random characters.")
    if key:
        return str(key)
    if values["ENVIRONMENT"] == "production":
        raise ConfigError("SECRET_KEY is not set: give at least 32 random characters that stay the same.")
    return _kept_secret(values["DATA_DIR"], "secret-key")


def _webhook_secret(values: Mapping[str, Any]) -> str | None:
    secret = values["STRIPE_WEBHOOK_SECRET"]
    if secret or values["ENVIRONMENT"] == "production":
        return str(secret) if secret else None
    return _kept_secret(values["DATA_DIR"], "stripe-webhook-secret")


def _payment_addresses(values: Mapping[str, Any]) -> dict[str, Any]:
    """Where providers are asked: the stand-ins, where they run, for every provider whose address is not set."""
    standins = values["PAYMENT_STANDINS_URL"]
    if standins is None:
        return {}
    if values["ENVIRONMENT"] == "production":
        raise ConfigError("PAYMENT_STANDINS_URL is set in production, where payments must move money: unset it.")
    providers = {"STRIPE_API_URL": "stripe", "STRIPE_CONNECT_URL": "stripe", "PAYPAL_API_URL": "paypal"}
    return {name: values[name] or f"{standins}/{provider}" for name, provider in providers.items()}


def _kept_secret(folder: Path, name: str) -> str:
    """A development secret, made on first use and kept, so that what it signed outlives a restart."""
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text().strip()
    except OSError as error:
        raise ConfigError(f"The data folder {folder} cannot be written: {error.strerror}. Set DATA_DIR.") from error
