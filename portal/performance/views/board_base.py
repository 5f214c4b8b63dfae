"""What all dashboards share: the address, the periods it shows, and its measures over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from flask import request

from portal.access import Kind, Permission, may
from portal.accounts.store import things
from portal.performance.forms.board_words import PERIODS, title_of
from portal.performance.forms.labels import period_name
from portal.performance.models.notes import FigureNote
from portal.performance.rules.board_choices import YEARS, Asked, Choice, Spans, offered
from portal.performance.rules.boards import Board
from portal.performance.rules.totals import parts_of
from portal.performance.store.sources import Source
from portal.performance.words import Kpi, Period
from portal.web.arguments import one_of, unknown
from portal.web.charts import SIZE
from portal.web.i18n import _
from portal.web.pages import query_url
from portal.web.people import current_person
from portal.web.reading import reading

#: A sum over more than so many data sets does not name them.
SHOWN_SOURCES = 3
ARGUMENTS = ("period", "to", "years", "tile", "with")


@dataclass(frozen=True, slots=True)
class Place:
    """Whose dashboard it is.

    Attributes:
        name: what the service, component, organisation or journey is called; empty for government.
        href: its page.
        address: of the dashboard.
        measures: those that there can be, in their order.
        file: what its files are called.
    """

    name: str
    href: str
    address: str
    measures: tuple[str, ...]
    file: str


def given_by(sources: Sequence[Source], measure: str) -> list[tuple[str, str]]:
    """The data sets of a measure, as (title, address)."""
    parts = parts_of(measure)
    found = [each for each in sources if each.figure in parts]
    return list(dict.fromkeys((s.title, f"/data-sets/{s.group}/{s.type}") for s in found))


@dataclass(frozen=True)
class Shown:
    """A dashboard: whose, what was asked for, and its figures, if there are any.

    Attributes:
        many: whether it is over many units, so that coverage and like for like mean something.
        sources: the data sets that the figures come from; of a sum over many units, none.
    """

    place: Place
    asked: Asked
    spans: Spans
    choice: Choice | None = None
    board: Board | None = None
    notes: Sequence[FigureNote] = ()
    targets: dict[Kpi, float] | None = None
    many: bool = False
    sources: Sequence[Source] = ()
    _called: dict[date, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def sources_of(self, measure: str) -> list[tuple[str, str]]:
        """The data sets that a measure is from, as (title, address); none where there are many."""
        made = given_by(self.sources, measure)
        return made if len(made) <= SHOWN_SOURCES else []

    @cached_property
    def there(self) -> list[str]:
        """The measures that have a number."""
        return self.board.shown(self.place.measures) if self.board else []

    @cached_property
    def measures(self) -> list[str]:
        """The measures to show: those asked for, or all; only those with a number."""
        return [m for m in self.there if m in self.asked.tiles or not self.asked.tiles]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The measures to choose from, as (name, what it is called)."""
        return [(measure, title_of(measure)) for measure in self.there]

    @property
    def offered(self) -> list[date]:
        """The periods to choose from, newest first."""
        chosen = [each for each in (self.asked.to, self.asked.compare) if each]
        return offered(self.board.starts, chosen) if self.board else []

    def target(self, measure: str) -> float | None:
        """What an indicator shall reach now."""
        held = self.targets or {}
        return next((value for kpi, value in held.items() if kpi.value == measure), None)

    def called(self, start: date) -> str:
        """A period of this board in words."""
        known = self._called.get(start)
        if known is None:
            known = period_name(self.choice.period if self.choice else None, start)
            self._called[start] = known
        return known


def asked(measures: Sequence[str], *known: str) -> Asked:
    """What the address asks for; `known` are arguments of this page beside those of all."""
    ignored = list(unknown(*ARGUMENTS, SIZE, *known))
    period = one_of("period", Period, ignored)
    to, compare = day_in("to", ignored), day_in("with", ignored)
    text = request.args.get("years", "")
    years = int(text) if text in {str(each) for each in YEARS} else None
    if text and years is None:
        ignored.append(f"years={text[:80]}")
    tiles = tuple(each for each in request.args.getlist("tile") if each in measures)
    ignored += [f"tile={t[:80]}" for t in request.args.getlist("tile") if t not in measures]
    return Asked(period, to, years, tiles, compare, tuple(ignored))


def day_in(name: str, ignored: list[str]) -> date | None:
    """The day in an argument, as `2026-05-03`; None where there is none, and what is none is
    ignored.
    """
    text = request.args.get(name, "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = None
    # One way to write it: what is ignored is told, and left out of links, as it was written.
    if text and (day is None or day.isoformat() != text):
        ignored.append(f"{name}={text[:80]}")
        return None
    return day


def also_ignored(found: Asked, spans: Spans, choice: Choice | None) -> Asked:
    """The same, with what asks for periods that there are none of."""
    ignored = list(found.ignored)
    if found.period and found.period not in spans:
        ignored.append(f"period={found.period.value}")
    if found.to and (choice is None or choice.last != found.to):
        ignored.append(f"to={found.to}")
    compare = found.compare
    if compare and not (choice and choice.can_be_beside(compare)):
        ignored.append(f"with={compare}")
        compare = None
    return replace(found, ignored=tuple(ignored), compare=compare)


def since_a_year(found: Asked) -> Asked:
    """The same for many units, whose changes are kept against a year before and no other period."""
    if found.compare is None:
        return found
    return replace(found, compare=None, ignored=(*found.ignored, f"with={found.compare}"))


def query_of(shown: Shown) -> list[tuple[str, str]]:
    """The arguments by which another address shows the same periods."""
    if shown.choice is None:
        return []
    choice = shown.choice
    pairs = [("period", choice.period.value), ("to", choice.last.isoformat())]
    return [*pairs, ("years", str(choice.years))]


Link = tuple[str, str, bool]


def period_links(shown: Shown) -> list[Link]:
    """Which length of periods can be shown, as (text, address, whether it is this one)."""
    now = shown.choice.period if shown.choice else None
    return [
        (str(text), query_url(period=period.value, to=None, years=None, **{"with": None}),
         period is now)
        for period, text in PERIODS.items()
        if period in shown.spans
    ]  # fmt: skip


def year_links(shown: Shown) -> list[Link]:
    """Over how many years, as long as there are figures for them."""
    if shown.choice is None:
        return []
    choice, span = shown.choice, shown.spans[shown.choice.period]
    there = choice.last.year - span.first.year + 1
    return [
        (
            _("1 year") if n == 1 else _("%(num)s years", num=n),
            query_url(years=n),
            n == choice.years,
        )
        for n in YEARS
        if n == choice.years or n <= there or n == next(y for y in YEARS if y >= min(there, 20))
    ]


def edits(kind: Kind, slug: str) -> bool:
    """Whether the reader may say something of the figures of a service or component."""
    if not current_person().is_authenticated:
        return False
    with reading() as session:
        thing = things.by_slug(session, kind, slug)
    return may(current_person(), Permission.KEEP_FIGURES, thing)
