"""Assessors: the directory, one's own page, and what the assurance team says of each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Kind, Permission, Role
from portal.accounts.forms.labels import labels as account_labels
from portal.accounts.views.base import ID, done, form_page
from portal.accounts.words import Profession
from portal.assessments.actions import assessors as acts
from portal.assessments.booking_words import Training
from portal.assessments.forms.assessors import AvailableForm, AwayForm, OwnForm, SetForm, own_data
from portal.assessments.store import assessors
from portal.assessments.store.assessors import AssessorQuery, Own
from portal.catalogue.actions.finding_records import look_up
from portal.catalogue.forms.labels import labels
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.store import organisations
from portal.catalogue.views.base import (
    PAGE_SIZE,
    database,
    reading,
    refuse_unknown,
    stream,
    today,
    unknown,
)
from portal.digits import whole_number
from portal.errors import Invalid, Refused, Stale
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

blueprint = Blueprint("assessors", __name__)
BOTH = ("GET", "POST")
DAY = ("day-day", "day-month", "day-year")
YES = ("cross_government", "can_lead")
FILTERS = ("profession", "organisation", "training", *YES)
KNOWN: dict[str, set[str]] = {
    "profession": {each.value for each in Profession},
    "training": {each.value for each in Training},
    **{name: {"yes"} for name in YES},
}
COLUMNS = ("id", "name", "professions", "organisation_slug", "organisation", "supplier",
           "cross_government", "can_lead", "training", "listed", "most_a_month",
           "panels_last_90_days", "panels_next_90_days")  # fmt: skip


@formats(blueprint, "/assessors")
@requires(Permission.RUN_ASSESSMENTS)
def index(fmt: Format) -> Response:
    """List assessors by name."""
    form = AvailableForm(request.args)
    query, ignored = _asked(form)
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored, form),
        rows=stream(lambda session: _rows(session, replace(query, after=None))),
        columns=COLUMNS,
        name="assessors",
    )


def _asked(form: AvailableForm) -> tuple[AssessorQuery, tuple[str, ...]]:
    """What this address asks for, and what of it nobody knows."""
    ignored, found = list(unknown(*FILTERS, *DAY, "after")), dict[str, str]()
    for name in FILTERS:
        text = request.args.get(name, "")[:200]
        if text and text not in KNOWN.get(name, {text}):
            ignored.append(f"{name}={text[:80]}")
        elif text:
            found[name] = text
    day = form.asked()
    if form.errors:
        ignored.append("day")
    typed = request.args.get("after", "")
    after = decode_key(typed)
    ignored += ["after"] if typed and not after else []
    query = AssessorQuery(
        Profession(found["profession"]) if "profession" in found else None,
        found.get("organisation"), "cross_government" in found,
        Training(found["training"]) if "training" in found else None, "can_lead" in found, day,
        (str(after[0]), after[1]) if after else None,
    )  # fmt: skip
    return query, tuple(ignored)


def _rows(session: Session, query: AssessorQuery) -> Iterator[dict[str, Any]]:
    for row in assessors.every(session, query, today()):
        found = row._asdict()
        found["professions"] = "; ".join(row.professions)
        found["panels_last_90_days"], found["panels_next_90_days"] = row.behind, row.ahead
        yield {name: found[name] for name in COLUMNS}


def _index(query: AssessorQuery, ignored: tuple[str, ...], form: AvailableForm) -> Response:
    with reading() as session:
        rows = assessors.listing(session, query, today(), PAGE_SIZE + 1)
        bodies = assessors.organisations(session, today())
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    following = {"after": encode_key((last.sort_name, last.id))} if last else None
    return page(
        "assessments/assessors.html",
        title=_("Assessors"),
        section=_("Assessments"),
        crumbs=[(_("Assessments"), url_for("bookings.index"))],
        form=form,
        rows=rows[:PAGE_SIZE],
        facets=_facets(bodies),
        narrowed=any(request.args.get(name) for name in (*FILTERS, *DAY)),
        kept=[(name, request.args[name]) for name in FILTERS if name in request.args],
        ignored=[each for each in ignored if each != "day"],
        first=query.after is None,
        paging=paging(None, following),
        status=422 if form.errors else 200,
    )


def _facets(bodies: dict[str, str]) -> list[tuple[str, list[dict[str, Any]]]]:
    texts: list[tuple[str, str, dict[Any, str]]] = [
        (_("Profession"), "profession", dict(account_labels("profession"))),
        (_("Pool"), "cross_government", {"yes": _("Across government")}),
        (_("Leads"), "can_lead", {"yes": _("Can lead a panel")}),
        (_("Training"), "training", dict(labels("training"))),
        (_("Organisation"), "organisation", dict(bodies)),
    ]
    chosen = request.args.get
    return [(text, filter_links(name, some, chosen(name))) for text, name, some in texts]


@blueprint.route("/assessors/me", methods=BOTH)
@requires(Permission.ASSESS)
def me() -> AnyResponse:
    """Ask what I say of myself as an assessor, and keep it."""
    with reading() as session:
        found = assessors.own(session, current_person().id, today(), anybody=True)
    form = OwnForm(data=own_data(found))
    if form.is_submitted() and _kept(form, found):
        return done(_("Your page is saved."), url_for("assessors.me"))
    if "which" in form and not form.which.choices:
        del form.which
    return form_page(
        form, _("Your page as an assessor"), _up(), template="assessments/assessor_me.html",
        found=found,
    )  # fmt: skip


def _up() -> list[tuple[str, str]]:
    return [(_("Assessments"), url_for("bookings.index"))]


def _kept(form: OwnForm, found: Own) -> bool:
    """Whether what was sent is kept; else the form says why not."""
    form.validate()
    with reading() as session:
        find = partial(look_up, session, organisations.THING)
        said = form.said(find, _body(session, found))
    if said is None:
        return False
    try:
        acts.say(database(), current_person().id, said, act())
    except Invalid as problem:
        form.refuse(problem)
        return False
    return True


def _body(session: Session, found: Own) -> tuple[str, str]:
    row = found.record
    if row is None or row.organisation is None:
        return "", ""
    return organisations.references(session)[row.organisation.id], row.organisation.name


@blueprint.route("/assessors/me/away", methods=BOTH)
@requires(Permission.ASSESS)
def away() -> AnyResponse:
    """Ask for days on which I take no seat."""
    form = AwayForm(today())
    if form.validate_on_submit():
        acts.away(database(), current_person().id, form.since.data, form.until.data, act())
        return done(_("Your days away are saved."), url_for("assessors.me"))
    crumbs = [*_up(), (_("Your page as an assessor"), url_for("assessors.me"))]
    return form_page(form, _("When are you away?"), crumbs)


@blueprint.post(f"/assessors/me/away/{ID}away_id>/remove")
@requires(Permission.ASSESS)
def back(away_id: int) -> AnyResponse:
    """Forget days on which I would have taken no seat."""
    acts.back(database(), current_person().id, away_id, act())
    return done(_("You are free on these days again."), url_for("assessors.me"))


@blueprint.route(f"/assessors/{ID}person_id>", methods=BOTH)
@requires(Permission.RUN_ASSESSMENTS)
def show(person_id: int) -> AnyResponse:
    """Show an assessor, and ask what the assurance team says of them."""
    with reading() as session:
        found = assessors.own(session, person_id, today())
        counts = assessors.training_seats(session, person_id)
    edits, form = _may_set(found), SetForm(data=_set_data(found)).offer()
    if form.is_submitted() and not edits:
        raise Refused("they are another organisation's assessor")
    if form.validate_on_submit() and _set(form, person_id):
        here = url_for("assessors.show", person_id=person_id)
        return done(_("What you said of them is saved."), here)
    return form_page(
        form, found.person.name, [*_up(), (_("Assessors"), url_for("assessors.index"))],
        template="assessments/assessor.html", found=found, counts=counts, edits=edits,
    )  # fmt: skip


def _may_set(found: Own) -> bool:
    """Whether the reader may say how far somebody is: the portal's assurance team of everybody, an
    organisation's of its own.
    """
    body = found.record.organisation_id if found.record else None
    return any(
        grant.kind is Kind.PORTAL or (grant.kind is Kind.ORGANISATION and grant.id == body)
        for grant in current_person().grants
        if grant.role is Role.ASSURANCE_TEAM
    )


def _set_data(found: Own) -> dict[str, Any]:
    row = found.record
    if row is None:
        return {"training": Training.NOT_BEGUN.value, "listed": True, "version": "0"}
    return {"training": row.training.value, "can_lead": row.can_lead, "listed": row.listed,
            "version": str(row.version)}  # fmt: skip


def _set(form: SetForm, person_id: int) -> bool:
    """Whether it is saved; else the form says why not, and holds the version that is there now."""
    version = whole_number(form.version.data)
    try:
        acts.set_(database(), person_id, -1 if version is None else version, form.wanted(), act())
    except Stale as problem:
        form.refuse(Invalid("go", problem.marked))
        with reading() as session:
            row = assessors.recorded(session, person_id)
        form.version.data = str(row.version if row else 0)
        return False
    return True
