"""The commands: `flask --app wsgi ...`. Each reads its words, calls one action and prints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import with_appcontext

import portal.cli_usage  # noqa: F401  (adds its commands to those that import)
from portal import (
    cli_assessments,
    cli_jobs,
    cli_people,
    cli_performance,
    cli_savings,
    cli_standards,
    clock,
    migrations,
)
from portal.accounts.actions import people
from portal.assessments.actions import demo_standards, shipped
from portal.assessments.store import counts as assessment_counts
from portal.catalogue.actions import (
    claims,
    components,
    duplicates,
    exemptions,
    import_organisations,
    import_services,
    import_usage,
    importing,
    indexing,
    journeys,
    matching,
    mentions,
    problems,
    proposals,
    registering,
    reviews,
    roster_names,
    similar,
    spending,
    suppliers,
    transfers,
    undo,
    voices,
)
from portal.catalogue.store import matches, organisations, service_counts, usage_counts
from portal.catalogue.words import MatchState
from portal.cli_importing import FILE, import_group, import_options, run_import, step
from portal.commands import Commands, act, database, json_option, yes_anyway, yes_option
from portal.errors import Invalid, Missing
from portal.interchange import demo, performance_platform, registers, summaries, tables
from portal.interchange.said import json_line, printable, told
from portal.performance.actions import bringing, demo_figures, demo_notes
from portal.performance.store import rebuilding
from portal.reports.store import adoption_counts, duplication_counts, pipeline_facts, reuse_counts

#: What an id of the database can be.
NUMBER = click.IntRange(1, 2**31 - 1)

db_group = Commands("db", help="Bring the database's schema forward or back.")
match_group = Commands("match", help="Match published organisation names; decide the queue.")
duplicates_group = Commands("duplicates", help="Find records that may be of one service.")
demo_group = Commands("demo", help="The demo set.")
search_group = Commands("search", help="The full-text search.")
rollups_group = Commands("rollups", help="The counts that lists show.")


def install(app: Flask) -> None:
    """Give the app its commands."""
    groups = (
        db_group, import_group, match_group, duplicates_group, demo_group, search_group,
        rollups_group,
    )  # fmt: skip
    for group in groups:
        app.cli.add_command(group)
    app.cli.add_command(check_data)
    cli_jobs.install(app)
    cli_people.install(app)
    cli_performance.install(app)
    cli_savings.install(app)
    cli_standards.install(app)
    cli_assessments.install(app)


@db_group.command("upgrade")
@click.argument("revision", default="head")
def db_upgrade(revision: str) -> None:
    """Bring the schema to REVISION (the newest without one)."""
    migrations.upgrade(database(), revision)
    click.echo(f"The database is at revision {database().revision()}.")


@db_group.command("downgrade")
@click.argument("revision")
@yes_option
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


@import_group.command("organisations")
@click.argument("files", nargs=-1, required=True, type=FILE)
@import_options
def import_organisations_command(files: tuple[Path, ...], **options: Any) -> None:
    """Import organisation registers (TSV), several at once."""
    run_import(lambda: registers.parse(files), import_organisations.apply, files, **options)


@import_group.command("services-csv")
@click.argument("file", type=FILE)
@import_options
def import_services_command(file: Path, **options: Any) -> None:
    """Import the Performance Platform's services.csv: services and their volumes."""
    parse = performance_platform.parse_services
    run_import(lambda: parse(file), bringing.apply, [file], **options)


@import_group.command("transaction-volumes")
@click.argument("file", type=FILE)
@import_options
def import_volumes_command(file: Path, **options: Any) -> None:
    """Import the Performance Platform's transaction-volumes.csv: services and their volumes."""
    parse = performance_platform.parse_volumes
    run_import(lambda: parse(file), bringing.apply, [file], **options)


@import_group.command("undo")
@click.argument("batch", type=NUMBER)
@yes_option
@json_option
def import_undo(batch: int, yes: bool, as_json: bool) -> None:
    """Take import BATCH back, whole or not at all. What people made of its records is named."""
    for line in undo.goes_along(database(), batch):
        click.echo(line, err=as_json)
    if not yes:
        click.confirm(f"Take back everything import {batch} did?", abort=True, err=as_json)
    counts = undo.undo(database(), batch, act("import undo"))
    click.echo(json.dumps(counts) if as_json else "\n".join(f"{k}: {v}" for k, v in counts.items()))


@match_group.command("organisations")
@click.argument("file", type=FILE)
def match_organisations(file: Path) -> None:
    """For each name in FILE (TSV with a `name` column), print the match as a line of JSON."""
    table = tables.read_table(file, ["name"], "\t")
    names = [row["name"] for _, row in table.rows()]
    for found in matching.suggest(database(), names):
        click.echo(json_line(found))
    for aside in table.aside:
        click.echo(told(aside), err=True)


@match_group.command("queue")
def match_queue() -> None:
    """List the names that wait for a decision."""
    with database().reading() as session:
        rows = matches.queue(session, MatchState.WAITING, limit=10_000)
        names = [(row.id, row.published_name) for row in rows]
    found = matching.suggest(database(), [name for _, name in names])
    for (id_, name), match in zip(names, found, strict=True):
        offers = "; ".join(f"{s['id']} ({s['why']})" for s in match["suggestions"])
        click.echo(f"{id_}\t{printable(name)}\t{printable(offers) or 'no suggestion'}")


@match_group.command("suppliers")
@yes_anyway
@json_option
def match_suppliers(as_json: bool) -> None:
    """Match the names of suppliers that are new; those that are not sure wait in the queue."""
    found = suppliers.match(database(), act("match suppliers"))
    told = f"Matched: {found.matched}. New in the queue: {found.waiting}."
    click.echo(json.dumps(asdict(found)) if as_json else told)


@match_group.command("rosters")
@yes_anyway
@json_option
def match_rosters(as_json: bool) -> None:
    """Look again at the names on providers' lists that wait in the queue."""
    found = roster_names.match(database(), act("match rosters"))
    click.echo(json.dumps({"matched": found}) if as_json else f"Matched: {found}.")


@match_group.command("decide")
@click.argument("match_id", type=NUMBER)
@click.argument("organisation")
@click.option("--reason", required=True, help="Why; kept in the history.")
@click.option("--revise", is_flag=True, help="Change what was decided, or was sure, before.")
@yes_anyway
@json_option
def match_decide(
    match_id: int, organisation: str, reason: str, revise: bool, as_json: bool
) -> None:
    """Say that name MATCH_ID means ORGANISATION (like government-organisation:D2), or `none`."""
    if not reason.strip():
        raise Invalid("reason", "say why with --reason; it is kept in the history")
    reference = None if organisation == "none" else organisation
    try:
        command = act("match decide", reason)
        row, changed = matching.decide(database(), match_id, reference, command, revise)
    except Missing as problem:
        raise Missing(f"{problem}{hint(organisation)}") from problem
    if as_json:
        answer = {"name": row.published_name, "state": row.state.value, "organisation": reference}
        click.echo(json.dumps({**answer, "services_changed": changed}))
    else:
        meaning = f"means {reference}" if reference else "is no organisation of the catalogue"
        click.echo(printable(f"“{row.published_name}” {meaning}; services changed: {changed}"))


def hint(organisation: str) -> str:
    """The identifiers that end in what was given, where it lacks its register."""
    with database().reading() as session:
        known = organisations.ids_by_reference(session)
    meant = sorted(ref for ref in known if ref.endswith(f":{organisation}"))
    return f". Did you mean {' or '.join(meant[:3])}?" if meant else ""


@duplicates_group.command("suggest")
@click.argument("file", type=FILE)
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, help="Pairs, 100 without.")
@click.option("--other-names", is_flag=True, help="Leave out pairs that have the same name.")
@yes_anyway
@json_option
def duplicates_suggest(file: Path, limit: int, other_names: bool, as_json: bool) -> None:
    """List the pairs in FILE that may be one service, best first.

    FILE is a JSON list of {"title", "summary"}. The answer is a JSON list of {"a", "b", "score",
    "why"}: a and b are places in FILE, from 0; score is from 0 to 1.
    """
    step(as_json, "Reading")
    services = summaries.read(file)
    step(as_json, "Comparing")
    found = similar.suggest(services, limit, other_names)
    click.echo("[" + ",\n ".join(map(json_line, found)) + "]")


@duplicates_group.command("find")
@click.option("--all", "everything", is_flag=True, help="Begin again with all records.")
@yes_anyway
@json_option
def duplicates_find(everything: bool, as_json: bool) -> None:
    """Look for pairs in the catalogue that may be one: of all that changed since the last time."""
    found = duplicates.find(database(), clock.now, everything)
    if as_json:
        click.echo(json.dumps({kind.value: asdict(each) for kind, each in found.items()}))
        return
    for kind, each in found.items():
        told = f"looked at {each.looked_at}, new pairs {each.new}, pairs that went {each.gone}"
        click.echo(f"{kind.value}: {told}")


@demo_group.command("load")
@yes_anyway
@json_option
def demo_load(as_json: bool) -> None:
    """Load the demo set; a second run changes nothing."""
    command = act("demo load")
    steps = (
        ("organisations", demo.organisations, import_organisations.apply),
        ("services", demo.services, import_services.apply),
    )
    counts: dict[str, dict[str, int]] = {}
    for name, parse, apply in steps:
        outcome = importing.run(database(), parse(), command, apply)
        counts[name] = {"created": outcome.created, "updated": outcome.updated}
        for aside in outcome.aside:
            click.echo(f"  {told(aside)}", err=True)
    came = shipped.load(database(), command)
    own = demo_standards.add_missing(database(), demo.standards(), command)
    counts["standards"] = {"created": came.created + own}
    counts["journeys"] = {"created": journeys.add_missing(database(), demo.journeys(), command)}
    added = components.add_missing(database(), demo.capabilities(), demo.components(), command)
    added |= components.add_usages(database(), *demo.usages(), command)
    counts |= {name: {"created": number} for name, number in added.items()}
    for name, parsed, apply in (
        ("adoption", demo.adoption(), import_usage.apply_adoption),
        ("rosters", demo.rosters(), import_usage.apply_rosters),
        ("documents", demo.documents(), mentions.apply_documents),
        ("volumes", demo.volumes(), bringing.apply),
    ):
        outcome = importing.run(database(), parsed, command, apply)
        created = outcome.created + outcome.further.get("values_created", 0)
        counts[name] = {"created": created, "updated": outcome.updated}
    counts["reports"] = cli_assessments.load_demo(command)
    named = suppliers.match(database(), command)
    counts["suppliers"] = {"matched": named.matched, "waiting": named.waiting}
    found = duplicates.find(database(), clock.now).values()
    decided = duplicates.decide_missing(database(), demo.duplicates(), command)
    counts["duplicates"] = {"found": sum(each.new for each in found), "decided": decided}
    done = transfers.add_missing(database(), demo.transfers(), command)
    counts["transfers"] = {"applied": done}
    counts["people"] = {"created": people.add_missing(database(), demo.people(), command)}
    drafts = registering.add_missing(database(), demo.registrations(), command)
    counts["registrations"] = {"created": drafts}
    proposed = proposals.add_missing(database(), demo.proposals(), command)
    counts["proposals"] = {"created": proposed}
    kept = demo.keeping()
    counts["problems"] = {"created": problems.add_missing(database(), kept["problems"], command)}
    counts["evidence"] = {"added": claims.add_missing(database(), kept["evidence"], command)}
    counts["voices"] = {"added": voices.add_missing(database(), kept["voices"], command)}
    asked = demo.requests()
    leave = exemptions.add_missing(database(), asked["exemptions"], command)
    counts["exemptions"] = {"added": leave}
    spend = spending.add_missing(database(), asked["spend_requests"], command)
    counts["spend requests"] = {"added": spend}
    counts["notes and targets"] = {
        "added": demo_notes.add_missing(database(), demo.notes(), command)
    }
    counts["booked assessments"] = cli_assessments.load_demo_bookings(command)
    figures = demo_figures.add_missing(database(), demo.figures(), command)
    counts["data sets"] = {"added": figures}
    counts["reviews"] = {"set": reviews.add_missing(database(), kept["reviews"], command)}
    counts["savings"] = cli_savings.load_demo(command)
    counts["snapshots"] = cli_savings.load_demo_snapshots(command)
    if as_json:
        click.echo(json.dumps(counts))
        return
    for name, numbers in counts.items():
        said = ", ".join(f"{count} {what}" for what, count in numbers.items())
        click.echo(f"{name}: {said}")


@search_group.command("rebuild")
def search_rebuild() -> None:
    """Rebuild the search from the records."""
    with database().writing() as session:
        indexing.reindex(session)
    click.echo("The search is rebuilt.")


@rollups_group.command("rebuild")
@yes_anyway
@json_option
def rollups_rebuild(as_json: bool) -> None:
    """Count afresh: services of each sort, who uses which component, how needs are met, results of
    assessments, and the figures and totals of performance data.
    """
    with database().writing() as session:
        kept = service_counts.rebuild(session) + usage_counts.rebuild(session)
        kept += assessment_counts.rebuild(session) + rebuilding.rebuild(session)
        kept += reuse_counts.rebuild(session) + pipeline_facts.rebuild(session)
    click.echo(json.dumps({"counts": kept}) if as_json else f"{kept:,} counts are kept.")


@click.command("check-data")
@json_option
@with_appcontext
def check_data(as_json: bool) -> None:
    """Compare every count, figure and total with the rows that it follows from; changes nothing.

    Ends with 1 where one is wrong: `rollups rebuild` mends them.
    """
    with database().reading() as session:
        wrong = {
            name: _wrong(counts.counted(session), counts.kept(session))
            for name, counts in (
                ("services", service_counts),
                ("usages", usage_counts),
                ("assessments", assessment_counts),
                ("reuse", reuse_counts),
                ("duplication", duplication_counts),
                ("adoption", adoption_counts),
                ("pipeline", pipeline_facts),
            )
        }
        wrong["figures"] = rebuilding.wrong_figures(session)
        wrong["totals"] = rebuilding.wrong_totals(session)
    if as_json:
        click.echo(json.dumps({"wrong": wrong}))
    else:
        click.echo("\n".join(f"{name}: {many:,} wrong" for name, many in wrong.items()))
    if any(wrong.values()):
        raise SystemExit(1)


def _wrong(counted: Mapping[Any, Any], kept: Mapping[Any, Any]) -> int:
    return sum(counted.get(key, 0) != kept.get(key, 0) for key in counted.keys() | kept.keys())
