"""The commands that import what providers publish of the use of their components."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from portal import clock
from portal.audit import london_day
from portal.catalogue.actions import import_evidence, import_usage, import_volumes, mentions
from portal.catalogue.component_words import DocumentKind
from portal.catalogue.rules.cleaners import web_address
from portal.cli_importing import FILE, import_group, import_options, run_import
from portal.interchange import component_adoption, documents, evidence, rosters, volumes

DAY = click.DateTime(["%Y-%m-%d"])
component_option = click.option("--component", required=True, help="Its address part (a slug).")
source_option = click.option("--source", help="The web address where this is published.")


def _today() -> date:
    return london_day(clock.now())


@import_group.command("component-adoption")
@click.argument("file", type=FILE)
@component_option
@source_option
@import_options
def import_adoption(file: Path, component: str, source: str | None, **options: Any) -> None:
    """Import a component's published adoption, as CSV or JSON: a row a day, a column a figure."""
    source = web_address("source", source)

    def parse() -> Any:
        return component_adoption.parse(file, component, source, _today())

    run_import(parse, import_usage.apply_adoption, [file], **options)


@import_group.command("roster")
@click.argument("file", type=FILE)
@component_option
@source_option
@click.option("--on", type=DAY, help="The day of the list, where FILE does not say it.")
@import_options
def import_roster(
    file: Path, component: str, source: str | None, on: datetime | None, **options: Any
) -> None:
    """Import a provider's list of who uses a component, as CSV or JSON.

    A row is a service (column service: its name, slug or web address), or how many services of an
    organisation use it (columns organisation and live_services).
    """
    source, day = web_address("source", source), on.date() if on else None

    def parse() -> Any:
        return rosters.parse(file, component, source, day, _today())

    run_import(parse, import_usage.apply_rosters, [file], **options)


@import_group.command("documents")
@click.argument("file", type=FILE)
@click.option("--reports", is_flag=True, help="They are assessment reports.")
@import_options
def import_documents(file: Path, reports: bool, **options: Any) -> None:
    """Look for names of components in documents, as JSON: candidates for people to confirm.

    FILE is a list of objects with original_url, title, summary and body (Markdown).
    """
    kind = DocumentKind.ASSESSMENT_REPORT if reports else DocumentKind.DOCUMENT
    run_import(lambda: documents.parse(file, kind), mentions.apply_documents, [file], **options)


@import_group.command("evidence")
@click.argument("file", type=FILE)
@import_options
def import_scans(file: Path, **options: Any) -> None:
    """Import what scans, invoices, reports and documents say of usages, as CSV or JSON.

    A row has the columns service, component, kind (scan, invoice, assessment_report or document)
    and on, and may have note and source. A scan or an invoice confirms for 13 months.
    """
    run_import(lambda: evidence.parse(file, _today()), import_evidence.apply, [file], **options)


@import_group.command("volumes")
@click.argument("file", type=FILE)
@import_options
def import_measured(file: Path, **options: Any) -> None:
    """Import how much of shared components services used, as CSV or JSON.

    A row has the columns component, service, year (that in which the financial year begins) and
    quantity, and may have need and source, as the list of volumes of a component is downloaded.
    """
    run_import(lambda: volumes.parse(file, _today()), import_volumes.apply, [file], **options)
