"""Exemptions from mandates: asked for by a team, decided by those who may, read by everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Kind, Permission, Thing, may
from portal.accounts.store import things
from portal.accounts.views.base import ID, check_page, confirmed, done, form_page, not_done
from portal.catalogue.actions import exemptions as acts
from portal.catalogue.actions.exemptions import Asked, Decided
from portal.catalogue.component_words import ExemptionState, NotSharedReason
from portal.catalogue.forms.history_words import changes, who
from portal.catalogue.forms.mandates import (
    GRANT,
    AskForm,
    DecideForm,
    EndForm,
    OpinionForm,
    TermsForm,
)
from portal.catalogue.rules.mandates import PUBLIC, is_live
from portal.catalogue.store import exemptions, mandate_records, service_mandates, services
from portal.catalogue.views.base import database, reading, today, version
from portal.catalogue.views.deciding import exemption_case
from portal.catalogue.views.editing_base import crumbs_to, public_url, record_at, thing_at
from portal.errors import Invalid, Missing, Refused, Stale
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_record
from portal.web.guard import public, requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act, current_person, to_sign_in

if TYPE_CHECKING:
    from portal.audit import HistoryEvent
    from portal.catalogue.forms.history_words import Change
    from portal.catalogue.models.components import ComponentExemption
    from portal.catalogue.models.exemptions import ExemptionRequest
    from portal.catalogue.store.mandate_records import Mandated

blueprint = Blueprint("exemptions", __name__)
BOTH = ("GET", "POST")
ASK = "/services/<slug:slug>/exemptions/<slug:component>/ask"
ONE = f"/exemptions/{ID}request_id>"
COLUMNS = ("id", "service_slug", "service", "component_slug", "component", "state", "reason_kind",
           "reason", "instead", "asked_on", "asked_until", "opinion", "decided_on", "decided_by",
           "answer", "granted_on", "expires_on", "ended_on", "ended_reason",
           "conditions", "conditions_by", "conditions_met_on")  # fmt: skip


def _service(slug: str, component: str) -> Thing:
    """The service, where the component is mandated. Raises Missing."""
    found = thing_at(services.THING)(slug)
    with reading() as session:
        _in_force(mandate_records.by_slug(session, component))
    return found


def _in_force(mandated: Mandated) -> Mandated:
    if not mandated.in_force(today()):
        raise Missing("There is no mandate of this component now")
    return mandated


def service_of(request_id: int) -> Thing:
    """The service that asks, as the policy sees it. Raises Missing."""
    with reading() as session:
        return things.by_id(session, Kind.SERVICE, exemptions.get(session, request_id).service_id)


def component_of(request_id: int) -> Thing:
    """The component that the request is about. Raises Missing."""
    with reading() as session:
        found = exemptions.get(session, request_id).component_id
        return things.by_id(session, Kind.COMPONENT, found)


def there(request_id: int) -> Thing:
    """The same, for what needs no thing: only asks whether there is such a request."""
    return component_of(request_id)


@blueprint.route(ASK, methods=BOTH)
@requires(Permission.EDIT_SERVICE, of=_service)
def ask(slug: str, component: str) -> AnyResponse:
    """Ask for an exemption from a mandate, beside how the service stands to it."""
    form, thing = AskForm(today()), _service(slug, component)
    if form.validate_on_submit():
        try:
            return _ask(form, thing.id, component)
        except Invalid as problem:
            form.refuse(problem)
    return _ask_page(form, slug, thing.id, component)


def _ask(form: AskForm, service_id: int, component: str) -> AnyResponse:
    with reading() as session:
        about = mandate_records.by_slug(session, component).id
    asked = Asked(
        NotSharedReason(form.kind.data), form.reason.data or "", form.until.data,
        form.instead.data or "",
    )  # fmt: skip
    made = acts.ask(database(), service_id, about, asked, act(), public_url())
    message = _("Your request is sent. You will get an email when it is decided.")
    return done(message, f"/exemptions/{made}")


def _ask_page(form: AskForm, slug: str, service_id: int, component: str) -> Response:
    record = record_at(services.THING, slug)
    with reading() as session:
        mandated = mandate_records.by_slug(session, component)
        stands = service_mandates.of_service(session, service_id, today(), set(mandated.needs))
    found = [each for some in stands.values() for each in some if each.component_slug == component]
    return form_page(
        form,
        _("Ask not to use %(name)s", name=mandated.name),
        crumbs_to(record, (_("How it meets its needs"), url_for("meeting.index", slug=slug))),
        template="catalogue/exemption_ask.html",
        mandated=mandated,
        rules=mandated.in_force(today()),
        day=today(),
        stands=found,
        waits=next((each.request_id for each in found if each.request_id), None),
    )


@formats(blueprint, ONE)
@unless_unchanged(version)
@public
def show(request_id: int, fmt: Format) -> AnyResponse:
    """Show a request: to everybody once it is decided, until then to those concerned."""
    with reading() as session:
        found = exemptions.get(session, request_id)
        grant = exemptions.granted(session, request_id)
    if found.state not in PUBLIC and not _concerned(request_id):
        if not current_person().is_authenticated:
            return to_sign_in()
        raise Refused("it is not decided yet")
    return respond_record(
        fmt,
        page=lambda: _show(found, grant),
        document=lambda: _document(found, grant),
        columns=COLUMNS,
        name=f"exemption-{request_id}",
    )


def _concerned(request_id: int) -> bool:
    """Whether the reader is of the service or the provider, or decides."""
    person = current_person()
    return (
        may(person, Permission.DECIDE_REQUESTS)
        or may(person, Permission.EDIT_SERVICE, service_of(request_id))
        or may(person, Permission.EDIT_COMPONENT, component_of(request_id))
    )


def _document(found: ExemptionRequest, grant: ComponentExemption | None) -> dict[str, Any]:
    own = {name: getattr(found, name) for name in COLUMNS if hasattr(found, name)}
    own |= {
        "state": found.state.value,
        "reason_kind": found.reason_kind.value if found.reason_kind else None,
        "service": found.service.name,
        "service_slug": found.service.slug,
        "component": found.component.name,
        "component_slug": found.component.slug,
    }
    names = ("granted_on", "expires_on", "ended_on", "conditions", "conditions_by",
             "conditions_met_on")  # fmt: skip
    own |= {name: getattr(grant, name) if grant else None for name in names}
    return {name: own[name] for name in COLUMNS}


def _show(found: ExemptionRequest, grant: ComponentExemption | None) -> Response:
    person, waits = current_person(), found.state is ExemptionState.ASKED
    decides = may(person, Permission.DECIDE_REQUESTS)
    edits = may(person, Permission.EDIT_SERVICE, service_of(found.id))
    live = grant is not None and is_live(
        grant.granted_on, grant.expires_on, grant.ended_on, today()
    )
    return page(
        "catalogue/exemption.html",
        title=_("%(service)s: exemption from using %(component)s",
                service=found.service.name, component=found.component.name),
        section=_("Components"),
        crumbs=[(_("What services must use"), url_for("mandates.index")),
                (found.component.name, url_for("mandates.show", slug=found.component.slug))],
        request_=found,
        grant=grant,
        live=live,
        later=_later(found.id) if grant else [],
        decides=waits and decides,
        opines=waits and may(person, Permission.EDIT_COMPONENT, component_of(found.id)),
        withdraws=waits and edits,
        ends=live and decides,
        asks_again=edits and found.state in PUBLIC,
        shows_opinion=bool(found.opinion) and (not waits or _concerned(found.id)),
    )  # fmt: skip


def _later(request_id: int) -> list[tuple[HistoryEvent, str, list[Change]]]:
    """What happened to the conditions since: the event, by whom, and the change in words."""
    with reading() as session:
        events = exemptions.told_since(session, request_id)
    return [(each, who(each.actor), changes(each.before, each.after, {})) for each in events]


@blueprint.route(f"{ONE}/decide", methods=BOTH)
@requires(Permission.DECIDE_REQUESTS, of=there)
def decide(request_id: int) -> AnyResponse:
    """Grant an exemption until a day, or refuse it."""
    with reading() as session:
        found = exemptions.get(session, request_id)
    form = DecideForm(today(), data={"until": found.asked_until})
    try:
        if form.validate_on_submit():
            return _decide(form, request_id)
    except Invalid as problem:
        form.refuse(problem)
    except Stale:
        return _late(request_id)
    if found.state is not ExemptionState.ASKED:
        return _late(request_id)
    title, case = _("Decide about this exemption"), exemption_case(found)
    return form_page(form, title, crumbs_of(found), template="catalogue/decide.html", **case)


def _decide(form: DecideForm, request_id: int) -> AnyResponse:
    granted = form.decision.data == GRANT
    decided = Decided(
        form.by.data or "", form.until.data if granted else None, form.conditions.data or None,
        form.answer.data or None, form.conditions_by.data if granted else None,
    )  # fmt: skip
    decide_on = acts.grant if granted else acts.refuse
    decide_on(database(), request_id, decided, act(), public_url())
    return done(_("The decision is saved. The team gets an email."), f"/exemptions/{request_id}")


def _late(request_id: int) -> AnyResponse:
    return not_done(_("Somebody has decided this already."), f"/exemptions/{request_id}")


def crumbs_of(found: ExemptionRequest) -> list[tuple[str, str]]:
    """The trail to a page about a request."""
    mandate = url_for("mandates.show", slug=found.component.slug)
    return [
        (_("What services must use"), url_for("mandates.index")),
        (found.component.name, mandate),
        (_("Exemption"), f"/exemptions/{found.id}"),
    ]


def _facts(found: ExemptionRequest) -> list[dict[str, str]]:
    rows = [
        {"key": _("Service"), "value": found.service.name},
        {"key": _("Why"), "value": found.reason},
    ]
    if found.opinion:
        rows.append({"key": _("The provider says"), "value": found.opinion})
    return rows


@blueprint.route(f"{ONE}/opinion", methods=BOTH)
@requires(Permission.EDIT_COMPONENT, of=component_of)
def opinion(request_id: int) -> AnyResponse:
    """Say what the provider of the component thinks of a request; it does not decide."""
    with reading() as session:
        found = exemptions.get(session, request_id)
    form = OpinionForm(data={"opinion": found.opinion})
    if found.state is not ExemptionState.ASKED:
        return _late(request_id)
    if form.validate_on_submit():
        try:
            acts.opine(database(), request_id, form.opinion.data or "", act())
            return done(_("What you say is saved."), f"/exemptions/{request_id}")
        except Stale:
            return _late(request_id)
    return form_page(form, _("What do you say to this request?"), crumbs_of(found),
                     rows=_facts(found)[:2])  # fmt: skip


@blueprint.post(f"{ONE}/withdraw")
@requires(Permission.EDIT_SERVICE, of=service_of)
def withdraw(request_id: int) -> AnyResponse:
    """Take a request back: ask first."""
    with reading() as session:
        found = exemptions.get(session, request_id)
    if not confirmed():
        rows, title = _facts(found)[:2], _("Withdraw your request")
        return check_page(title, rows, _("Withdraw it"), crumbs_of(found))
    try:
        acts.withdraw(database(), request_id, act())
    except Stale:
        return _late(request_id)
    return done(_("Your request is withdrawn."), f"/exemptions/{request_id}")


@blueprint.route(f"{ONE}/end", methods=BOTH)
@requires(Permission.DECIDE_REQUESTS, of=there)
def end(request_id: int) -> AnyResponse:
    """End an exemption before its day: ask why first."""
    with reading() as session:
        found = exemptions.get(session, request_id)
    form = EndForm()
    if found.state is not ExemptionState.GRANTED:
        return not_done(_("This exemption does not hold."), f"/exemptions/{request_id}")
    if form.validate_on_submit():
        try:
            acts.end(database(), request_id, form.reason.data or "", act(), public_url())
            return done(_("The exemption has ended. The team gets an email."),
                        f"/exemptions/{request_id}")  # fmt: skip
        except Stale:
            return _late(request_id)
    return form_page(form, _("End this exemption"), crumbs_of(found), rows=_facts(found)[:2])


def _granted(request_id: int) -> Thing:
    """The component of an exemption that was granted. Raises Missing."""
    with reading() as session:
        if exemptions.granted(session, request_id) is None:
            raise Missing("It was not granted")
    return component_of(request_id)


@blueprint.route(f"{ONE}/conditions", methods=BOTH)
@requires(Permission.DECIDE_REQUESTS, of=_granted)
def conditions(request_id: int) -> AnyResponse:
    """Put right the conditions of an exemption, or note since when they are met."""
    with reading() as session:
        found = exemptions.get(session, request_id)
        grant = exemptions.granted(session, request_id)
    form = _terms_form(grant) if grant else None
    if form is None or found.state is not ExemptionState.GRANTED:
        return not_done(_("This exemption does not hold."), f"/exemptions/{request_id}")
    if form.validate_on_submit():
        return _set_terms(form, request_id)
    title = _("Conditions of this exemption")
    return form_page(form, title, crumbs_of(found), rows=_facts(found)[:2])


def _terms_form(grant: ComponentExemption) -> TermsForm:
    shown = {"conditions": grant.conditions, "conditions_by": grant.conditions_by,
             "met_on": grant.conditions_met_on}  # fmt: skip
    return TermsForm(today(), grant.granted_on, grant.expires_on, data=shown)


def _set_terms(form: TermsForm, request_id: int) -> AnyResponse:
    page = f"/exemptions/{request_id}"
    try:
        why = act(form.why.data or None)
        changed = acts.set_terms(database(), request_id, form.terms(), why)
    except Stale:
        return not_done(_("This exemption does not hold."), page)
    return done(_("Your change is saved.") if changed else _("Nothing was changed."), page)
