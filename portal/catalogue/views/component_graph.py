"""What is around a component: a drawing, the same as tables, and as nodes and edges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, url_for

from portal.access import Kind
from portal.accounts.store import things
from portal.catalogue.rules.component_graph import Drawn, Node, draw
from portal.catalogue.store.component_graph import Around, Beside, around
from portal.catalogue.views.base import reading, refuse_unknown, unknown, version
from portal.web.caching import unless_unchanged
from portal.web.filters import commas
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _, ngettext
from portal.web.pages import page

blueprint = Blueprint("component_graph", __name__)
#: So many organisations and other components have boxes; the tables have more, the files all.
DRAWN, LISTED = 10, 25
COLUMNS = ("relation", "slug", "name", "need", "services", "lifecycle", "closes_on")


@formats(blueprint, "/components/<slug:slug>/graph")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Show what is around a component."""
    refuse_unknown(fmt, ignored := unknown())
    called, found = _around(slug, None if fmt != "html" else LISTED)
    return respond_list(
        fmt,
        page=lambda: _page(slug, called, found, ignored),
        rows=lambda: rows(found),
        columns=COLUMNS,
        name=f"{slug}-graph",
        more={"component": slug, "name": called},
    )


def _around(slug: str, limit: int | None) -> tuple[str, Around]:
    with reading() as session:
        component = things.by_slug(session, Kind.COMPONENT, slug)
        name = things.names(session, [(Kind.COMPONENT, component.id)])
        return name[Kind.COMPONENT, component.id].name, around(session, component.id, limit)


def _page(slug: str, called: str, found: Around, ignored: tuple[str, ...]) -> Response:
    return page(
        "catalogue/component_graph.html",
        title=_("What is around %(name)s", name=called),
        section=_("Components"),
        crumbs=[(_("Components"), url_for("components.index")), (called, f"/components/{slug}")],
        slug=slug,
        called=called,
        around=found,
        organisations=found.organisations[:LISTED],
        drawing=drawing(called, found),
        ignored=ignored,
    )


def drawing(called: str, found: Around) -> Drawn:
    """The drawing: who uses it, the component, the needs, and what else meets them."""
    known = [using for using in found.organisations if using.slug]
    users = [
        Node(f"o:{u.slug}", _("%(name)s (%(num)s)", name=u.name, num=commas(u.services)))
        for u in known[:DRAWN]
    ]
    rest = len(found.organisations) - len(users)
    if rest:
        users.append(Node("o:", ngettext("%(num)s more", "%(num)s more", rest, num=commas(rest))))
    others = {f"c:{each.slug}": Node(f"c:{each.slug}", each.name) for each in found.others}
    shown = dict(list(others.items())[:DRAWN])
    edges = [(user.key, "component") for user in users]
    edges += [("component", f"n:{slug}") for slug, _name in found.needs]
    edges += [(f"n:{e.need}", f"c:{e.slug}") for e in found.others if f"c:{e.slug}" in shown]
    return draw(
        [
            users,
            [Node("component", called)],
            [Node(f"n:{slug}", name) for slug, name in found.needs],
            list(shown.values()),
        ],
        edges,
    )


def rows(found: Around) -> Iterator[dict[str, Any]]:
    """Every edge that leads from the component or from one of its needs."""
    empty = dict.fromkeys(COLUMNS)
    for using in found.organisations:
        yield {**empty, "relation": "used_by", "slug": using.slug, "name": using.name,
               "services": using.services}  # fmt: skip
    for slug, name in found.needs:
        yield {**empty, "relation": "meets", "slug": slug, "name": name}
    for relation, beside in (
        ("meets_as_well", found.others),
        ("took_over_from", found.before),
        ("followed_by", found.after),
        ("used_together_with", found.together),
    ):
        yield from ({"relation": relation, **_beside(each)} for each in beside)


def _beside(each: Beside) -> dict[str, Any]:
    return {**each._asdict(), "closes_on": each.closes_on}
