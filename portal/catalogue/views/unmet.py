"""Needs that no shared component meets: what services build, do by hand or lack, and ask for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import check_page, confirmed, done, form_page
from portal.catalogue.actions import voices as acts
from portal.catalogue.component_words import Arrangement, NotSharedReason
from portal.catalogue.forms.labels import labels
from portal.catalogue.forms.voices import VoiceForm
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.store import capabilities, editable, services, unmet
from portal.catalogue.store.unmet import ALONE, Unmet, UnmetQuery
from portal.catalogue.views.base import (
    PAGE_SIZE,
    database,
    one_of,
    reading,
    refuse_unknown,
    stream,
    unknown,
    version,
)
from portal.catalogue.views.editing_base import thing_at
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public, requires
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging
from portal.web.people import act

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from portal.catalogue.store.capabilities import Node

blueprint = Blueprint("unmet", __name__)
COLUMNS = ("slug", "name", "services", *(each.value for each in ALONE), "voices", "reasons")
ROWS = ("usage", "service_slug", "service", "organisation_slug", "organisation", "arrangement",
        "status", "reason", "reason_note", "since", "since_basis", "source")  # fmt: skip
#: So many voices stand on a page.
VOICES = 100
_service = thing_at(services.THING)
ASKED = "/services/<slug:slug>/voices/<slug:need>"


@formats(blueprint, "/unmet-needs")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List needs by how many services meet them alone."""
    refuse_unknown(fmt, unknown())
    with reading() as session:
        found = unmet.by_need(session)
    return respond_list(
        fmt,
        page=lambda: _index(found),
        rows=lambda: [_row(need) for need in found],
        columns=COLUMNS,
        name="unmet-needs",
    )


def _row(need: Unmet) -> dict[str, Any]:
    return {
        "slug": need.slug, "name": need.name, "services": need.services,
        **{each.value: need.arrangements.get(each.value, 0) for each in ALONE},
        "voices": need.voices,
        "reasons": [f"{reason}: {many}" for reason, many in sorted(need.reasons.items())],
    }  # fmt: skip


def _index(found: list[Unmet]) -> Response:
    return page(
        "catalogue/unmet_needs.html",
        title=_("Needs that no shared component meets"),
        section=_("Needs"),
        crumbs=[(_("Needs"), url_for("capabilities.index"))],
        needs=found,
        alone=ALONE,
        ignored=unknown(),
    )


def leaf_at(slug: str) -> Node:
    """The need at an address. Raises Missing."""
    with reading() as session:
        return capabilities.leaf(session, slug)


@formats(blueprint, "/unmet-needs/<slug:slug>")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """List the services that meet one need alone, with why; and what services ask for."""
    need = leaf_at(slug)
    query, ignored = _asked(need.id)
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt,
        page=lambda: _show(need, query, ignored),
        rows=stream(lambda session: _rows(session, replace(query, after=None))),
        columns=ROWS,
        name=f"{slug}-unmet",
    )


def _asked(capability_id: int) -> tuple[UnmetQuery, tuple[str, ...]]:
    ignored = list(unknown("arrangement", "reason", "after"))
    how, why = request.args.get("arrangement", ""), one_of("reason", NotSharedReason, ignored)
    if how and how not in ALONE:
        ignored.append(f"arrangement={how[:80]}")
        how = ""
    after = request.args.get("after", "")
    key = decode_key(after) if after else None
    if after and key is None:
        ignored.append("after")
    query = UnmetQuery(
        capability_id, Arrangement(how) if how else None, why,
        (str(key[0]), key[1]) if key else None,
    )  # fmt: skip
    return query, tuple(ignored)


def _rows(session: Session, query: UnmetQuery) -> Iterator[dict[str, Any]]:
    for each in unmet.every(session, query):
        found = each._asdict()
        yield {name: found[name] for name in ROWS}


def _show(need: Node, query: UnmetQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        rows = unmet.listing(session, query, PAGE_SIZE + 1)
        numbers = unmet.of_need(session, need.id) or Unmet(need.slug, need.name)
        voices = unmet.voices(session, need.id, VOICES)
    last = rows[PAGE_SIZE - 1] if len(rows) > PAGE_SIZE else None
    following = {"after": encode_key((last.sort_name, last.usage))} if last else None
    return page(
        "catalogue/unmet_need.html",
        title=_("Not met by a shared component: %(need)s", need=need.name),
        section=_("Needs"),
        crumbs=[(_("Needs"), url_for("capabilities.index")),
                (_("Needs that no shared component meets"), url_for("unmet.index"))],
        need=need,
        rows=rows[:PAGE_SIZE],
        voices=voices,
        narrowed=query.arrangement or query.reason,
        arrangements=_facet("arrangement", "arrangement", numbers.arrangements),
        reasons=_facet("reason", "not_shared_reason", numbers.reasons),
        ignored=ignored,
        first=query.after is None,
        paging=paging(None, following),
    )  # fmt: skip


def _facet(name: str, of: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    texts = {value: text for value, text in labels(of).items() if value in counts}
    return filter_links(name, texts, request.args.get(name), counts)


@blueprint.route(ASKED, methods=["GET", "POST"])
@requires(Permission.EDIT_SERVICE, of=_service)
def ask(slug: str, need: str) -> AnyResponse:
    """Ask for a shared component that meets a need, or say it in other words."""
    leaf, service = leaf_at(need), _service(slug)
    with reading() as session:
        known = unmet.voice(session, service.id, leaf.id)
        form = VoiceForm(data={"text": known.text if known else ""})
    if form.validate_on_submit():
        acts.speak(database(), service.id, need, form.text.data, act())
        return done(_("What your service asks for is saved."), f"/unmet-needs/{need}")
    title = _("Ask for a shared component: %(need)s", need=leaf.name)
    return _ask(form, title, slug, f"{request.path}/withdraw" if known else None)


def _ask(form: VoiceForm, title: str, slug: str, withdraw: str | None) -> Response:
    template = "catalogue/voice.html"
    return form_page(form, title, _crumbs(slug), template=template, withdraw=withdraw)


def _crumbs(slug: str) -> list[tuple[str, str]]:
    with reading() as session:
        name = editable.load(session, services.THING, _service(slug).id).name
    needs = f"/services/{slug}/needs"
    return [(_("Services"), "/services"), (name, f"/services/{slug}"), (_("Its needs"), needs)]


@blueprint.post(f"{ASKED}/withdraw")
@requires(Permission.EDIT_SERVICE, of=_service)
def withdraw(slug: str, need: str) -> AnyResponse:
    """Take back what a service asked for: ask first."""
    leaf = leaf_at(need)
    if not confirmed():
        rows = [{"key": _("Need"), "value": leaf.name}]
        return check_page(_("Take back what you asked for"), rows, _("Take it back"), _crumbs(slug))
    acts.speak(database(), _service(slug).id, need, None, act())
    return done(_("It is taken back."), f"/unmet-needs/{need}")
