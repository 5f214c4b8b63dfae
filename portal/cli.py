"""The commands: `flask --app wsgi ...`. Each reads its words, calls one action and prints."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from portal import migrations
from portal.audit import Act
from portal.catalogue.actions import (
    import_organisations,
    import_services,
    importing,
    journeys,
    matching,
    undo,
)
from portal.catalogue.rules.importing import Aside, Outcome, Parsed
from portal.catalogue.store import matches
from portal.catalogue.words import MatchState
from portal.db import Database
from portal.errors import Invalid, Problem
from portal.interchange import demo, performance_platform, registers, tables
from portal.web import csv_out

FILE = click.Path(path_type=Path)
SHOWN = 20

db_group = AppGroup("db", help="Bring the database's schema forward or back.")
import_group = AppGroup("import", help="Import files: a preview first, then one transaction.")
match_group = AppGroup("match", help="Match published organisation names; decide the queue.")
demo_group = AppGroup("demo", help="The demo set.")
search_group = AppGroup("search", help="The full-text search.")


def install(app: Flask) -> None:
    """Give the app its commands."""
    for group in (db_group, import_group, match_group, demo_group, search_group):
        app.cli.add_command(group)


def database() -> Database:
    """The database of the app that runs the command."""
    found: Database = current_app.extensions["portal"].database
    return found


def act(name: str, reason: str | None = None) -> Act:
    """The act of a command, now."""
    return Act(f"command:{name}", datetime.now(UTC), f"flask {name}", reason=reason)


def refuse(problem: Problem) -> None:
    """Say why, and end with 1."""
    click.echo(f"Refused: {problem}", err=True)
    sys.exit(1)


@db_group.command("upgrade")
@click.argument("revision", default="head")
def db_upgrade(revision: str) -> None:
    """Bring the schema to REVISION (the newest without one)."""
    migrations.upgrade(database(), revision)
    click.echo(f"The database is at revision {database().revision()}.")


@db_group.command("downgrade")
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
def db_downgrade(revision: str, yes: bool) -> None:
    """Take the schema back to REVISION. What newer tables hold is lost."""
    if not yes:
        click.confirm("What newer tables hold is lost. Go on?", abort=True)
    migrations.downgrade(database(), revision)
    click.echo(f"The database is at revision {database().revision()}.")


@db_group.command("check")
def db_check() -> None:
    """Fail where the tables and the code disagree."""
    migrations.check(database())
    click.echo("Tables and code agree.")


def import_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options every import has."""
    for option in (
        click.option("--yes", is_flag=True, help="Apply without the question."),
        click.option("--preview", "only", is_flag=True, help="Show what would happen, and stop."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        click.option("--rejects", type=FILE, help="Write what is set aside to this CSV file."),
    ):
        command = option(command)
    return command


def run_import(
    parse: Callable[[], Parsed], apply: importing.Apply, yes: bool, only: bool, as_json: bool,
    rejects: Path | None,
) -> None:  # fmt: skip
    """Preview, ask, apply, print: the same for every format."""
    try:
        parsed = parse()
        command = act(f"import {parsed.kind}")
        if only or not yes:
            outcome = importing.preview(database(), parsed, command, apply, progress(as_json))
            report(outcome, as_json and only, rejects, "would be ")
            if only:
                return
            click.confirm("Apply this?", abort=True, err=as_json)
        outcome = importing.run(database(), parsed, command, apply, progress(as_json))
    except Problem as problem:
        refuse(problem)
    else:
        report(outcome, as_json, rejects, "")


def progress(quiet: bool) -> Callable[[int, int], None] | None:
    """A plain progress line on a terminal; nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        if done == total or done % 50 == 0:
            filled = 30 * done // max(total, 1)
            bar = "#" * filled + "." * (30 - filled)
            click.echo(f"\r[{bar}] {done} of {total}", nl=done == total, err=True)

    return show


def report(outcome: Outcome, as_json: bool, rejects: Path | None, would: str) -> None:
    """Print the counts and what was set aside, and write the rejects file."""
    if rejects:
        write_rejects(rejects, outcome.aside)
    if as_json:
        answer: dict[str, Any] = {"kind": outcome.kind, **outcome.counts()}
        click.echo(json.dumps({**answer, "batch": outcome.batch_id}))
        return
    for name, count in outcome.counts().items():
        label = name.replace("_", " ")
        click.echo(f"{would + label if name in ('created', 'updated') else label}: {count}")
    for aside in outcome.aside[:SHOWN]:
        click.echo(f"  {where(aside)}: {aside.reason} (was: {aside.value or 'empty'})")
    if len(outcome.aside) > SHOWN:
        click.echo(f"  and {len(outcome.aside) - SHOWN} more; --rejects FILE writes them all")
    if outcome.batch_id:
        click.echo(
            f"Import {outcome.batch_id} is applied. Undo: flask import undo {outcome.batch_id}"
        )
    elif not would:
        click.echo("Nothing changed.")


def where(aside: Aside) -> str:
    """File, line and column of something set aside."""
    parts = [aside.file]
    parts += [f"line {aside.row}"] if aside.row else []
    parts += [f"column {aside.column}"] if aside.column else []
    return ", ".join(parts)


def write_rejects(path: Path, asides: Sequence[Aside]) -> None:
    """Write what was set aside as CSV, safe to open in a spreadsheet."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "row", "column", "value", "reason", "conflict"])
        for a in asides:
            cells = [a.file, a.row, a.column, a.value, a.reason, a.conflict]
            writer.writerow([csv_out.cell(c) for c in cells])


@import_group.command("organisations")
@click.argument("files", nargs=-1, required=True, type=FILE)
@import_options
def import_organisations_command(files: tuple[Path, ...], **options: Any) -> None:
    """Import organisation registers (TSV), several at once."""
    run_import(lambda: registers.parse(files), import_organisations.apply, **options)


@import_group.command("services-csv")
@click.argument("file", type=FILE)
@import_options
def import_services_command(file: Path, **options: Any) -> None:
    """Import the Performance Platform's services.csv."""
    parse = performance_platform.parse_services
    run_import(lambda: parse(file), import_services.apply, **options)


@import_group.command("transaction-volumes")
@click.argument("file", type=FILE)
@import_options
def import_volumes_command(file: Path, **options: Any) -> None:
    """Import the Performance Platform's transaction-volumes.csv."""
    parse = performance_platform.parse_volumes
    run_import(lambda: parse(file), import_services.apply, **options)


@import_group.command("undo")
@click.argument("batch", type=int)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_undo(batch: int, yes: bool, as_json: bool) -> None:
    """Take import BATCH back, whole or not at all."""
    if not yes:
        click.confirm(f"Take back everything import {batch} did?", abort=True, err=as_json)
    try:
        counts = undo.undo(database(), batch, act("import undo"))
    except Problem as problem:
        refuse(problem)
    else:
        lines = json.dumps(counts) if as_json else "\n".join(f"{k}: {v}" for k, v in counts.items())
        click.echo(lines)


@match_group.command("organisations")
@click.argument("file", type=FILE)
def match_organisations(file: Path) -> None:
    """For each name in FILE (TSV with a `name` column), print the match as a line of JSON."""
    try:
        table = tables.read_table(file, ["name"], "\t")
    except Invalid as problem:
        refuse(problem)
    else:
        for found in matching.suggest(database(), (row["name"] for _, row in table.rows)):
            click.echo(json.dumps(found, ensure_ascii=False))


@match_group.command("queue")
def match_queue() -> None:
    """List the names that wait for a decision."""
    with database().reading() as session:
        rows = matches.queue(session, MatchState.WAITING, limit=10_000)
        names = [(row.id, row.published_name) for row in rows]
    found = matching.suggest(database(), [name for _, name in names])
    for (id_, name), match in zip(names, found, strict=True):
        offers = "; ".join(f"{s['id']} ({s['why']})" for s in match["suggestions"])
        click.echo(f"{id_}\t{name}\t{offers or 'no suggestion'}")


@match_group.command("decide")
@click.argument("match_id", type=int)
@click.argument("organisation")
@click.option("--reason", required=True, help="Why; kept in the history.")
def match_decide(match_id: int, organisation: str, reason: str) -> None:
    """Say that name MATCH_ID means ORGANISATION (like government-organisation:D2), or `none`."""
    reference = None if organisation == "none" else organisation
    try:
        row, changed = matching.decide(database(), match_id, reference, act("match decide", reason))
    except Problem as problem:
        refuse(problem)
    else:
        click.echo(f"{row.published_name}: {row.state.value}; services changed: {changed}")


@demo_group.command("load")
def demo_load() -> None:
    """Load the demo set; a second run changes nothing."""
    command = act("demo load")
    steps = (
        ("organisations", demo.organisations, import_organisations.apply),
        ("services", demo.services, import_services.apply),
    )
    try:
        for name, parse, apply in steps:
            outcome = importing.run(database(), parse(), command, apply)
            click.echo(f"{name}: {outcome.created} created, {outcome.updated} updated")
            for aside in outcome.aside:
                click.echo(f"  {where(aside)}: {aside.reason}", err=True)
        added = journeys.add_missing(database(), demo.journeys(), command)
    except Problem as problem:
        refuse(problem)
    else:
        click.echo(f"journeys: {added} created")


@search_group.command("rebuild")
def search_rebuild() -> None:
    """Rebuild the search from the records."""
    with database().writing() as session:
        importing.reindex(session)
    click.echo("The search is rebuilt.")
