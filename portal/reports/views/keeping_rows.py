"""The assumptions of a draft, one by one, and what it says beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response as AnyResponse

from portal.accounts.views.base import check_page, confirmed, done, form_page, not_done
from portal.catalogue.views.base import database, reading
from portal.errors import N_, Invalid, Missing, Stale
from portal.reports.actions import assuming
from portal.reports.forms.keeping import (
    FrameForm,
    NewForm,
    ValuesForm,
    frame_data,
    values_data,
)
from portal.reports.rules.assumptions import Row
from portal.reports.store import assumption_sets, price_rows
from portal.reports.views.keeping import NUMBER, Scope, keeps, scope_at, scoped, version_at
from portal.reports.views.savings_shown import named
from portal.reports.words import Assumed
from portal.web.forms import Form
from portal.web.i18n import _
from portal.web.people import act

blueprint = Blueprint("keeping_rows", __name__)


def _save(
    form: Form, title: str, place: tuple[Scope, int], save: Callable[[], object]
) -> AnyResponse:
    """Show a form, or do what it says and go back to the version."""
    scope, number = place
    where = f"{scope.href}/{number}"
    if form.validate_on_submit():
        try:
            save()
        except Stale:
            return not_done(_("It was published or changed meanwhile. Look at it again."), where)
        except Invalid as problem:
            form.refuse(problem)
        else:
            return done(_("Your change is saved."), where)
    return form_page(form, title, [*scope.crumbs, (_("Version %(number)s", number=number), where)])


@scoped(f"/{NUMBER}/frame", blueprint)
@keeps
def frame(slug: str, number: int) -> AnyResponse:
    """Change the years, prices and discount rate of a draft."""
    scope = scope_at(slug)
    found, _rows = version_at(scope, number)
    form = FrameForm(data=frame_data(found))
    return _save(
        form, _("Years, prices and rate of version %(number)s", number=number), (scope, number),
        lambda: assuming.frame(database(), scope.id, number, form.wanted(), found.version, act()),
    )  # fmt: skip


@scoped(f"/{NUMBER}/add", blueprint)
@keeps
def add(slug: str, number: int) -> AnyResponse:
    """Add an assumption to a draft."""
    scope, form = scope_at(slug), NewForm()
    _found, rows = version_at(scope, number)
    with reading() as session:
        form.among(*assumption_sets.subjects(session))

    def save() -> None:
        row = form.row(form.of())
        if row.key in {each.key for each in rows}:
            raise Invalid("field", N_("The version has that one already: change it"))
        assuming.put(database(), scope.id, number, row, act())

    return _save(form, _("Add an assumption"), (scope, number), save)


def _row(rows: list[Row]) -> Row:
    """The assumption that an address asks for. Raises Missing."""
    key = request.args.get("key", "")
    for row in rows:
        if row.key == key:
            return row
    raise Missing("There is no such assumption")


@scoped(f"/{NUMBER}/change", blueprint)
@keeps
def change(slug: str, number: int) -> AnyResponse:
    """Change the values of an assumption, or what they rest on."""
    scope = scope_at(slug)
    row = _row(version_at(scope, number)[1])
    form = ValuesForm(data=values_data(row))
    with reading() as session:
        prices = row.field is Assumed.PRICE and row.component
        form.offer(price_rows.of_component(session, prices) if prices else ())
    form.leave_out(row.field)
    of: dict[str, Any] = {
        name: getattr(row, name) for name in ("field", "capability", "component", "band", "year")
    }
    return _save(
        form, named(row.key), (scope, number),
        lambda: assuming.put(database(), scope.id, number, form.row(of), act()),
    )  # fmt: skip


@scoped(f"/{NUMBER}/remove", blueprint)
@keeps
def remove(slug: str, number: int) -> AnyResponse:
    """Take an assumption out of a draft: ask first."""
    scope = scope_at(slug)
    row, where = _row(version_at(scope, number)[1]), f"{scope.href}/{number}"
    if not confirmed():
        said = [{"key": _("Assumption"), "value": named(row.key)}]
        trail = [*scope.crumbs, (_("Version %(number)s", number=number), where)]
        return check_page(_("Remove this assumption"), said, _("Remove it"), trail)
    try:
        assuming.drop(database(), scope.id, number, row.key, act())
    except Stale:
        return not_done(_("It is published: nobody can change it any more."), where)
    return done(_("The assumption is removed. The history keeps it."), where)
