"""The spreadsheet files of reports: what their covers, notes and sources say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from portal.catalogue.views.base import reading, refuse_unknown, unknown, version
from portal.errors import Problem
from portal.reports.forms.labels import cell
from portal.reports.rules.assumptions import Row
from portal.reports.store import assumption_sets, runs
from portal.reports.store.claims import ClaimQuery
from portal.reports.views.leadership import Whole, whole
from portal.reports.views.leadership_tables import figures
from portal.reports.views.savings_lines import CLAIMS, MONEY, documented, lines_of
from portal.reports.views.savings_lists import ROWS, asked
from portal.reports.views.savings_shown import Shown, of_run, version_of
from portal.spreadsheets.book import Book, Cell, Column, Kind, Table
from portal.spreadsheets.limits import MOST_ROWS
from portal.web.caching import unless_unchanged
from portal.web.exports import limited
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.spreadsheets import TOO_MANY, Sheets, respond_book, sheets, whole_address

if TYPE_CHECKING:
    from datetime import date

blueprint = Blueprint("books", __name__)


@sheets(blueprint, "/leadership")
@unless_unchanged(version)
@public
def leadership(kind: Sheets) -> Response:
    """Give the page for leadership as a spreadsheet."""
    refuse_unknown("csv", unknown())
    found = whole()
    with reading() as session:
        shown = found.worth.shown if found.worth else None
        assumed = assumption_sets.rows(session, shown.set.id) if shown else []
    return respond_book(kind, _of_page(found, assumed), "digital-government-on-a-page")


def _of_page(found: Whole, assumed: Sequence[Row]) -> Book:
    tables = list(found.tables())
    about = [
        (_("What this is"), _("What government runs, how much of it is reused, what that is worth "
                              "and how sure that is, and what to do next.")),
        (_("As at"), cell(found.facts.day, Kind.DAY)), (_("Page"), whole_address("/leadership")),
    ]  # fmt: skip
    said = found.document()
    about += [(_("Headline"), said["headline"])] if said["headline"] else []
    about += [(_("Read it with"), " ".join(said["caveats"]))] if said["caveats"] else []
    about += _about_run(found.worth.shown) if found.worth else []
    notes = [
        _("Confirmed use is the headline and declared use the second line; planned use is in no "
          "sum."),
        *(f"{each.title}: {each.note}" for each in tables if each.note),
    ]  # fmt: skip
    return Book(
        _("Digital government on a page"), about, [*tables, _addresses(tables)], notes,
        _sources(assumed), _moment(found.facts.day),
    )  # fmt: skip


def _addresses(tables: Iterable[Table]) -> Table:
    columns = [
        Column("part", _("Sheet")), Column("row", _("Row")), Column("figure", _("Column")),
        Column("value", _("Value")), Column("address", _("Where it comes from")),
    ]  # fmt: skip
    rows = [
        [Cell(each["part"]), Cell(each["row"]), Cell(each["figure"]), Cell(each["value"]),
         Cell(whole_address(each["address"]) if each["address"] else None)]
        for each in figures(tables)
    ]  # fmt: skip
    return Table("figures", _("Every figure, with the address of what is behind it"), columns, rows)


def _about_run(shown: Shown) -> list[tuple[str, str]]:
    run = shown.run
    return [
        (_("Run of the savings model"), whole_address(f"/savings/runs/{run.id}")),
        (_("Records as they stood on"), cell(run.as_at, Kind.DAY)),
        (_("Assumptions"), whole_address(version_of(shown.set))),
        (_("Digest of what went in"), run.inputs_digest or ""),
        (_("Digest of its claims"), run.lines_digest or ""), (_("Code"), run.code or ""),
    ]  # fmt: skip


def _sources(assumed: Iterable[Row]) -> list[tuple[str, str]]:
    method = (_("How savings are worked out"), whole_address("/savings/method"))
    found = {
        row.key: f"{row.source or row.note or ''} ({row.evidence.value}, {row.dated.isoformat()})"
        for row in assumed
    }
    return [method, *found.items()]


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@sheets(blueprint, "/savings/runs/<int:run_id>/claims")
@unless_unchanged(version)
@public
def claims(kind: Sheets, run_id: int) -> Response:
    """Give the claims of a run as a spreadsheet, narrowed as the list is."""
    shown = of_run(run_id)
    runs.finished(shown.run)
    query, ignored = asked(shown)
    refuse_unknown("csv", ignored)
    with reading() as session:
        assumed = assumption_sets.rows(session, shown.set.id)
    book = _of_claims(shown, query, assumed)
    return respond_book(kind, book, f"savings-run-{run_id}-claims")


def _of_claims(shown: Shown, query: ClaimQuery, assumed: Sequence[Row]) -> Book:
    if query == ClaimQuery(query.run) and shown.run.result["claims"] > MOST_ROWS:
        raise Problem(TOO_MANY)  # else that is known only at the last row
    run = shown.run
    about = [
        (_("What this is"), _("What run %(run)s of the savings model claims, a line for each "
                              "use, need, kind and financial year, in pounds.", run=run.id)),
        *_about_run(shown),
    ]  # fmt: skip
    if request.query_string:
        about.append((_("Narrowed to"), request.query_string.decode("utf-8", "replace")))
    return Book(
        _("What run %(run)s claims", run=run.id), about,
        [_claims(shown, query), _assumptions(assumed)], _notes(), _sources(assumed),
        run.done_at or _moment(run.as_at), many=True,
    )  # fmt: skip


def _notes() -> list[str]:
    return [
        _("Cash, other gains (non_cash) and costs are never one sum. Costs are given as amounts "
          "above zero."),
        _("Only confirmed use is in the headline. Declared use is what it would add; planned use "
          "is in no sum."),
        _("For the whole of government, prices that departments pay each other (kind price) are "
          "not charged; for an organisation, what platforms cost (kind platform) is not."),
        _("Each line can be worked out again: its amount is the product of all that stands in its "
          "columns from f to K, to the penny; to the uplift for optimism 1 is added. The declared "
          "line of a platform is K times w, less K times what is confirmed of w."),
        _("Each line names its use, what confirmed it and of which day, and the assumptions that "
          "it was worked out with; they are on the next sheet, with what each rests on. Runs from "
          "before evidence was kept say not_kept: the page of the use has it."),
        _("A line without any of these columns is given as the run kept it: what the code of today "
          "works out for it differs."),
    ]  # fmt: skip


def _titles() -> dict[str, str]:
    return {
        "claim_key": _("Claim"), "service": _("Service"), "capability": _("Need"),
        "component": _("Component"), "organisation": _("Organisation"), "kind": _("Kind"),
        "column": _("Cash, other gain or cost"), "financial_year": _("Financial year from April"),
        "confirmed": _("Confirmed"), "declared": _("Declared"), "planned": _("Planned"),
        "usage": _("Use"), "address": _("Where the use and its evidence are"),
        "standing": _("How the use stands"), "evidence": _("Evidence"),
        "evidence_on": _("Evidence of"), "evidence_by": _("Who says so"),
        "used_from": _("In use from"), "used_until": _("In use until"),
        "f": _("f: share of the year in use"), "share": _("Share of the need, or of building"),
        "replaced": _("P: cost of what it replaced"), "days": _("I: days of building in"),
        "volume": _("q: transactions"), "w": _("w: share of the platform counted"),
        "w_confirmed": _("of it confirmed, on the line above"), "build": _("B: building it alone"),
        "run": _("M: running it alone"), "own_run": _("m: still spent by the service"),
        "additionality": _("a: additionality"), "relative_cost": _("RCR: relative cost of reuse"),
        "exit_cost": _("X: leaving"), "optimism": _("Uplift for optimism"),
        "alternative_price": _("p0: price elsewhere"), "price": _("p1: price"),
        "platform": _("K: what the platform costs"), "day_rate": _("Price of a day of work"),
        "w_by": _("w by volume, or by count"), "price_row": _("Row of the price list"),
        "assumptions": _("Assumptions"), "assumption_version": _("Version of the assumptions"),
        "savings_run": _("Run"),
    }  # fmt: skip


def _claims(shown: Shown, query: ClaimQuery) -> Table:
    kinds = dict.fromkeys(MONEY, Kind.POUNDS)
    columns = [Column(name, _titles()[name], kinds.get(name, Kind.TEXT)) for name in CLAIMS]
    return Table("claims", _("Claims, line by line"), columns, _lines(shown, query))


def _lines(shown: Shown, query: ClaimQuery) -> Iterator[list[Cell]]:
    """Read while the file is written, in a place of the few large downloads."""
    with reading() as session:
        for line in limited(lines_of(session, shown, query)):
            yield [Cell(line[name]) for name in CLAIMS]


def _assumptions(assumed: Iterable[Row]) -> Table:
    numbers = ("low", "central", "high")
    found = map(documented, assumed)
    rows = [
        [Cell(float(row[name]) if name in numbers else row[name]) for name in ROWS] for row in found
    ]
    return Table(
        "assumptions",
        _("Assumptions"),
        [Column(name, name.replace("_", " ").capitalize()) for name in ROWS],
        rows,
    )
