"""The family of errors: each says what is wrong, and none is kept that nobody raises."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from werkzeug.http import HTTP_STATUS_CODES

from app.jsonapi import errors

ROOT = Path(__file__).parents[3]
FAMILY = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, errors.ApiError)]


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_error_has_a_status_a_title_and_a_sentence(kind: type[errors.ApiError]) -> None:
    assert kind.status in HTTP_STATUS_CODES
    assert kind.title
    assert (kind.__doc__ or "").endswith((".", ".\n    "))


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_error_is_raised_somewhere(kind: type[errors.ApiError]) -> None:
    uses = [path for path in (ROOT / "app").rglob("*.py") if kind.__name__ in path.read_text()]
    assert [path for path in uses if path.name != "errors.py"] or kind is errors.ApiError
