"""What the page for leadership is made of, and which of it comes first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from portal.reports.rules.reuse_query import Of, with_children
from portal.reports.rules.reuse_rates import Numbers

#: So many rows of each list are on the page; what is behind them has them all.
SHOWN = 5
#: Why an exemption is overdue.
CONDITIONS, ENDED = "conditions", "ended"


class Addressable(NamedTuple):
    """A need of which own builds and products could be shared, in numbers of arrangements."""

    slug: str
    name: str
    addressable: int
    reasoned: int
    bodies: int
    next_end: date | None


class Ending(NamedTuple):
    """A component that ends or has ended, with the uses still on it and those that stopped."""

    slug: str
    name: str
    lifecycle: str
    ends_on: date | None
    left: int
    stopped: int


class Offered(NamedTuple):
    """A component with its use in numbers of services, and who provides it."""

    slug: str
    name: str
    provider_slug: str
    provider: str
    team: str | None
    confirmed: int
    declared: int


class Unanswered(NamedTuple):
    """An organisation at the top, with everything below it: services, and needs not answered."""

    slug: str
    name: str
    services: int
    unanswered: int


class Overdue(NamedTuple):
    """An exemption of which something is overdue, and since when.

    Attributes:
        why: `CONDITIONS` are not met in time, or leave has `ENDED` and nothing came of it.
        request: the id of what was asked for, where somebody asked here.
    """

    due: date
    id: int
    why: str
    request: int | None
    service_slug: str
    service: str
    organisation_slug: str | None
    organisation: str | None
    component_slug: str
    component: str
    conditions: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page says, but for money.

    Attributes:
        phases: services by phase.
        lifecycles: components by how far they are.
        components: what components are called, by address.
        numbers: how all services meet their needs.
        offered: components in use, the most used first.
        ask: those with use that is only declared, the most first: who may confirm it.
        overdue: how many exemptions are; `late` has the first of them.
    """

    day: date
    phases: Mapping[str, int]
    lifecycles: Mapping[str, int]
    components: Mapping[str, str]
    numbers: Numbers
    offered: list[Offered]
    ask: list[Offered]
    addressable: list[Addressable]
    endings: list[Ending]
    unanswered: list[Unanswered]
    overdue: int
    late: list[Overdue]


def first_addressable(found: Iterable[Addressable]) -> list[Addressable]:
    """Those with most that could be shared."""
    some = [each for each in found if each.addressable]
    return sorted(some, key=lambda each: (-each.addressable, each.name))[:SHOWN]


def most_used(offered: Iterable[Offered]) -> list[Offered]:
    """Those with most services in use."""
    some = [each for each in offered if each.confirmed + each.declared]
    order = sorted(some, key=lambda o: (-o.confirmed - o.declared, -o.confirmed, o.name))
    return order[:SHOWN]


def to_ask(offered: Iterable[Offered]) -> list[Offered]:
    """Those with most use that nobody has confirmed."""
    some = [each for each in offered if each.declared]
    return sorted(some, key=lambda each: (-each.declared, each.name))[:SHOWN]


def first_endings(found: Iterable[Ending]) -> list[Ending]:
    """Those with most uses left, then those that were left by most."""
    some = [each for each in found if each.left or each.stopped]
    return sorted(some, key=lambda each: (-each.left, -each.stopped, each.name))[:SHOWN]


def most_unanswered(
    rows: Mapping[Of, Numbers], names: Mapping[int, tuple[str, str]],
    lines: Callable[[int], Collection[int]], asked: int,
) -> list[Unanswered]:  # fmt: skip
    """The organisations at the top with most needs of which nobody has said anything.

    Args:
        rows: by organisation.
        names: the address and name of each.
        lines: gives an organisation and everything above it.
        asked: of how many needs each service is asked.
    """
    each = {of: replace(numbers, asked=asked) for of, numbers in rows.items()}
    every = with_children(each, lambda body: lines(body) if body in names else ())
    some = [
        Unanswered(*names[body], numbers.services, numbers.unanswered)
        for body, numbers in every.items()
        if isinstance(body, int) and body in names and len(lines(body)) == 1
    ]
    order = sorted(some, key=lambda row: (-row.unanswered, row.name))
    return [row for row in order if row.unanswered][:SHOWN]
