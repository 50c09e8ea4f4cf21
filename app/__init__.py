"""Open Event Server: `create_app` makes the service out of its domains."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from app import edge, health, observability
from app.adapters.storage.files import blueprint as files
from app.adapters.storage.public import blueprint as media
from app.api import registry
from app.extensions import cors, db, jwt, migrate
from app.jsonapi.routing import mount
from app.limits import spending
from config import load

# What is mounted, from the lowest layer to the highest.
DOMAINS = (
    "idempotency", "limits", "site", "tasks", "messages", "uploads", "users", "events", "events.invites",
    "events.powers", "events.content", "events.placeholders", "events.email_notifications", "forms", "groups",
    "program", "tickets", "tickets.surcharges", "payments", "orders", "transfer",
)  # fmt: skip
# What a domain may have for the app to find: tables, resources, plain routes (as `blueprint`) and jobs.
PARTS = ("models", "resources", "routes", "tasks")

CORS_OPTIONS: dict[str, Any] = {
    "origins": "*",
    "send_wildcard": True,
    "always_send": False,  # Browsers name their origin; who does not needs no such headers.
    "methods": ["GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"],
    "allow_headers": "*",
    "expose_headers": ["ETag", "Idempotent-Replayed", "Location", "Retry-After", "X-Request-Id"],
    "max_age": 86400,
}


def create_app(config: Mapping[str, Any] | None = None) -> edge.Service:
    """The service under this configuration; the environment's when none is given."""
    app = edge.Service(__name__, static_folder=None)
    app.config.update(config if config is not None else load())
    _configure_libraries(app)
    for extension in (db, jwt):
        extension.init_app(app)
    migrate.init_app(app, db)
    cors.init_app(app, **CORS_OPTIONS)
    observability.init_app(app)
    spending.init_app(app)
    if app.config["PAYMENT_STANDINS_URL"]:
        app.logger.warning("payments go to stand-ins at %s: no money moves", app.config["PAYMENT_STANDINS_URL"])
    edge.init_app(app)
    _mount_domains(app)
    mount(app, registry)
    for blueprint in (health.blueprint, files, media):
        app.register_blueprint(blueprint)
    return app


def _configure_libraries(app: edge.Service) -> None:
    config = app.config
    config["SQLALCHEMY_DATABASE_URI"] = config["DATABASE_URL"]
    config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": config["DATABASE_POOL_SIZE"],
        "max_overflow": 2,
        "pool_pre_ping": False,
        "connect_args": {"options": "-c timezone=UTC -c statement_timeout=30000", "connect_timeout": 10},
    }
    config["JWT_SECRET_KEY"] = config["SECRET_KEY"]
    config["MAX_CONTENT_LENGTH"] = 32 * 1024 * 1024
    app.json.sort_keys = False  # type: ignore[attr-defined]


def load_domains() -> list[ModuleType]:
    """Import what the domains have, from the lowest layer to the highest, so that the registry knows all of it."""
    names = [f"app.{domain}.{part}" for domain in DOMAINS for part in PARTS]
    modules = [import_module(name) for name in names if find_spec(name) is not None]
    registry.bind()
    return modules


def _mount_domains(app: edge.Service) -> None:
    for module in load_domains():
        blueprint = getattr(module, "blueprint", None)
        if blueprint is not None:
            app.register_blueprint(blueprint)
        bind = getattr(module, "init_app", None)
        if bind is not None:
            bind(app)
