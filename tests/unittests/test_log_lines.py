"""How what is logged reads."""

from __future__ import annotations

import logging

import pytest

from app.observability import TextLines


@pytest.mark.parametrize("break_", ["\n", "\r", "\x00", "\x1b[2J", "\x85", "\u2028"])
def test_value_that_a_client_made_up_begins_no_line(break_: str) -> None:
    record = logging.LogRecord("app.request", logging.INFO, "", 1, "GET /v1/x%s forged", (break_,), None)
    (line,) = TextLines().format(record).splitlines()
    assert line.endswith("forged")
    assert line.isprintable()


def test_where_an_error_was_raised_is_told_in_lines_of_its_own() -> None:
    try:
        raise ValueError("no")
    except ValueError as error:
        told = (ValueError, error, error.__traceback__)
    lines = TextLines().format(logging.LogRecord("app", logging.ERROR, "", 1, "It failed.", None, told)).splitlines()
    assert lines[0].endswith("It failed.")
    assert lines[-1] == "ValueError: no"
