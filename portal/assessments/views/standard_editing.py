"""Add a standard, edit it, delete one that never held, and relate its points."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from portal import audit
from portal.access import STANDARD, Permission, Thing, may
from portal.accounts.views.base import check_page, confirmed, done, form_page, not_done
from portal.assessments.actions import mapping
from portal.assessments.actions import standards as acts
from portal.assessments.actions.standards import Changed, Wanted
from portal.assessments.forms.standards import (
    NewStandardForm,
    StandardForm,
    chosen,
    mapping_form,
)
from portal.assessments.models.standards import Standard
from portal.assessments.rules.crosswalk import Point
from portal.assessments.rules.standards import mark
from portal.assessments.store import standards
from portal.assessments.views.standards_base import (
    NUMBER,
    POINT,
    crumbs_to,
    href_of,
    own_point,
    points_of,
    standard_at,
    thing_at,
    version_at,
    versions_of,
)
from portal.catalogue.actions.finding_records import FIND
from portal.catalogue.forms.editing import refuse, settle
from portal.catalogue.forms.picking import without_which
from portal.catalogue.store import organisations
from portal.catalogue.views.base import database, reading
from portal.catalogue.views.editing_base import in_words
from portal.catalogue.views.histories import names_in
from portal.errors import N_, Invalid, Missing, Stale
from portal.web.forms import Form
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act, current_person

blueprint = Blueprint("standard_editing", __name__)
BOTH = ("GET", "POST")


@blueprint.route("/standards/new", methods=BOTH)
@requires(Permission.ADD_STANDARD)
def new() -> AnyResponse:
    """Add a standard: of an organisation that one administers, or of the portal."""
    form = NewStandardForm()
    try:
        if form.validate_on_submit() and (answer := _add(form)):
            return answer
    except Invalid as problem:
        refuse(form, problem)
    without_which(form)
    return form_page(form, _("Add a standard"), [(_("Standards"), "/standards")])


def _add(form: NewStandardForm) -> AnyResponse | None:
    with reading() as session:
        find = partial(FIND[organisations.THING], session)
        body = settle(form, "organisation", (None, ""), find)
        if form.errors:
            return None
        ids = organisations.ids_by_reference(session) if body else {}
    thing = Thing(STANDARD, 0, frozenset({ids[body]} if body else ()))
    if not may(current_person(), Permission.EDIT_STANDARD, thing):
        raise Invalid("organisation", N_("Enter an organisation that you administer"))
    slug = acts.add(database(), form.values(), body, act())
    return done(_("The standard is added. Add its first version."), href_of(slug))


@blueprint.route("/standards/<slug:slug>/edit", methods=BOTH)
@requires(Permission.EDIT_STANDARD, of=thing_at)
def edit(slug: str) -> AnyResponse:
    """Change what a standard says of itself."""
    found, _edits = standard_at(slug)
    now = standards.document_of(found)
    form = StandardForm(data={**now, "base": mark(now)})
    try:
        if form.validate_on_submit():
            wanted = Wanted(form.values(), form.base.data or "")
            return saved(acts.edit(database(), slug, wanted, act()), href_of(slug))
    except Changed as meanwhile:
        return conflict(form, meanwhile, form.values(), found.name, crumbs_to(found))
    except Invalid as problem:
        refuse(form, problem)
    return form_page(form, _("Edit %(name)s", name=found.name), crumbs_to(found))


def saved(changed: bool, where: str) -> AnyResponse:
    """Go on from a form that was saved, or that said what was there already."""
    return done(_("Your change is saved.") if changed else _("Nothing was changed."), where)


def conflict(
    form: Form, meanwhile: Changed, mine: Mapping[str, Any], what: str,
    crumbs: list[tuple[str, str]],
) -> Response:  # fmt: skip
    """What was entered beside what stands now; the form goes on from what stands now."""
    now = {name: meanwhile.now[name] for name in mine}
    with reading() as session:
        [last] = audit.history_of(session, meanwhile.thing, meanwhile.thing_id, limit=1)
        names = names_in(session, now, mine)
    form["base"].data = mark(meanwhile.now)
    return page(
        "catalogue/conflict.html",
        title=_("This has been changed since you opened it"),
        crumbs=crumbs,
        what=what,
        by=_("you") if last.actor == act().actor else _("a colleague"),
        at=last.at,
        sides=[
            (_("What you entered"), in_words(dict(mine), names)),
            (_("What it says now"), in_words(now, names)),
        ],
        form=form,
        action=request.path,
        leave=crumbs[-1][1],
        status=409,
    )


@blueprint.route("/standards/<slug:slug>/delete", methods=BOTH)
@requires(Permission.EDIT_STANDARD, of=thing_at)
def delete(slug: str) -> AnyResponse:
    """Delete a standard of which nothing is published: ask first."""
    found, _edits = standard_at(slug)
    if not standards.is_unpublished(found):
        return _stays(slug)
    if not confirmed():
        return check_page(_("Delete this standard"), _goes(found), _("Delete it"), crumbs_to(found))
    try:
        acts.delete(database(), slug, act())
    except Stale:
        return _stays(slug)
    return done(_("The standard is deleted."), "/standards")


def _goes(found: Standard) -> list[dict[str, str]]:
    return [
        {"key": _("Standard"), "value": found.name},
        {"key": _("Drafts that go with it"), "value": str(len(found.versions))},
    ]


def _stays(slug: str) -> AnyResponse:
    return not_done(_("A version of it is published, so it stays."), href_of(slug))


@blueprint.route(f"/standards/<slug:slug>/{NUMBER}/points/{POINT}/counterparts", methods=BOTH)
@requires(Permission.EDIT_STANDARD, of=thing_at)
def relate(slug: str, number: int, point: int) -> AnyResponse:
    """Say which points of the other versions ask for the same."""
    found, its, _edits = version_at(slug, number)
    if its.published_at is None:
        raise Missing("Points are related once their version is published")
    own_point(points_of(its)[1], point)
    with reading() as session:
        every, known = mapping.related(session, found.id)
    [said] = [each for each in every if (each.version, each.number) == (number, point)]
    form = _mapping_form(found.id, said, every, known[said.id])
    crumbs = crumbs_to(found, (its.title, href_of(slug, number)))
    crumbs.append((said.title, href_of(slug, number, point)))
    answer = _relate(form, found.id, said, every, crumbs) if form.validate_on_submit() else None
    title = _("Which points ask for the same as “%(title)s”?", title=said.title)
    return answer or form_page(form, title, crumbs)


def _relate(
    form: Form, standard_id: int, said: Point, every: list[Point], crumbs: list[tuple[str, str]]
) -> AnyResponse | None:
    """Where to go on; None where the form has something to say."""
    wanted, base = chosen(form), form["base"].data or ""
    try:
        changed = mapping.relate(database(), standard_id, said.id, wanted, base, act())
        return saved(changed, crumbs[-1][1])
    except Changed as meanwhile:
        mine = mapping.document(said, [each for each in every if each.id in wanted])
        return conflict(form, meanwhile, mine, said.title, crumbs)
    except Invalid as problem:
        form.refuse(problem)
    return None


def _mapping_form(standard_id: int, said: Point, every: list[Point], mine: list[Point]) -> Form:
    versions = {
        each.row.number: each.row.title
        for each in versions_of(standard_id, False)
        if each.row.number != said.version
    }
    data: dict[str, Any] = {
        f"version_{n}": [str(each.id) for each in mine if each.version == n] for n in versions
    }
    return mapping_form(versions, every)(data={**data, "base": mapping.base_of(said, mine)})
