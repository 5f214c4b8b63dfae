"""What pages of two periods share: the figure, the periods and whose services, by address."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from flask import request, url_for

from portal.catalogue.store import hierarchy
from portal.catalogue.views.base import leads_on, one_of, today, unknown
from portal.performance.forms.board_words import amount, title_of
from portal.performance.forms.labels import period_name
from portal.performance.rules import boards as rules
from portal.performance.rules import periods
from portal.performance.rules.board_choices import Asked as Wanted
from portal.performance.rules.board_choices import Span, choose, offered
from portal.performance.rules.comparing import FIGURES, Measure
from portal.performance.store import boards, comparing
from portal.performance.store.comparing import Asked, Step
from portal.performance.views.board_base import day_in
from portal.performance.words import Figure, Kpi, Period
from portal.web.i18n import _
from portal.web.links import with_query

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

#: The arguments of these addresses; `with` is the first day of the period to compare with.
ARGUMENTS = ("figure", "period", "to", "with", "organisation")


class Body(NamedTuple):
    """The organisation whose services are meant, with all below it."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Sides:
    """What an address asks for, as far as there is something.

    Attributes:
        figure: the one that is compared, or an indicator.
        measures: those that can be, whether somebody has them or not.
        body: whose services; None for all of government.
        steps: the periods that there are figures for, by their length, the oldest first.
        asked: the two periods; None where nobody has the figure.
        units: how many services could have it.
        there: the figures and indicators that they have at any time.
        ignored: what of the address was not understood.
    """

    figure: Measure
    measures: Sequence[Measure]
    body: Body | None
    steps: Mapping[Period, Sequence[Step]]
    asked: Asked | None
    units: int
    there: Collection[str]
    ignored: tuple[str, ...]

    @property
    def title(self) -> str:
        """What the figure is called."""
        return title_of(self.figure.value)

    @property
    def indicator(self) -> Kpi | None:
        """The indicator that is compared; None for a figure."""
        return self.figure if isinstance(self.figure, Kpi) else None

    @property
    def starts(self) -> list[date]:
        """The periods to choose from, the newest first."""
        chosen = (self.asked.now, self.asked.before) if self.asked else ()
        return offered([step.start for step in self.mine], chosen)

    @property
    def mine(self) -> Sequence[Step]:
        """The periods of the length that is shown."""
        return self.steps[self.asked.period] if self.asked else ()

    def called(self, start: date) -> str:
        """A period in words."""
        return period_name(self.asked.period if self.asked else None, start)

    def year_before(self, start: date) -> date:
        """The period that one is compared with by itself."""
        return periods.year_before(self.asked.period, start) if self.asked else start

    def amount(self, value: float | None) -> str:
        """A number of the figure in words."""
        return amount(self.figure.value, value)

    def query(self, **more: str) -> list[tuple[str, str]]:
        """The arguments by which another address compares the same."""
        if self.asked is None:
            return []
        said = {
            "figure": self.figure.value, "period": self.asked.period.value,
            "to": self.asked.now.isoformat(), "with": self.asked.before.isoformat(),
            "organisation": self.body.slug if self.body else "",
        }  # fmt: skip
        return [(name, text) for name, text in {**said, **more}.items() if text]

    def address(self, path: str, **more: str) -> str:
        """Another address that compares the same."""
        return with_query(path, self.query(**more))


def crumbs_of(at: Sides) -> list[tuple[str, str]]:
    """The dashboards above a page that compares."""
    crumbs = [(_("Performance of government services"), url_for("boards.government"))]
    if at.body:
        crumbs.append((at.body.name, url_for("boards.organisation", slug=at.body.slug)))
    return crumbs


def sides(session: Session, *known: str, measures: Sequence[Measure] = FIGURES) -> Sides:
    """What this address asks for.

    Args:
        known: arguments of this page beside those of all.
        measures: what this page compares.
    """
    ignored = list(unknown(*ARGUMENTS, *known))
    text = request.args.get("figure", "")
    figure: Measure = Figure.TRANSACTIONS
    if text:
        there = {each.value: each for each in measures}
        figure = there.get(text, figure)
        ignored += [] if text in there else [f"figure={text[:80]}"]
    body = _body(session, ignored)
    id_ = body.id if body else None
    held = comparing.held(session, boards.bodies_of(id_, today()), figure)
    asked = _asked(figure, held.steps, id_, ignored)
    return Sides(
        figure, measures, body, held.steps, asked, held.units, held.figures, tuple(ignored)
    )


def _body(session: Session, ignored: list[str]) -> Body | None:
    slug = request.args.get("organisation", "")
    if not slug:
        return None
    tree = hierarchy.tree(session, today())
    id_ = tree.ids.get(slug)
    if id_ is None:
        leads_on("organisation", slug)
        ignored.append(f"organisation={slug[:80]}")
        return None
    return Body(id_, slug, tree.names[id_][1])


def _asked(
    figure: Measure, steps: Mapping[Period, Sequence[Step]], body: int | None, ignored: list[str]
) -> Asked | None:
    wanted = one_of("period", Period, ignored)
    to, before = day_in("to", ignored), day_in("with", ignored)
    spans = {
        period: Span(of[0].start, of[-1].start, max(step.things for step in of))
        for period, of in steps.items()
    }
    choice = choose(Wanted(wanted), spans)
    if choice is None:
        return None
    of = steps[choice.period]
    starts = {step.start for step in of}
    now = to if to in starts else rules.settled([(step.start, step.things) for step in of])
    now = now or of[-1].start
    if wanted and wanted is not choice.period:
        ignored.append(f"period={wanted.value}")
    ignored += [f"to={to}"] if to and to != now else []
    if before is not None and (before not in starts or before == now):
        ignored.append(f"with={before}")
        before = None
    was = before or periods.year_before(choice.period, now)
    return Asked(choice.period, figure, now, was, today(), body)
