"""What a program was not sure of in reports: the queue, and the page on which one is checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import done
from portal.assessments.actions import report_checks as acts
from portal.assessments.forms.report_checks import bare, field_of, form_of, moved, said
from portal.assessments.store import (
    report_checks,
    report_naming,
    report_record,
    report_standards,
)
from portal.assessments.store.report_checks import CheckQuery
from portal.assessments.words import CheckState
from portal.catalogue.forms.labels import label, labels
from portal.catalogue.views.base import (
    PAGE_SIZE,
    database,
    one_of,
    place,
    reading,
    refuse_unknown,
    stream,
    unknown,
)
from portal.catalogue.views.queues import Queue, kept, offer_next, queue, words_asked
from portal.digits import id_in
from portal.errors import Invalid, Stale
from portal.web.formats import Column, Format, formats, respond_list
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.assessments.store.report_record import Record

blueprint = Blueprint("report_checks", __name__)
COLUMNS: tuple[str | Column, ...] = (
    "report", "title",
    Column("checks", lambda row: [
        f"{c['field']}: {c['reason']} ({c['state']})" for c in row["checks"]
    ]),
)  # fmt: skip


@formats(blueprint, "/report-checks")
@requires(Permission.DECIDE_REPORTS)
def index(fmt: Format) -> Response:
    """List reports of which a program was not sure of something."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored),
        rows=stream(lambda session: _rows(session, query)),
        columns=COLUMNS,
        name="report-checks",
    )


def _asked() -> tuple[CheckQuery, tuple[str, ...]]:
    ignored = list(unknown("state", "field", "q", at="after"))
    field = request.args.get("field", "")[:60] or None
    state = one_of("state", CheckState, ignored)
    return CheckQuery(state, field, words_asked()), tuple(ignored)


def _rows(session: Session, query: CheckQuery) -> Iterator[dict[str, Any]]:
    for row in report_checks.every(session, query):
        checks = [each._asdict() for each in row.checks]
        yield {"report": row.slug, "title": row.title, "checks": checks}


def _index(query: CheckQuery, ignored: tuple[str, ...]) -> Response:
    after = place("after")
    with reading() as session:
        rows = report_checks.listing(session, query, after, PAGE_SIZE + 1)
        states, fields = report_checks.counts(session, query)
    following = {"after": rows[PAGE_SIZE - 1].id} if len(rows) > PAGE_SIZE else None
    around = _queue(query, states, fields)
    return page(
        "assessments/report_checks.html",
        title=_("Reports to be checked"),
        section=_("Reports"),
        rows=rows[:PAGE_SIZE],
        queue=around,
        narrowed=around.narrowed,
        ignored=ignored,
        first=after is None,
        paging=paging(None, following),
    )


def _queue(query: CheckQuery, states: dict[str, int], fields: dict[str, int]) -> Queue:
    lead = _(
        "A program reads published reports. What it was not sure of waits here until a person says "
        "that it is right, or corrects it."
    )
    fields = {**({query.field: 0} if query.field else {}), **fields}
    names = {name: label(name, "check_field") for name in fields}
    facets = [
        (_("State"), filter_links("state", labels("check_state"), query.state, states)),
        (_("What it is about"), filter_links("field", names, query.field, fields)),
    ]
    return queue(lead, _("Words of the title"), facets, "state", "field")


@blueprint.route("/reports/<slug:slug>/checks", methods=("GET", "POST"))
@requires(Permission.DECIDE_REPORTS)
def check(slug: str) -> AnyResponse:
    """Ask whether what was read of a report is right, and keep the answer."""
    report, form = _asked_about(slug)
    changed = False
    try:
        if form.is_submitted() and _keep(report, form):
            return _kept(report)
    except Invalid as problem:
        form.refuse(_beside(problem))
    except Stale as problem:
        changed = True
        form.refuse(Invalid("a1_held_on", problem.marked))
        form.version.data = str(report.own.version)
    bare(form)
    return _page(report, form, changed)


def _kept(report: Record) -> AnyResponse:
    """Go on to the report, with the way to the one that is to be checked next."""
    query, _ignored = _asked()
    with database().reading(fresh=True) as session:
        following = report_checks.following(session, report.own.id, query)
    answer = done(_("What you found is saved."), url_for("reports.show", slug=report.own.slug))
    if following:
        along = kept("q", "state", "field")
        offer_next(following.title, url_for("report_checks.check", slug=following.slug) + along)
    else:
        offer_next(None, url_for("report_checks.index"))
    return answer


def _asked_about(slug: str) -> tuple[Record, Any]:
    with reading() as session:
        report = report_record.by_slug(session, slug)
        return report, form_of(report, report_standards.values(session))


def _keep(report: Record, form: Any) -> bool:
    """Whether what was sent is kept. Raises Invalid and Stale."""
    form.validate()
    with reading() as session:
        search = partial(report_naming.named, session, without=report.own.id)
        fields = said(form, report, search)
    if form.errors:
        return False
    looked = form.checks.data if "checks" in form else []
    note = form.note.data or None
    what = acts.Said(fields, looked, note, moved(form, report))
    version = id_in(form.version.data)
    acts.check(database(), report.own.slug, version, what, replace(act(), reason=note))
    return True


def _beside(problem: Invalid) -> Invalid:
    return Invalid(field_of(problem.field), problem.marked, **problem.values)


def _page(report: Record, form: Any, changed: bool) -> Response:
    return page(
        "assessments/report_check.html",
        title=_("Check what was read"),
        section=report.own.title,
        crumbs=[
            (_("Reports of assessments"), url_for("reports.index")),
            (report.own.title, url_for("reports.show", slug=report.own.slug)),
        ],
        form=form,
        report=report,
        changed=changed,
        status=409 if changed else 422 if form.errors else 200,
    )
