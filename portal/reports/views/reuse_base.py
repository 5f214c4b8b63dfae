"""What an address of the reuse report asks for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import request

from portal.catalogue.component_words import Sector
from portal.catalogue.forms.as_at import AsAt
from portal.catalogue.forms.labels import label
from portal.catalogue.store import hierarchy
from portal.catalogue.store.hierarchy import Tree
from portal.catalogue.views.base import (
    DATE,
    day_asked,
    leads_on,
    misplaced,
    one_of,
    reading,
    today,
    unknown,
)
from portal.catalogue.words import Phase
from portal.reports.forms.reuse_words import BASES, ROWS
from portal.reports.rules.reuse_query import SECTORS, Question, Scope
from portal.reports.store import reuse_names
from portal.reports.store.reuse_names import Need
from portal.reports.words import Basis, By
from portal.web.formats import Format
from portal.web.i18n import _
from portal.web.pages import query_url

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FILTERS = {by.value: text for by, text in ROWS.items()}
KNOWN = (*FILTERS, "by", "basis", *DATE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for, with what its page shows of it.

    Attributes:
        chosen: the filters in force, by name: the value and what it is called.
        form: asks for the day.
    """

    question: Question
    needs: dict[int, Need]
    chosen: dict[str, tuple[str, str]]
    ignored: tuple[str, ...]
    form: AsAt

    @property
    def asked_needs(self) -> int:
        """Of how many needs each service is asked."""
        scope = self.question.scope
        return len(self.needs if scope.needs is None else scope.needs)

    @property
    def day(self) -> date:
        """The day of the figures."""
        return self.question.on or today()

    def filters(self) -> list[dict[str, str]]:
        """The filters in force for `chosen_filters`."""
        return [
            {"title": str(FILTERS[name]), "text": text, "href": query_url(**{name: None})}
            for name, (_value, text) in self.chosen.items()
        ]


def asked(fmt: Format, *more: str) -> Asked:
    """What this address asks for; `more` are arguments that its page knows beside those of all."""
    ignored = list(unknown(*KNOWN, *more))
    form = AsAt(request.args, today())
    on = day_asked(form, fmt)
    basis = one_of("basis", Basis, ignored) or Basis.AS_IT_WAS
    by = one_of("by", By, ignored) or By.CAPABILITY
    with reading() as session:
        needs = reuse_names.needs(session)
        scope, chosen = _scope(session, needs, on if basis is Basis.AS_IT_WAS else None, ignored)
    on = None if on == today() else on
    question = Question(by, scope, on, basis if on else Basis.AS_IT_WAS)
    return Asked(question, needs, chosen, tuple(ignored), form)


def asked_from(fmt: Format) -> Asked:
    """The same for lists whose `after` is how many rows come before."""
    found = asked(fmt, "after")
    return replace(found, ignored=(*found.ignored, *misplaced("after")))


def _scope(
    session: Session, needs: dict[int, Need], on: date | None, ignored: list[str]
) -> tuple[Scope, dict[str, tuple[str, str]]]:
    scope, chosen = Scope(), dict[str, tuple[str, str]]()
    if slug := request.args.get("capability", ""):
        mine = {id_: each for id_, each in needs.items() if slug in (each.slug, each.group)}
        if mine:
            first = next(iter(mine.values()))
            chosen["capability"] = slug, first.name if slug == first.slug else first.group_name
            scope = replace(scope, needs=frozenset(mine))
        else:
            ignored.append(f"capability={slug[:80]}")
    if slug := request.args.get("organisation", ""):
        tree = tree_on(session, on)
        if slug in tree.ids:
            body = tree.ids[slug]
            chosen["organisation"] = slug, tree.names[body][1]
            scope = replace(scope, bodies=frozenset(below(tree, body)))
        else:
            leads_on("organisation", slug)
            ignored.append(f"organisation={slug[:80]}")
    if slug := request.args.get("component", ""):
        named = reuse_names.components(session)
        found = next((id_ for id_, each in named.items() if each[0] == slug), None)
        if found is None:
            leads_on("component", slug)
            ignored.append(f"component={slug[:80]}")
        else:
            chosen["component"] = named[found]
            scope = replace(scope, component=found)
    return _closed(scope, chosen, ignored), chosen


def _closed(scope: Scope, chosen: dict[str, tuple[str, str]], ignored: list[str]) -> Scope:
    """The same with the filters that are closed lists."""
    sector, phase = one_of("sector", Sector, ignored), one_of("phase", Phase, ignored)
    if sector is not None and sector.value in SECTORS:
        chosen["sector"] = sector.value, str(label(sector.value, "sector"))
        scope = replace(scope, kinds=SECTORS[sector.value])
    if phase is not None:
        chosen["phase"] = phase.value, str(label(phase.value, "phase"))
        scope = replace(scope, phase=phase.value)
    return scope


def tree_on(session: Session, on: date | None) -> Tree:
    """The organisations as they stand on a day, or today."""
    return hierarchy.tree(session, on or today())


def below(tree: Tree, body: int) -> set[int]:
    """An organisation and everything below it."""
    return {each for each in tree.names if body in tree.lines(each)}


def selects(needs: Collection[Need]) -> list[dict[str, Any]]:
    """The filters that are chosen from a list."""
    groups: dict[str, str] = {}
    for need in needs:
        if need.group:
            groups.setdefault(need.group, need.group_name)
        groups[need.slug] = f"{need.group_name}: {need.name}" if need.group else need.name
    return [
        {"name": "capability", "title": _("Need"), "options": list(groups.items())},
        {"name": "sector", "title": _("Sector"),
         "options": [(each, str(label(each, "sector"))) for each in SECTORS]},
        {"name": "phase", "title": _("Phase"),
         "options": [(p.value, str(label(p.value, "phase"))) for p in Phase
                     if p is not Phase.RETIRED]},
    ]  # fmt: skip


def bases() -> list[tuple[str, str]]:
    """The bases to choose from."""
    return [(basis.value, str(text)) for basis, text in BASES.items()]
