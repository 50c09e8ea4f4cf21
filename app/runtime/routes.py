"""Every route of the application as text, for docs/api/routes.txt and for reading."""

from __future__ import annotations

from flask import Flask

IMPLIED_METHODS = {"HEAD", "OPTIONS"}


def listing(app: Flask) -> str:
    """One line per path and rule: the path, then its methods; HEAD and OPTIONS go without saying."""
    rows = sorted((rule.rule, _methods(rule.methods or set())) for rule in app.url_map.iter_rules())
    width = max((len(path) for path, _ in rows), default=0)
    return "".join(f"{path:<{width}}  {methods}\n" for path, methods in rows)


def _methods(methods: set[str]) -> str:
    return ",".join(sorted(methods - IMPLIED_METHODS))
