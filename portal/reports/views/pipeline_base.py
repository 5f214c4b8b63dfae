"""What an address of the pipeline report asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import request

from portal.assessments.store import statistics
from portal.assessments.store.statistics import Version
from portal.assessments.words import AssessmentKind, Stage
from portal.catalogue.forms.labels import labels
from portal.catalogue.store import hierarchy
from portal.catalogue.views.base import leads_on, one_of, reading, today, unknown
from portal.reports.rules.pipeline import Scope, quarter, span
from portal.reports.store import pipeline
from portal.reports.views.reuse_base import below
from portal.web.i18n import _
from portal.web.pages import query_url

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

KNOWN = ("organisation", "stage", "kind", "period", "standard")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for, with what its page shows of it.

    Attributes:
        chosen: the filters in force, by name: the value and what it is called.
        version: the version of a standard whose points are shown; None where there is none.
        versions: all there are to choose from.
    """

    scope: Scope
    chosen: dict[str, tuple[str, str]]
    version: Version | None
    versions: list[Version]
    selects: list[dict[str, Any]]
    ignored: tuple[str, ...]

    def filters(self) -> list[dict[str, str]]:
        """The filters in force for `chosen_filters`."""
        titles = {each["name"]: str(each["title"]) for each in self.selects}
        return [
            {"title": titles[name], "text": text, "href": query_url(**{name: None})}
            for name, (_value, text) in self.chosen.items()
        ]


def asked(*more: str) -> Asked:
    """What this address asks for; `more` are arguments that its page knows beside those of all."""
    ignored = list(unknown(*KNOWN, *more))
    scope, chosen = Scope(), dict[str, tuple[str, str]]()
    stage, kind = one_of("stage", Stage, ignored), one_of("kind", AssessmentKind, ignored)
    for name, closed in (("stage", stage), ("kind", kind)):
        if closed:
            chosen[name] = closed.value, str(labels(f"assessment_{name}")[closed.value])
    period = request.args.get("period", "")
    if period and span(period) is None:
        ignored.append(f"period={period[:80]}")
        period = ""
    if period:
        chosen["period"] = period, called(period)
    scope = Scope(None, stage, kind, period)
    with reading() as session:
        scope = _of_body(session, scope, chosen, ignored)
        versions, version = _versions(session, ignored)
        selects = _selects(session, scope, versions)
    return Asked(scope, chosen, version, versions, selects, tuple(ignored))


def _of_body(
    session: Session, scope: Scope, chosen: dict[str, tuple[str, str]], ignored: list[str]
) -> Scope:
    slug = request.args.get("organisation", "")
    if not slug:
        return scope
    tree = hierarchy.tree(session, today())
    if slug not in tree.ids:
        leads_on("organisation", slug)
        ignored.append(f"organisation={slug[:80]}")
        return scope
    body = tree.ids[slug]
    chosen["organisation"] = slug, tree.names[body][1]
    return replace(scope, bodies=frozenset(below(tree, body)))


def _versions(session: Session, ignored: list[str]) -> tuple[list[Version], Version | None]:
    """The versions of standards that are assessed against, and the one asked for: without it the
    newest of the standard that most are against.
    """
    many, typed = pipeline.told(session).versions, request.args.get("standard", "")
    there = [each for each in statistics.versions(session) if many.get(each.id)]
    found = next((each for each in there if each.value == typed), None)
    if typed and found is None:
        ignored.append(f"standard={typed[:80]}")
    if found is None and there:
        most = max(there, key=lambda each: (many[each.id], each.number))
        found = max((each for each in there if each.slug == most.slug), key=lambda e: e.number)
    return there, found


def _selects(session: Session, scope: Scope, versions: list[Version]) -> list[dict[str, Any]]:
    there = pipeline.told(session)
    stages, kinds = labels("assessment_stage"), labels("assessment_kind")
    return [
        {"name": "organisation", "title": _("Organisation, with those below it"),
         "options": _bodies(session, there.bodies)},
        {"name": "stage", "title": _("Phase"), "options": _texts(stages)},
        {"name": "kind", "title": _("Type"), "options": _texts(kinds)},
        {"name": "period", "title": _("Held in"), "options": periods(there.years, today())},
        {"name": "standard", "title": _("Standard of the points"),
         "options": [(each.value, f"{each.standard}: {each.title}") for each in versions]},
    ]  # fmt: skip


def _texts(of: Any) -> list[tuple[str, str]]:
    return [(value, str(text)) for value, text in of.items()]


def _bodies(session: Session, ids: frozenset[int]) -> list[tuple[str, str]]:
    """Those that were accountable and everything above them, by name."""
    tree = hierarchy.tree(session, today())
    above, waiting = set[int](), list(ids)
    while waiting:
        body = waiting.pop()
        if body not in above:
            above.add(body)
            waiting += tree.parents.get(body, ())
    return [named for body, named in tree.names.items() if body in above]


def periods(years: list[int], day: date) -> list[tuple[str, str]]:
    """Years and, of the last three, their quarters: as addresses have them, and in words."""
    found = []
    for year in years:
        found.append(str(year))
        if year > day.year - 3:
            found += [f"{year}-q{n}" for n in (4, 3, 2, 1) if f"{year}-q{n}" <= quarter(day)]
    return [(each, called(each)) for each in found]


def called(period: str) -> str:
    """A year or quarter in words."""
    year, dash, rest = period.partition("-q")
    if not dash:
        return year
    months = {
        "1": _("January to March %(year)s", year=year),
        "2": _("April to June %(year)s", year=year),
        "3": _("July to September %(year)s", year=year),
        "4": _("October to December %(year)s", year=year),
    }
    return months[rest]
