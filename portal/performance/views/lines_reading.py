"""Reads figures of a few services and components beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from flask import request

from portal.access import Kind
from portal.catalogue.views.base import one_of, unknown
from portal.performance.forms.board_words import title_of
from portal.performance.forms.labels import period_name
from portal.performance.rules import boards as rules
from portal.performance.rules import lines
from portal.performance.rules.board_choices import Choice, Spans, offered, starts
from portal.performance.rules.boards import Board
from portal.performance.rules.totals import parts_of
from portal.performance.store import beside as store
from portal.performance.store.beside import Thing
from portal.performance.store.sources import Source
from portal.performance.views.board_base import day_in, given_by
from portal.performance.words import Period

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ADDRESS = "/performance/compare"
_KINDS = {Kind.SERVICE.value: Kind.SERVICE, Kind.COMPONENT.value: Kind.COMPONENT}
_ARGUMENTS = (*_KINDS, "figure", "period", "from", "to", "scale", "add")
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Line:
    """A service or component with what it shows.

    Attributes:
        measure: the one that it has of what is asked for; None where it has no such.
        board: its figures; None where nothing of what is compared has any.
        sources: the data sets that they are from.
    """

    kind: Kind
    id: int
    slug: str
    name: str
    measure: str | None = None
    board: Board | None = None
    sources: Sequence[Source] = ()

    @property
    def thing(self) -> Thing:
        """What it is, for the store."""
        return self.kind, self.id

    @property
    def given_by(self) -> list[tuple[str, str]]:
        """The data sets of the measure, as (title, address)."""
        return given_by(self.sources, self.measure) if self.measure else []

    @property
    def href(self) -> str:
        """Its dashboard."""
        return f"/{self.kind.value}s/{self.slug}/performance"


@dataclass(frozen=True, slots=True)
class Beside:
    """What the address asks to compare.

    Attributes:
        lines: in the order of the address.
        measure: what is compared, as services call it.
        measures: what can be.
        choice: the periods; None where nothing has figures.
        every: all periods there are to choose from.
        log: whether each line across is ten times the one below.
        asked: what was chosen beside the things, as arguments.
    """

    lines: Sequence[Line]
    measure: str
    measures: Sequence[str]
    spans: Spans
    choice: Choice | None
    every: Sequence[date]
    log: bool
    asked: Mapping[str, str]
    ignored: tuple[str, ...]

    @property
    def pairs(self) -> Pairs:
        """The things as arguments of an address."""
        return [(line.kind.value, line.slug) for line in self.lines]

    def query(self, **other: str) -> Pairs:
        """This comparison as arguments; those in `other` in the place of its own. What nobody chose
        stays open, so that one that is added may change it.
        """
        said = {**self.asked, **other}
        return [*self.pairs, *((name, text) for name, text in said.items() if text)]

    @property
    def offered(self) -> list[date]:
        """The periods to choose from, newest first."""
        return offered(self.every, (self.choice.first, self.choice.last) if self.choice else ())

    def called(self, start: date) -> str:
        """A period in words."""
        return period_name(self.choice.period if self.choice else None, start)

    @property
    def title(self) -> str:
        """What is compared is called."""
        kinds = {line.kind for line in self.lines}
        if self.measure == "transactions" and Kind.COMPONENT in kinds:
            return f"{title_of('transactions')}, {title_of('volume').lower()}"
        return title_of(self.measure)


def beside(session: Session) -> Beside:
    """What this address asks for."""
    ignored = list(unknown(*_ARGUMENTS, "size"))
    things = _things(session, ignored)
    kinds = [line.kind for line in things] or [Kind.SERVICE]
    there = lines.measures(kinds)
    measure = request.args.get("figure", "")
    ignored += [f"figure={measure[:80]}"] if measure and measure not in there else []
    measure = measure if measure in there else there[0]
    period = one_of("period", Period, ignored)
    first, last = day_in("from", ignored), day_in("to", ignored)
    each = store.spans(session, [line.thing for line in things]) if things else {}
    spans = lines.spans_of(list(each.values()))
    choice = lines.choice(spans, period, first, last)
    if period and period not in spans:
        ignored.append(f"period={period.value}")
    filled, every, have = _filled(session, things, measure, choice, spans)
    there = [m for m in there if m == measure or m in have]
    log = request.args.get("scale") == "log" and measure not in rules.SHARES
    chosen = {
        "figure": measure if request.args.get("figure") == measure else "",
        "period": period.value if period and period in spans else "",
        "from": first.isoformat() if first else "", "to": last.isoformat() if last else "",
        "scale": "log" if log else "",
    }  # fmt: skip
    return Beside(filled, measure, there, spans, choice, every, log, chosen, tuple(ignored))


def _things(session: Session, ignored: list[str]) -> list[Line]:
    """What is compared, in the order of the address; nothing twice, and no more than can be."""
    wanted = dict.fromkeys(
        (_KINDS[name], slug[:200])
        for name, slug in request.args.items(multi=True)
        if name in _KINDS and slug
    )
    known = store.named(session, wanted)
    found: dict[Thing, Line] = {}
    for kind, slug in wanted:
        named = known.get((kind, slug))
        if named is not None and (kind, named.id) in found:
            continue
        if named is None or len(found) == lines.MOST:
            ignored.append(f"{kind.value}={slug[:80]}")
            continue
        found[kind, named.id] = Line(kind, *named)
    return list(found.values())


def _filled(
    session: Session, things: Sequence[Line], measure: str, choice: Choice | None, spans: Spans
) -> tuple[list[Line], list[date], set[str]]:
    """The same with their figures, all periods there are, and the measures there are."""
    named = [(line, lines.measure_of(line.kind, measure)) for line in things]
    if choice is None:
        return [replace(line, measure=name) for line, name in named], [], set()
    span = spans[choice.period]
    before = min(choice.before, span.first)
    all_of_them = [line.thing for line in things]
    read = store.rows(session, all_of_them, choice.period, before, span.last)
    given = store.sources(session, all_of_them, choice)
    found = [row.start for rows in read.values() for row in rows]
    shown = starts(choice, found)
    made = [
        replace(
            line,
            measure=name,
            sources=given.get(line.thing, ()),
            board=rules.of_units(read.get(line.thing, ()), [name], choice.period, shown, 1)
            if name
            else None,
        )
        for line, name in named
    ]
    have = {row.figure for rows in read.values() for row in rows if row.number is not None}
    parts = {m: [parts_of(lines.measure_of(line.kind, m) or m) for line in things]
             for m in lines.measures([line.kind for line in things])}  # fmt: skip
    known = {m for m, each in parts.items() if any(have.issuperset(part) for part in each)}
    return made, rules.steps(choice.period, found, span.first, span.last), known
