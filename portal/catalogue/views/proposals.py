"""Proposed changes: the list, one beside its record, and what is decided."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission, Thing, may
from portal.accounts.views.base import ID, check_page, confirmed, done
from portal.catalogue.actions import proposals as actions
from portal.catalogue.actions.editing import Changed
from portal.catalogue.actions.proposals import Standing, standing
from portal.catalogue.forms.editing import (
    base_in,
    refuse,
    row_of,
    title_of,
)
from portal.catalogue.forms.picking import without_which
from portal.catalogue.forms.proposals import CHANGE, KINDS, REFUSE, STATES, WHOSE, DecideForm
from portal.catalogue.forms.service_questions import as_heading
from portal.catalogue.models.proposals import Proposal
from portal.catalogue.store import editable, proposals
from portal.catalogue.store.editable import Record
from portal.catalogue.store.proposals import ProposalQuery
from portal.catalogue.views.base import database, reading
from portal.catalogue.views.closing_check import before_saving
from portal.catalogue.views.editing import conflict
from portal.catalogue.views.editing_base import answered, form_for, href_of, in_words
from portal.catalogue.views.histories import names_in
from portal.catalogue.views.proposing import told
from portal.catalogue.words import EditedKind, ProposalState
from portal.errors import Invalid, Missing, Stale
from portal.web.arguments import PAGE_SIZE, place, refuse_unknown, unknown
from portal.web.formats import Format, formats, respond_list
from portal.web.forms import Form
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act, current_person

if TYPE_CHECKING:
    pass

blueprint = Blueprint("proposals", __name__)
COLUMNS = ("id", "kind", "slug", "name", "question", "why", "mine", "made_at", "state",
           "decided_at", "answer")  # fmt: skip
FILTERS = ("state", "kind", "whose")
MINE = {"mine": True, "to-decide": False}
ONE = f"/proposals/{ID}proposal_id>"


def proposal_thing(proposal_id: int) -> Thing:
    """A proposal as the policy sees it. Raises Missing."""
    with reading() as session:
        return proposals.thing_of(session, proposals.get(session, proposal_id))


def asked() -> tuple[ProposalQuery, tuple[str, ...]]:
    """What this address asks for, and what of it nobody knows."""
    ignored = list(unknown(*FILTERS, "about", at="after"))
    found = {name: request.args.get(name, "") for name in FILTERS}
    for name, known in (("state", set(ProposalState)), ("kind", set(EditedKind)), ("whose", MINE)):
        if found[name] and found[name] not in known:
            ignored.append(f"{name}={found.pop(name)[:80]}")
    about = request.args.get("about", "")
    of = _record(about)
    if about and of is None:
        ignored.append(f"about={about[:80]}")
    state, kind = found.get("state"), found.get("kind")
    query = ProposalQuery(
        state=ProposalState(state) if state else None,
        kind=EditedKind(kind) if kind else None,
        mine=MINE.get(found.get("whose", "")),
        of=of,
        after=place("after"),
    )
    return query, tuple(ignored)


def _record(about: str) -> proposals.Pair | None:
    """The record that `service:SLUG` names; None where there is none."""
    kind, _colon, slug = about.partition(":")
    if kind not in set(EditedKind):
        return None
    try:
        with reading() as session:
            return EditedKind(kind), editable.id_at(session, kind, slug[:200])
    except Missing:
        return None


@formats(blueprint, "/proposals")
@requires(Permission.PROPOSE_CHANGE)
def index(fmt: Format) -> Response:
    """List the proposals that one made, or decides about."""
    query, ignored = asked()
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored),
        rows=lambda: _rows(query),
        columns=COLUMNS,
        name="proposals",
    )


def _index(query: ProposalQuery, ignored: tuple[str, ...]) -> Response:
    rows = _rows(query, PAGE_SIZE + 1)
    following = {"after": rows[PAGE_SIZE - 1]["id"]} if len(rows) > PAGE_SIZE else None
    return page(
        "catalogue/proposals.html",
        title=_("Proposed changes"),
        ignored=ignored,
        rows=rows[:PAGE_SIZE],
        narrowed=any(request.args.get(name) for name in (*FILTERS, "about")),
        states=STATES,
        facets=[
            (_("Whose"), _facet("whose", WHOSE)),
            (_("State"), _facet("state", STATES)),
            (_("About"), _facet("kind", KINDS)),
        ],
        paging=paging(None, following),
    )


def _facet(name: str, texts: Any) -> list[dict[str, Any]]:
    return filter_links(name, texts, request.args.get(name))


def _rows(query: ProposalQuery, limit: int | None = None) -> list[dict[str, Any]]:
    person = current_person()
    with reading() as session:
        decides = proposals.decided_by(session, person)
        found = proposals.listing(session, person.id, decides, query, limit)
        called = proposals.names(session, [(p.kind, p.thing_id) for p in found])
    return [_row(each, called.get((each.kind, each.thing_id))) for each in found]


def _row(proposal: Proposal, named: Any) -> dict[str, Any]:
    return {
        "id": proposal.id,
        "kind": proposal.kind.value,
        "slug": named.slug if named else None,
        "name": named.name if named else None,
        "question": row_of(proposal.kind.value, proposal.question),
        "why": proposal.why,
        "mine": proposal.person_id == current_person().id,
        "made_at": proposal.made_at.isoformat(),
        "made": proposal.made_at,
        "state": proposal.state.value,
        "decided_at": proposal.decided_at.isoformat() if proposal.decided_at else None,
        "answer": proposal.answer,
    }


def _found(proposal_id: int) -> tuple[Proposal, Record | None]:
    """A proposal and its record; None where that was removed."""
    with reading() as session:
        proposal = proposals.get(session, proposal_id)
        try:
            return proposal, editable.load(session, proposal.kind.value, proposal.thing_id)
        except Missing:
            return proposal, None


@blueprint.get(ONE)
@requires(Permission.SEE_PROPOSAL, of=proposal_thing)
def show(proposal_id: int) -> AnyResponse:
    """Show a proposal beside what the record says."""
    proposal, record = _found(proposal_id)
    form = DecideForm(data={"base": str(record.base if record else 0)})
    return _show(form, proposal, record)


def _show(
    form: DecideForm, proposal: Proposal, record: Record | None, meanwhile: bool = False
) -> Response:
    waiting = proposal.state is ProposalState.WAITING
    allowed = partial(may, current_person(), thing=proposal_thing(proposal.id))
    stands = standing(proposal, record.document) if record else None
    return page(
        "catalogue/proposal.html",
        title=_("Proposed change to %(name)s", name=record.name if record else _("removed")),
        crumbs=[(_("Proposed changes"), "/proposals")],
        proposal=proposal,
        state=_("Accepted with changes") if proposal.saved else STATES[proposal.state],
        record=record,
        href=href_of(record.thing, record.slug) if record else None,
        question=row_of(proposal.kind.value, proposal.question),
        mine=proposal.person_id == current_person().id,
        sides=_sides(proposal, stands) if stands else [],
        changed=bool(stands and stands.changed and waiting),
        meanwhile=meanwhile,
        decides=waiting and record is not None and allowed(Permission.DECIDE_PROPOSAL),
        withdraws=waiting and allowed(Permission.WITHDRAW_PROPOSAL),
        form=form,
        status=409 if meanwhile else 422 if form.errors else 200,
    )


def _sides(proposal: Proposal, stands: Standing) -> list[tuple[str, Any]]:
    """What the record said, says and should say; what it says now, while that is undecided."""
    with reading() as session:
        saved = proposal.saved or {}
        names = names_in(session, stands.before, stands.now, stands.wanted, saved)
    waiting = proposal.state is ProposalState.WAITING
    found = []
    if stands.changed or not waiting:
        found.append((_("What it said when this was proposed"), in_words(stands.before, names)))
    if waiting:
        found.append((_("What it says now"), in_words(stands.now, names)))
    found.append((_("What is proposed"), in_words(stands.wanted, names)))
    return [*found, (_("What was saved"), in_words(saved, names))] if saved else found


@blueprint.post(f"{ONE}/decide")
@requires(Permission.DECIDE_PROPOSAL, of=proposal_thing)
def decide(proposal_id: int) -> AnyResponse:
    """Accept a proposal, go on to change it, or refuse it."""
    proposal, record = _found(proposal_id)
    form = DecideForm()
    if record is None:
        return done(_("The record was removed."), _address(proposal))
    try:
        if form.validate_on_submit() and form.reasoned():
            return _decide(form, proposal, record)
    except Changed as meanwhile:
        form["base"].data = str(meanwhile.base)
        return _show(form, *_found(proposal_id), meanwhile=True)
    except Stale:
        return done(_("Somebody has decided this already."), _address(proposal))
    return _show(form, proposal, record)


def _decide(form: DecideForm, proposal: Proposal, record: Record | None) -> AnyResponse:
    says = told(proposal.kind.value, proposal.question)
    answer, base = form.answer.data or None, base_in(form)
    if form.decision.data == REFUSE:
        actions.refuse(database(), proposal.id, answer or "", act(), says)
        return done(_("The proposal is refused. Whoever made it gets an email."), "/proposals")
    if form.decision.data == CHANGE:
        return redirect(f"{_address(proposal)}/change", 303)
    try:
        if record and (check := _hit(proposal, record)):
            return check
        actions.accept(database(), proposal.id, base, answer, act(), says)
    except Invalid as problem:
        form.refuse(Invalid("decision", problem.marked, **problem.values))
        return _show(form, proposal, record)
    return _accepted(record)


def _hit(proposal: Proposal, record: Record) -> AnyResponse | None:
    stands = standing(proposal, record.document)
    return before_saving(record, stands.question, stands.values)


def _accepted(record: Record | None) -> AnyResponse:
    where = href_of(record.thing, record.slug) if record else "/proposals"
    return done(_("The proposal is accepted. Whoever made it gets an email."), where)


def _address(proposal: Proposal) -> str:
    return f"/proposals/{proposal.id}"


@blueprint.route(f"{ONE}/change", methods=["GET", "POST"])
@requires(Permission.DECIDE_PROPOSAL, of=proposal_thing)
def change(proposal_id: int) -> AnyResponse:
    """Accept a proposal with changes: the question's own form, filled with what is proposed."""
    proposal, record = _found(proposal_id)
    if record is None or proposal.state is not ProposalState.WAITING:
        return redirect(_address(proposal), 303)
    stands = standing(proposal, record.document)
    form, shown = form_for(record, stands.question, dict(stands.values), "reply")
    try:
        if form.validate_on_submit() and (done_ := _change(form, proposal, record, stands, shown)):
            return done_
    except Invalid as problem:
        refuse(form, problem)
    return _change_page(form, proposal, record, stands)


def _change(
    form: Form, proposal: Proposal, record: Record, stands: Standing, shown: Any
) -> AnyResponse | None:
    answer = answered(form, record, stands.question, shown)
    if answer is None:
        return None
    check = before_saving(record, stands.question, answer.values)
    if check is not None:
        return check
    says = told(proposal.kind.value, proposal.question)
    text = form["reply"].data or None
    try:
        actions.accept(
            database(), proposal.id, answer.base, text, act(), says, dict(answer.values)
        )  # fmt: skip
    except Changed as meanwhile:
        return conflict(form, record, stands.question, meanwhile, f"{_address(proposal)}/change")
    except Stale:
        return done(_("Somebody has decided this already."), _address(proposal))
    return _accepted(record)


def _change_page(form: Form, proposal: Proposal, record: Record, stands: Standing) -> Response:
    without_which(form)
    title = title_of(record.thing, stands.question)
    return page(
        "catalogue/question.html",
        title=title,
        crumbs=[(_("Proposed changes"), "/proposals"), (record.name, _address(proposal))],
        heading_text=title,
        heading=as_heading(title, form),
        lead=_("The form holds what is proposed. What you save goes into the record."),
        form=form,
        status=422 if form.errors else 200,
    )


@blueprint.post(f"{ONE}/withdraw")
@requires(Permission.WITHDRAW_PROPOSAL, of=proposal_thing)
def withdraw(proposal_id: int) -> AnyResponse:
    """Take one's own proposal back: ask first."""
    proposal, record = _found(proposal_id)
    if not confirmed():
        what = row_of(proposal.kind.value, proposal.question)
        rows = [{"key": _("Record"), "value": record.name if record else _("removed")},
                {"key": _("What should change"), "value": what}]  # fmt: skip
        crumbs = [(_("Proposed changes"), "/proposals"), (_("Proposal"), _address(proposal))]
        return check_page(_("Withdraw your proposal"), rows, _("Withdraw it"), crumbs)
    return _withdraw(proposal)


def _withdraw(proposal: Proposal) -> AnyResponse:
    try:
        actions.withdraw(database(), proposal.id, act())
    except Stale:
        return done(_("Somebody has decided this already."), _address(proposal))
    return done(_("Your proposal is withdrawn."), "/proposals")
