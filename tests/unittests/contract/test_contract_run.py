"""The contract run says what keeps it from beginning."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hooks.contract import CannotRun, chosen, environment, main


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_run_without_node_fails_in_continuous_integration_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: str, status: int
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", ci)
    assert main([]) == status
    assert "Node.js is not installed" in capsys.readouterr().out


def test_unknown_transaction_is_told() -> None:
    with pytest.raises(CannotRun, match="no page has “G > R > A”"):
        chosen(["G > R > A"])


def test_every_run_signs_tokens_with_a_secret_of_its_own(tmp_path: Path) -> None:
    first, second = (environment("postgresql://", tmp_path, "http://127.0.0.1:9") for _ in range(2))
    assert first["SECRET_KEY"] != second["SECRET_KEY"]
