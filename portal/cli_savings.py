"""The commands of the savings model."""

from __future__ import annotations

import json
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app

from portal import clock
from portal.audit import Act
from portal.cli_importing import FILE
from portal.commands import Commands, act, database, json_option, yes_anyway
from portal.errors import Invalid, Refused
from portal.interchange import demo, tables
from portal.reports.actions import assuming, running
from portal.reports.rules import scenario
from portal.reports.store import assumption_sets, runs
from portal.reports.views import freezable
from portal.reports.words import Basis, SetState

savings_group = Commands("savings", help="What sharing components saves, and how sure that is.")


def install(app: Flask) -> None:
    """Give the app its commands."""
    app.cli.add_command(savings_group)


def load_demo(command: Act) -> dict[str, int]:
    """Publish both versions of the demo set's assumptions, and work out a run with each, where no
    version is there yet.
    """
    everybody = assumption_sets.EVERYBODY
    with database().reading() as session:
        if assumption_sets.newest(session, everybody, SetState.PUBLISHED):
            return {"assumptions": 0, "runs": 0}
    versions = [demo.earlier_assumptions(), demo.assumptions()]
    for given in versions:
        number, _ = assuming.bring(database(), given, given["approver"], command)
        with database().writing() as session:
            asked = running.ask(session, everybody, number, Basis.RESTATED, 1, command)
        running.do(database(), asked, lambda: command.at)
    made = sum(len(given["assumptions"]) for given in versions)
    return {"assumptions": made, "runs": len(versions)}


def load_demo_snapshots(command: Act) -> dict[str, int]:
    """Freeze reports of the demo set, where none is frozen yet."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return {"made": freezable.load_demo(app, database(), command)}


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


@savings_group.command("assume")
@click.argument("path", metavar="FILE", type=FILE)
@click.option("--approver", required=True, help="Who answers for it, by office.")
@yes_anyway
@json_option
def assume(path: Path, approver: str, as_json: bool) -> None:
    """Publish the assumptions of FILE as everybody's next version. The same as the newest one
    changes nothing.
    """
    given = _read(path)
    if not isinstance(given, dict):
        raise Invalid("file", "The file is not a set of assumptions")
    number, new = assuming.bring(database(), given, approver, act("savings assume"))
    if as_json:
        click.echo(json.dumps({"number": number, "created": int(new), "unchanged": int(not new)}))
        return
    click.echo(f"Version {number} is {'published now' if new else 'published already'}.")


@savings_group.command("run")
@click.option("--basis", type=click.Choice([each.value for each in Basis]), default="restated")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True)
@yes_anyway
@json_option
def run(basis: str, seed: int, as_json: bool) -> None:
    """Work out what sharing saves, with the newest assumptions and the records of today."""
    with database().writing() as session:
        newest = assumption_sets.newest(session, assumption_sets.EVERYBODY, SetState.PUBLISHED)
        if newest is None:
            raise Refused("No assumptions are published: see flask savings assume")
        asked = running.ask(
            session, newest.scope, newest.number, Basis(basis), seed, act("savings run")
        )
    running.do(database(), asked, clock.now)
    with database().reading() as session:
        found = runs.by_id(session, asked)
        told = {"run": asked, **runs.document(found), "result": found.result}
    view = told["result"]["views"]["whole"]
    if as_json:
        click.echo(json.dumps(told))
        return
    click.echo(f"Run {asked}: net present value {view['npv'] / 100:,.0f} pounds, whole government,")
    click.echo(f"between {view['p10'] / 100:,.0f} and {view['p90'] / 100:,.0f} (P10 to P90).")


@savings_group.command("replay")
@click.argument("run_id", metavar="RUN", type=click.IntRange(1, 2**31 - 1))
@yes_anyway
@json_option
def replay(run_id: int, as_json: bool) -> None:
    """Do a finished run over from what it kept, and say whether the same comes out."""
    found = running.replay(database(), run_id)
    if as_json:
        click.echo(json.dumps({**asdict(found), "same": found.same}))
    else:
        click.echo("The same came out." if found.same else "Something else came out.")
        if not found.same_code:
            click.echo("The model or a library has changed since: this is a new computation.")
    if not found.same:
        raise SystemExit(1)


def _read(path: Path) -> Any:
    name, raw = tables.contents(path)
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_float=Decimal)
    except (RecursionError, ValueError) as problem:
        raise Invalid(name, f"{name} is not JSON") from problem
