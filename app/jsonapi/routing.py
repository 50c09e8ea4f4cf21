"""Puts the registry's routes on the app, each gated by the permission manager, and plain endpoints beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, request

from app.jsonapi.errors import MethodNotAllowed
from app.jsonapi.library import LibraryApi
from app.jsonapi.permissions import Rule, current_actor, permission_manager, require
from app.jsonapi.registry import Registry, Route
from app.jsonapi.written import Written

View = Callable[..., Any]


class Api(LibraryApi):  # type: ignore[misc]
    """The library's Api; its permission decorator without the library's own formatting of errors."""

    def has_permission(self, *names: str, **options: Any) -> Callable[[View], View]:
        """Gate a view: by the named permissions, or without names by its resource's access."""

        def decorate(view: View) -> View:
            if getattr(view, "_has_permissions_decorator", False) and not names:
                return view

            @wraps(view)
            def gated(*args: Any, **kwargs: Any) -> Any:
                self.check_permissions(view, args, kwargs, *names, **options)
                return view(*args, **kwargs)

            gated._has_permissions_decorator = True  # type: ignore[attr-defined]
            return gated

        return decorate


api = Api()
api.check_permissions = permission_manager


def mount(app: Flask, registry: Registry, name: str = "jsonapi") -> None:
    """Serve the registry's resources and remember it as the app's."""
    registry.bind()
    app.extensions["jsonapi"] = registry
    app.extensions["written"] = Written()
    blueprint = Blueprint(name, __name__)
    routes = Api(blueprint=blueprint)
    routes.blueprint = blueprint
    for route in registry.routes():
        _add(routes, route)
    routes.permission_manager(permission_manager)
    app.register_blueprint(blueprint)


def _add(routes: Api, route: Route) -> None:
    # A view class of its own per route carries which methods this route takes.
    body = {"methods": set(route.methods), "route": route, "declared": route.declared}
    view = type(route.view.__name__, (route.view,), body)
    routes.route(
        view,
        route.endpoint,
        route.path,
        url_rule_options={"methods": list(route.methods)},
        resource_kwargs={"parent": route.parent, "relationship": route.relationship},
    )


@dataclass(frozen=True)
class Gate:
    """Who may use a plain endpoint: the rule, and what loads the row it is asked about."""

    access: Rule
    load: Callable[..., Any] | None


def endpoint(
    blueprint: Blueprint,
    path: str,
    *,
    access: Rule,
    methods: Iterable[str] = ("GET",),
    load: Callable[..., Any] | None = None,
) -> Callable[[View], View]:
    """Route a plain JSON view behind a rule.

    With `load`, the row it makes of the URL's values is what the rule is asked about, and the view
    gets that row in place of those values.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def gated(**kwargs: Any) -> Any:
            if load is None:
                require(access)
                return view(**kwargs)
            row = load(**kwargs)
            require(access, row, actor=current_actor())
            return view(row)

        gated.gate = Gate(access, load)  # type: ignore[attr-defined]
        blueprint.add_url_rule(path, endpoint=view.__name__, view_func=gated, methods=list(methods))
        return gated

    return decorate


def refuse_head() -> None:
    """Refuse HEAD, which comes with GET, where clients have something changed by GET; raises MethodNotAllowed."""
    if request.method == "HEAD":
        raise MethodNotAllowed(f"HEAD is not possible at {request.path}.")
