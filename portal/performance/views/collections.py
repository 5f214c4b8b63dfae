"""The web address that a data set is collected from: what its team sees of it, and can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, request
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission, Person
from portal.accounts.views.base import check_page, confirmed, done, form_page, not_done
from portal.accounts.work import Item
from portal.accounts.work import register as register_work
from portal.catalogue.forms.labels import labels
from portal.catalogue.views.base import (
    PAGE_SIZE,
    database,
    one_of,
    place,
    reading,
    refuse_unknown,
    unknown,
)
from portal.digits import whole_number
from portal.errors import N_, Invalid, Missing, Stale
from portal.performance.actions import collections as acts
from portal.performance.forms.collecting import (
    CollectionForm,
    faults_text,
    shown,
    standing_text,
    trouble_text,
)
from portal.performance.models.collecting import Collection, CollectionRun
from portal.performance.rules import collecting as rules
from portal.performance.store import collected_hosts, collecting
from portal.performance.views.data_set_base import ONE, Seen, crumbs_to, seen_at, thing_at
from portal.performance.words import CollectedOutcome
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from config import Settings

blueprint = Blueprint("collections", __name__)
BOTH = ("GET", "POST")
HERE = f"{ONE}/collection"
COLUMNS = ("at", "host", "outcome", "trouble", "status", "records", "wrong", "faults")
TASK = "collection_failing"
LABELS = {TASK: N_("Put right the collection of figures")}
_KEEPS = requires(Permission.KEEP_FIGURES, of=thing_at)


def install() -> None:
    """Say which collections wait for somebody."""
    register_work("collections", _failing, LABELS)


def _failing(session: Session, person: Person, _day: date) -> Iterator[Item]:
    for row in collecting.failing(session, person):
        yield Item(
            TASK, f"{row.service or row.component}: {row.title}",
            f"/data-sets/{row.group}/{row.type}/collection",
            kind="service" if row.service else "component",
        )  # fmt: skip


def settings() -> Settings:
    """The portal's settings."""
    found: Settings = current_app.extensions["portal"].settings
    return found


@formats(blueprint, HERE)
@_KEEPS
def show(group: str, type_: str, fmt: Format) -> Response:
    """Show what is collected, and how the last collections went."""
    found, ignored = seen_at(group, type_), list(unknown("outcome", at="before"))
    outcome = one_of("outcome", CollectedOutcome, ignored)
    refuse_unknown(fmt, tuple(ignored))
    return respond_list(
        fmt,
        page=lambda: _show(found, outcome, ignored),
        rows=lambda: map(_document, _runs(found, outcome, None, rules.KEPT_RUNS)),
        columns=COLUMNS,
        name=f"{group}-{type_}-collections",
        bounded=True,
    )


def _runs(
    found: Seen, outcome: CollectedOutcome | None, before: int | None, limit: int
) -> list[CollectionRun]:
    with reading() as session:
        return collecting.runs(session, found.row.id, outcome, before, limit)


def _document(run: CollectionRun) -> dict[str, Any]:
    return {
        "at": run.at.isoformat(), "host": run.host, "outcome": run.outcome.value,
        "trouble": run.trouble.value if run.trouble else None, "status": run.status,
        "records": run.records, "wrong": run.wrong, "faults": faults_text(run),
    }  # fmt: skip


def _show(found: Seen, outcome: CollectedOutcome | None, ignored: list[str]) -> Response:
    before = place("before")
    rows = _runs(found, outcome, before, PAGE_SIZE + 1)
    following = {"before": rows[PAGE_SIZE - 1].id} if len(rows) > PAGE_SIZE else None
    with reading() as session:
        row = collecting.find(session, found.row.id)
        standing, said = _standing(session, found, row) if row else (None, "")
    return page(
        "performance/collection.html",
        title=_("Collect from a web address"),
        crumbs=crumbs_to(found),
        seen=found,
        row=row,
        standing=standing,
        said=said,
        rows=rows[:PAGE_SIZE],
        troubles={run.id: trouble_text(run) for run in rows},
        faults={run.id: faults_text(run) for run in rows},
        facets=filter_links("outcome", labels("collected_outcome"), outcome),
        narrowed=outcome is not None,
        ignored=tuple(ignored),
        first=before is None,
        paging=paging(None, following),
    )


def _standing(session: Session, found: Seen, row: Collection) -> tuple[rules.Standing, str]:
    host = collected_hosts.find(session, row.host)
    closed, state = found.row.closed_on is not None, collected_hosts.state_of(host)
    standing = rules.standing(settings().collecting, closed, row, state)
    return standing, standing_text(standing, row, host.reason if host else "")


@blueprint.route(f"{HERE}/edit", methods=BOTH)
@_KEEPS
def edit(group: str, type_: str) -> AnyResponse:
    """Register an address, or change what is registered."""
    found = seen_at(group, type_)
    if found.row.closed_on is not None:
        return not_done(_("This data set is closed, so nothing is collected."), found.href)
    with reading() as session:
        row = collecting.find(session, found.row.id)
    form = CollectionForm(data=shown(row))
    if form.validate_on_submit() and (answer := _put(form, found)):
        return answer
    title = _("Change what is collected") if row else _("Collect from a web address")
    crumbs = crumbs_to(found, (_("Collect from a web address"), _address(found)))
    return form_page(form, title, crumbs, template="performance/collection_form.html", seen=found)


def _address(found: Seen) -> str:
    return f"{found.href}/collection"


def _base() -> int:
    found = whole_number(request.form.get("base"))
    return -1 if found is None else found


def _put(form: CollectionForm, found: Seen) -> AnyResponse | None:
    """Where to go on; None where the form has something to say."""
    loopback = settings().collect_loopback
    try:
        changed = acts.put(database(), found.row.id, _base(), form.wanted(), act(), loopback)
    except Invalid as problem:
        form.refuse(problem)
        return None
    except Stale:
        with reading() as session:
            form.base.data = shown(collecting.find(session, found.row.id))["base"]
        form.refuse(Invalid("go", N_("Somebody changed this meanwhile: look, and save again")))
        return None
    said = _("Your change is saved.") if changed else _("Nothing was changed.")
    return done(said, _address(found))


@blueprint.post(f"{HERE}/pause")
@_KEEPS
def pause(group: str, type_: str) -> AnyResponse:
    """Collect no more for now."""
    return _switched(seen_at(group, type_), acts.pause, _("Nothing is collected for now."))


@blueprint.post(f"{HERE}/resume")
@_KEEPS
def resume(group: str, type_: str) -> AnyResponse:
    """Collect again."""
    return _switched(seen_at(group, type_), acts.resume, _("Figures are collected again."))


def _switched(found: Seen, step: Callable[..., bool], said: str) -> AnyResponse:
    try:
        step(database(), found.row.id, _base(), act())
    except Stale:
        late = _("Somebody changed this meanwhile. Look at it first.")
        return not_done(late, _address(found))
    return done(said, _address(found))


@blueprint.post(f"{HERE}/now")
@_KEEPS
def now(group: str, type_: str) -> AnyResponse:
    """Have the figures collected soon."""
    found = seen_at(group, type_)
    with reading() as session:
        row = collecting.get(session, found.row.id)
        standing, said = _standing(session, found, row)
    if not standing.runs:
        return not_done(said, _address(found))
    acts.ask_now(database(), found.row.id, act())
    return done(_("We read the address in a moment. Look here again soon."), _address(found))


@blueprint.post(f"{HERE}/remove")
@_KEEPS
def remove(group: str, type_: str) -> AnyResponse:
    """Forget the address: ask first."""
    found = seen_at(group, type_)
    with reading() as session:
        row = collecting.get(session, found.row.id)
    if not confirmed():
        return _ask(found, row)
    try:
        acts.remove(database(), found.row.id, act())
    except Missing:
        return not_done(_("It was removed already."), _address(found))
    return done(_("Nothing is collected any more."), _address(found))


def _ask(found: Seen, row: Collection) -> AnyResponse:
    rows = [
        {"key": _("Web address of the figures"), "value": row.url},
        {"key": _("What was collected"), "value": _("Stays in the data set")},
    ]
    crumbs = crumbs_to(found, (_("Collect from a web address"), _address(found)))
    return check_page(_("Collect no more from this address"), rows, _("Collect no more"), crumbs)
