"""Reports of assessments: the list, one report, its history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.access import Permission, may
from portal.assessments.actions.report_checks import BOOKED
from portal.assessments.forms.report_labels import colour, in_words
from portal.assessments.forms.standards import pinned_words
from portal.assessments.rules.report_queries import ReportQuery, parse
from portal.assessments.store import publication, report_choices, report_lists, report_record
from portal.assessments.store.report_documents import THING
from portal.assessments.store.report_rows import Row
from portal.assessments.views.report_filters import chosen, facets, is_mapped, selects
from portal.catalogue.forms.labels import labels
from portal.catalogue.views.base import (
    around,
    reading,
    refuse_unknown,
    stream,
    today,
    version,
)
from portal.catalogue.views.histories import told
from portal.web.caching import unless_unchanged
from portal.web.formats import Column, Format, formats, respond_list, respond_record
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.markdown import html
from portal.web.pages import page
from portal.web.people import current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.assessments.store.report_record import Record

blueprint = Blueprint("reports", __name__)
COLUMNS = (
    "report", "title", "assessment", "name", "organisations_as_published", "organisations",
    "stage", "kind", "held_on", "result", "result_as_published", "standard", "service",
    "component", "source", "to_be_checked",
)  # fmt: skip
ONE: tuple[str | Column, ...] = (
    "slug", "title", "source", "summary",
    Column("assessments", lambda row: [
        f"{a['held_on'] or 'no date'} {a['stage']} {a['kind']}: {a['result']}"
        for a in row["assessments"]
    ]),
    "continued_by", "same_as", "names_dropped",
)  # fmt: skip
#: Beginnings of Markdown headings in sections; the page has h2 for its own parts.
DEEPEST = 6


@formats(blueprint, "/reports")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List assessments that published reports tell of, by the address's filters."""
    query, ignored = asked()
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored),
        rows=stream(lambda session: rows_of(session, query)),
        columns=COLUMNS,
        name="assessment-reports",
    )


def asked() -> tuple[ReportQuery, tuple[str, ...]]:
    """What this address asks for, and what of it nobody knows."""
    return parse(request.args.items(multi=True))


def rows_of(session: Session, query: ReportQuery) -> Iterator[dict[str, Any]]:
    """The rows of a download."""
    for rows in report_lists.every(session, query, today()):
        owners = report_lists.owners_of(session, [row.id for row in rows])
        for row in rows:
            yield _downloaded(row, owners.get(row.id, []))


def _downloaded(row: Row, owners: list[tuple[str, str | None]]) -> dict[str, Any]:
    return {
        "report": row.slug,
        "title": row.title,
        "assessment": row.position,
        "name": row.name,
        "organisations_as_published": [name for name, _ in owners],
        "organisations": [slug for _, slug in owners if slug],
        "stage": row.stage,
        "kind": row.kind,
        "held_on": row.held_on.isoformat() if row.held_on else None,
        "result": row.result,
        "result_as_published": row.result_verbatim,
        "standard": row.standard,
        "service": row.service_slug,
        "component": row.component_slug,
        "source": row.source,
        "to_be_checked": row.open_checks,
    }


def _index(query: ReportQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        listing = report_lists.listing(session, query, today())
        choices = report_choices.choices(session)
        naming = {}
        if query.component:
            naming = report_lists.naming(
                session, query.component, [r.address for r in listing.rows]
            )
    return page(
        "assessments/reports.html",
        title=_("Reports of assessments"),
        query=query,
        ignored=ignored,
        listing=listing,
        naming=naming,
        facets=facets(query, listing, choices),
        selects=selects(query, choices),
        chosen=chosen(query, listing, choices),
        mapped=is_mapped(query, choices),
        paging=around(listing.previous, listing.next),
    )


@formats(blueprint, "/reports/<slug:slug>")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Show one report."""
    with reading() as session:
        found = report_record.by_slug(session, slug)
        if found.key.startswith(BOOKED):
            found.versions = publication.published(session, found.id)
    return respond_record(
        fmt,
        page=lambda: _show(found),
        document=lambda: report_record.document(found),
        columns=ONE,
        name=slug,
    )


def _show(found: Record) -> Response:
    return page(
        "assessments/report.html",
        title=found.title,
        section=_("Reports"),
        crumbs=[(_("Reports of assessments"), url_for("reports.index"))],
        report=found,
        sections=_sections(found),
        because=pinned_words,
        stages=labels("assessment_stage"),
        results=_tags("assessment_result"),
        ratings=_tags("point_rating"),
        checks=not found.versions and may(current_person(), Permission.DECIDE_REPORTS),
    )


def _tags(of: str) -> dict[str, tuple[str, str]]:
    """The words of each rating with the colour of its tag."""
    return {value: (text, colour(value)) for value, text in labels(of).items()}


def _sections(found: Record) -> list[dict[str, Any]]:
    """The text of a report in parts, their headings below the page's own, no level left out."""
    told, last = [], 2
    every = found.verbatim.get("sections") or [{"level": 1, "heading": "", "text": found.body}]
    deeper = [*(each["level"] for each in every[1:]), 0]
    for each, next_level in zip(every, deeper, strict=True):
        if not each["text"].strip() and next_level <= each["level"]:
            continue  # the heading of a table of points, which stands above
        level = min(2 + int(each["level"]), last + 1, DEEPEST)
        last = level if each["heading"] else last
        told.append({"level": level, "heading": each["heading"], "html": html(each["text"])})
    return told


@formats(blueprint, "/reports/<slug:slug>/history")
@unless_unchanged(version)
@public
def history(slug: str, fmt: Format) -> Response:
    """Tell what changed about one report, newest first."""
    with reading() as session:
        id_, title = report_record.heading(session, slug)
    crumbs = [
        (_("Reports of assessments"), url_for("reports.index")),
        (title, url_for("reports.show", slug=slug)),
    ]
    return told(fmt, THING, id_, title, crumbs, file=slug, words=in_words)
