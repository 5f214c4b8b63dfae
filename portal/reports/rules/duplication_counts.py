"""The ways in which services meet their needs now, counted for the duplication report.

Every count is a sum over services, so a write changes it by what its services change: how often
each way is used, how many are alike, of which kinds of organisations those are that services build
or buy for themselves. Who may use what then follows from the components.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from portal.reports.rules.duplication import Duplication, Offered
from portal.reports.rules.reuse import GOVERNMENT, NOBODY, Place
from portal.reports.words import Way

#: What a service builds or buys for itself.
ALONE = (Way.OWN, Way.BOUGHT)
#: What is only counted to count something else.
BEHIND = (Way.BODY, Way.END)


class Leave(NamedTuple):
    """An exemption: its first day, and the first day without it."""

    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        """Whether it does on a day."""
        return self.since <= day and (self.until is None or self.until > day)


class Fact(NamedTuple):
    """A way in use that counts.

    Attributes:
        counted: `SHARED`, `OWN` or `BOUGHT`.
        item: the component's id, or the product's name in small letters.
        alike: the audience and size of the service; empty without an audience, or of shared use.
        contract_end: where it is still to come.
        changes_on: the first day on which it counts otherwise without anybody writing.
    """

    service_id: int
    usage_id: int
    capability_id: int
    counted: str
    item: str = ""
    alike: str = ""
    reasoned: bool = False
    exempt: bool = False
    contract_end: date | None = None
    changes_on: date | None = None


class Item(NamedTuple):
    """What is counted of a need; `whose` is the kind of organisation where that decides."""

    counted: str
    capability_id: int
    whose: str = ""
    item: str = ""


class Key(NamedTuple):
    """What a count is of: the parts that are empty are all of them together."""

    organisation_id: int
    kind: str
    phase: str
    counted: str
    capability_id: int
    whose: str = ""
    item: str = ""


class Row(NamedTuple):
    """Counts that differ in their item only: how many, their sum, the sum of their squares and of
    those above 1; of `END`, the first day.
    """

    counted: str
    capability_id: int
    whose: str
    items: int
    many: int
    squares: int
    repeated: int
    first: date | None = None


def on_day(
    fact: Fact, until: date | None, leaves: Collection[Leave], day: date
) -> Fact | None:  # fmt: skip
    """A way as it counts on a day; None where it is over.

    Args:
        fact: with the end of the contract as recorded.
        until: the first day without it.
        leaves: exemptions of its service from components that meet the need.
        day: on which that is asked.
    """
    if until is not None and until <= day:
        return None
    turns = [until]
    if fact.counted in ALONE:
        turns += [turn for leave in leaves for turn in leave]
        if fact.contract_end is not None:
            turns.append(fact.contract_end + timedelta(days=1))
        ended = fact.contract_end is None or fact.contract_end < day
        fact = fact._replace(
            exempt=any(leave.holds(day) for leave in leaves),
            contract_end=None if ended else fact.contract_end,
        )
    later = [turn for turn in turns if turn is not None and turn > day]
    return fact._replace(changes_on=min(later, default=None))


def levels(place: Place) -> list[tuple[int, str, str]]:
    """The organisation, kind and phase of the counts that a service is in."""
    kinds = ("", place.kind) if place.kind else ("",)
    found = [(GOVERNMENT, kind, phase) for kind in kinds for phase in ("", place.phase)]
    mine = [(place.organisation_id, "", "")] if place.organisation_id != NOBODY else []
    return [*found, *mine]


def items(place: Place, facts: Iterable[Fact]) -> Iterator[Item]:
    """Everything that is counted of one service."""
    for fact in facts:
        need = fact.capability_id
        yield Item(fact.counted, need, "", fact.item)
        if fact.counted not in ALONE:
            continue
        if place.organisation_id != NOBODY:
            yield Item(Way.BODY.value, need, "", str(place.organisation_id))
        if fact.alike:
            yield Item(Way.ALIKE.value, need, "", fact.alike)
        if fact.exempt:
            yield Item(Way.EXEMPT.value, need)
            continue
        if place.kind:
            yield Item(Way.OPEN.value, need, place.kind)
            if fact.reasoned:
                yield Item(Way.REASONED.value, need, place.kind)
            if fact.contract_end is not None:
                yield Item(Way.END.value, need, place.kind, fact.contract_end.isoformat())


def counts(place: Place, facts: Iterable[Fact]) -> Counter[Key]:
    """Every count that a service is in, without the number of organisations (`bodies`)."""
    some = Counter(items(place, facts))
    return Counter(
        {Key._make((*level, *item)): many for level in levels(place) for item, many in some.items()}
    )


def bodies(found: Mapping[Key, int]) -> Counter[Key]:
    """How many organisations meet a need on their own, from all counts."""
    return Counter(_bodies_of(key) for key, many in found.items()
                   if key.counted == Way.BODY and many > 0)  # fmt: skip


def crossed(before: Mapping[Key, int], change: Mapping[Key, int]) -> Counter[Key]:
    """By how much the numbers of organisations change with other counts."""
    found: Counter[Key] = Counter()
    for key, by in change.items():
        if key.counted == Way.BODY:
            was = before.get(key, 0)
            found[_bodies_of(key)] += (was + by > 0) - (was > 0)
    return found


def _bodies_of(key: Key) -> Key:
    return key._replace(counted=Way.BODIES.value, item="")


def rows_of(found: Mapping[Item, int], day: date) -> Iterator[Row]:
    """Counts put together as the database does it."""
    groups: dict[tuple[str, int, str], list[tuple[str, int]]] = {}
    for (counted, need, whose, item), many in found.items():
        if many > 0:
            groups.setdefault((counted, need, whose), []).append((item, many))
    for (counted, need, whose), some in groups.items():
        if counted == Way.END:
            ends = [end for item, _ in some if (end := date.fromisoformat(item)) >= day]
            yield Row(counted, need, whose, 0, 0, 0, 0, min(ends, default=None))
        elif counted == Way.BODY:
            yield Row(Way.BODIES.value, need, whose, 1, len(some), 0, 0)
        else:
            each = [many for _item, many in some]
            squares, repeated = sum(n * n for n in each), sum(n for n in each if n > 1)
            yield Row(counted, need, whose, len(each), sum(each), squares, repeated)


def together(rows: Iterable[Row], offered: Mapping[int, Offered]) -> dict[int, Duplication]:
    """How each need is met."""
    found = {need: Duplication(offering=each.many) for need, each in offered.items()}
    nothing = Offered(0, frozenset())
    for row in rows:
        may = row.whose in offered.get(row.capability_id, nothing).kinds
        _put(found.setdefault(row.capability_id, Duplication()), row, may)
    return found


def _put(of: Duplication, row: Row, may: bool) -> None:
    match row.counted:
        case Way.SHARED:
            of.components, of.shared = row.items, row.many
            of.squares += row.squares
        case Way.BOUGHT:
            of.products, of.bought = row.items, row.many
            of.squares += row.squares
        case Way.OWN:
            of.own += row.many
            of.squares += row.many
        case Way.ALIKE:
            of.overlap = row.repeated
        case Way.BODIES:
            of.bodies = row.many
        case Way.EXEMPT:
            of.exempt = row.many
        case Way.OPEN if may:
            of.addressable += row.many
        case Way.REASONED if may:
            of.reasoned += row.many
        case Way.END if may and row.first is not None:
            of.next_end = min(row.first, of.next_end or row.first)
