"""Tests talk to this machine only."""

from __future__ import annotations

import socket

import pytest


def test_connection_to_another_host_is_refused_before_it_is_made() -> None:
    with socket.socket() as attempt, pytest.raises(RuntimeError, match="only loopback"):
        attempt.connect(("192.0.2.1", 80))
