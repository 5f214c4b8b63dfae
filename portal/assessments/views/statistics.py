"""Figures of assessments: outcomes by stage, year, point and organisation; one version of a
standard at a time, since what they ask differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, request, url_for

from portal.assessments.forms.statistics import FIRST_OR_AGAIN, LEFT_OUT, STAGES
from portal.assessments.rules import statistics as rules
from portal.assessments.rules.statistics import Cell, Outcomes, Retried
from portal.assessments.store import statistics as store
from portal.assessments.store.held_figures import Held, of_held
from portal.assessments.store.statistics import Version
from portal.assessments.words import AssessmentKind, Rating, Stage
from portal.catalogue.rules.filters import decode_key, encode_key
from portal.catalogue.views.base import PAGE_SIZE, reading, refuse_unknown, today, unknown, version
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.links import with_query
from portal.web.pages import filter_links, page, paging, query_url

if TYPE_CHECKING:
    from portal.assessments.store.held_figures import Held, of_held
from portal.assessments.store.statistics import Figures, Holding, Point

blueprint = Blueprint("statistics", __name__)
REPORTS, HERE = "/reports", "/reports/statistics"
RESULTS = ("rated", "met", "met_with_conditions", "not_met", "passed_percent")
FAILED = ("passed_points_known", "passed_with_failed_points", "failed_points_percent")
HELD_AGAIN = ("stage", "held", *RESULTS, "not_passed_first", "assessed_again",
              "assessed_again_percent", "passed_then", "passed_then_percent")  # fmt: skip
POINTS = ("number", "title", "rated", "met", "met_with_conditions", "not_met", "not_met_percent",
          "not_rated")  # fmt: skip
HELD = ("organisation_slug", "organisation", *RESULTS, "unsure")
#: By the organisation that a report names, or by the one that holds the service today.
THEN, TODAY = "then", "today"


#: The kinds that count as the first, and as held again.
_KINDS = {
    "first": [k.value for k in AssessmentKind if k not in rules.AGAIN | rules.NEVER_RATED],
    "again": sorted(rules.AGAIN),
}


def smallest() -> int:
    """A rate of fewer than so many is not shown."""
    return int(current_app.extensions["portal"].settings.smallest_rate)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for, and what of it nobody knows.

    Attributes:
        named: whether the address says of which version.
        doubtful: how many assessments count although something is still to be checked.
    """

    version: Version
    versions: list[Version]
    figures: Figures
    stage: Stage | None
    first: bool
    today: bool
    named: bool
    doubtful: int
    ignored: tuple[str, ...]

    @property
    def mine(self) -> list[Cell]:
        """The counts of the version and the stage."""
        return self.figures.cells


def _asked(fmt: Format, *known: str) -> Asked:
    """Read the address; `known` are the arguments beside the version of the standard."""
    ignored = list(unknown("standard", *known))
    with reading() as session:
        versions, many = store.versions(session), store.many(session)
        doubts = store.doubtful(session)
    there = [*versions, Version(0, "", "", 0, _("Standard not known"))]
    allowed = {
        "standard": {each.value for each in there},
        "stage": {each.value for each in Stage},
        "held": set(FIRST_OR_AGAIN) - {"again"},
        "as": {THEN, TODAY},
    }
    given = {name: request.args.get(name, "") for name in allowed}
    for name, value in given.items():
        if value and value not in allowed[name] and name in ("standard", *known):
            ignored.append(f"{name}={value[:80]}")
            given[name] = ""
    if "after" in known and request.args.get("after") and not _after():
        ignored.append("after")
    refuse_unknown(fmt, ignored)
    chosen = next((v for v in there if v.value == given["standard"]), None)
    chosen = chosen or _most(there, many)
    stage = Stage(given["stage"]) if given["stage"] else None
    with reading() as session:
        figures = store.figures(session, chosen.id, stage)
    return Asked(
        chosen, [v for v in there if v is chosen or v.id in many], figures, stage,
        given["held"] == "first", given["as"] == TODAY, bool(given["standard"]),
        _doubts(doubts, chosen, stage), tuple(ignored),
    )  # fmt: skip


def _doubts(found: dict[tuple[int, Stage], int], of: Version, only: Stage | None) -> int:
    return sum(
        many for (id_, stage), many in found.items() if id_ == of.id and only in (None, stage)
    )


def _most(there: list[Version], many: Mapping[int, int]) -> Version:
    """The version with the most assessments in the figures; the newest where there are none."""
    named = [each for each in there if each.id] or there
    return max(named, key=lambda each: (many.get(each.id, 0), each.number))


def _respond(
    fmt: Format, asked: Asked, name: str, rows: Callable[[], Iterable[dict[str, Any]]],
    columns: tuple[str, ...], show: Callable[[], Response], **also: Any,
) -> Response:  # fmt: skip
    """Answer with one table; its JSON says which version it is of, and what is left out."""
    more = {
        "standard": asked.version.value,
        "rates_of_at_least": smallest(),
        **also,
        "left_out": asked.figures.left_out,
        "to_be_checked": asked.doubtful,
    }
    return respond_list(
        fmt, page=show, rows=rows, columns=columns, more=more,
        name=f"assessments-{name}-{asked.version.value}",
    )  # fmt: skip


def _page(template: str, title: str, asked: Asked, *, top: bool = False, **more: Any) -> Response:
    values = {each.value: _called(each) for each in asked.versions}
    return page(
        f"assessments/{template}",
        title=title,
        section=_("Reports"),
        crumbs=_crumbs(asked, top),
        asked=asked,
        versions=[(text, query_url(standard=v), v == asked.version.value)
                  for v, text in values.items()],
        version=_called(asked.version),
        smallest=smallest(),
        left_out=[(LEFT_OUT[w], n) for w, n in asked.figures.left_out.items()],
        reports=lambda **wanted: reports_url(asked, **wanted),
        pages=_pages(asked),
        **more,
    )  # fmt: skip


def _crumbs(asked: Asked, top: bool) -> list[tuple[str, str]]:
    trail = [(_("Reports"), url_for("reports.index"))]
    here = _("Statistics of assessments"), _kept("", asked)
    return trail if top else [*trail, here]


def _called(each: Version) -> str:
    return f"{each.standard}: {each.title}" if each.id else each.title


def _kept(page: str, asked: Asked) -> str:
    return with_query(f"{HERE}{page}", [("standard", asked.version.value)])


def _pages(asked: Asked) -> list[tuple[str, str, bool]]:
    """The pages of figures as (text, address, whether it is this one)."""
    texts = {
        "": _("By stage"),
        "/years": _("By year"),
        "/reassessments": _("First time and after reassessment"),
        "/points": _("By point"),
        "/organisations": _("By organisation"),
    }
    here = request.path
    return [(text, _kept(at, asked), f"{HERE}{at}" == here) for at, text in texts.items()]


def reports_url(asked: Asked, **wanted: Any) -> str:
    """The reports behind a figure."""
    if asked.stage:
        wanted.setdefault("stage", asked.stage.value)
    pairs = [("standard", asked.version.value)]
    for name, value in wanted.items():
        values = value if isinstance(value, list) else [value]
        pairs += [(name, str(each)) for each in values if each not in (None, "")]
    return with_query(REPORTS, pairs)


def results_of(found: Outcomes) -> dict[str, Any]:
    """The results as columns."""
    results = {rating.value: many for rating, many in found.results.items()}
    percent = found.passed.percent(smallest())
    return {"rated": found.rated, **results, "passed_percent": percent}


def _failed(found: Outcomes) -> dict[str, Any]:
    share = found.failed_points
    return dict(zip(FAILED, (share.whole, share.part, share.percent(smallest())), strict=True))


@formats(blueprint, HERE)
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """Show how assessments of each stage ended, and how often one passes with failed points."""
    asked = _asked(fmt)
    stages, here = _ordered(asked.figures.stages, Stage), _held_here(asked)
    columns = ("stage", *RESULTS, *FAILED)
    return _respond(
        fmt, asked, "by-stage",
        lambda: [{"stage": s.value, **results_of(o), **_failed(o)} for s, o in stages], columns,
        lambda: _page("statistics.html", _("Statistics of assessments"), asked, top=True,
                      stages=stages, all=asked.figures.all, here=here),
        **held_here(here),
    )  # fmt: skip


def _held_here(asked: Asked) -> Held:
    with reading() as session:
        return of_held(session, asked.version.id, asked.stage, today())


def held_here(here: Held) -> dict[str, Any]:
    """What JSON says of assessments that this portal held."""
    enough = len(here.days) >= smallest()
    return {
        "held_here": here.many,
        "days_from_submission_to_report": here.median if enough else None,
        "open_actions": {age.value: many for age, many in here.ages.items()},
    }


def _ordered(found: dict[Any, Any], order: Iterable[Any]) -> list[tuple[Any, Any]]:
    return [(each, found[each]) for each in order if each in found]


@formats(blueprint, f"{HERE}/years")
@unless_unchanged(version)
@public
def years(fmt: Format) -> Response:
    """Show how assessments of each year ended."""
    asked = _asked(fmt, "stage")
    found = sorted(rules.outcomes(asked.mine, lambda cell: cell.year).items())
    return _respond(
        fmt, asked, "by-year",
        lambda: [{"year": y or None, **results_of(o), **_failed(o)} for y, o in found],
        ("year", *RESULTS, *FAILED),
        lambda: _page("statistics_years.html", _("Assessments by year"), asked, years=found,
                      stages=_stages(asked), all=asked.figures.all),
    )  # fmt: skip


def _stages(asked: Asked) -> list[dict[str, Any]]:
    with reading() as session:
        there = store.figures(session, asked.version.id, None).stages
    texts = {value: text for value, text in STAGES.items() if Stage(value) in there}
    return filter_links("stage", texts, request.args.get("stage"))


@formats(blueprint, f"{HERE}/reassessments")
@unless_unchanged(version)
@public
def reassessments(fmt: Format) -> Response:
    """Show how first assessments and reassessments ended, and what became of those that failed."""
    asked = _asked(fmt)
    held = rules.outcomes(asked.mine, lambda cell: (cell.stage, rules.first_or_again(cell)))
    with reading() as session:
        after = store.again(session, _first_failed(store.cells(session)))
    became = {s: after[asked.version.id, s] for s in Stage if (asked.version.id, s) in after}
    shown = _ordered(held, [(s, w) for s in Stage for w in FIRST_OR_AGAIN])
    return _respond(
        fmt, asked, "reassessments",
        lambda: [_held(key, found, became) for key, found in shown], HELD_AGAIN,
        lambda: _page("statistics_again.html", _("First time and after reassessment"), asked,
                      held=shown, words=FIRST_OR_AGAIN, kinds=_KINDS,
                      became=list(became.items())),
    )  # fmt: skip


def _first_failed(cells: list[Cell]) -> dict[tuple[int, Stage], int]:
    found: dict[tuple[int, Stage], int] = {}
    for cell in rules.counted(cells):
        if cell.result is Rating.NOT_MET and rules.first_or_again(cell) == "first":
            key = cell.version, cell.stage
            found[key] = found.get(key, 0) + cell.many
    return found


def _held(key: tuple[Stage, str], found: Outcomes, became: dict[Stage, Retried]) -> dict[str, Any]:
    """A row of first assessments or of those held again; the first with what became of them."""
    stage, which = key
    said = {"stage": stage.value, "held": which, **results_of(found)}
    row = became.get(stage)
    if which != "first" or row is None:
        return said
    tried, passed = row.tried_again, row.passed_then
    return {
        **said, "not_passed_first": tried.whole, "assessed_again": tried.part,
        "assessed_again_percent": tried.percent(smallest()), "passed_then": passed.part,
        "passed_then_percent": passed.percent(smallest()),
    }  # fmt: skip


@formats(blueprint, f"{HERE}/points")
@unless_unchanged(version)
@public
def points(fmt: Format) -> Response:
    """Show how often each point was not met."""
    asked = _asked(fmt, "stage", "held")
    with reading() as session:
        found = store.points(session, asked.version.id, asked.stage, asked.first)
    only = filter_links("held", {"first": _("First assessments only")}, request.args.get("held"))
    return _respond(
        fmt, asked, "by-point", lambda: map(_point, found), POINTS,
        lambda: _page("statistics_points.html", _("Assessments by point"), asked, points=found,
                      stages=_stages(asked), only=only,
                      rated=[each.value for each in rules.RESULTS]),
    )  # fmt: skip


def _point(point: Point) -> dict[str, Any]:
    r = point.ratings
    return dict(zip(POINTS, (
        point.number, point.title or None, r.rated, r.met, r.met_with_conditions, r.not_met,
        r.failed.percent(smallest()), r.not_rated,
    ), strict=True))  # fmt: skip


@formats(blueprint, f"{HERE}/organisations")
@unless_unchanged(version)
@public
def organisations(fmt: Format) -> Response:
    """Show how assessments ended of what each organisation owned, or holds today."""
    asked = _asked(fmt, "stage", "as", "after")
    with reading() as session:
        found = store.by_organisation(session, asked.version.id, asked.stage, asked.today)
    return _respond(
        fmt, asked, f"by-organisation-{TODAY if asked.today else THEN}",
        lambda: map(_holding, found), HELD, lambda: _organisations(asked, found),
    )  # fmt: skip


def _holding(row: Holding) -> dict[str, Any]:
    held = {"organisation_slug": row.slug, "organisation": row.name or None}
    return {**held, **results_of(row.outcomes), "unsure": row.unsure}


def _after() -> tuple[Any, int] | None:
    """Where the list of organisations goes on, if anywhere."""
    key = decode_key(request.args.get("after", ""))
    return key if key and isinstance(key[0], str) else None


def _organisations(asked: Asked, found: list[Holding]) -> Response:
    key = _after()
    rest = [row for row in found if store.place(row) > key] if key else found
    here, more = rest[:PAGE_SIZE], len(rest) > PAGE_SIZE
    ways = {THEN: _("As reports name them"), TODAY: _("Who holds the service today")}
    return _page(
        "statistics_organisations.html",
        _("Assessments by organisation"),
        asked,
        rows=here,
        stages=_stages(asked),
        ways=[
            (text, query_url(**{"as": v}), v == (TODAY if asked.today else THEN))
            for v, text in ways.items()
        ],
        unsure=sum(row.unsure for row in found),
        first=not key,
        paging=paging(None, {"after": encode_key(store.place(here[-1]))} if more else None),
    )
