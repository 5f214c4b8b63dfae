"""What if: other values of a run's assumptions, and what would come out. Nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from portal.catalogue.views.base import place, reading, refuse_unknown, unknown, version
from portal.errors import Missing, Problem
from portal.reports.actions import trying
from portal.reports.forms import what_if as forms
from portal.reports.rules import what_if as rules
from portal.reports.rules.assumptions import Row
from portal.reports.rules.claim import to_pence
from portal.reports.rules.ranges import DRAWS
from portal.reports.rules.results import BARS, bars_of
from portal.reports.rules.what_if import Known
from portal.reports.store import assumption_sets
from portal.reports.views.savings_shown import Shown, headline, named, newest, of_run, run_crumbs
from portal.reports.views.savings_sure import chart_of, figure_of
from portal.reports.words import View
from portal.web.caching import unless_unchanged
from portal.web.charts import SIZE, Figure, File, files, respond_chart
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.links import with_query
from portal.web.pages import page

blueprint = Blueprint("what_if", __name__)
HERE, COLUMNS = "/savings/what-if", ("figure", "of", "run", "tried")
_MONEY = ("npv", "p10", "p90", "npv_with_declared")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks to try.

    Attributes:
        rows: the assumptions that the run used.
        of: which need or component's assumptions it asks to see; "" for those that matter most.
    """

    shown: Shown
    known: Known
    rows: list[Row]
    tried: forms.Tried
    of: str
    ignored: tuple[str, ...]

    @property
    def query(self) -> list[tuple[str, str]]:
        """The address: the run and what differs from it."""
        return [("run", str(self.shown.run.id)), *self.tried.changed.items()]


def _asked(*more: str) -> Asked | None:
    """Raises Missing for a run that there is not, or that is not finished."""
    wanted = place("run")
    found = newest() if not request.args.get("run") else of_run(wanted or 0)
    if found is None:
        return None
    with reading() as session:
        known = trying.known(session, found.run)
    rows = [known.terms.chosen.rows[key] for key in rules.used(known)]
    ignored = unknown("run", "of", *forms.names(rows), *more)
    of = request.args.get("of", "")
    if of and of not in _things(rows):
        of, ignored = "", (*ignored, f"of={of[:80]}")
    return Asked(found, known, rows, forms.read(request.args, rows), of, ignored)


def _things(rows: list[Row]) -> list[str]:
    return sorted({each for row in rows if (each := row.capability or row.component)})


def _options(rows: list[Row]) -> list[tuple[str, str]]:
    """What the page offers to see the assumptions of, by name."""
    with reading() as session:
        needs, components = assumption_sets.subjects(session)
    called = {**needs, **components}
    return sorted(((each, called.get(each, each)) for each in _things(rows)), key=lambda x: x[1])


@formats(blueprint, HERE)
@unless_unchanged(version)
@public
def index(fmt: Format) -> AnyResponse:
    """Try other values of the assumptions of a run."""
    asked = _asked()
    if asked is None:
        if fmt != "html":
            raise Missing("No run is finished")
        return page("reports/what_if.html", title=_("What if?"), section=_("Savings"), shown=None)
    refuse_unknown(fmt, asked.ignored)
    if fmt != "html" and asked.tried.problems:
        problem = asked.tried.problems[0]
        raise Problem(f"{problem.field}: {problem}")
    short = _short(asked) if fmt == "html" else None
    return short or _answer(fmt, asked)


def _short(asked: Asked) -> AnyResponse | None:
    """Lead to the address that says only what differs, once the form was sent."""
    typed = {name: text for name, text in request.args.items() if name not in ("run", "of")}
    if asked.tried.problems or asked.ignored or typed == asked.tried.changed:
        return None
    more = [("of", asked.of)] if asked.of else []
    return redirect(with_query(HERE, [*asked.query, *more]), 303)


def _answer(fmt: Format, asked: Asked) -> Response:
    found = None
    if not asked.tried.problems:
        found = rules.tried(asked.known, asked.tried.moves)
    was = asked.shown.run.result["views"][View.WHOLE.value]
    return respond_list(
        fmt, page=lambda: _page(asked, was, found), rows=lambda: _rows(asked, was, found or {}),
        columns=COLUMNS, name=f"savings-run-{asked.shown.run.id}-what-if", bounded=True,
        more={"run": asked.shown.run.id, "changed": asked.tried.changed,
              "draws": (found or {}).get("draws")},
    )  # fmt: skip


def _rows(asked: Asked, was: dict[str, Any], found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The figures of the run and those tried, in pounds."""
    for each in _MONEY:
        yield {"figure": each, "run": was[each] / 100, "tried": found[each] / 100}
    for each in ("benefit_cost_ratio", "payback_year"):
        yield {"figure": each, "run": was[each], "tried": found[each]}
    nets = zip(asked.shown.years, was["confirmed"]["net"], found["net"], strict=True)
    for year, before, now in nets:
        yield {"figure": "net", "of": year, "run": before / 100, "tried": now / 100}
    bars, still = {key: ends for key, *ends in was["tornado"]}, [was["npv"]] * 2
    for key, *ends in found["tornado"]:
        for name, at, now in zip(("at_low", "at_high"), bars.get(key, still), ends, strict=True):
            yield {"figure": name, "of": key, "run": at / 100, "tried": now / 100}
    before = dict(was["switching"])
    for key, value in found["switching"]:
        yield {"figure": "switching_value", "of": key, "run": before.get(key), "tried": value}


def _page(asked: Asked, was: dict[str, Any], found: dict[str, Any] | None) -> Response:
    rows = _visible(asked, was)
    of = forms.fields(asked.rows)
    return page(
        "reports/what_if.html", title=_("What if?"), section=_("Savings"), ignored=asked.ignored,
        crumbs=run_crumbs(asked.shown.run.id), shown=asked.shown, was=was, found=found,
        form=forms.form_of([(row, named(row.key)) for row in rows], of, asked.tried),
        rows=rows, of=of, asked_of=asked.of,
        things=_options(asked.rows), changed=asked.tried.changed,
        kept=_kept(asked, rows), draws=DRAWS, figure=_figure(asked, found),
        headlines=[headline(asked.shown, each) for each in (found, was) if each is not None],
        nets=list(zip(asked.shown.years, was["confirmed"]["net"], (found or was).get("net", []),
                      strict=False)),
    )  # fmt: skip


def _visible(asked: Asked, was: dict[str, Any]) -> list[Row]:
    """The assumptions that matter most, or those of what was asked for."""
    if asked.of:
        return [row for row in asked.rows if asked.of in (row.capability, row.component)]
    most = [key for key, *_ends in was["tornado"][:BARS]]
    wanted = {*most, *(name.partition(".")[2] for name in asked.tried.changed)}
    return [row for row in asked.rows if row.key in wanted]


def _kept(asked: Asked, rows: list[Row]) -> list[tuple[str, str]]:
    """What is tried and stands in no field of the page."""
    there = {f"{end}.{row.key}" for row in rows for end in rules.ENDS}
    changed = asked.tried.changed.items()
    return [pair for pair in changed if pair[0] not in there and not pair[0].startswith("all.")]


def _figure(asked: Asked, found: dict[str, Any] | None) -> Figure | None:
    if found is None or not found["tornado"]:
        return None
    return figure_of(
        chart_of(found["npv"], found["tornado"]), f"{HERE}/charts/tornado", asked.query
    )


@files(blueprint, f"{HERE}/charts/tornado")
@unless_unchanged(version)
@public
def chart(fmt: File) -> Response:
    """Answer with the tornado of what is tried as a file."""
    asked = _asked(SIZE)
    if asked is None or asked.tried.problems:
        raise Missing("There is nothing to draw")
    terms = rules.otherwise(asked.known.terms, asked.tried.moves)
    first, _second = rules.cases(asked.known, terms)
    made = chart_of(to_pence(first.npv()), bars_of(first))
    return respond_chart(fmt, made, f"savings-run-{asked.shown.run.id}-what-if-tornado")
