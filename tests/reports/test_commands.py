"""`flask savings ...`: what it takes, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from portal.reports.rules import scenario


def test_a_scenario_is_worked_out(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(scenario.worked_example()))
    result = app.test_cli_runner().invoke(args=["savings", "evaluate", str(file)])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert set(found) == {"npv", "net", "gross", "cost"}
    assert round(found["npv"]) == 546_228


@pytest.mark.parametrize("text", [None, "{", "[1]", '{"params": {}, "uses": []}'])
def test_what_is_no_scenario_is_refused(app: Flask, tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "scenario.json"
    if text is not None:
        file.write_text(text)
    words = ["savings", "evaluate", str(file), "--json"]
    result = app.test_cli_runner().invoke(args=words)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"]
