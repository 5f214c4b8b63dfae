"""Prepare a transfer of functions: choose, check, apply; throw it away; reverse one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import done
from portal.catalogue.actions import reversing
from portal.catalogue.actions import transfers as acts
from portal.catalogue.forms.transfers import (
    AgainForm,
    ChooseForm,
    DiscardForm,
    ReverseForm,
    SureForm,
    chosen,
    options,
    value_of,
)
from portal.catalogue.models.transfers import Transfer
from portal.catalogue.store import transfers
from portal.catalogue.views.base import database, place, reading
from portal.catalogue.views.editing_base import public_url
from portal.catalogue.views.transfers import ID, transfer_at
from portal.catalogue.words import TransferAction, TransferKind, TransferState
from portal.errors import Clash, Invalid
from portal.web.forms import choices
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page, paging
from portal.web.people import act

blueprint = Blueprint("transfer_drafts", __name__)
BOTH = ("GET", "POST")
#: A form may have a thousand fields.
ROWS = 100
SHOWN = 50


def _get(transfer_id: int) -> Transfer:
    with reading() as session:
        return transfers.get(session, transfer_id)


def _to_transfer(transfer_id: int) -> AnyResponse:
    return redirect(url_for("transfers.show", transfer_id=transfer_id), 303)


def _crumbs(transfer: Transfer) -> list[tuple[str, str]]:
    where = url_for("transfers.show", transfer_id=transfer.id)
    return [(_("Transfers of functions"), url_for("transfers.index")), (transfer.title, where)]


@blueprint.route(f"/transfers/{ID}/edit", methods=BOTH)
@requires(Permission.MANAGE_PORTAL, of=transfer_at)
def edit(transfer_id: int) -> AnyResponse:
    """Choose the new home of each thing, some at a time."""
    transfer = _get(transfer_id)
    if transfer.state is not TransferState.DRAFT:
        return _to_transfer(transfer_id)
    form = ChooseForm()
    form.rest.choices = choices(_rest(transfer))
    if form.validate_on_submit():
        try:
            return _save(transfer, form)
        except Invalid as problem:
            form.refuse(problem)
    return _edit(transfer, form)


def _rest(transfer: Transfer) -> dict[str, str]:
    found = options(transfer, role=False)
    return {**found, TransferAction.OPEN.value: _("Leave open")}


def _page_of(transfer: Transfer) -> tuple[list[transfers.ItemRow], int | None]:
    """The rows of this page, and where the next one goes on."""
    with reading() as session:
        after = place("after") or 0
        rows = transfers.items(session, transfer.id, tuple(TransferKind), after, ROWS + 1)
    return rows[:ROWS], rows[ROWS - 1].item.id if len(rows) > ROWS else None


def _save(transfer: Transfer, form: ChooseForm) -> AnyResponse:
    rows, following = _page_of(transfer)
    found = {}
    for row in rows:
        known = options(transfer, row.item.kind is TransferKind.ROLE)
        choice = chosen(request.form.get(f"item-{row.item.id}", ""), known)
        if choice is not None:
            found[row.item.id] = choice
    rest = chosen(form.rest.data, _rest(transfer))
    open_ = rest is None or rest[0] is TransferAction.OPEN
    acts.choose(database(), transfer.id, found, None if open_ else rest)
    if following:
        return redirect(url_for(".edit", transfer_id=transfer.id, after=following), 303)
    return redirect(url_for(".check", transfer_id=transfer.id), 303)


def _edit(transfer: Transfer, form: ChooseForm) -> Response:
    rows, following = _page_of(transfer)
    with reading() as session:
        counts = transfers.counts(session, [transfer.id])[transfer.id]
    return page(
        "catalogue/transfer_edit.html",
        title=_("What moves: %(title)s", title=transfer.title),
        crumbs=_crumbs(transfer)[:1],
        form=form,
        transfer=transfer,
        rows=rows,
        counts=counts,
        options=options(transfer, role=False),
        role_options=options(transfer, role=True),
        value_of=value_of,
        first=place("after") is None,
        paging=paging(None, {"after": following} if following else None),
        status=422 if form.errors else 200,
    )


@blueprint.route(f"/transfers/{ID}/check", methods=BOTH)
@requires(Permission.MANAGE_PORTAL, of=transfer_at)
def check(transfer_id: int) -> AnyResponse:
    """Show what a transfer would do and what stands in its way; apply it."""
    transfer, form = _get(transfer_id), SureForm()
    if transfer.state is not TransferState.DRAFT:
        return _to_transfer(transfer_id)
    if form.validate_on_submit():
        try:
            acts.apply(database(), transfer_id, act(), public_url())
            where = url_for("transfers.show", transfer_id=transfer_id)
            return done(_("The transfer is applied."), where)
        except Clash:  # the page says what stands in the way
            return redirect(request.path, 303)
    return _check(transfer, form)


def _check(transfer: Transfer, form: SureForm) -> Response:
    with reading() as session:
        found = acts.check(session, transfer, act())
        counts = transfers.counts(session, [transfer.id])[transfer.id]
    title = _("Check the transfer: %(title)s", title=transfer.title)
    return _sure("catalogue/transfer_check.html", transfer, form, title, found, counts=counts)


def _sure(
    template: str, transfer: Transfer, form: Any, title: str, found: acts.Checked, **more: Any
) -> Response:
    return page(
        template,
        title=title,
        crumbs=_crumbs(transfer),
        form=form,
        again=AgainForm(),
        transfer=transfer,
        found=found,
        problems=found.problems[:SHOWN],
        status=422 if form.errors else 200,
        **more,
    )


@blueprint.post(f"/transfers/{ID}/again")
@requires(Permission.MANAGE_PORTAL, of=transfer_at)
def again(transfer_id: int) -> AnyResponse:
    """Bring a draft in step with what the organisations own now."""
    if AgainForm().validate_on_submit():
        acts.look_again(database(), transfer_id, act())
    return redirect(url_for(".edit", transfer_id=transfer_id), 303)


@blueprint.route(f"/transfers/{ID}/discard", methods=BOTH)
@requires(Permission.MANAGE_PORTAL, of=transfer_at)
def discard(transfer_id: int) -> AnyResponse:
    """Throw a draft away: ask first."""
    transfer, form = _get(transfer_id), DiscardForm()
    if transfer.state is not TransferState.DRAFT:
        return _to_transfer(transfer_id)
    if form.validate_on_submit():
        acts.discard(database(), transfer_id)
        return done(_("The draft is thrown away."), url_for("transfers.index"))
    title = _("Throw the draft away: %(title)s", title=transfer.title)
    return page("accounts/form.html", title=title, crumbs=_crumbs(transfer), form=form)


@blueprint.route(f"/transfers/{ID}/reverse", methods=BOTH)
@requires(Permission.MANAGE_PORTAL, of=transfer_at)
def reverse(transfer_id: int) -> AnyResponse:
    """Take a transfer back by one of its own: say what stands in its way, ask, do it."""
    transfer, form = _get(transfer_id), ReverseForm()
    if transfer.state is not TransferState.APPLIED or transfer.reverses_id:
        return _to_transfer(transfer_id)
    if form.validate_on_submit():
        try:
            return _reverse(transfer, form)
        except Clash:
            return redirect(request.path, 303)
    with reading() as session:
        found = reversing.check_back(session, transfer, act())
    title = _("Reverse the transfer: %(title)s", title=transfer.title)
    return _sure("catalogue/transfer_reverse.html", transfer, form, title, found)


def _reverse(transfer: Transfer, form: ReverseForm) -> AnyResponse:
    made = reversing.reverse(
        database(), transfer.id, replace(act(), reason=form.reason.data), public_url()
    )
    where = url_for("transfers.show", transfer_id=made)
    return done(_("The transfer is reversed."), where)
