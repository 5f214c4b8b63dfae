"""Retire a service, and bring one back that was retired by mistake."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import check_page, confirmed, done, form_page
from portal.catalogue.actions import retiring as actions
from portal.catalogue.actions.finding_records import FIND
from portal.catalogue.actions.retiring import Retirement
from portal.catalogue.forms.editing import refuse, settle
from portal.catalogue.forms.labels import label
from portal.catalogue.forms.picking import without_which
from portal.catalogue.forms.retiring import BringBackForm, RetireForm
from portal.catalogue.models.usage import Usage
from portal.catalogue.store import retiring, services
from portal.catalogue.store.editable import Record
from portal.catalogue.views.base import database, reading
from portal.catalogue.views.editing_base import (
    crumbs_to,
    href_of,
    is_retired,
    name_of,
    record_at,
    thing_at,
)
from portal.errors import Invalid
from portal.web.filters import long_date
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act

blueprint = Blueprint("retiring", __name__)
BOTH = ("GET", "POST")
_AT = thing_at(services.THING)


@blueprint.route("/services/<slug:slug>/retire", methods=BOTH)
@requires(Permission.EDIT_SERVICE, of=_AT)
def retire(slug: str) -> AnyResponse:
    """Retire a service: ask, show, do."""
    record = record_at(services.THING, slug)
    if is_retired(record):
        return redirect(_address(record), 303)
    form, usages = _form(record)
    try:
        if form.validate_on_submit() and (answer := _retire(form, record, usages)):
            return answer
    except Invalid as problem:
        refuse(form, problem)
    return _page(form, record, usages)


def _form(record: Record) -> tuple[RetireForm, list[Usage]]:
    """The form, which asks about what the service uses only where it uses something."""
    form = RetireForm()
    with reading() as session:
        usages = retiring.open_usages(session, record.id)
    if not usages:
        del form["usages"]
    return form, usages


def _retire(form: RetireForm, record: Record, usages: list[Usage]) -> AnyResponse | None:
    with reading() as session:
        find = partial(FIND[services.THING], session)
        successor = settle(form, "successor", (None, ""), find)
    if form.errors or form.on.data is None:
        return None
    ends = bool(usages) and form.usages.data == "end"
    actions.check(record.document, record.slug, form.on.data, successor)
    if not confirmed():
        return _check(form, record, successor, usages if ends else [])
    how = Retirement(form.on.data, successor, ends)
    actions.retire(database(), record.id, how, act(form.why.data))
    return done(_("The service is retired."), _address(record))


def _address(record: Record) -> str:
    return href_of(services.THING, record.slug)


def _page(form: RetireForm, record: Record, usages: list[Usage]) -> Response:
    without_which(form)
    return page(
        "catalogue/retire.html",
        title=_("Retire %(name)s", name=record.name),
        crumbs=crumbs_to(record),
        form=form,
        usages=[_called(each) for each in usages],
        status=422 if form.errors else 200,
    )


def _called(row: Usage) -> str:
    """A usage in words: the need, and what meets it."""
    by = row.component.name if row.component else row.product
    return f"{row.capability.name}: {by or label(row.arrangement.value, 'arrangement')}"


def _check(
    form: RetireForm, record: Record, successor: str | None, ends: list[Usage]
) -> AnyResponse:
    replaced = None
    if successor:
        with reading() as session:
            replaced = name_of(session, services.THING, successor)
    rows: list[dict[str, Any]] = [
        {"key": _("Service"), "value": record.name},
        {"key": _("Retired on"), "value": long_date(form.on.data)},
        {"key": _("Why"), "value": form.why.data},
        {"key": _("Replaced by"), "value": replaced},
        {"key": _("Ends with it"), "value": "; ".join(map(_called, ends))},
    ]
    title = _("Check before you retire the service")
    return check_page(title, rows, _("Retire the service"), crumbs_to(record))


@blueprint.route("/services/<slug:slug>/bring-back", methods=BOTH)
@requires(Permission.EDIT_SERVICE, of=_AT)
def bring_back(slug: str) -> AnyResponse:
    """Bring a service back that was retired by mistake: ask why first."""
    record, form = record_at(services.THING, slug), BringBackForm()
    if not is_retired(record):
        return redirect(_address(record), 303)
    if form.validate_on_submit():
        stays = actions.bring_back(database(), record.id, act(form.why.data))
        return done(_back(stays), _address(record))
    title = _("Bring %(name)s back", name=record.name)
    return form_page(form, title, crumbs_to(record))


def _back(stays: int) -> str:
    if not stays:
        return _("The service is back, and with it what ended when it was retired.")
    return _("The service is back. Some of what ended with it was changed since, and stays so.")
