"""Report a problem with any page; read and answer what was reported."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Kind, Permission, Thing
from portal.accounts.rules.addresses import clean_email
from portal.accounts.store import things
from portal.accounts.views.base import ID, RECORDS, done, form_page, of_thing, thing_at
from portal.catalogue.actions import problems as actions
from portal.catalogue.forms.problems import OUTCOMES, STATES, AnswerForm, ForgetForm, ReportForm
from portal.catalogue.models.problems import Problem
from portal.catalogue.rules.problems import ANSWERED_IN, ProblemQuery, Report, own_address
from portal.catalogue.store import problems
from portal.catalogue.views.base import PAGE_SIZE, place, reading, refuse_unknown, today, version
from portal.catalogue.words import ProblemOutcome, ProblemState
from portal.errors import N_, Invalid, Stale
from portal.web.arguments import unknown
from portal.web.caching import unless_unchanged
from portal.web.filters import long_date
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public, requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act, current_person
from portal.web.reading import database

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("problems", __name__)
COLUMNS = (
    "number", "state", "about", "kind", "record", "figure", "text", "reported_on", "due_on",
    "overdue", "answered_on", "outcome", "answer",
)  # fmt: skip
PUBLIC_COLUMNS = (
    "number", "state", "reported_on", "due_on", "answered_on", "outcome", "answer",
)  # fmt: skip
STATE, KINDS = "state", (Kind.SERVICE, Kind.COMPONENT, Kind.ORGANISATION, Kind.PORTAL)


def _public_url() -> str:
    return str(current_app.extensions["portal"].settings.public_url)


@blueprint.route("/report-a-problem", methods=["GET", "POST"])
@public
def report() -> AnyResponse:
    """Let anybody say what is wrong with a page."""
    form = ReportForm(about=request.args.get("about", "")[:500])
    if form.validate_on_submit():
        try:
            _report(form)
            return redirect(url_for("problems.sent"), 303)
        except Invalid as problem:
            form.refuse(problem)
    template = "catalogue/report_problem.html"
    return form_page(form, _("Report a problem"), [], template=template)


def _report(form: ReportForm) -> None:
    about = own_address(form.about.data or "", _public_url())
    if not current_app.url_map.bind("").test(about.partition("?")[0], "GET"):
        raise Invalid("about", N_("There is no page at this address"))
    email = clean_email(form.email.data) if form.email.data else None
    said = Report(about, form.figure.data or None, form.text.data or "", email)
    with reading() as session:
        thing = actions.thing_of(session, about)
        name = name_of(session, thing, about)
    told = actions.Told(name, _public_url(), by=long_date(today() + ANSWERED_IN))
    did = act() if current_person().is_authenticated else replace(act(), actor="visitor")
    actions.report(database(), said, did, told)


def name_of(session: Session, thing: Thing, about: str) -> str:
    """What a problem is about: the record's name, or the address of a page of no record."""
    key = (Kind(thing.kind), thing.id)
    called = things.names(session, [key]).get(key)
    return called.name if called and called.name else about


@blueprint.get("/report-a-problem/sent")
@public
def sent() -> Response:
    """Say what happens next."""
    return page(
        "catalogue/problem_sent.html",
        title=_("Thank you for your report"),
        crumbs=[],
        by=today() + ANSWERED_IN,
    )


@formats(blueprint, "/problems")
@requires(Permission.USE_ACCOUNT)
def index(fmt: Format) -> Response:
    """List the problems that the reader may answer."""
    query, ignored = _asked("kind")
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored),
        rows=lambda: _rows(query),
        columns=COLUMNS,
        name="problems",
    )


def _asked(*also: str) -> tuple[ProblemQuery, tuple[str, ...]]:
    ignored = list(unknown(STATE, "before", *also))
    state, kind = request.args.get(STATE, ""), request.args.get("kind", "")
    if state not in ("", "overdue", *ProblemState):
        ignored.append(f"state={state[:80]}")
        state = ""
    if "kind" in also and kind not in ("", *KINDS):
        ignored.append(f"kind={kind[:80]}")
        kind = ""
    query = ProblemQuery(
        state=ProblemState(state) if state in set(ProblemState) else None,
        kind=Kind(kind) if kind and "kind" in also else None,
        overdue=state == "overdue",
        before=place("before"),
    )
    return query, tuple(ignored)


def _index(query: ProblemQuery, ignored: tuple[str, ...]) -> Response:
    which = problems.answered_by(current_person())
    with reading() as session:
        found = problems.listed(session, which, query, today(), PAGE_SIZE + 1)
        rows = _named(session, found[:PAGE_SIZE])
    return page(
        "catalogue/problems.html",
        title=_("Problems that readers reported"),
        rows=rows,
        query=query,
        states=_states(),
        kinds=_kinds(query),
        ignored=ignored,
        narrowed=any(request.args.get(name) for name in (STATE, "kind", "before")),
        paging=_paging(found),
    )


def _paging(found: list[Problem]) -> Any:
    more = len(found) > PAGE_SIZE
    return paging(None, {"before": found[PAGE_SIZE - 1].id} if more else None)


def _states() -> list[dict[str, Any]]:
    now = request.args.get(STATE)
    texts: dict[str, str] = {**STATES, "overdue": _("Overdue")}
    return filter_links("state", texts, now)


def _kinds(query: ProblemQuery) -> list[dict[str, Any]]:
    texts = {Kind.SERVICE: _("Services"), Kind.COMPONENT: _("Components"),
             Kind.ORGANISATION: _("Organisations"), Kind.PORTAL: _("Other pages")}  # fmt: skip
    return filter_links("kind", texts, query.kind)


def _named(session: Session, found: list[Problem]) -> list[dict[str, Any]]:
    names = things.names(session, {(row.kind, row.thing_id) for row in found})
    rows = []
    for row, said in zip(found, problems.documents(found), strict=True):
        called = names.get((row.kind, row.thing_id))
        record = called.name if called and called.name else ""
        own = {
            "about": row.about,
            "kind": row.kind.value,
            "record": record,
            "figure": row.figure,
            "text": row.text,
            "overdue": row.answered_at is None and row.due_on < today(),
        }
        rows.append({**said, **own})
    return rows


def _rows(query: ProblemQuery) -> list[dict[str, Any]]:
    which = problems.answered_by(current_person())
    with reading() as session:
        return _named(session, problems.listed(session, which, query, today()))


def problem_thing(problem_id: int) -> Thing:
    """What a problem is about. Raises Missing."""
    with reading() as session:
        found = problems.get(session, problem_id)
    return of_thing(found.kind, found.thing_id)


@blueprint.route(f"/problems/{ID}problem_id>", methods=["GET", "POST"])
@requires(Permission.ANSWER_PROBLEMS, of=problem_thing)
def show(problem_id: int) -> AnyResponse:
    """Read what was reported, and answer it."""
    form = AnswerForm()
    with reading() as session:
        found = problems.get(session, problem_id)
        name = name_of(session, Thing(found.kind, found.thing_id), found.about)
    if form.validate_on_submit():
        try:
            return _answer(form, found, name)
        except Stale as problem:
            form.refuse(Invalid("answer", problem.marked))
    return _page(form, found, name)


def _answer(form: AnswerForm, found: Problem, name: str) -> AnyResponse:
    outcome = ProblemOutcome(form.outcome.data)
    told = actions.Told(name, _public_url(), outcome=str(OUTCOMES[outcome]))
    actions.answer(database(), found.id, outcome, form.answer.data or "", act(), told)
    return done(_("The answer is sent."), url_for("problems.index"))


def _page(form: AnswerForm, found: Problem, name: str) -> Response:
    with reading() as session:
        contact = problems.has_contact(session, found.id)
    return page(
        "catalogue/problem.html",
        title=_("Problem %(number)s: %(name)s", number=found.id, name=name),
        crumbs=[(_("Problems that readers reported"), url_for("problems.index"))],
        form=form,
        problem=found,
        contact=contact,
        outcomes=OUTCOMES,
        late=found.answered_at is None and found.due_on < today(),
        status=422 if form.errors else 200,
    )


@blueprint.route(f"/problems/{ID}problem_id>/forget", methods=["GET", "POST"])
@requires(Permission.ANSWER_PROBLEMS, of=problem_thing)
def forget(problem_id: int) -> AnyResponse:
    """Delete the address that whoever reported a problem left: ask first."""
    form, back = ForgetForm(), url_for("problems.show", problem_id=problem_id)
    if form.validate_on_submit():
        gone = actions.forget_contact(database(), problem_id)
        return done(_("The address is deleted.") if gone else _("There was none."), back)
    crumbs = [(_("Problem %(number)s", number=problem_id), back)]
    return form_page(form, _("Delete the reader’s address"), crumbs)


@formats(blueprint, f"/{RECORDS}/problems")
@unless_unchanged(version)
@public
def of(folder: str, slug: str, fmt: Format) -> Response:
    """List what readers reported about a record, with the answers."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)
    thing = thing_at(folder, slug)
    return respond_list(
        fmt,
        page=lambda: _of(thing, folder, slug, query, ignored),
        rows=lambda: _answers(thing, query),
        columns=PUBLIC_COLUMNS,
        name=f"{slug}-problems",
    )


def _of(
    thing: Thing, folder: str, slug: str, query: ProblemQuery, ignored: tuple[str, ...]
) -> Response:
    with reading() as session:
        name = name_of(session, thing, "")
        found = problems.listed(session, problems.of(thing), query, today(), PAGE_SIZE + 1)
    return page(
        "catalogue/problems_of.html",
        title=_("Problems reported with %(name)s", name=name),
        crumbs=[(name, f"/{folder}/{slug}")],
        rows=problems.documents(found[:PAGE_SIZE]),
        record=f"/{folder}/{slug}",
        states=_states(),
        outcomes=OUTCOMES,
        ignored=ignored,
        narrowed=any(request.args.get(name) for name in (STATE, "before")),
        paging=_paging(found),
    )


def _answers(thing: Thing, query: ProblemQuery) -> list[dict[str, Any]]:
    with reading() as session:
        return problems.documents(problems.listed(session, problems.of(thing), query, today()))
