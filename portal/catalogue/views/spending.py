"""Requests to spend: the list, one, and how each is recorded and decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Kind, Permission, Thing, may
from portal.accounts.store import things
from portal.accounts.views.base import ID, check_page, confirmed, done, form_page, not_done
from portal.catalogue.actions import spending as acts
from portal.catalogue.actions.spending import Whose
from portal.catalogue.component_words import SpendDecision
from portal.catalogue.forms.labels import label, labels
from portal.catalogue.forms.spend_words import afterwards
from portal.catalogue.forms.spending import SpendDecisionForm, SpendForm
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.rules.spending import is_public
from portal.catalogue.store import capabilities, organisations, services, spending
from portal.catalogue.store.spending import Funded, SpendQuery
from portal.catalogue.views.base import (
    PAGE_SIZE,
    database,
    reading,
    refuse_unknown,
    stream,
    today,
    unknown,
    version,
)
from portal.catalogue.views.deciding import spend_case
from portal.catalogue.views.editing_base import public_url, thing_at
from portal.errors import Invalid, Refused, Stale
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list, respond_record
from portal.web.forms import choices
from portal.web.guard import public, requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging, query_url
from portal.web.people import act, current_person, to_sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from portal.catalogue.models.spending import SpendRequest

blueprint = Blueprint("spending", __name__)
BOTH = ("GET", "POST")
ONE = f"/spend-requests/{ID}request_id>"
FILTERS = ("decision", "organisation", "need", "service", "conditions")
COLUMNS = ("id", "what", "service_slug", "service", "organisation_slug", "organisation",
           "need_slug", "amount", "years", "asked_on", "decision", "decided_on", "decided_by",
           "reason", "reference", "confidential", "open_conditions")  # fmt: skip
_service = thing_at(services.THING)
_body = thing_at(organisations.THING)


@formats(blueprint, "/spend-requests")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List the requests that the reader may read, the newest first."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)
    seen = spending.seen_by(current_person())
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored),
        rows=stream(lambda session: _rows(session, replace(query, after=None), seen)),
        columns=COLUMNS,
        name="spend-requests",
    )


def _asked() -> tuple[SpendQuery, tuple[str, ...]]:
    """What this address asks for, and what of it nobody knows."""
    ignored = list(unknown(*FILTERS, "after"))
    found = {name: request.args.get(name, "")[:200] for name in FILTERS}
    for name, known in (("decision", set(SpendDecision)), ("conditions", {"open"})):
        if found[name] and found[name] not in known:
            ignored.append(f"{name}={found[name][:80]}")
            found[name] = ""
    after = request.args.get("after", "")
    place = _place(after) if after else None
    if after and place is None:
        ignored.append("after")
    query = SpendQuery(
        SpendDecision(found["decision"]) if found["decision"] else None,
        found["organisation"] or None, found["need"] or None, found["service"] or None,
        found["conditions"] == "open", place,
    )  # fmt: skip
    return query, tuple(ignored)


def _place(text: str) -> tuple[date, int] | None:
    key = decode_key(text)
    try:
        return (date.fromisoformat(str(key[0])), key[1]) if key else None
    except ValueError:
        return None


def _rows(session: Session, query: SpendQuery, seen: Any) -> Iterator[dict[str, Any]]:
    for row in spending.every(session, query, seen):
        found = row._asdict()
        yield {name: found[name] for name in COLUMNS}


def _index(query: SpendQuery, ignored: tuple[str, ...]) -> Response:
    seen = spending.seen_by(current_person())
    with reading() as session:
        rows = spending.listing(session, query, seen, PAGE_SIZE + 1)
        needs = dict(spending.needs(session, seen))
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    following = {"after": encode_key((last.asked_on.isoformat(), last.id))} if last else None
    return page(
        "catalogue/spend_requests.html",
        title=_("Requests to spend"),
        rows=rows[:PAGE_SIZE],
        facets=[
            (_("Decision"), _facet("decision", labels("spend_decision"))),
            (_("Conditions"), _facet("conditions", {"open": _("Not met yet")})),
            (_("Need"), _facet("need", needs)),
        ],
        chosen=_chosen(query, rows),
        narrowed=any(request.args.get(name) for name in FILTERS),
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, following),
    )


def _chosen(query: SpendQuery, rows: list[spending.Row]) -> list[tuple[str, str]]:
    """What else the list is narrowed to, each with the list without it."""
    found = []
    if query.organisation:
        name = rows[0].organisation if rows else query.organisation
        found.append((name or query.organisation, query_url(organisation=None)))
    if query.service:
        name = rows[0].service if rows else query.service
        found.append((name or query.service, query_url(service=None)))
    return found


def _facet(name: str, texts: dict[str, str]) -> list[dict[str, Any]]:
    return filter_links(name, texts, request.args.get(name))


def whose(request_id: int) -> Thing:
    """The service or organisation that asks, as the policy sees it. Raises Missing."""
    with reading() as session:
        found = spending.get(session, request_id)
        if found.service_id is not None:
            return things.by_id(session, Kind.SERVICE, found.service_id)
        return things.by_id(session, Kind.ORGANISATION, found.organisation_id or 0)


def request_at(request_id: int) -> SpendRequest:
    """One request with all around it. Raises Missing."""
    with reading() as session:
        return spending.get(session, request_id)


@formats(blueprint, ONE)
@unless_unchanged(version)
@public
def show(request_id: int, fmt: Format) -> AnyResponse:
    """Show one request: to everybody once it is decided, unless it is confidential."""
    found = request_at(request_id)
    if not is_public(found.decision, found.confidential) and not _concerned(request_id):
        if not current_person().is_authenticated:
            return to_sign_in()
        raise Refused("it is not for everybody")
    return respond_record(
        fmt,
        page=lambda: _show(found),
        document=lambda: _document(found),
        columns=(*COLUMNS, "conditions", "funds"),
        name=f"spend-request-{request_id}",
    )


def _concerned(request_id: int) -> bool:
    person = current_person()
    return may(person, Permission.DECIDE_REQUESTS) or may(
        person, Permission.RECORD_SPEND, whose(request_id)
    )


def _document(found: SpendRequest) -> dict[str, Any]:
    with reading() as session:
        [row] = spending.listing_of(session, found.id)
        funds = spending.funded(session, found.id)
    own = row._asdict()
    conditions = [
        {"text": c.text, "due_on": c.due_on, "met_on": c.met_on} for c in found.conditions
    ]
    return {
        **{name: own[name] for name in COLUMNS},
        "conditions": conditions,
        "funds": [each.usage for each in funds],
    }


def _show(found: SpendRequest) -> Response:
    person, waits = current_person(), found.decision is SpendDecision.WAITING
    records = waits and may(person, Permission.RECORD_SPEND, whose(found.id))
    decides = may(person, Permission.DECIDE_REQUESTS)
    with reading() as session:
        [row] = spending.listing_of(session, found.id)
        funds = spending.funded(session, found.id)
        later = list(afterwards(spending.told_since(session, found.id)))
    return page(
        "catalogue/spend_request.html",
        title=found.what,
        section=_("Requests to spend"),
        crumbs=[(_("Requests to spend"), url_for("spending.index"))],
        spend=found,
        row=row,
        funds=[(each, called(each)) for each in funds],
        records=records,
        decides=waits and decides,
        notes_met=decides and not waits,
        later=later,
    )


def called(each: Funded) -> str:
    """What a way of meeting a need is called: the need, and what meets it."""
    how = each.component or each.product or label(each.arrangement, "arrangement")
    return f"{each.need}: {how}"


def _form(service_id: int | None, found: SpendRequest | None = None) -> SpendForm:
    """The form of a request, with the needs and ways that can be chosen."""
    data = _shown(found) if found else {"asked_on": today()}
    form = SpendForm(today(), data=data)
    with reading() as session:
        leaves = {n.slug: n.name for top in capabilities.tree(session) for n in top.below}
        ways = spending.arrangements(session, service_id) if service_id is not None else []
    form.need.choices = choices({"": _("No one need"), **leaves})
    form.funds.choices = choices({str(each.usage): called(each) for each in ways})
    if not ways:
        del form["funds"]
    return form


def _shown(found: SpendRequest) -> dict[str, Any]:
    return {
        "what": found.what, "amount": str(found.amount), "years": str(found.years),
        "asked_on": found.asked_on, "reference": found.reference,
        "need": found.capability.slug if found.capability else "",
        "funds": [str(each.usage_id) for each in found.funds], "confidential": found.confidential,
    }  # fmt: skip


@blueprint.route("/services/<slug:slug>/spend-requests/new", methods=BOTH)
@requires(Permission.RECORD_SPEND, of=_service)
def new_of_service(slug: str) -> AnyResponse:
    """Record that a service asks to spend."""
    return _new(Whose(service_id=_service(slug).id), f"/services/{slug}")


@blueprint.route("/organisations/<slug:slug>/spend-requests/new", methods=BOTH)
@requires(Permission.RECORD_SPEND, of=_body)
def new_of_organisation(slug: str) -> AnyResponse:
    """Record that an organisation asks to spend, for no one service."""
    return _new(Whose(organisation_id=_body(slug).id), f"/organisations/{slug}")


def _new(of: Whose, back: str) -> AnyResponse:
    form = _form(of.service_id)
    if form.validate_on_submit():
        try:
            made = acts.ask(database(), of, form.wanted(), act())
            said = _("It is recorded. The assurance team decides; you get an email then.")
            return done(said, f"/spend-requests/{made}")
        except Invalid as problem:
            form.refuse(problem)
    kind = Kind.SERVICE if of.service_id else Kind.ORGANISATION
    key = (kind, of.service_id or of.organisation_id or 0)
    with reading() as session:
        name = things.names(session, [key])[key].name
    return form_page(form, _("Record a request to spend"), [(name, back)])


@blueprint.route(f"{ONE}/change", methods=BOTH)
@requires(Permission.RECORD_SPEND, of=whose)
def change(request_id: int) -> AnyResponse:
    """Put right what is asked for while it waits."""
    found = request_at(request_id)
    if found.decision is not SpendDecision.WAITING:
        return _late(request_id)
    form = _form(found.service_id, found)
    if form.validate_on_submit():
        try:
            return _change(form, request_id)
        except Invalid as problem:
            form.refuse(problem)
    return form_page(form, _("Change this request"), crumbs_of(found))


def _change(form: SpendForm, request_id: int) -> AnyResponse:
    try:
        changed = acts.change(database(), request_id, form.wanted(), act())
    except Stale:
        return _late(request_id)
    text = _("Your change is saved.") if changed else _("Nothing was changed.")
    return done(text, f"/spend-requests/{request_id}")


def _late(request_id: int) -> AnyResponse:
    return not_done(_("Somebody has decided this already."), f"/spend-requests/{request_id}")


def crumbs_of(found: SpendRequest) -> list[tuple[str, str]]:
    """The trail to a page about a request."""
    return [
        (_("Requests to spend"), url_for("spending.index")),
        (found.what, f"/spend-requests/{found.id}"),
    ]


@blueprint.post(f"{ONE}/withdraw")
@requires(Permission.RECORD_SPEND, of=whose)
def withdraw(request_id: int) -> AnyResponse:
    """Take a request back: ask first."""
    found = request_at(request_id)
    if not confirmed():
        rows = [{"key": _("What"), "value": found.what}]
        return check_page(_("Withdraw this request"), rows, _("Withdraw it"), crumbs_of(found))
    try:
        acts.withdraw(database(), request_id, act())
    except Stale:
        return _late(request_id)
    return done(_("Your request is withdrawn."), f"/spend-requests/{request_id}")


def _there(request_id: int) -> Thing:
    """For what needs no thing: only asks whether there is such a request."""
    return whose(request_id)


@blueprint.route(f"{ONE}/decide", methods=BOTH)
@requires(Permission.DECIDE_REQUESTS, of=_there)
def decide(request_id: int) -> AnyResponse:
    """Keep what was decided of a request."""
    found = request_at(request_id)
    if found.decision is not SpendDecision.WAITING:
        return _late(request_id)
    form = SpendDecisionForm(
        today(), found.asked_on,
        data={"decided_on": today(), "confidential": found.confidential},
    )  # fmt: skip
    if form.validate_on_submit() and (answer := _decide(form, request_id)):
        return answer
    return form_page(
        form, _("Decide about this request"), crumbs_of(found),
        template="catalogue/decide.html", **spend_case(found),
    )  # fmt: skip


def _decide(form: SpendDecisionForm, request_id: int) -> AnyResponse | None:
    """Where to go on; None where the form has something to say."""
    try:
        acts.decide(database(), request_id, form.decided(), act(), public_url())
    except Stale:
        return _late(request_id)
    except Invalid as problem:
        form.refuse(problem)
        return None
    return done(_("The decision is saved."), f"/spend-requests/{request_id}")
