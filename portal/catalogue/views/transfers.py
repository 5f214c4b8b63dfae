"""Transfers of functions between organisations: the list, one transfer, a new one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import PORTAL, Permission, Thing, may
from portal.catalogue.actions import finding_organisations
from portal.catalogue.actions import transfers as acts
from portal.catalogue.forms.labels import label
from portal.catalogue.forms.transfers import MOST, TransferForm
from portal.catalogue.models.transfers import Transfer
from portal.catalogue.store import organisations, transfers
from portal.catalogue.store.transfers import PUBLIC, ItemRow, TransferQuery
from portal.catalogue.views.base import (
    PAGE_SIZE,
    database,
    leads_on,
    one_of,
    place,
    reading,
    refuse_unknown,
    stream,
    unknown,
    version,
)
from portal.catalogue.words import SuccessionKind, TransferSide, TransferState
from portal.digits import LAST_ID
from portal.errors import N_, Invalid, Missing
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public, requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act, current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("transfers", __name__)
ID = f"<int(min=1, max={LAST_ID}):transfer_id>"
COLUMNS = ("id", "title", "kind", "happened_on", "source", "state", "loses", "gains", "services",
           "components", "organisations", "applied_at")  # fmt: skip
ITEM_COLUMNS = ("kind", "slug", "name", "role", "from", "action", "to")
STATES = (TransferState.APPLIED, TransferState.REVERSED)


@formats(blueprint, "/transfers")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List the transfers that were applied, the newest first."""
    query, ignored = _asked()
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _index(query, ignored),
        rows=stream(lambda session: _rows(session, replace(query, after=None))),
        columns=COLUMNS,
        name="transfers",
    )


def _asked() -> tuple[TransferQuery, tuple[str, ...]]:
    ignored = list(unknown("kind", "state", "organisation", at="after"))
    kind, state = one_of("kind", SuccessionKind, ignored), request.args.get("state", "")
    if state and state not in set(STATES):
        ignored.append(f"state={state[:80]}")
        state = ""
    body = request.args.get("organisation", "")[:200] or None
    if body:
        leads_on("organisation", body)
    query = TransferQuery(
        kind, TransferState(state) if state else None, body,
        place("after"),
    )  # fmt: skip
    return query, tuple(ignored)


def _index(query: TransferQuery, ignored: tuple[str, ...]) -> Response:
    manages = may(current_person(), Permission.MANAGE_PORTAL)
    with reading() as session:
        rows = transfers.listing(session, query, PAGE_SIZE + 1)
        counts = transfers.counts(session, [row.id for row in rows])
        drafts = transfers.drafts(session) if manages else []
    following = {"after": rows[PAGE_SIZE - 1].id} if len(rows) > PAGE_SIZE else None
    return page(
        "catalogue/transfers.html",
        title=_("Transfers of functions"),
        query=query,
        rows=rows[:PAGE_SIZE],
        counts=counts,
        drafts=drafts,
        manages=manages,
        kinds=_options("kind", "succession", SuccessionKind, query.kind),
        states=_options("state", "transfer_state", STATES, query.state),
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, following),
    )


def _options(name: str, labels: str, values: Any, chosen: str | None) -> list[dict[str, Any]]:
    return filter_links(name, {value: label(value, labels) for value in values}, chosen)


def _rows(session: Session, query: TransferQuery) -> Iterator[dict[str, Any]]:
    while found := transfers.listing(session, query, 10 * PAGE_SIZE):
        counts = transfers.counts(session, [row.id for row in found])
        for row in found:
            yield _row(row, counts[row.id])
        query = replace(query, after=found[-1].id)
        session.expunge_all()


def _row(row: Transfer, counts: list[transfers.Count]) -> dict[str, Any]:
    def many(kind: str) -> int:
        return sum(each.many for each in counts if each.kind == kind and each.action == "move")

    def called(side: TransferSide) -> list[str]:
        return [body.organisation.slug for body in row.bodies if body.side is side]

    return {
        "id": row.id, "title": row.title, "kind": row.kind.value,
        "happened_on": row.happened_on.isoformat(), "source": row.source,
        "state": row.state.value, "loses": called(TransferSide.LOSES),
        "gains": called(TransferSide.GAINS), "services": many("service"),
        "components": many("component"), "organisations": many("organisation"),
        "applied_at": row.applied_at.isoformat() if row.applied_at else None,
    }  # fmt: skip


def transfer_at(transfer_id: int) -> Thing:
    """A transfer is the portal's. Raises Missing where there is none."""
    with reading() as session:
        transfers.get(session, transfer_id)
    return PORTAL


@formats(blueprint, f"/transfers/{ID}")
@unless_unchanged(version)
@public
def show(transfer_id: int, fmt: Format) -> AnyResponse:
    """Show one transfer with what moved; a draft only to those who prepare it."""
    refuse_unknown(fmt, unknown(at="after"))
    with reading() as session:
        transfer = transfers.get(session, transfer_id)
    if transfer.state is TransferState.DRAFT:
        return _draft(transfer_id)
    return respond_list(
        fmt,
        page=lambda: _show(transfer),
        rows=stream(lambda session: _items(session, transfer_id)),
        columns=ITEM_COLUMNS,
        name=f"transfer-{transfer_id}",
        more=_row(transfer, []) if fmt == "json" else None,
    )


def _draft(transfer_id: int) -> AnyResponse:
    if not may(current_person(), Permission.MANAGE_PORTAL):
        raise Missing(N_("There is no such transfer"))
    return redirect(url_for("transfer_drafts.edit", transfer_id=transfer_id), 303)


def _show(transfer: Transfer) -> Response:
    after = place("after") or 0
    with reading() as session:
        rows = transfers.items(session, transfer.id, PUBLIC, after, PAGE_SIZE + 1)
        counts = transfers.counts(session, [transfer.id])[transfer.id]
        reversal = transfers.reversal_of(session, transfer.id)
    more = len(rows) > PAGE_SIZE
    return page(
        "catalogue/transfer.html",
        title=transfer.title,
        section=_("Transfers of functions"),
        crumbs=[(_("Transfers of functions"), url_for("transfers.index"))],
        transfer=transfer,
        rows=rows[:PAGE_SIZE],
        counts=[each for each in counts if each.kind in PUBLIC],
        reversal=reversal,
        first=not after,
        manages=may(current_person(), Permission.MANAGE_PORTAL),
        ignored=unknown(at="after"),
        paging=paging(None, {"after": rows[PAGE_SIZE - 1].item.id} if more else None),
    )


def _items(session: Session, transfer_id: int) -> Iterator[dict[str, Any]]:
    after = 0
    while found := transfers.items(session, transfer_id, PUBLIC, after, 10 * PAGE_SIZE):
        for row in found:
            yield _item(row)
        after = found[-1].item.id
        session.expunge_all()


def _item(row: ItemRow) -> dict[str, Any]:
    item = row.item
    return {
        "kind": item.kind.value, "slug": item.slug, "name": item.name, "role": item.role,
        "from": row.from_name, "action": item.action.value, "to": row.to_name,
    }  # fmt: skip


@blueprint.route("/transfers/new", methods=("GET", "POST"))
@requires(Permission.MANAGE_PORTAL)
def new() -> AnyResponse:
    """Write down who loses and gains, and see what they own."""
    form = TransferForm()
    form.ask()
    if form.validate_on_submit():
        try:
            made = acts.draft(database(), _wanted(form), act())
            return redirect(url_for("transfer_drafts.edit", transfer_id=made), 303)
        except Invalid as problem:
            form.refuse(problem)
    return _new(form)


def _new(form: TransferForm) -> Response:
    return page(
        "accounts/form.html",
        title=_("New transfer of functions"),
        crumbs=[(_("Transfers of functions"), url_for("transfers.index"))],
        form=form,
        status=422 if form.errors else 200,
    )


def _wanted(form: TransferForm) -> acts.Wanted:
    with reading() as session:
        losing, gaining = (_meant(session, form, side) for side in ("loses", "gains"))
    return acts.Wanted(
        form.title.data or "", SuccessionKind(form.kind.data), form.happened_on.data,
        form.source.data or "", losing, gaining,
    )  # fmt: skip


def _meant(session: Session, form: TransferForm, name: str) -> list[int]:
    """The organisations that the lines of a field surely mean.

    Raises:
        Invalid: a line is not sure, or there are too many.
    """
    refs, lines = organisations.ids_by_reference(session), form.lines(name)
    if len(lines) > MOST:
        raise Invalid(name, N_("Enter %(most)s organisations or fewer"), most=MOST)
    found: list[int] = []
    for line in lines:
        if line in refs:
            found.append(refs[line])
            continue
        meant = finding_organisations.find(session, line[:200])
        if meant.sure is None:
            raise Invalid(name, *_unsure(line, [called for _ref, called in meant.may_be]))
        found.append(refs[meant.sure])
    return found


def _unsure(line: str, may_be: list[str]) -> tuple[str]:
    if not may_be:
        return (_("There is no organisation “%(name)s” in the catalogue", name=line[:200]),)
    names = _(" or ").join(f"“{name}”" for name in may_be[:3])
    return (_("“%(name)s” may mean %(names)s: enter the whole name", name=line, names=names),)
