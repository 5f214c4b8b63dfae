"""The filters of the list of reports as its page shows them."""

from __future__ import annotations

from typing import Any, NamedTuple

from portal.assessments import words
from portal.assessments.rules.report_queries import UNKNOWN, ReportQuery
from portal.assessments.store.report_choices import Choice
from portal.assessments.store.report_lists import Listing
from portal.catalogue.forms.labels import label
from portal.catalogue.views.service_filters import Chosen, Facet
from portal.web.i18n import _
from portal.web.pages import query_url


class Select(NamedTuple):
    """A choice of one from many, in groups; the group of what needs none is empty."""

    name: str
    title: str
    none: str
    groups: dict[str, list[tuple[str, str]]]
    value: str | None


#: facet, argument, the set of its labels, its values in order.
_FACETS: tuple[tuple[str, str, str, list[str]], ...] = (
    ("stages", "stage", "assessment_stage", [each.value for each in words.Stage]),
    ("results", "result", "assessment_result", [each.value for each in words.Rating]),
    ("kinds", "kind", "assessment_kind", [each.value for each in words.AssessmentKind]),
)


def _title(facet: str) -> str:
    return {
        "stages": _("Stage"),
        "results": _("Result"),
        "kinds": _("Kind"),
        "years": _("Year"),
        "standards": _("Standard"),
        "ratings": _("How the point was rated"),
    }[facet]


def _year(value: str) -> str:
    return _("Date not known") if value == UNKNOWN else value


def versions(choices: list[Choice]) -> dict[str, str]:
    """The versions of standards by what addresses call them."""
    found = {each.value: each.group or each.value for each in choices if each.sort == "point"}
    return {**found, UNKNOWN: _("Standard not known")}


def facets(query: ReportQuery, listing: Listing, choices: list[Choice]) -> list[Facet]:
    """Every facet with the values that are there or chosen."""
    found = []
    for facet, name, of, order in _FACETS:
        found.append(_facet(query, listing, facet, name, {v: label(v, of) for v in order}))
    years = sorted(listing.facets["years"], reverse=True)
    years += [each for each in query.years if each not in years]
    found.append(_facet(query, listing, "years", "year", {each: _year(each) for each in years}))
    found.append(_facet(query, listing, "standards", "standard", versions(choices)))
    return found


def _facet(
    query: ReportQuery, listing: Listing, facet: str, name: str, texts: dict[str, str]
) -> Facet:
    counts, picked = listing.facets[facet], getattr(query, facet)
    options: list[dict[str, Any]] = [
        {"value": value, "label": text, "count": counts.get(value, 0), "selected": value in picked,
         "href": query_url(**{name: None if value in picked else value, "point": None})}
        for value, text in texts.items() if value in counts or value in picked
    ]  # fmt: skip
    return Facet(_title(facet), name, options)


def selects(query: ReportQuery, choices: list[Choice]) -> list[Select]:
    """The filters that are chosen from a list."""
    bodies, named, points = (
        [each for each in choices if each.sort == sort]
        for sort in ("organisation", "component", "point")
    )
    groups: dict[str, list[tuple[str, str]]] = {}
    for each in points:
        text = f"{each.number}. {each.name}"
        groups.setdefault(each.group or "", []).append((f"{each.value}.{each.number}", text))
    point = f"{query.standard}.{query.point}" if query.point else None
    ratings = [(each.value, label(each.value, "point_rating")) for each in words.Rating]
    return [
        Select("organisation", _("Organisation"), _("Any organisation"),
               {"": [(each.value, each.name) for each in bodies]}, query.organisation),
        Select("point", _("Point of the standard"), _("Any point"), groups, point),
        Select("rating", _title("ratings"), _("Any way"), {"": ratings},
               query.ratings[0] if query.ratings else None),
        Select("component", _("Component that it names"), _("Any or none"),
               {"": [(each.value, each.name) for each in named]}, query.component),
    ]  # fmt: skip


def chosen(query: ReportQuery, listing: Listing, choices: list[Choice]) -> list[Chosen]:
    """The filters in force; each with the list without it."""
    found: list[Chosen] = []
    if query.text:
        found.append(Chosen(_("Search"), query.text, query_url(q=None)))
    if query.organisation:
        name = listing.organisation or query.organisation
        found.append(Chosen(_("Organisation"), name, query_url(organisation=None)))
    for facet, name, of, _order in _FACETS:
        found += _many(query, facet, name, {v: label(v, of) for v in getattr(query, facet)})
    found += _many(query, "years", "year", {v: _year(v) for v in query.years})
    if query.point:
        text = _point(query, choices)
        found.append(Chosen(_("Point"), text, query_url(point=None, counterparts=None)))
    elif query.standard:
        text = versions(choices).get(query.standard, query.standard)
        found.append(Chosen(_("Standard"), text, query_url(standard=None)))
    if query.counterparts:
        text = _("also in other versions")
        found.append(Chosen(_("Point"), text, query_url(counterparts=None)))
    found += _many(query, "ratings", "rating", {v: label(v, "point_rating") for v in query.ratings})
    if query.component:
        names = {each.value: each.name for each in choices if each.sort == "component"}
        text = names.get(query.component, query.component)
        found.append(Chosen(_("Component"), text, query_url(component=None)))
    return found


def _many(query: ReportQuery, facet: str, name: str, texts: dict[str, str]) -> list[Chosen]:
    picked = getattr(query, facet)
    return [
        Chosen(_title(facet), text, query_url(**{name: [v for v in picked if v != value] or None}))
        for value, text in texts.items()
    ]


def is_mapped(query: ReportQuery, choices: list[Choice]) -> bool:
    """Whether points of other versions ask for the same as the one that is asked for."""
    found = _chosen_point(query, choices)
    return found is not None and found.mapped


def _point(query: ReportQuery, choices: list[Choice]) -> str:
    found = _chosen_point(query, choices)
    if found is None:
        return f"{query.standard} {query.point}"
    return f"{found.number}. {found.name} ({found.group})"


def _chosen_point(query: ReportQuery, choices: list[Choice]) -> Choice | None:
    wanted = "point", query.standard, query.point
    return next((c for c in choices if (c.sort, c.value, c.number) == wanted), None)
