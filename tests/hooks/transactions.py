"""Dredd's hooks: compares what Dredd is about to run with what the pages document, and sets each stage.

Loaded by `run_hooks`. DATABASE_URL is the database the service under test works on; CONTRACT_ONLY, one
name per line, what the run is restricted to.
"""

from __future__ import annotations

import os
import traceback
from typing import Any

import dredd_hooks as hooks  # type: ignore[import-untyped]

from app import create_app
from config import load
from tests.hooks.blueprint import documented
from tests.hooks.stage import Stage

CHOSEN = os.environ.get("CONTRACT_ONLY", "").splitlines()
stage = Stage(create_app(load()), os.environ["DATABASE_URL"])


@hooks.before_all  # type: ignore[untyped-decorator]
def nothing_is_passed_over(transactions: list[dict[str, Any]]) -> None:
    """Fail the run where Dredd understood the pages otherwise than our reader; Dredd itself only warns."""
    expected = [each.name for each in documented()]
    running = [each["name"] for each in transactions]
    if running == expected:
        return
    passed_over = sorted(set(expected) - set(running)) or sorted(set(running) - set(expected)) or "their order"
    for each in transactions:
        each["fail"] = f"Dredd reads the pages otherwise than tests/hooks/blueprint.py: {passed_over}"


@hooks.before_each  # type: ignore[untyped-decorator]
def set_the_stage(transaction: dict[str, Any]) -> None:
    """Make what the transaction needs and put this run's values into its request."""
    if CHOSEN and transaction["name"] not in CHOSEN:
        transaction["skip"] = True
        return
    try:
        scene = stage.set(transaction["name"])
        request = transaction["request"]
        transaction["fullPath"] = scene.fill(transaction["fullPath"])
        request["body"] = scene.fill(request["body"])
        request["headers"] = scene.headers(request["headers"])
        transaction["skip"] = transaction.get("skip") or scene.row.skip is not None
    except Exception:
        transaction["fail"] = traceback.format_exc()


@hooks.after_all  # type: ignore[untyped-decorator]
def clear_the_stage(transactions: list[dict[str, Any]]) -> None:
    """Give the connection of the reset back."""
    stage.close()
