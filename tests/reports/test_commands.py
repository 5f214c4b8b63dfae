"""`flask savings ...`: what it takes, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from portal.interchange import demo
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


def test_assumptions_are_published_once_and_a_run_repeats(app: Flask, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke
    refused = run(args=["savings", "run", "--json"])
    assert (refused.exit_code, "refused" in json.loads(refused.stdout)) == (1, True)
    every = demo.assumptions()["assumptions"]
    rows = [row for row in every if not row.get("component") and not row.get("capability")]
    file = tmp_path / "assumptions.json"
    file.write_text(json.dumps({**demo.assumptions(), "assumptions": rows}))
    words = ["savings", "assume", str(file), "--approver", "Chief economist", "--json"]
    assert json.loads(run(args=words).stdout) == {"number": 1, "created": 1, "unchanged": 0}
    assert json.loads(run(args=words).stdout) == {"number": 1, "created": 0, "unchanged": 1}
    assert run(args=["savings", "run"]).exit_code == 0
    told = json.loads(run(args=["savings", "run", "--json"]).stdout)
    assert told["state"] == "done"
    again = run(args=["savings", "replay", str(told["run"]), "--json"])
    assert json.loads(again.stdout)["same"] is True
    for wrong in ("[]", '{"assumptions": [{}]}', '{"assumptions": 3}'):
        file.write_text(wrong)
        assert run(args=words).exit_code == 1
