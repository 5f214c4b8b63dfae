"""The reconciliation page of a component: the provider's list beside the catalogue's own uses."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.actions import matching
from portal.catalogue.component_words import Reconciled, RosterSort
from portal.catalogue.forms.labels import labels
from portal.catalogue.store import (
    components,
    organisation_lists,
    reconciling,
    records,
    rosters,
)
from portal.catalogue.views.base import (
    PAGE_SIZE,
    database,
    found,
    one_of,
    place,
    reading,
    refuse_unknown,
    unknown,
    version,
)
from portal.catalogue.views.editing_base import edits
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging, query_url

if TYPE_CHECKING:
    from portal.catalogue.models.rosters import Roster
    from portal.catalogue.rules.reconciling import Row

blueprint = Blueprint("reconciling", __name__)
COLUMNS = ("list", "name", "slug", "organisation", "published", "provider_says", "catalogue_says")
SORTS = (RosterSort.PER_SERVICE, RosterSort.COUNTS)


@formats(blueprint, "/components/<slug:slug>/reconciliation")
@unless_unchanged(version)
@public
def show(slug: str, fmt: Format) -> Response:
    """Show what the provider's newest list and the catalogue say of each other."""
    with reading() as session:
        id_, name = found(session, components.THING, slug, records.TITLES[components.THING])
        known = [each for sort in SORTS if (each := rosters.latest(session, id_, sort))]
        side, roster, ignored = _asked(known)
        refuse_unknown(fmt, ignored)
        rows = reconciling.compare(session, roster) if roster else []
    shown = [row for row in rows if side is None or row.side is side]
    return respond_list(
        fmt,
        page=lambda: _page(slug, name, rows, shown, side, roster, known, ignored),
        rows=lambda: [_row(row) for row in shown],
        columns=COLUMNS,
        name=f"{slug}-reconciliation",
    )


def _asked(known: list[Roster]) -> tuple[Reconciled | None, Roster | None, tuple[str, ...]]:
    """The list and the part of it that this address asks for."""
    ignored = list(unknown("list", "by", at="after"))
    side, by = one_of("list", Reconciled, ignored), request.args.get("by", "")
    mine = [each for each in known if each.sort == by]
    if by and not mine:
        ignored.append(f"by={by[:80]}")
    roster = next(iter(mine or known), None)
    return side, roster, tuple(ignored)


def _row(row: Row) -> dict[str, Any]:
    return {
        "list": row.side.value, "name": row.name, "slug": row.slug,
        "organisation": row.organisation, "published": list(row.published),
        "provider_says": row.theirs, "catalogue_says": row.ours,
    }  # fmt: skip


def _page(
    slug: str, name: str, rows: list[Row], shown: list[Row], side: Reconciled | None,
    roster: Roster | None, known: list[Roster], ignored: tuple[str, ...],
) -> Response:  # fmt: skip
    start = place("after") or 0
    some = shown[start : start + PAGE_SIZE]
    following = {"after": start + PAGE_SIZE} if len(shown) > start + PAGE_SIZE else None
    return page(
        "catalogue/reconciliation.html",
        title=_("Both sides of who uses %(name)s", name=name),
        crumbs=[(_("Components"), url_for("components.index")), (name, f"/components/{slug}")],
        slug=slug,
        roster=roster,
        by_service=bool(roster and roster.sort is RosterSort.PER_SERVICE),
        rows=some,
        suggestions=_suggestions(some, roster),
        facet=_facet(rows, side),
        sorts=_sorts(known, roster),
        ignored=ignored,
        first=not start,
        answers=edits(components.THING, slug),
        paging=paging(None, following),
    )


def _suggestions(rows: list[Row], roster: Roster | None) -> dict[str, list[str]]:
    """What the names that nobody has matched may mean, by name."""
    names = [row.name for row in rows if row.slug is None]
    if not names or roster is None or roster.sort is RosterSort.PER_SERVICE:
        return {}
    found = {each["name"]: [s["id"] for s in each["suggestions"]]
             for each in matching.suggest(database(), names)}  # fmt: skip
    with reading() as session:
        wanted = {ref for refs in found.values() for ref in refs}
        called = organisation_lists.names_of(session, wanted)
    return {name: [called.get(ref, ref) for ref in refs] for name, refs in found.items()}


def _facet(rows: list[Row], side: Reconciled | None) -> list[dict[str, Any]]:
    counts = Counter(row.side for row in rows)
    return filter_links("list", labels("reconciled"), side, counts)


def _sorts(known: list[Roster], roster: Roster | None) -> list[dict[str, Any]]:
    if len(known) < 2:
        return []
    return [
        {
            "label": labels("roster_sort")[each.sort.value],
            "selected": each is roster,
            "href": query_url(by=each.sort.value),
        }
        for each in known
    ]
