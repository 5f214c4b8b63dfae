"""The queue of reports by what they are about, and the decision on one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import done, form_page
from portal.assessments.actions import report_services as acts
from portal.assessments.forms.report_services import AboutForm
from portal.assessments.store import report_matching, report_record
from portal.assessments.store.report_matching import Waiting
from portal.assessments.words import ServiceMatch
from portal.catalogue.actions.finding_records import look_up
from portal.catalogue.forms.labels import labels
from portal.catalogue.store import components, services
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
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("report_services", __name__)
COLUMNS = ("report", "title", "name", "held_on", "match", "service", "component")


@formats(blueprint, "/report-services")
@requires(Permission.DECIDE_REPORTS)
def index(fmt: Format) -> Response:
    """List reports by whether it is known what they are about."""
    state, ignored = _asked()
    refuse_unknown(fmt, ignored)
    words = words_asked()
    return respond_list(
        fmt,
        page=lambda: _index(state, ignored),
        rows=stream(lambda session: _rows(session, state, words)),
        columns=COLUMNS,
        name="report-services",
    )


def _asked() -> tuple[ServiceMatch | None, tuple[str, ...]]:
    ignored = list(unknown("state", "q", at="after"))
    return one_of("state", ServiceMatch, ignored), tuple(ignored)


def _rows(
    session: Session, state: ServiceMatch | None, words: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    for row in report_matching.every(session, state, words):
        yield {"report": row.slug, "title": row.title, "name": row.name, "held_on": row.held_on,
               "match": row.match, "service": row.service_slug,
               "component": row.component_slug}  # fmt: skip


def _index(state: ServiceMatch | None, ignored: tuple[str, ...]) -> Response:
    after, words = place("after"), words_asked()
    with reading() as session:
        rows = report_matching.queue(session, state, after, PAGE_SIZE + 1, words)
        counts = report_matching.counts(session, words)
        waits = [row.sort_name for row in rows if row.match == ServiceMatch.WAITING]
        same = report_matching.same_names(session, waits) if waits else {}
    following = {"after": rows[PAGE_SIZE - 1].id} if len(rows) > PAGE_SIZE else None
    around = _queue(state, counts)
    return page(
        "assessments/report_services.html",
        title=_("Which service a report is about"),
        section=_("Reports"),
        rows=rows[:PAGE_SIZE],
        same=same,
        queue=around,
        narrowed=around.narrowed,
        ignored=ignored,
        first=after is None,
        paging=paging(None, following),
    )


def _queue(state: ServiceMatch | None, counts: dict[str, int]) -> Queue:
    lead = _(
        "A report is of a service where the name and the organisation are the same. The others "
        "wait here until a person says what they are about. The report keeps the name that it "
        "gives."
    )
    facets = [(_("State"), filter_links("state", labels("service_match"), state, counts))]
    return queue(lead, _("Words of the title"), facets, "state")


@blueprint.route("/report-services/<slug:slug>", methods=("GET", "POST"))
@requires(Permission.DECIDE_REPORTS)
def decide(slug: str) -> AnyResponse:
    """Ask which service a report is about, and keep the answer."""
    row, form = _form(slug)
    if form.is_submitted():
        form.validate()
        with reading() as session:
            find = {t: partial(look_up, session, t) for t in (services.THING, components.THING)}
            about = form.said(find)
        if about is not None:
            acts.decide(database(), slug, about, replace(act(), reason=form.reason.data))
            return _decided(row)
    here = url_for("report_services.index") + kept("q", "state")
    crumbs = [(_("Which service a report is about"), here)]
    template = "assessments/report_service.html"
    return form_page(form, _("What is this report about?"), crumbs, template=template, row=row)


def _decided(row: Waiting) -> AnyResponse:
    """Go on to the report, with the way to the one that waits next."""
    with database().reading(fresh=True) as session:
        following = report_matching.following(session, row.id, words_asked())
    answer = done(_("What the report is about is saved."), url_for("reports.show", slug=row.slug))
    here, along = url_for("report_services.index"), kept("q", "state")
    if following:
        offer_next(following.title, f"{here}/{following.slug}{along}")
    else:
        offer_next(None, here)
    return answer


def _form(slug: str) -> tuple[Waiting, AboutForm]:
    with reading() as session:
        id_, _title = report_record.heading(session, slug)
        row = report_matching.one(session, id_)
        suggested = acts.suggestions(session, row.name, row.sort_name)
    form = AboutForm()
    form.offer(row, suggested)
    return row, form
