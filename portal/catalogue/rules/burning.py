"""Components that need attention, with why: a pure function of what is recorded and a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from portal.catalogue.component_words import Burning, Lifecycle
from portal.catalogue.rules.closing import ended
from portal.catalogue.rules.reviews import add_months

#: A security test holds for so many months.
TESTED = 12
_MOST = 10**9


@dataclass(frozen=True, slots=True)
class Facts:
    """What is recorded of a component.

    Attributes:
        ends: the day it ends or ended (see `closing.ends_on`).
        dependents: how many services depend on it.
        incidents: how many are open.
        unsupported: how many parts have no support.
    """

    lifecycle: Lifecycle
    ends: date | None
    successor: bool
    dependents: int
    team: str | None
    security_tested_on: date | None
    incidents: int
    unsupported: int


def reasons(facts: Facts, day: date) -> list[Burning]:
    """Why a component needs attention on a day, the worst first; nothing where it needs none.

    One that has closed needs attention only while services depend on it. A team or a test that is
    not published counts like one that is not there; where neither is, nothing is known to be wrong,
    and that is a reason of its own, below all others.
    """
    if ended(facts.lifecycle, facts.ends, day):
        return [Burning.CLOSED_IN_USE] if facts.dependents else []
    untested = facts.security_tested_on is None or (
        add_months(facts.security_tested_on, TESTED) < day
    )
    silent = not facts.team and facts.security_tested_on is None
    found = {
        Burning.INCIDENT: facts.incidents > 0,
        Burning.UNSUPPORTED: facts.unsupported > 0,
        Burning.CLOSING_IN_USE: facts.ends is not None and facts.dependents > 0,
        Burning.NO_TEAM: not facts.team and not silent,
        Burning.NOT_TESTED: untested and not silent,
        Burning.NO_SUCCESSOR: facts.lifecycle is Lifecycle.DEPRECATED and not facts.successor,
        Burning.NOT_PUBLISHED: silent,
    }
    return [why for why in Burning if found.get(why)]


def place(why: Collection[Burning], dependents: int, name: str) -> str:
    """Where a component stands in the list, as text that sorts: by its worst reason, then those on
    which more services depend, then those with more reasons, then by name.
    """
    order = list(Burning)
    worst = min(order.index(each) for each in why)
    return f"{worst:02}{_MOST - dependents:010}{len(order) - len(why):02}{name}"
