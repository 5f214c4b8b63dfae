"""Versions of the assumptions: everybody's below /portal, an organisation's own below its page.
Here they are listed, drafted, published, and run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

from flask import Blueprint, Response
from werkzeug.wrappers import Response as AnyResponse

from portal.access import PORTAL, Kind, Permission, Thing
from portal.accounts.store import things
from portal.accounts.views.base import ENDINGS, check_page, confirmed, done, form_page, not_done
from portal.catalogue.views.base import database, reading, refuse_unknown, unknown
from portal.errors import Invalid, Refused, Stale
from portal.reports.actions import assuming, running
from portal.reports.forms.keeping import PublishForm, RunForm
from portal.reports.models.assumptions import AssumptionSet
from portal.reports.rules.assumptions import Row
from portal.reports.store import assumption_sets, runs
from portal.reports.views.savings_shown import crumbs, history_of
from portal.reports.words import Basis, SetState
from portal.web.formats import Format, respond_list
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act

blueprint = Blueprint("keeping", __name__)
BOTH = ("GET", "POST")
NUMBER = "<int(min=1, max=9999):number>"
COLUMNS = ("number", "state", "base_year", "horizon", "price_year", "rate", "claim_years",
           "approver", "self_approved", "note")  # fmt: skip
#: The draws of runs that are asked for on pages.
SEED = 1
View = TypeVar("View", bound=Callable[..., Any])


class Scope(NamedTuple):
    """Whose assumptions they are: everybody's (0), or an organisation's."""

    id: int
    name: str
    href: str

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The trail to a page below that of its versions."""
        here = (_("Versions of the assumptions"), self.href)
        return crumbs(here) if not self.id else [(self.name, self.href.split("/savings")[0]), here]


def scoped(rule: str, of: Blueprint = blueprint, formats: bool = False) -> Callable[[View], View]:
    """Register a view at `rule` below the versions of everybody, and of each organisation."""

    def register(view: View) -> View:
        for ending, fmt in ENDINGS if formats else ENDINGS[:1]:
            more = {"fmt": fmt} if formats else {}
            options: dict[str, Any] = {"view_func": view, "methods": ["GET"] if formats else BOTH}
            of.add_url_rule(
                f"/portal/savings/versions{rule}{ending}", defaults={**more, "slug": ""}, **options
            )
            below = f"/organisations/<slug:slug>/savings/versions{rule}{ending}"
            of.add_url_rule(below, defaults=more, **options)
        return view

    return register


def thing_at(slug: str, **_rest: object) -> Thing:
    """Whose assumptions an address is of, as the policy sees it. Raises Missing."""
    if not slug:
        return PORTAL
    with reading() as session:
        return things.by_slug(session, Kind.ORGANISATION, slug)


def scope_at(slug: str) -> Scope:
    """The same for pages."""
    if not slug:
        return Scope(assumption_sets.EVERYBODY, _("everybody"), "/portal/savings/versions")
    thing = thing_at(slug)
    key = (Kind.ORGANISATION, thing.id)
    with reading() as session:
        name = things.names(session, [key])[key].name
    return Scope(thing.id, name, f"/organisations/{slug}/savings/versions")


keeps = requires(Permission.KEEP_ASSUMPTIONS, of=thing_at)


@scoped("", formats=True)
@keeps
def index(slug: str, fmt: Format) -> Response:
    """List the versions, drafts among them, and the runs with them."""
    refuse_unknown(fmt, unknown())
    scope = scope_at(slug)
    with reading() as session:
        found = assumption_sets.listing(session, scope.id)
        made = runs.listing(session, [scope.id], limit=10)
    return respond_list(
        fmt, page=lambda: _list(scope, found, made),
        rows=lambda: map(assumption_sets.frame, found), columns=COLUMNS,
        name="savings-versions", bounded=True,
    )  # fmt: skip


def _list(scope: Scope, found: list[AssumptionSet], made: list[Any]) -> Response:
    title = _("Versions of the assumptions")
    if scope.id:
        title = _("Versions of the assumptions of %(name)s", name=scope.name)
    drafted = any(each.state is SetState.DRAFT for each in found)
    return page(
        "reports/versions.html", title=title, section=_("Savings"), ignored=unknown(),
        crumbs=scope.crumbs[:-1], scope=scope, rows=found, runs=made, drafted=drafted,
    )  # fmt: skip


@scoped("/draft")
@keeps
def draft(slug: str) -> AnyResponse:
    """Begin a version: ask first."""
    scope = scope_at(slug)
    if not confirmed():
        rows = [{"key": _("It begins as"), "value": _("a copy of the newest published version")}]
        return check_page(_("Draft a new version"), rows, _("Begin the draft"), scope.crumbs)
    try:
        number = assuming.draft(database(), scope.id, act())
    except Refused:
        return not_done(_("There is a draft already: change or publish that one."), scope.href)
    return done(_("The draft is made. Change its assumptions."), f"{scope.href}/{number}")


def version_at(scope: Scope, number: int) -> tuple[AssumptionSet, list[Row]]:
    """A version of a scope with its assumptions. Raises Missing."""
    with reading() as session:
        found = assumption_sets.by_number(session, scope.id, number)
        return found, assumption_sets.rows(session, found.id)


@scoped(f"/{NUMBER}")
@keeps
def show(slug: str, number: int) -> Response:
    """Show a version, a draft with what can be done with it."""
    scope = scope_at(slug)
    found, rows = version_at(scope, number)
    return page(
        "reports/version.html", title=_("Assumptions, version %(number)s", number=number),
        section=_("Savings"), crumbs=scope.crumbs, scope=scope, set=found, rows=rows,
    )  # fmt: skip


@scoped(f"/{NUMBER}/publish")
@keeps
def publish(slug: str, number: int) -> AnyResponse:
    """Publish a draft: nobody changes it any more, so ask first."""
    scope, form = scope_at(slug), PublishForm()
    rows = version_at(scope, number)[1]
    trail = [*scope.crumbs, (_("Version %(number)s", number=number), f"{scope.href}/{number}")]
    if form.validate_on_submit():
        if not confirmed():
            said = list(_publishing(form.approver.data or "", len(rows)))
            return check_page(_("Publish this version"), said, _("Publish it"), trail)
        if answer := _publish(scope, number, form):
            return answer
    title = _("Publish version %(number)s", number=number)
    return form_page(form, title, trail, rows=_who(scope, number))


def _who(scope: Scope, number: int) -> list[dict[str, str]]:
    """Who may publish it, where that is not whoever asks."""
    with reading() as session:
        found = assumption_sets.by_number(session, scope.id, number)
        mine = assuming.is_own(session, found, act())
        names = assuming.others(session, found, act().day) if mine else []
    if not mine:
        return []
    told = ", ".join(names) or _("you, as nobody else can: it will say that its maker published it")
    return [
        {"key": _("You"), "value": _("drafted or changed it")},
        {"key": _("Who can publish it"), "value": told},
    ]


def _publish(scope: Scope, number: int, form: PublishForm) -> AnyResponse | None:
    """Where to go on; None where the form has something to say."""
    where = f"{scope.href}/{number}"
    try:
        assuming.publish(database(), scope.id, number, form.approver.data or "", act())
    except Stale:
        return not_done(_("It is published already."), where)
    except Invalid as problem:
        form.refuse(problem)
        return None
    return done(_("The version is published."), where)


def _publishing(approver: str, many: int) -> Iterator[dict[str, str]]:
    yield {"key": _("Approved by"), "value": approver}
    yield {"key": _("Assumptions"), "value": str(many)}
    yield {"key": _("After that"), "value": _("nobody can change it any more")}


@scoped(f"/{NUMBER}/history", formats=True)
@keeps
def history(slug: str, number: int, fmt: Format) -> Response:
    """Tell what changed about a version until it was published, newest first."""
    scope = scope_at(slug)
    with reading() as session:
        found = assumption_sets.by_number(session, scope.id, number)
    trail = [*scope.crumbs, (_("Version %(number)s", number=number), f"{scope.href}/{number}")]
    return history_of(fmt, found, trail)


@scoped(f"/{NUMBER}/delete")
@keeps
def delete(slug: str, number: int) -> AnyResponse:
    """Delete a draft: ask first."""
    scope = scope_at(slug)
    found, rows = version_at(scope, number)
    if not confirmed():
        said = [{"key": _("Assumptions that go with it"), "value": str(len(rows))}]
        return check_page(_("Delete this draft"), said, _("Delete it"), scope.crumbs)
    try:
        assuming.remove(database(), scope.id, found.number, act())
    except Stale:
        return not_done(_("It is published, so it stays."), scope.href)
    return done(_("The draft is deleted. The history keeps what it said."), scope.href)


@scoped("/run")
@keeps
def run(slug: str) -> AnyResponse:
    """Ask for a run as the records stand today."""
    scope, form = scope_at(slug), RunForm()
    with reading() as session:
        found = assumption_sets.listing(session, scope.id)
    published = [each for each in found if each.state is SetState.PUBLISHED]
    form.offer(published)
    if not published:
        return not_done(_("Publish a version first: a run has to be repeatable."), scope.href)
    if form.validate_on_submit():
        return _ask(scope, form)
    return form_page(form, _("Ask for a run"), scope.crumbs, template="reports/run_form.html")


def _ask(scope: Scope, form: RunForm) -> AnyResponse:
    with database().writing() as session:
        number, basis = int(form.version.data), Basis(form.basis.data)
        asked = running.ask(session, scope.id, number, basis, SEED, act())
    told = _("The run is asked for. This page says how far it is when you look again.")
    return done(told, f"/savings/runs/{asked}")
