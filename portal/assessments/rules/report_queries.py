"""What a list of reports is asked for, as its address spells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from portal.assessments import words
from portal.catalogue.rules.filters import Cursor, Pairs, Reader
from portal.digits import whole_number

#: An assessment of which nobody knows the standard.
UNKNOWN = "unknown"
#: The earliest and the last year that an address can ask for.
YEARS = range(2000, 2101)
NO_DAY = date(1, 1, 1)
#: The facets that are counted, as the query names them; each is a column of `Cell`.
FACETS = ("stages", "results", "kinds", "years", "standards")


@dataclass(frozen=True, slots=True)
class ReportQuery:
    """What a list is asked for. Empty tuples and None mean "any".

    Attributes:
        organisation: slug of a body that owned the service on the day, or is above one that did.
        standard: a version of a standard, as `service-standard-1`, or `unknown`.
        point: number of a point of that version; without one, `ratings` speak of any point.
        counterparts: also the points of other versions that ask for the same.
        component: slug of one that the report names.
    """

    text: str = ""
    organisation: str | None = None
    stages: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    standard: str | None = None
    point: int | None = None
    ratings: tuple[str, ...] = ()
    counterparts: bool = False
    component: str | None = None
    cursor: Cursor | None = None

    @property
    def standards(self) -> tuple[str, ...]:
        """The version as a facet; it is open where points of others count as well."""
        return (self.standard,) if self.standard and not self.counterparts else ()

    @property
    def filtered(self) -> bool:
        """True where anything narrows the list."""
        return replace(self, cursor=None, counterparts=False) != ReportQuery()


class Cell(NamedTuple):
    """How many assessments have these values, within the filters that are no facets."""

    stages: str
    results: str
    kinds: str
    years: str
    standards: str
    many: int


def parse(pairs: Pairs) -> tuple[ReportQuery, tuple[str, ...]]:
    """A query from an address's arguments, and the arguments that were ignored."""
    read = Reader(pairs)
    text = " ".join((read.one("q") or "").split())[:200]
    standard, point = read.one("standard"), read.one("point")
    version, _dot, number = (point or "").rpartition(".")
    standard = version or standard
    known = whole_number(number, 999) is not None and standard is not None
    if point and not known:
        read.ignored.append(f"point={point[:80]}")
    query = ReportQuery(
        text=text,
        organisation=read.one("organisation"),
        stages=read.choices("stage", [each.value for each in words.Stage]),
        results=read.choices("result", [each.value for each in words.Rating]),
        kinds=read.choices("kind", [each.value for each in words.AssessmentKind]),
        years=read.choices("year", [*map(str, YEARS), UNKNOWN]),
        standard=standard[:210] if standard else None,
        point=int(number) if point and known else None,
        ratings=read.choices("rating", [each.value for each in words.Rating]),
        counterparts=read.choices("counterparts", ["yes"]) == ("yes",),
        component=read.one("component"),
        cursor=_cursor(read, bool(text)),
    )
    return query, read.rest()


def _cursor(read: Reader, ranked: bool) -> Cursor | None:
    cursor = read.cursor(textual=not ranked)
    if cursor and not ranked:
        try:
            date.fromisoformat(str(cursor.key[0]))
        except ValueError:
            read.ignored.append("before" if cursor.backwards else "after")
            return None
    return cursor


def fits(cell: Cell, query: ReportQuery) -> bool:
    """Whether the facets leave a cell."""
    return _misses(cell, _wanted(query)) == ()


def _wanted(query: ReportQuery) -> list[tuple[int, tuple[str, ...]]]:
    """The facets that are asked for: their places in a cell, with the values."""
    asked = ((at, getattr(query, facet)) for at, facet in enumerate(FACETS))
    return [(at, values) for at, values in asked if values]


def _misses(cell: Cell, wanted: list[tuple[int, tuple[str, ...]]]) -> tuple[int, ...]:
    """The places of the facets that do not leave a cell."""
    return tuple([at for at, values in wanted if cell[at] not in values])


def counts(
    cells: Iterable[Cell], query: ReportQuery
) -> tuple[int, Mapping[str, Mapping[str, int]]]:
    """How many assessments the facets leave, and for each facet how many each of its values
    leaves; the others are as they are.
    """
    total = 0
    found: tuple[dict[str, int], ...] = tuple({} for _ in FACETS)
    wanted, everywhere = _wanted(query), range(len(FACETS))
    for cell in cells:
        many = cell.many
        misses = _misses(cell, wanted) if wanted else ()
        if not misses:
            total += many
        elif len(misses) > 1:
            continue
        # A cell that misses in one facet is what another value of that facet would leave.
        for at in misses or everywhere:
            value, known = str(cell[at]), found[at]
            known[value] = known.get(value, 0) + many
    return total, dict(zip(FACETS, found, strict=True))
