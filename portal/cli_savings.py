"""The commands of the savings model."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from flask import Flask

from portal.cli_importing import FILE
from portal.commands import Commands, json_option, yes_anyway
from portal.errors import Invalid
from portal.interchange import tables
from portal.reports.rules import scenario

savings_group = Commands("savings", help="What sharing components saves, and how sure that is.")


def install(app: Flask) -> None:
    """Give the app its commands."""
    app.cli.add_command(savings_group)


@savings_group.command("evaluate")
@click.argument("path", metavar="FILE", type=FILE)
@yes_anyway
@json_option
def evaluate(path: Path, as_json: bool) -> None:
    """Work out a scenario with the portal's own model; it reads and writes no records.

    FILE is JSON: {"params": {"B", "RCR", "M", "m", "a", "X", "K"}, "discount_rate": 0.035,
    "horizon": 5, "uses": [[start, end], ...]}, times in years, money in pounds. The answer is
    JSON: {"npv", "net", "gross", "cost"}, by year where it is a list, not rounded.
    """
    click.echo(json.dumps(scenario.evaluate(_read(path))))


def _read(path: Path) -> Any:
    name, raw = tables.contents(path)
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_float=Decimal)
    except (RecursionError, ValueError) as problem:
        raise Invalid(name, f"{name} is not JSON") from problem
