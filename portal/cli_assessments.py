"""The commands of assessments: what past reports say, printed or imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app

from portal.assessments.actions import (
    demo_bookings,
    demo_drafts,
    demo_held,
    demo_panels,
    findings,
    import_reports,
    report_services,
    suggesting,
)
from portal.assessments.store import report_matching
from portal.audit import Act
from portal.catalogue.actions import importing
from portal.cli_importing import FILE, SHOWN, import_group, import_options, run_import
from portal.commands import Commands, database, json_lines_option, json_option, yes_anyway
from portal.errors import Refused
from portal.interchange import demo, past_reports
from portal.interchange.reports import printing, reading
from portal.interchange.reports.shapes import SetAside
from portal.interchange.said import json_line, printable

assessments_group = Commands("assessments", help="Past reports of assessments.")


def install(app: Flask) -> None:
    """Give the app its commands."""
    app.cli.add_command(assessments_group)


@assessments_group.command("parse")
@click.argument("file", type=FILE)
@json_lines_option
def parse(file: Path, as_json: bool) -> None:
    """Print what is read from past assessment reports. Nothing is stored.

    FILE is a JSON list of objects with original_url, title, summary and body (Markdown). With
    --json each report is one object on a line of its own, in the order of the file. "dates" and
    "results" have the original assessment first, then the reassessment. "points" are those of the
    latest assessment, where a page has tables of two. "needs_check" says what a person should look
    at. Names of people are taken out of all texts, and counted. What is no report is named on the
    standard error output.
    """
    parsed = reading.parse(file)
    if as_json:
        for report in parsed.reports:
            click.echo(json_line(printing.as_object(report)))
    else:
        for line in printing.summary(parsed):
            click.echo(line)
        for doubt, many in printing.doubts(parsed):
            click.echo(f"  {many} × {printable(doubt)}")
    for aside in parsed.aside[:SHOWN]:
        click.echo(printable(_told(parsed.name, aside)), err=True)
    if len(parsed.aside) > SHOWN:
        click.echo(f"and {len(parsed.aside) - SHOWN} more are no reports", err=True)
    if parsed.aside and not parsed.reports:
        raise Refused(f"{parsed.name} has no reports")


def _told(name: str, aside: SetAside) -> str:
    return f"{name}, report {aside.entry}, {aside.field}: {aside.reason}"


@import_group.command("reports")
@click.argument("file", type=FILE)
@import_options
def import_reports_command(file: Path, **options: Any) -> None:
    """Import past assessment reports, as `assessments parse` reads them.

    Load the standards first (`flask standards load`): a report is against the version that has as
    many points as its table. Names of organisations are matched or wait at /organisation-names;
    reports that are not surely of a service of the catalogue wait at /report-services.
    """
    run_import(lambda: past_reports.parse(file), import_reports.apply, [file], **options)


def load_demo(command: Act) -> dict[str, int]:
    """Add the demo's reports that are not there yet, and say whom they are about; how many."""
    parsed = demo.reports()
    with database().reading() as session:
        known = report_matching.ids_by_key(session, [d.key for d in parsed.desired])
    parsed.desired = [d for d in parsed.desired if d.key not in known]
    outcome = importing.run(database(), parsed, command, import_reports.apply)
    decided = report_services.add_missing(database(), demo.report_services(), command)
    found = findings.add_missing(database(), demo.findings(), command)
    return {"created": outcome.created, "decided": decided, "findings": found}


def load_demo_bookings(command: Act) -> dict[str, int]:
    """Add the demo's booked assessments that are not there yet, once its people are; how many."""
    url = current_app.extensions["portal"].settings.public_url
    demo_panels.add_assessors(database(), demo.assessors(), command)
    made = demo_bookings.add_missing(database(), demo.bookings(), command, url)
    held = demo_held.add_missing(database(), demo.held(), demo.LEAD, command, url)
    written = demo_drafts.add_missing(database(), demo.drafts(), command)
    return {"created": made + held + written}


@assessments_group.command("suggest")
@yes_anyway
@json_option
def suggest(as_json: bool) -> None:
    """Look afresh for sentences that may tell what is broken, in all reports; what somebody decided
    stays.
    """
    new = suggesting.suggest_all(database())
    click.echo(json.dumps({"new": new}) if as_json else f"New sentences: {new:,}.")
