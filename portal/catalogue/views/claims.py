"""Who says that they use a component, for its provider; and one such claim with its evidence."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Kind, Permission, Thing, may
from portal.accounts.store import things
from portal.accounts.views.base import done, form_page, not_done
from portal.catalogue.actions import claims as acts
from portal.catalogue.component_words import Arrangement, Standing
from portal.catalogue.forms.advice import document as advice_document
from portal.catalogue.forms.claims import MEANS, AnswerForm, ConfirmManyForm
from portal.catalogue.forms.figures import plain_decimal
from portal.catalogue.forms.held import ADVISED, CONTROLLED, control_of
from portal.catalogue.forms.labels import labels
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.rules.measuring import financial_year
from portal.catalogue.store import (
    claims,
    component_users,
    contracts,
    evidence,
    measured,
    services,
    shared_options,
    spending,
    usage,
)
from portal.catalogue.store.claims import ClaimQuery
from portal.catalogue.store.components import plain_number
from portal.catalogue.views.base import (
    LAST_ID,
    PAGE_SIZE,
    database,
    one_of,
    reading,
    refuse_unknown,
    stream,
    today,
    unknown,
    version,
)
from portal.catalogue.views.editing_base import edits, public_url
from portal.digits import id_in
from portal.errors import Invalid
from portal.web.caching import unless_unchanged
from portal.web.formats import Column, Format, formats, respond_list, respond_record
from portal.web.guard import public, requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from portal.catalogue.rules.advice import Advice
    from portal.catalogue.store.claims import Claim
    from portal.catalogue.store.contracts import Held
    from portal.catalogue.store.measured import Measured
    from portal.catalogue.store.spending import Row

blueprint = Blueprint("claims", __name__)
#: So many services stand in a frame; it leads to all.
IN_A_FRAME = 20
#: It has no script and no form, so any page may show it.
FRAMED = (
    "default-src 'none'; style-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)
ONE = f"/usages/<int(min=1, max={LAST_ID}):usage_id>"
#: Of these it is asked who holds them.
CAN_BE_CONTROLLED = (Arrangement.BOUGHT_PRODUCT, Arrangement.OWN_BUILD)
COLUMNS = ("usage", "service_slug", "service", "organisation_slug", "organisation",
           "capability_slug", "status", "planned_live", "since", "since_basis", "until", "standing",
           "confirmed_on", "disputed_on", "source")  # fmt: skip
LISTED = (*COLUMNS, "integration_days")
#: What was measured, in the file of one.
MEASURED = (
    Column("yearly_volumes", lambda row: [f"{year['year']}: {year['quantity']}"
                                          for year in row["yearly_volumes"]]),
    "integration_days", "integration_source",
)  # fmt: skip


def component_at(slug: str, **_rest: object) -> Thing:
    """The component at an address, as the policy sees it. Raises Missing."""
    with reading() as session:
        return things.by_slug(session, Kind.COMPONENT, slug)


def component_of(usage_id: int) -> Thing:
    """The component that a usage is of, as the policy sees it. Raises Missing."""
    with reading() as session:
        return claims.component_of(session, usage_id)


@formats(blueprint, "/components/<slug:slug>/users")
@unless_unchanged(version)
@public
def users(slug: str, fmt: Format) -> Response:
    """List who says that they use a component, with how each claim stands; its provider can confirm
    some at once.
    """
    query, ignored = _asked(component_at(slug))
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _index(slug, query, ignored),
        rows=stream(partial(_rows, query=replace(query, after=None))),
        columns=LISTED,
        name=f"{slug}-users",
    )


def _asked(component: Thing) -> tuple[ClaimQuery, tuple[str, ...]]:
    ignored = list(unknown("standing", "after"))
    chosen, after = one_of("standing", Standing, ignored), request.args.get("after", "")
    key = decode_key(after) if after else None
    if after and key is None:
        ignored.append("after")
    place = (str(key[0]), int(key[1])) if key else None
    return ClaimQuery(component.id, chosen, place), tuple(ignored)


def _rows(session: Session, query: ClaimQuery) -> Iterator[dict[str, Any]]:
    for each in claims.every(session, query, today()):
        found = {**each._asdict(), "integration_days": plain_number(each.integration_days)}
        yield {name: found[name] for name in LISTED}


def _index(slug: str, query: ClaimQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        rows = claims.listing(session, query, today(), PAGE_SIZE + 1)
        many = claims.counts(session, query.component_id, today())
        name = things.names(session, [(Kind.COMPONENT, query.component_id)])
    called = name[Kind.COMPONENT, query.component_id].name
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    following = {"after": encode_key((last.sort_name, last.usage))} if last else None
    return page(
        "catalogue/component_users.html",
        title=_("Who uses %(name)s", name=called),
        crumbs=[(_("Components"), url_for("components.index")), (called, f"/components/{slug}")],
        slug=slug,
        rows=rows[:PAGE_SIZE],
        facet=filter_links("standing", labels("standing"), query.standing, many),
        total=sum(many.values()),
        query=query,
        ignored=ignored,
        first=query.after is None,
        answers=may(current_person(), Permission.EDIT_COMPONENT, component_at(slug)),
        form=ConfirmManyForm(),
        paging=paging(None, following),
    )


@blueprint.get("/components/<slug:slug>/users/fragment")
@unless_unchanged(version)
@public
def fragment(slug: str) -> Response:
    """Show who uses a component, for a frame on any page."""
    component = component_at(slug)
    with reading() as session:
        found = component_users.users(session, component.id, today(), IN_A_FRAME)
        name = things.names(session, [(Kind.COMPONENT, component.id)])
    title = _("Who uses %(name)s", name=name[Kind.COMPONENT, component.id].name)
    answer = page(
        "catalogue/users_fragment.html", title=title, slug=slug, users=found, url=public_url()
    )
    answer.headers["Content-Security-Policy"] = FRAMED
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@blueprint.post("/components/<slug:slug>/users")
@requires(Permission.EDIT_COMPONENT, of=component_at)
def confirm(slug: str) -> AnyResponse:
    """Confirm the claims that were ticked."""
    where = url_for("claims.users", slug=slug)
    ids = {id_in(each) for each in request.form.getlist("usage")} - {0}
    if not ConfirmManyForm().validate_on_submit() or not ids:
        return not_done(_("Nothing was confirmed: tick the services that use it."), where)
    many = acts.confirm(database(), component_at(slug).id, ids, act(), today())
    return done(_("Confirmed: %(many)s.", many=many), where)


@formats(blueprint, ONE)
@unless_unchanged(version)
@public
def show(usage_id: int, fmt: Format) -> Response:
    """Show one way in which a service meets a need, how it stands, and why."""
    with reading() as session:
        claim = claims.state_of(session, usage_id, today())
        called = usage.heading(session, usage_id)
        found = [_evidence(each) for each in evidence.of_usage(session, usage_id)]
        held = contracts.of_usage(session, usage_id, today())
        advice = contracts.advice(held, shared_options.by_need(session, today()), today())
        amounts = measured.of_usage(session, usage_id) if called.component else measured.NOTHING
    return respond_record(
        fmt,
        page=lambda: _show(claim, called, found, held, advice, amounts),
        document=lambda: {**_document(claim, found, held, advice), **amounts.fields()},
        columns=(*COLUMNS, "arrangement", *CONTROLLED, *MEASURED, *ADVISED),
        name=f"{claim.service_slug}-{claim.capability_slug}",
    )


def _document(
    claim: Claim, found: list[dict[str, Any]], held: Held, advice: Advice | None
) -> dict[str, Any]:
    spend = {"spend_requests": [row.id for row in _paid(claim)]}
    said = {"why": MEANS[claim.standing], "evidence": found, "arrangement": held.arrangement}
    return {**claim._asdict(), **said, **control_of(held), **advice_document(advice), **spend}


def _paid(claim: Claim) -> list[Row]:
    """What pays for it, of what the reader may read."""
    seen = spending.seen_by(current_person())
    with reading() as session:
        return spending.of_usage(session, claim.usage, seen)


def _evidence(row: Any) -> dict[str, Any]:
    return {
        "kind": row.kind.value,
        "on": row.said_on.isoformat(),
        "reason": row.reason.value if row.reason else None,
        "in_use_since": row.in_use_since,
        "stopped_on": row.stopped_on,
        "note": row.note,
        "source": row.source,
    }


def _show(
    claim: Claim, called: Any, found: list[dict[str, Any]], held: Held, advice: Advice | None,
    amounts: Measured,
) -> Response:  # fmt: skip
    what = called.component or called.product or called.need
    answers = called.component is not None and may(
        current_person(), Permission.EDIT_COMPONENT, component_of(claim.usage)
    )
    return page(
        "catalogue/claim.html",
        title=_("%(service)s: %(what)s", service=claim.service, what=what),
        section=_("Services"),
        crumbs=[(_("Services"), url_for("services.index")),
                (claim.service, url_for("services.show", slug=claim.service_slug))],
        claim=claim,
        called=called,
        evidence=found,
        held=held,
        advice=advice,
        controlled=held.arrangement in CAN_BE_CONTROLLED,
        shared=held.arrangement == Arrangement.SHARED_COMPONENT,
        measured=amounts,
        days=None if amounts.days is None else plain_decimal(amounts.days),
        measures=_measures(claim, called.need_slug),
        now=financial_year(today()),
        today=today(),
        means=MEANS,
        answers=answers,
        paid=_paid(claim),
    )  # fmt: skip


def _measures(claim: Claim, need: str) -> str | None:
    """Where the reader can say what was measured of it."""
    if not edits(services.THING, claim.service_slug):
        return None
    return url_for("measuring.measure", slug=claim.service_slug, need=need, usage_id=claim.usage)


@blueprint.route(f"{ONE}/answer", methods=["GET", "POST"])
@requires(Permission.EDIT_COMPONENT, of=component_of)
def answer(usage_id: int) -> AnyResponse:
    """Confirm or dispute one claim."""
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            acts.answer(database(), usage_id, form.said(today()), act())
            return done(_("Your answer is saved."), url_for("claims.show", usage_id=usage_id))
        except Invalid as problem:
            form.refuse(problem)
    return _ask(usage_id, form)


def _ask(usage_id: int, form: AnswerForm) -> Response:
    with reading() as session:
        claim = claims.state_of(session, usage_id, today())
        called = usage.heading(session, usage_id)
    where = url_for("claims.users", slug=called.component_slug)
    return form_page(
        form,
        _("Does %(service)s use %(what)s?", service=claim.service, what=called.component),
        [(_("Who uses it"), where)],
        template="catalogue/claim_answer.html",
        claim=claim,
    )
