"""Administrators say which hosts the portal may collect figures from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission, Person, may
from portal.accounts.views.base import ID, done, form_page, not_done
from portal.accounts.work import Item
from portal.accounts.work import register as register_work
from portal.catalogue.forms.labels import labels
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.views.base import (
    PAGE_SIZE,
    database,
    one_of,
    reading,
    refuse_unknown,
    unknown,
)
from portal.catalogue.views.histories import told
from portal.errors import N_, Invalid, Missing
from portal.performance.actions import collected_hosts as acts
from portal.performance.forms.collecting import AllowForm, StopForm
from portal.performance.store import collected_hosts
from portal.performance.store.collected_hosts import Host, HostQuery
from portal.performance.views.collections import settings
from portal.performance.words import HostState
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("collected_hosts", __name__)
BOTH = ("GET", "POST")
COLUMNS = ("host", "state", "reason", "decided_at", "data_sets")
TASK = "host_waiting"
LABELS = {TASK: N_("Decide whether figures may be collected from a host")}
_MANAGES = requires(Permission.MANAGE_PORTAL)


def install() -> None:
    """Say which hosts wait for an administrator."""
    register_work("collected_hosts", _waiting, LABELS)


def _waiting(session: Session, person: Person, _day: date) -> Iterator[Item]:
    if may(person, Permission.MANAGE_PORTAL):
        for row in collected_hosts.listing(session, HostQuery(HostState.WAITING), PAGE_SIZE):
            yield Item(TASK, row.host, f"/collected-hosts/allow?host={row.host}")


@formats(blueprint, "/collected-hosts")
@_MANAGES
def index(fmt: Format) -> Response:
    """List the hosts that were decided about, and first those that wait."""
    ignored = list(unknown("state", "after"))
    state, text = one_of("state", HostState, ignored), request.args.get("after", "")
    key = decode_key(text) if text else None
    after = (key[1], str(key[0])) if key else None
    ignored += ["after"] if text and not after else []
    refuse_unknown(fmt, tuple(ignored))
    return respond_list(
        fmt,
        page=lambda: _index(HostQuery(state, after=after), tuple(ignored)),
        rows=lambda: _every(state),
        columns=COLUMNS,
        name="collected-hosts",
    )


def _every(state: HostState | None) -> list[dict[str, Any]]:
    with reading() as session:
        return [_document(row) for row in collected_hosts.every(session, HostQuery(state))]


def _document(row: Host) -> dict[str, Any]:
    decided = row.decided_at.isoformat() if row.decided_at else None
    return {"host": row.host, "state": row.state.value, "reason": row.reason,
            "decided_at": decided, "data_sets": row.data_sets}  # fmt: skip


def _index(query: HostQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        rows = collected_hosts.listing(session, query, PAGE_SIZE + 1)
        many = collected_hosts.counts(session)
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    counted = {state.value: many.get(state, 0) for state in HostState}
    return page(
        "performance/collected_hosts.html",
        title=_("Hosts that figures are collected from"),
        rows=rows[:PAGE_SIZE],
        on=settings().collecting,
        facets=filter_links("state", labels("host_state"), query.state, counted),
        narrowed=query.state is not None,
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, {"after": encode_key((last.host, last.rank))} if last else None),
    )


def _trail() -> list[tuple[str, str]]:
    return [(_("Hosts that figures are collected from"), url_for(".index"))]


@blueprint.route("/collected-hosts/allow", methods=BOTH)
@_MANAGES
def allow() -> AnyResponse:
    """Allow a host, with the reason."""
    form = AllowForm(data={"host": request.args.get("host", "")[:253]})
    if form.validate_on_submit():
        try:
            _decide(form.host.data or "", True, form.reason.data)
            return done(_("Figures may be collected from this host."), url_for(".index"))
        except Invalid as problem:
            form.refuse(problem)
    host = "" if form.host.errors else form.host.data or ""
    return _form(form, _("Allow a host"), host)


@blueprint.route("/collected-hosts/<host>/stop", methods=BOTH)
@_MANAGES
def stop(host: str) -> AnyResponse:
    """Do not allow a host, or not any more: ask first, and why."""
    form = StopForm()
    if not _is_known(host):
        raise Missing(N_("No figures are collected from such a host"))
    if form.validate_on_submit():
        try:
            if _decide(host, False, form.reason.data):
                return done(_("Nothing is collected from this host."), url_for(".index"))
            return not_done(_("It was not allowed before."), url_for(".index"))
        except Invalid as problem:
            form.refuse(problem)
    return _form(form, _("Do not collect from %(host)s", host=host), host)


def _is_known(host: str) -> bool:
    with reading() as session:
        return any(collected_hosts.every(session, HostQuery(host=host)))


def _decide(host: str, allowed: bool, reason: str | None) -> bool:
    return acts.decide(database(), host, allowed, act(reason), settings().collect_loopback)


def _form(form: Any, title: str, host: str) -> Response:
    """The form, with the data sets that it is about."""
    with reading() as session:
        rows = collected_hosts.data_sets_of(session, host)
    return form_page(
        form, title, _trail(), template="performance/collected_host.html", host=host,
        data_sets=rows, allows=isinstance(form, AllowForm),
    )  # fmt: skip


@formats(blueprint, f"/collected-hosts/{ID}host_id>/history")
@_MANAGES
def history(host_id: int, fmt: Format) -> Response:
    """Tell what was decided of one host."""
    with reading() as session:
        row = collected_hosts.get(session, host_id)
    return told(fmt, collected_hosts.THING, row.id, row.host, _trail(), file=row.host)
