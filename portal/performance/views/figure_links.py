"""The links by which people without an account give figures: sent, listed, revoked by the team."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import ID, check_page, confirmed, done, form_page, not_done
from portal.catalogue.views.base import database, reading, today
from portal.catalogue.views.editing_base import public_url
from portal.errors import Invalid
from portal.performance.actions import figure_links as acts
from portal.performance.actions.figure_links import Letter
from portal.performance.forms.figure_links import LinkForm
from portal.performance.forms.labels import period_name
from portal.performance.models.collecting import FigureLink
from portal.performance.rules import due
from portal.performance.rules.figure_links import works
from portal.performance.rules.questions import questions
from portal.performance.store import data_sets, figure_links
from portal.performance.views.data_set_base import ONE, Seen, crumbs_to, seen_at, thing_at
from portal.performance.views.figure_forms import OFFERED
from portal.web.filters import moment
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.people import act

blueprint = Blueprint("figure_links", __name__)
LINK = f"{ONE}/links/{ID}link_id>"
_KEEPS = requires(Permission.KEEP_FIGURES, of=thing_at)


@blueprint.route(f"{ONE}/links", methods=("GET", "POST"))
@_KEEPS
def index(group: str, type_: str) -> AnyResponse:
    """Show the links of a data set, and send one."""
    found = seen_at(group, type_)
    period, asked = found.row.period, questions(data_sets.schema_of(found.row))
    if period is None or found.row.closed_on is not None or not asked:
        return not_done(_("There is no form for this data set."), found.href)
    starts = due.recent(period, today(), OFFERED)
    form = LinkForm(start=_chosen(found)).offer(period, starts)
    if form.validate_on_submit() and (answer := _send(found, form)):
        return answer
    return _index(found, form)


def _chosen(found: Seen) -> str:
    """The period that the address asks for, or the one whose figures come next."""
    row = found.row
    if row.period is None or (asked := request.args.get("start")):
        return asked or ""
    return due.next_start(row.period, row.last_start, row.added_on or today()).isoformat()


def _send(found: Seen, form: LinkForm) -> AnyResponse | None:
    start = date.fromisoformat(form.start.data)
    name = f"{found.of.name}: {found.row.title}" if found.of.name else found.row.title
    letter = Letter(form.email.data or "", name, period_name(found.row.period, start), public_url())
    try:
        acts.send(database(), found.row.id, start, letter, int(form.days.data), act())
    except Invalid as problem:
        form.refuse(problem)
        return None
    return done(_("The link is on its way."), _address(found))


def _index(found: Seen, form: LinkForm) -> AnyResponse:
    with reading() as session:
        rows = figure_links.of_set(session, found.row.id)
    now = act().at
    return form_page(
        form, _("Ask for figures by email"), crumbs_to(found),
        template="performance/figure_links.html", seen=found,
        working=[_row(found, each) for each in rows if works(each, now)],
        over=[_row(found, each) for each in rows if not works(each, now)],
    )  # fmt: skip


def _row(found: Seen, link: FigureLink) -> dict[str, Any]:
    return {"link": link, "period": period_name(found.row.period, link.start)}


def _address(found: Seen) -> str:
    return f"{found.href}/links"


@blueprint.post(f"{LINK}/revoke")
@_KEEPS
def revoke(group: str, type_: str, link_id: int) -> AnyResponse:
    """Take a link back at once: ask first."""
    found = seen_at(group, type_)
    with reading() as session:
        link = figure_links.get(session, found.row.id, link_id)
    if not confirmed():
        return _ask(found, link)
    try:
        acts.revoke(database(), found.row.id, link_id, act())
    except Invalid as problem:
        return not_done(_(problem.marked), _address(found))
    return done(_("The link is revoked. Nobody can use it any more."), _address(found))


def _ask(found: Seen, link: FigureLink) -> AnyResponse:
    rows = [
        {"key": _("Period"), "value": period_name(found.row.period, link.start)},
        {"key": _("Sent to"), "value": link.email or _("The address is forgotten")},
        {"key": _("Sent"), "value": moment(link.sent_at)},
    ]
    crumbs = crumbs_to(found, (_("Ask for figures by email"), _address(found)))
    return check_page(_("Revoke this link"), rows, _("Revoke the link"), crumbs)
