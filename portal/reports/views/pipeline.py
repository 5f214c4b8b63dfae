"""The pipeline report: how long assessments take, how their points are rated, what is still open,
and whether services that reuse pass more often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request, url_for

from portal.assessments.rules.follow_ups import Age
from portal.assessments.views.statistics import smallest
from portal.assessments.words import Rating
from portal.catalogue.forms.labels import label
from portal.catalogue.views.base import reading, refuse_unknown, today, version
from portal.reports.forms.pipeline_words import ANSWERS, USES
from portal.reports.rules.pipeline import ALL, Answer, Ended, Group, Times, answer
from portal.reports.store import pipeline
from portal.reports.store.pipeline import Figures, Point
from portal.reports.views.pipeline_base import KNOWN, Asked, asked, called
from portal.web.caching import unless_unchanged
from portal.web.formats import Format, formats, respond_list
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.links import with_query
from portal.web.pages import page

blueprint = Blueprint("pipeline", __name__)
HERE, LIST = "/reports/pipeline", "/reports/pipeline/assessments"
#: The columns of its files: a row is of one of the tables, and has the columns of that.
COLUMNS = (
    "table", "row", "name", "n", "met", "met_with_conditions", "not_met", "share_passed",
    "interval_low", "interval_high", "median_working_days", "p90_working_days",
)  # fmt: skip
#: The row of all quarters, or of all assessments, together.
TOGETHER = "all"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the report shows."""

    figures: Figures
    points: list[Point]
    ages: dict[Age, dict[Rating, int]]

    @property
    def open(self) -> int:
        """How many actions are open."""
        return sum(sum(row.values()) for row in self.ages.values())

    @property
    def untimed(self) -> int:
        """Of how many it is not known how long they took."""
        return self.figures.many - (self.figures.all.n if self.figures.all else 0)

    def answers(self) -> dict[Answer, int]:
        """How many rows of the comparison, of one phase each, say what."""
        rows = self.figures.compared.items()
        said = Counter(answer(row, smallest()) for group, row in rows if group != ALL)
        return {each: said[each] for each in Answer}


@formats(blueprint, HERE)
@unless_unchanged(version)
@public
def index(fmt: Format) -> Response:
    """Show the figures of published assessments."""
    found = asked()
    refuse_unknown(fmt, found.ignored)
    report = _report(found)
    return respond_list(
        fmt,
        page=lambda: _index(found, report),
        rows=lambda: _rows(found, report),
        columns=COLUMNS,
        name="pipeline",
        more=_more(found, report),
        bounded=True,
    )


def _report(found: Asked) -> Report:
    with reading() as session:
        points = pipeline.points(session, found.version.id, found.scope) if found.version else []
        return Report(
            pipeline.figures(session, found.scope), points,
            pipeline.ages(session, found.scope, today()),
        )  # fmt: skip


def _more(found: Asked, report: Report) -> dict[str, Any]:
    """What JSON says of the report beside its rows."""
    compared = report.figures.compared
    return {
        "as_at": today().isoformat(),
        "filters": {name: value for name, (value, _text) in found.chosen.items()},
        "standard": found.version.value if found.version else None,
        "assessments": report.figures.many,
        "not_compared": report.figures.unplaced,
        "without_time": report.untimed,
        "answer": answer(compared[ALL], smallest()).value if compared else None,
    }


def _rows(found: Asked, report: Report) -> Iterator[dict[str, Any]]:
    empty: dict[str, Any] = dict.fromkeys(COLUMNS)
    figures = report.figures
    if figures.all:
        yield empty | {"table": "time", "row": TOGETHER, **_times(figures.all)}
    for name, each in figures.quarters.items():
        yield empty | {"table": "time", "row": name, **_times(each)}
    for point in report.points:
        r, of = point.ratings, found.version.value if found.version else ""
        yield empty | {
            "table": "points", "row": f"{of}.{point.number}", "name": point.title, "n": r.rated,
            "met": r.met, "met_with_conditions": r.met_with_conditions, "not_met": r.not_met,
        }  # fmt: skip
    for age, row in report.ages.items():
        many = {rating.value: number for rating, number in row.items()}
        yield empty | {"table": "open_actions", "row": age.value, "n": sum(row.values()), **many}
    for group, uses in figures.compared.items():
        for use, ended in uses.items():
            yield empty | {"table": "reuse", "row": f"{_named(group)} {use}", **_ended(ended)}


def _times(of: Times) -> dict[str, Any]:
    return {"n": of.n, "median_working_days": of.median, "p90_working_days": of.slow}


def _ended(of: Ended) -> dict[str, Any]:
    low, high = of.interval or (None, None)
    shares = zip(("share_passed", "interval_low", "interval_high"), (of.share, low, high),
                 strict=True)  # fmt: skip
    results = (Rating.MET, Rating.MET_WITH_CONDITIONS, Rating.NOT_MET)
    return {
        "n": of.n,
        **{rating.value: of.of(rating) for rating in results},
        **{name: None if value is None else round(value, 4) for name, value in shares},
    }


def _named(group: Group) -> str:
    """A row of the comparison as files have it."""
    stage, again = group
    return TOGETHER if stage is None else f"{stage.value} {'again' if again else 'first'}"


def _index(found: Asked, report: Report) -> Response:
    return page(
        "reports/pipeline.html",
        title=_("Pipeline of assessments"),
        section=_("Reports on government"),
        crumbs=[(_("Reports on government"), url_for("overview.index"))],
        found=found,
        report=report,
        quarters=[(name, called(name), each) for name, each in report.figures.quarters.items()],
        groups=[(group, _words(group), uses) for group, uses in report.figures.compared.items()],
        uses=USES,
        answer=_answer(report),
        smallest=smallest(),
        link=link,
        narrow=_narrow,
        ignored=found.ignored,
    )


def _answer(report: Report) -> list[str]:
    """What the comparison says, in words: of all together, then of the rows of one phase."""
    if not report.figures.compared:
        return []
    found = report.answers()
    whole = str(ANSWERS[answer(report.figures.compared[ALL], smallest())])
    parts = _(
        "Compared phase by phase, first assessments and those held again apart: more often in "
        "%(more)s of %(all)s comparisons, less often in %(less)s; the others do not tell.",
        more=found[Answer.MORE], less=found[Answer.LESS], all=sum(found.values()),
    )  # fmt: skip
    return [whole, parts]


def _words(group: Group) -> str:
    stage, again = group
    if stage is None:
        return _("All together")
    text = str(label(stage.value, "assessment_stage"))
    return _("%(stage)s, held again", stage=text) if again else text


def _narrow(group: Group) -> dict[str, str]:
    """The arguments that lead to the assessments of a row of the comparison."""
    stage, again = group
    if group == ALL or stage is None:
        return {}
    return {"stage": stage.value, "held": "again" if again else "first"}


def link(**wanted: str) -> str:
    """The assessments behind a figure, within the filters of this address."""
    kept = [
        (n, v) for n, v in request.args.items() if n in KNOWN and n not in (*wanted, "standard")
    ]
    return with_query(LIST, [*kept, *wanted.items()])
