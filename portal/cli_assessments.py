"""The commands of assessments: what past reports say, read without changing anything."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from portal.cli_importing import FILE, SHOWN
from portal.commands import Commands, json_lines_option
from portal.errors import Refused
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
