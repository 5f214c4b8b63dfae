"""The filters of the component list as its page shows them: needs by group, and the rest."""

from __future__ import annotations

from typing import Any, NamedTuple

from portal.catalogue import component_words as words
from portal.catalogue.forms.labels import label
from portal.catalogue.rules.component_filters import ComponentQuery
from portal.catalogue.store.capabilities import Node
from portal.catalogue.store.component_lists import Listing
from portal.catalogue.views.service_filters import Chosen, Facet
from portal.web.i18n import _
from portal.web.pages import query_url

Option = dict[str, Any]


class Group(NamedTuple):
    """A group of needs, its choices, and whether one of them is chosen."""

    name: str
    options: list[Option]
    open: bool


def groups(query: ComponentQuery, listing: Listing, tree: list[Node]) -> list[Group]:
    """The needs that some component meets, by group."""
    counts = listing.facets["needs"]
    found = []
    for top in tree:
        options = [
            {
                "value": leaf.slug,
                "label": leaf.name,
                "count": counts.get(leaf.slug, 0),
                "selected": leaf.slug in query.needs,
            }
            for leaf in top.below
            if leaf.slug in counts or leaf.slug in query.needs
        ]
        if options:
            found.append(Group(top.name, options, any(o["selected"] for o in options)))
    return found


def facets(query: ComponentQuery, listing: Listing) -> list[Facet]:
    """Kind and phase with their counts."""
    kinds = [k.value for k in words.ComponentKind]
    stages = [x.value for x in words.Lifecycle]
    return [
        Facet(_("Kind"), "kind", _options(listing, "kinds", query.kinds, kinds, "component_kind")),
        Facet(
            _("Phase"), "lifecycle",
            _options(listing, "lifecycles", query.lifecycles, stages, "lifecycle"),
        ),
    ]  # fmt: skip


def _options(
    listing: Listing, facet: str, picked: tuple[str, ...], values: list[str], labels: str
) -> list[Option]:
    counts = listing.facets[facet]
    return [
        {
            "value": value,
            "label": label(value, labels),
            "count": counts.get(value, 0),
            "selected": value in picked,
        }
        for value in values
        if value in counts or value in picked
    ]


def sectors(query: ComponentQuery) -> list[Option]:
    """Who may ask: every sector, and anybody at all."""
    return [
        {"value": s.value, "label": label(s.value, "sector"), "selected": s.value == query.sector}
        for s in words.Sector
        if s is not words.Sector.ANYONE
    ]


def chosen(query: ComponentQuery, tree: list[Node]) -> list[Chosen]:
    """The filters in force, in the order of the page."""
    names = {leaf.slug: leaf.name for top in tree for leaf in top.below}
    found: list[Chosen] = []
    if query.text:
        found.append(Chosen(_("Search"), query.text, query_url(q=None)))
    for need in query.needs:
        href = query_url(need=[n for n in query.needs if n != need] or None)
        found.append(Chosen(_("Need"), names.get(need, need), href))
    if query.sector:
        text = label(query.sector, "sector")
        found.append(Chosen(_("Open to"), text, query_url(sector=None)))
    for title, name, picked, labels in (
        (_("Kind"), "kind", query.kinds, "component_kind"),
        (_("Phase"), "lifecycle", query.lifecycles, "lifecycle"),
    ):
        for value in picked:
            rest = [other for other in picked if other != value]
            found.append(Chosen(title, label(value, labels), query_url(**{name: rest or None})))
    return found
