"""Capabilities: the tree of what services need, and one of them with how services meet it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, url_for

from portal.catalogue.component_words import Arrangement
from portal.catalogue.rules.component_filters import ComponentQuery
from portal.catalogue.rules.components import ENDING
from portal.catalogue.store import capabilities, capability_use, component_lists, service_lists
from portal.catalogue.store.capabilities import Node
from portal.catalogue.store.capability_use import Meeting, Numbers
from portal.catalogue.views.as_at import as_at_of
from portal.catalogue.views.base import found, reading, refuse_unknown, stream, unknown, version
from portal.catalogue.views.histories import history_of
from portal.web.caching import unless_unchanged
from portal.web.formats import Column, Format, formats, respond_list, respond_record
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

blueprint = Blueprint("capabilities", __name__)
#: All components that offer one capability stand on its page.
ALL = 1_000
#: Products and components named on a page; the downloads have all of them.
SHOWN = 20
COLUMNS: tuple[str | Column, ...] = (
    "slug",
    "name",
    "parent",
    "question",
    "hint",
    "description",
    "keywords",
    "open_components",
    *(Column(f"services_{a.value}", lambda row, a=a: row["services"].get(a.value, 0))  # type: ignore[misc]
      for a in Arrangement),
)  # fmt: skip
ONE: tuple[str | Column, ...] = (
    *COLUMNS,
    Column("components", lambda row: [c["slug"] for c in row["components"]]),
    "services_planning",
    "services_needing_unknown_how",
    "services_not_needing",
    "services_not_answered",
)


@formats(blueprint, "/capabilities")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """Show the tree of what services need, with what there is for each."""
    ignored = unknown()
    refuse_unknown(fmt, ignored)
    return respond_list(
        fmt, page=lambda: _tree(ignored), rows=stream(_rows), columns=COLUMNS, name="capabilities"
    )


def _tree(ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        tree = capabilities.tree(session)
        numbers = capability_use.numbers(session)
    return page(
        "catalogue/capabilities.html",
        title=_("Needs"),
        tree=tree,
        numbers=numbers,
        none_said=Numbers(),
        arrangements=[a.value for a in Arrangement],
        ignored=ignored,
    )


def _rows(session: Session) -> Iterator[dict[str, Any]]:
    numbers = capability_use.numbers(session)
    for top in capabilities.tree(session):
        yield _document(top, None, Numbers())
        for leaf in top.below:
            yield _document(leaf, top.slug, numbers.get(leaf.id, Numbers()))


def _document(node: Node, parent: str | None, numbers: Numbers) -> dict[str, Any]:
    return {
        "slug": node.slug,
        "name": node.name,
        "parent": parent,
        "question": node.question,
        "hint": node.hint,
        "description": node.description,
        "keywords": node.keywords,
        "open_components": numbers.components,
        "services": numbers.services,
    }


@formats(blueprint, "/capabilities/<slug:slug>")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Show one capability: what offers it, and how services meet it."""
    ignored = unknown()
    refuse_unknown(fmt, ignored)
    with reading() as session:
        node, above = found(session, capabilities.THING, slug, capabilities.in_tree)
        listing = component_lists.listing(session, ComponentQuery(needs=(slug,)), ALL)
        meeting = capability_use.meeting(session, node.id)
        around = _around(session, node.id, meeting) if fmt == "html" else {}
    return respond_record(
        fmt,
        page=lambda: _page(node, above, listing.rows, meeting, around, ignored),
        document=lambda: _record(node, above, listing.rows, meeting),
        columns=ONE,
        name=slug,
    )


def _around(session: Session, id_: int, meeting: Meeting) -> dict[str, Any]:
    """What only the page of a capability says: who waits for what, and out of how many."""
    return {
        "planning": capability_use.planning(session, id_, SHOWN) if meeting.planned else [],
        "needing": capability_use.needing(session, id_, SHOWN) if meeting.needed else [],
        "services_in_all": service_lists.total(session),
    }


def _record(node: Node, above: Node | None, rows: list[Any], meeting: Any) -> dict[str, Any]:
    numbers = Numbers(sum(row.lifecycle not in ENDING for row in rows), meeting.arrangements)
    using = meeting.using
    return {
        **_document(node, above.slug if above else None, numbers),
        "below": [leaf.slug for leaf in node.below],
        "components": [
            {
                "slug": row.slug,
                "name": row.name,
                "lifecycle": row.lifecycle,
                "closes_on": row.closes_on,
                "successor": row.successor_slug,
                "services_now": row.users,
                "services_now_for_need": using.get(row.slug, 0),
            }
            for row in rows
        ],
        "ways": [
            {
                "arrangement": way.arrangement,
                "name": way.name,
                "component": way.component_slug,
                "services": way.services,
            }
            for way in meeting.ways
        ],
        "services_planning": meeting.planned,
        "services_needing_unknown_how": meeting.needed,
        "services_not_needing": meeting.not_needed,
        "services_not_answered": meeting.unanswered,
    }


def _page(
    node: Node, above: Node | None, rows: list[Any], meeting: Meeting, around: dict[str, Any],
    ignored: tuple[str, ...],
) -> Response:  # fmt: skip
    crumbs = [(_("Needs"), url_for("capabilities.index"))]
    if above:
        crumbs.append((above.name, url_for("capabilities.show", slug=above.slug)))
    return page(
        "catalogue/capability.html",
        title=node.name,
        section=_("Needs"),
        crumbs=crumbs,
        node=node,
        open=sorted((r for r in rows if r.lifecycle not in ENDING), key=lambda r: -r.users),
        ending=[row for row in rows if row.lifecycle in ENDING],
        meeting=meeting,
        using=meeting.using,
        arrangements=[a.value for a in Arrangement if a.value in meeting.arrangements],
        most=SHOWN,
        **around,
        ignored=ignored,
    )


@formats(blueprint, "/capabilities/<slug:slug>/history")
@unless_unchanged(version)
@public
def history(slug: str, fmt: Format) -> Response:
    """Tell what changed about one capability, newest first."""
    crumb = (_("Needs"), url_for("capabilities.index"))
    return history_of(fmt, capabilities.THING, slug, "capabilities.show", crumb)


@formats(blueprint, "/capabilities/<slug:slug>/as-at/<day:on>")
@unless_unchanged(version)
@public
def as_at(slug: str, on: date, fmt: Format) -> Response:
    """Show one capability as it was recorded on a day."""
    crumb = (_("Needs"), url_for("capabilities.index"))
    return as_at_of(fmt, capabilities.THING, slug, on, crumb)
