"""The permissions by their names: as decorators of plain routes, and asked as a question."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from app.edge import Service
from app.jsonapi import api as routes
from app.jsonapi import has_access, json
from tests.unittests.client import ApiClient
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.users import AdminFactory, SuperAdminFactory, UserFactory
from tests.unittests.ranks import role_of

ROLES = ("owner", "organizer", "coorganizer", "track_organizer", "moderator", "registrar")
PASSING = {
    "is_owner": {"owner"},
    "is_organizer": {"owner", "organizer"},
    "is_coorganizer": {"owner", "organizer", "coorganizer"},
    "is_track_organizer": {"owner", "organizer", "coorganizer", "track_organizer"},
    "is_moderator": {"owner", "organizer", "coorganizer", "moderator"},
    "is_registrar": {"owner", "organizer", "coorganizer", "registrar"},
}


def add_routes(app: Service) -> None:
    """A route behind each permission, and one that asks for it."""
    blueprint = Blueprint("gated", __name__)
    for name in PASSING:

        def gated(event_id: str) -> Response:
            return json.answer({"event": event_id})

        gate = routes.has_permission(name, fetch="event_id")
        blueprint.add_url_rule(f"/gated/<event_id>/{name}", endpoint=name, view_func=gate(gated))

    def asked(event_id: str) -> Response:
        return json.answer(has_access(request.args["name"], event_id=event_id))

    blueprint.add_url_rule("/asked/<event_id>", endpoint="asked", view_func=asked)
    app.register_blueprint(blueprint)


def test_named_permission_gates_a_plain_route_by_id_and_identifier(committed_app: Service) -> None:
    add_routes(committed_app)
    api, event = ApiClient(committed_app), EventFactoryBasic()
    elsewhere = role_of(EventFactoryBasic(), "owner")
    people: dict[str, Any] = {role: role_of(event, role) for role in ROLES}
    people |= {"user": UserFactory(), "elsewhere": elsewhere, "admin": AdminFactory(), "super": SuperAdminFactory()}
    for name, passing in PASSING.items():
        for reference in (event.id, event.identifier):
            path = f"/gated/{reference}/{name}"
            passed = {kind for kind, user in people.items() if api.get(path, user=user).status_code == 200}
            assert passed == passing | {"admin", "super"}
            assert api.get(path, user=people["user"]).json["errors"][0]["status"] == 403
            assert api.get(path).json["errors"][0]["status"] == 401
            answers = {k for k, user in people.items() if api.get(f"/asked/{reference}?name={name}", user=user).json}
            assert answers == passed
    assert api.get("/gated/nothing/is_owner", user=people["owner"]).status_code == 403
