"""Drafts of versions: added, changed point by point, checked and published, or deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import check_page, confirmed, done, form_page, not_done
from portal.assessments.actions import drafts as acts
from portal.assessments.actions.standards import Changed, Wanted
from portal.assessments.forms.standards import (
    SCHEMES,
    PointForm,
    SureForm,
    VersionForm,
)
from portal.assessments.models.standards import Standard, StandardVersion
from portal.assessments.rules.standards import mark
from portal.assessments.store import standard_lists, standards
from portal.assessments.views.standard_editing import conflict, saved
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
)
from portal.catalogue.forms.editing import refuse
from portal.catalogue.views.base import database, reading
from portal.digits import id_in
from portal.errors import Invalid, Stale
from portal.web.filters import long_date
from portal.web.forms import choices
from portal.web.guard import requires
from portal.web.i18n import _, translated
from portal.web.pages import page
from portal.web.people import act

blueprint = Blueprint("standard_drafts", __name__)
BOTH = ("GET", "POST")
ONE = f"/standards/<slug:slug>/{NUMBER}"
HERE = f"{ONE}/points/{POINT}"


@blueprint.route("/standards/<slug:slug>/new", methods=BOTH)
@requires(Permission.EDIT_STANDARD, of=thing_at)
def new(slug: str) -> AnyResponse:
    """Add a draft version, perhaps with the points of another one."""
    found, _edits = standard_at(slug)
    form = _form(found, {})
    try:
        if form.validate_on_submit():
            copied = form.copied.data or None
            number = acts.add(database(), slug, form.values(), copied, act())
            return done(_("The draft is added."), href_of(slug, number))
    except Invalid as problem:
        refuse(form, problem)
    return form_page(form, _("Add a version"), crumbs_to(found))


def _form(found: Standard, data: dict[str, Any]) -> VersionForm:
    """The form of a version, with the versions that can be chosen."""
    form = VersionForm(data=data)
    with reading() as session:
        every = standard_lists.published(session)
    names = {each.place: f"{each.name}: {each.title}" for each in every}
    others = {
        each.place: names[each.place]
        for each in every
        if each.standard_id != found.id and each.extends_id is None
    }
    form.copied.choices = choices({"": _("None: begin with an empty draft"), **names})
    form.extends.choices = choices({"": _("No, it stands alone"), **others})
    return form


def _late(slug: str, number: int) -> AnyResponse:
    return not_done(_("It is published, so nobody can change it."), href_of(slug, number))


def _draft(slug: str, number: int) -> tuple[Standard, StandardVersion]:
    found, its, _edits = version_at(slug, number)
    return found, its


@blueprint.route(f"{ONE}/edit", methods=BOTH)
@requires(Permission.EDIT_STANDARD, of=thing_at)
def edit(slug: str, number: int) -> AnyResponse:
    """Change what a draft says beside its points."""
    found, its = _draft(slug, number)
    if its.published_at is not None:
        return _late(slug, number)
    with reading() as session:
        now = standards.frame_of(session, its)
    form = _form(found, {**now, "discovery_from": its.discovery_from, "base": mark(now)})
    del form["copied"]
    crumbs = crumbs_to(found, (its.title, href_of(slug, number)))

    def save(wanted: Wanted) -> bool:
        return acts.edit(database(), its.id, wanted, act())

    answer = _saved(form, save, its.title, crumbs)
    return answer or form_page(form, _("Edit this draft"), crumbs)


def _saved(
    form: VersionForm | PointForm, save: Callable[[Wanted], bool], what: str,
    crumbs: list[tuple[str, str]],
) -> AnyResponse | None:  # fmt: skip
    """Where to go on; None where the form was not sent, or has something to say."""
    if not form.validate_on_submit():
        return None
    back = crumbs[-1][1]
    try:
        return saved(save(Wanted(form.values(), form.base.data or "")), back)
    except Changed as meanwhile:
        return conflict(form, meanwhile, form.values(), what, crumbs)
    except Stale as problem:
        return not_done(translated(problem), back)
    except Invalid as problem:
        refuse(form, problem)
    return None


@blueprint.route(f"{ONE}/points/new", methods=BOTH)
@requires(Permission.EDIT_STANDARD, of=thing_at)
def add_point(slug: str, number: int) -> AnyResponse:
    """Add a point at the end of a draft."""
    found, its = _draft(slug, number)
    if its.published_at is not None:
        return _late(slug, number)
    form, crumbs = PointForm(), crumbs_to(found, (its.title, href_of(slug, number)))

    def save(wanted: Wanted) -> bool:
        return acts.add_point(database(), its.id, wanted.values, act()) > 0

    return _saved(form, save, its.title, crumbs) or form_page(form, _("Add a point"), crumbs)


@blueprint.route(f"{HERE}/edit", methods=BOTH)
@requires(Permission.EDIT_STANDARD, of=thing_at)
def edit_point(slug: str, number: int, point: int) -> AnyResponse:
    """Change a point of a draft."""
    found, its = _draft(slug, number)
    if its.published_at is not None:
        return _late(slug, number)
    said = own_point(points_of(its)[1], point)
    now = standards.point_of(said)
    form = PointForm(data={**now, "base": mark(now), "at": str(said.id)})
    crumbs = crumbs_to(found, (its.title, href_of(slug, number)))
    at = id_in(form.at.data)

    def save(wanted: Wanted) -> bool:
        return acts.edit_point(database(), its.id, at, wanted, act())

    title = _("Change point %(number)s", number=point)
    return _saved(form, save, title, crumbs) or form_page(form, title, crumbs)


@blueprint.post(f"{HERE}/move")
@requires(Permission.EDIT_STANDARD, of=thing_at)
def move_point(slug: str, number: int, point: int) -> AnyResponse:
    """Move a point of a draft one place up or down."""
    _found, its = _draft(slug, number)
    form = SureForm()
    by = {"up": -1, "down": 1}.get(request.form.get("by", ""), 0)
    back = href_of(slug, number)
    if not form.validate_on_submit() or not by:
        return saved(False, back)
    try:
        return saved(acts.move_point(database(), its.id, id_in(form.at.data), by, act()), back)
    except Stale as problem:
        return not_done(translated(problem), back)


@blueprint.route(f"{HERE}/remove", methods=BOTH)
@requires(Permission.EDIT_STANDARD, of=thing_at)
def remove_point(slug: str, number: int, point: int) -> AnyResponse:
    """Take a point out of a draft: ask first."""
    found, its = _draft(slug, number)
    if its.published_at is not None:
        return _late(slug, number)
    said = own_point(points_of(its)[1], point)
    form = SureForm(data={"base": mark(standards.point_of(said)), "at": str(said.id)})
    if form.validate_on_submit():
        return _remove(its.id, id_in(form.at.data), form.base.data or "", href_of(slug, number))
    rows: list[dict[str, Any]] = [
        {"key": _("Point"), "value": f"{said.number}. {said.title}"},
        {"key": _("What it asks for"), "value": said.asks},
    ]
    return _ask(form, _("Remove this point"), rows, _("Remove it"), found, its)


def _remove(version_id: int, point_id: int, base: str, back: str) -> AnyResponse:
    try:
        acts.remove_point(database(), version_id, point_id, base, act())
    except Stale as problem:
        return not_done(translated(problem), back)
    return done(_("The point is removed."), back)


def _ask(
    form: SureForm, title: str, rows: list[dict[str, Any]], button: str, found: Standard,
    its: StandardVersion, **more: Any,
) -> Response:  # fmt: skip
    """A page that asks before something happens, with what it is about."""
    crumbs = crumbs_to(found, (its.title, href_of(found.slug, its.number)))
    return page(
        "assessments/sure.html", title=title, crumbs=crumbs, form=form, rows=rows, button=button,
        **more,
    )  # fmt: skip


@blueprint.route(f"{ONE}/publish", methods=BOTH)
@requires(Permission.EDIT_STANDARD, of=thing_at)
def publish(slug: str, number: int) -> AnyResponse:
    """Check a draft and publish it: it never changes again."""
    found, its = _draft(slug, number)
    if its.published_at is not None:
        return _late(slug, number)
    whole = _whole_draft(its.id)
    form, lacks = SureForm(data={"base": whole[1]}), _lacks(whole[0])
    if form.validate_on_submit() and not lacks:
        return _publish(slug, number, its.id, form.base.data or "")
    title = _("Check this version before you publish it")
    points = [[str(each.number), each.title] for each in points_of(its)[1]]
    more = {"points": points, "lacks": lacks, "warns": True}
    return _ask(form, title, _rows(found, its), _("Publish this version"), found, its, **more)


def _whole_draft(version_id: int) -> tuple[StandardVersion, str]:
    """A draft with its points, and the mark of all that it says."""
    with reading() as session:
        whole = standards.version(session, version_id)
        return whole, mark(standards.version_document(session, whole))


def _lacks(whole: StandardVersion) -> str:
    """What a draft lacks to be published, in words."""
    with reading() as session:
        try:
            acts.refuse_early(session, whole)
        except Invalid as problem:
            return translated(problem)
    return ""


def _publish(slug: str, number: int, version_id: int, base: str) -> AnyResponse:
    try:
        acts.publish(database(), version_id, base, act())
    except Stale as problem:
        return not_done(translated(problem), f"{href_of(slug, number)}/publish")
    except Invalid as problem:
        return not_done(translated(problem), href_of(slug, number))
    return done(_("The version is published."), href_of(slug, number))


def _rows(found: Standard, its: StandardVersion) -> list[dict[str, Any]]:
    below = None
    if its.extends_id is not None:
        with reading() as session:
            base = standard_lists.named(session, its.extends_id)
        below = f"{base.name}: {base.title}"
    since = its.discovery_from
    return [
        {"key": _("Standard"), "value": found.name},
        {"key": _("Version"), "value": its.title},
        {"key": _("Holds where discovery begins on or after"),
         "value": long_date(since) if since else _("Not said yet")},
        {"key": _("Ratings"), "value": str(SCHEMES[its.scheme])},
        {"key": _("On top of"), "value": below},
        {"key": _("Where it is published"), "value": its.source},
    ]  # fmt: skip


@blueprint.route(f"{ONE}/delete", methods=BOTH)
@requires(Permission.EDIT_STANDARD, of=thing_at)
def delete(slug: str, number: int) -> AnyResponse:
    """Delete a draft: ask first."""
    found, its = _draft(slug, number)
    if its.published_at is not None:
        return _late(slug, number)
    if not confirmed():
        crumbs = crumbs_to(found, (its.title, href_of(slug, number)))
        return check_page(_("Delete this draft"), _rows(found, its), _("Delete it"), crumbs)
    try:
        acts.delete(database(), its.id, act())
    except Stale as problem:
        return not_done(translated(problem), href_of(slug, number))
    return done(_("The draft is deleted."), href_of(slug))
