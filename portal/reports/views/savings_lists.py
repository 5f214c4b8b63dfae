"""Savings as lists: runs, the claims of one, and the assumptions of a version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from portal.catalogue.forms.labels import labels
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.views.base import (
    PAGE_SIZE,
    leads_on,
    one_of,
    place,
    reading,
    refuse_unknown,
    stream,
    today,
    unknown,
    version,
)
from portal.digits import whole_number
from portal.reports.models.assumptions import AssumptionSet
from portal.reports.rules.assumptions import Row, is_old
from portal.reports.rules.claim_kinds import kinds_of
from portal.reports.rules.results import weak_keys
from portal.reports.store import assumption_sets, claims, runs
from portal.reports.store.claims import Claimed, ClaimQuery
from portal.reports.store.runs import Listed
from portal.reports.views.savings_lines import CLAIMS, documented, lines_of
from portal.reports.views.savings_shown import (
    Shown,
    crumbs,
    history_of,
    of_run,
    run_crumbs,
    version_of,
)
from portal.reports.views.savings_totals import Total, many, totals
from portal.reports.words import (
    Backed,
    ClaimKind,
    Column,
    EvidenceClass,
    Old,
    Rests,
    RunState,
    View,
)
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import filter_links, page, paging, query_url

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("savings_lists", __name__)
RUNS = ("run", "as_at", "basis", "assumptions", "state", "npv", "p10", "p90", "confirmed",
        "declared", "code", "inputs_digest", "lines_digest")  # fmt: skip
LABELS = {"view": "savings_view", "column": "savings_column", "counted": "savings_counted",
          "rests": "savings_rests"}  # fmt: skip
RECORDS = ("service", "component")
FILTERS = (*RECORDS, "kind", "view", "column", "year", "counted", "rests")
ROWS = ("key", "field", "capability", "component", "band", "year", "low", "central", "high",
        "class", "source", "dated", "note", "apart", "price_item", "price_since",
        "price_row")  # fmt: skip


@formats(blueprint, "/savings/runs")
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """List runs, newest first."""
    ignored = unknown(at="after")
    refuse_unknown(fmt, ignored)

    def rows(session: Session) -> Iterator[dict[str, Any]]:
        return map(_run, runs.listing(session, [assumption_sets.EVERYBODY]))

    return respond_list(
        fmt, page=lambda: _index(ignored), rows=stream(rows), columns=RUNS, name="savings-runs"
    )


def _run(row: Listed) -> dict[str, Any]:
    done = row.state is RunState.DONE
    view = row.result["views"][View.WHOLE.value] if done else {}
    counts = row.result["counts"] if done else {}
    money = {each: view[each] / 100 if done else None for each in ("npv", "p10", "p90")}
    return {
        "run": row.id, "as_at": row.as_at, "basis": row.basis.value, "assumptions": row.number,
        "state": row.state.value, **money,
        **{each: counts.get(each, 0) if done else None for each in ("confirmed", "declared")},
        "code": row.code, "inputs_digest": row.inputs_digest, "lines_digest": row.lines_digest,
    }  # fmt: skip


def _index(ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        found = runs.listing(session, [assumption_sets.EVERYBODY], place("after"), PAGE_SIZE + 1)
    following = {"after": str(found[PAGE_SIZE - 1].id)} if len(found) > PAGE_SIZE else None
    return page(
        "reports/savings_runs.html", title=_("Runs of the savings model"), section=_("Savings"),
        crumbs=crumbs(), rows=found[:PAGE_SIZE], paging=paging(None, following), ignored=ignored,
        first=place("after") is None, narrowed=False,
    )  # fmt: skip


@formats(blueprint, "/savings/runs/<int:run_id>/claims")
@unless_unchanged(version)
@public
def lines(fmt: Format, run_id: int) -> Response:
    """List what a run claims; files have a line for each use and financial year."""
    shown = of_run(run_id)
    runs.finished(shown.run)
    query, ignored = asked(shown)
    refuse_unknown(fmt, ignored)

    def rows(session: Session) -> Iterator[dict[str, Any]]:
        return lines_of(session, shown, query)

    return respond_list(
        fmt, page=lambda: _claims(shown, query, ignored), rows=stream(rows), columns=CLAIMS,
        name=f"savings-run-{run_id}-claims", more=_frame(shown),
    )  # fmt: skip


def _frame(shown: Shown) -> dict[str, Any]:
    set_ = assumption_sets.frame(shown.set)
    return {"savings_run": shown.run.id, **runs.document(shown.run), "assumption_set": set_}


def asked(shown: Shown) -> tuple[ClaimQuery, tuple[str, ...]]:
    """What this address asks of the claims of a run, and what of it there is not."""
    ignored = list(unknown(*FILTERS, "after"))
    service, component = _records(ignored)
    kind, column = one_of("kind", ClaimKind, ignored), one_of("column", Column, ignored)
    view, year = one_of("view", View, ignored), request.args.get("year", "")
    first, after = shown.set.base_year, request.args.get("after", "")
    known = {str(first + at): at for at in range(shown.set.horizon)}
    ignored += [f"year={year[:80]}"] if year and year not in known else []
    place = _place(after) if after else None
    ignored += ["after"] if after and place is None else []
    missing = shown.run.result.get("missing_platform_cost", ())
    return ClaimQuery(
        shown.run.id, service or None, component or None, kinds_of(kind, column, view),
        known.get(year), tuple(missing) if view is View.WHOLE else (),
        one_of("counted", Backed, ignored), _resting(shown, ignored), place,
    ), tuple(ignored)  # fmt: skip


def _records(ignored: list[str]) -> tuple[str, str]:
    """The service and the component that are asked for, where there are such."""
    service, component = (request.args.get(each, "")[:200] for each in RECORDS)
    with reading() as session:
        ids = claims.ids_of(session, ClaimQuery(0, service, component))
    for name, slug, id_ in zip(RECORDS, (service, component), ids, strict=True):
        if slug and id_ is None:
            leads_on(name, slug)
            ignored.append(f"{name}={slug[:80]}")
    return service if ids[0] is not None else "", component if ids[1] is not None else ""


def _resting(shown: Shown, ignored: list[str]) -> frozenset[str] | None:
    """The assumptions that rest on no more than what is asked for."""
    if one_of("rests", Rests, ignored) is None:
        return None
    with reading() as session:
        return frozenset(weak_keys(assumption_sets.terms(session, shown.set)))


def _place(typed: str) -> claims.Place | None:
    key = decode_key(typed)
    parts = str(key[0]).split("/") if key else []
    if len(parts) != 4 or parts[2] not in set(ClaimKind):
        return None
    service, need, platform = (whole_number(parts[at]) for at in (0, 1, 3))
    if service is None or need is None or platform is None:
        return None
    return service, need, parts[2], platform


def _following(last: Claimed) -> dict[str, str]:
    return {"after": encode_key(("/".join(map(str, last.place)), 0))}


def _claims(shown: Shown, query: ClaimQuery, ignored: tuple[str, ...]) -> Response:
    with reading() as session:
        found = list(claims.listing(session, query, PAGE_SIZE + 1))
    onward = _following(found[PAGE_SIZE - 1]) if len(found) > PAGE_SIZE else None
    kind = request.args.get("kind")
    return page(
        "reports/savings_claims.html", title=_("What run %(run)s claims", run=query.run),
        section=_("Savings"), crumbs=run_crumbs(query.run), rows=found[:PAGE_SIZE], shown=shown,
        version=version_of(shown.set), first_year=shown.set.base_year, year=query.year,
        kinds=filter_links("kind", labels("claim_kind"), kind),
        chosen=_chosen(query, shown), totals=_totals(shown, query), many=many(shown, query),
        counted=query.counted, paging=paging(None, onward), ignored=ignored,
        first=query.after is None, narrowed=replace(query, after=None) != ClaimQuery(query.run),
    )  # fmt: skip


def _totals(shown: Shown, query: ClaimQuery) -> list[Total]:
    view, kind = one_of("view", View, []), one_of("kind", ClaimKind, [])
    return totals(shown, query, view, kind, one_of("column", Column, []))


def _chosen(query: ClaimQuery, shown: Shown) -> list[tuple[str, str]]:
    """The filters in force but for the kind, each with the address without it."""
    found = {"service": query.service, "component": query.component}
    for name, of in LABELS.items():
        found[name] = labels(of).get(request.args.get(name, ""))
    found["year"] = None if query.year is None else shown.years[query.year]
    return [(str(text), query_url(**{name: None})) for name, text in found.items() if text]


@formats(blueprint, "/savings/assumptions/<int:number>/history")
@unless_unchanged(version)
@public
def history(fmt: Format, number: int) -> Response:
    """Tell what changed about a version until it was published, newest first."""
    with reading() as session:
        found = assumption_sets.published(session, number)
    title = _("Assumptions, version %(number)s", number=number)
    here = url_for("savings_lists.assumptions", number=number)
    return history_of(fmt, found, crumbs((title, here)))


@formats(blueprint, "/savings/assumptions/<int:number>")
@unless_unchanged(version)
@public
def assumptions(fmt: Format, number: int) -> Response:
    """List the assumptions of a published version."""
    ignored = list(unknown("class", "old"))
    of, old = one_of("class", EvidenceClass, ignored), one_of("old", Old, ignored)
    refuse_unknown(fmt, ignored)
    with reading() as session:
        found = assumption_sets.published(session, number)
        rows = _of_class(assumption_sets.rows(session, found.id), of, old)
    return respond_list(
        fmt, page=lambda: _assumptions(found, rows, of, old, tuple(ignored)),
        rows=lambda: map(documented, rows), columns=ROWS,
        name=f"savings-assumptions-{number}", more=assumption_sets.frame(found), bounded=True,
    )  # fmt: skip


def _of_class(every: Sequence[Row], of: EvidenceClass | None, old: Old | None) -> list[Row]:
    return [
        row for row in every
        if of in (None, row.evidence) and (old is None or is_old(row.dated, today()))
    ]  # fmt: skip


def _assumptions(
    found: AssumptionSet, rows: Sequence[Row], of: EvidenceClass | None, old: Old | None,
    ignored: tuple[str, ...],
) -> Response:  # fmt: skip
    return page(
        "reports/assumptions.html", title=_("Assumptions, version %(number)s", number=found.number),
        section=_("Savings"), crumbs=crumbs(), set=found, rows=rows, ignored=ignored,
        narrowed=of is not None or old is not None,
        classes=filter_links("class", labels("evidence_class"), of),
        ages=filter_links("old", labels("savings_old"), old),
    )  # fmt: skip
