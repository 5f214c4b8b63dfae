"""The filters of the service list as a page shows them: choices with counts, and the chosen."""

from __future__ import annotations

from typing import Any, NamedTuple

from portal.catalogue import words
from portal.catalogue.forms.labels import label
from portal.catalogue.forms.reviews import STATES
from portal.catalogue.rules.filters import ServiceQuery
from portal.catalogue.store.service_choices import Choices
from portal.catalogue.store.service_lists import Listing
from portal.web.i18n import _
from portal.web.pages import query_url

Option = dict[str, Any]


class Facet(NamedTuple):
    """A facet's title, its argument in the address, and its choices."""

    title: str
    name: str
    options: list[Option]


class Chosen(NamedTuple):
    """A filter in force, and the address without it."""

    title: str
    text: str
    href: str


#: facet, argument, the set of its labels, its values in order (None: as they are counted).
_FACETS: tuple[tuple[str, str, str | None, list[str] | None], ...] = (
    ("phases", "phase", "phase", [p.value for p in words.Phase]),
    ("audiences", "audience", "audience", [a.value for a in words.Audience]),
    ("apis", "apis", "apis", [a.value for a in words.ApisAnswer]),
    ("categories", "category", None, None),
)


def _title(facet: str) -> str:
    return {
        "phases": _("Phase"),
        "audiences": _("Who uses it"),
        "apis": _("APIs"),
        "categories": _("Category"),
    }[facet]


def facets(query: ServiceQuery, listing: Listing) -> list[Facet]:
    """Every facet with the values that are there or chosen."""
    return [
        Facet(_title(facet), name, _options(query, listing, facet, labels, order))
        for facet, name, labels, order in _FACETS
    ]


def _options(
    query: ServiceQuery, listing: Listing, facet: str, labels: str | None, order: list[str] | None
) -> list[Option]:
    counts = {choice.value: choice.count for choice in listing.facets[facet]}
    picked = getattr(query, facet)
    values = order if order is not None else sorted({*counts, *picked}, key=str.casefold)
    return [
        {
            "value": value,
            "label": label(value, labels) if labels else value,
            "count": counts.get(value, 0),
            "selected": value in picked,
        }
        for value in values
        if value in counts or value in picked
    ]


def chosen(query: ServiceQuery, choices: Choices) -> list[Chosen]:
    """The filters in force, in the order of the page.

    Args:
        choices: with the names of organisations, capabilities and components.
    """
    found: list[Chosen] = []
    if query.text:
        found.append(Chosen(_("Search"), query.text, query_url(q=None)))
    for name, title in (
        ("organisation", _("Organisation")),
        ("capability", _("Need")),
        ("component", _("Component")),
    ):
        slug = getattr(query, name)
        if slug:
            text = choices.names[name].get(slug, slug)
            if name == "component" and slug in choices.closed:
                text = _("%(name)s (closed)", name=text)
            found.append(Chosen(title, text, query_url(**{name: None})))
    if query.arrangement:
        text = label(query.arrangement, "arrangement")
        found.append(Chosen(_("How it is met"), text, query_url(arrangement=None)))
    if query.review:
        found.append(Chosen(_("Review"), STATES[query.review], query_url(review=None)))
    for facet, name, labels, _order in _FACETS:
        picked = getattr(query, facet)
        for value in picked:
            rest = [other for other in picked if other != value]
            text = label(value, labels) if labels else value
            found.append(Chosen(_title(facet), text, query_url(**{name: rest or None})))
    return found
