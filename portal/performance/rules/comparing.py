"""A figure of services in two periods: who has both, who stopped, who started, and what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from portal.performance.rules import boards, kpis
from portal.performance.words import Figure, Kpi

#: What services are compared by. No average is among them: a share of its sum would mean nothing.
FIGURES = (
    Figure.TRANSACTIONS, Figure.DIGITAL, Figure.STARTED, Figure.COMPLETED, Figure.PROCESSED,
    Figure.INTENDED, Figure.CALLS, Figure.COST,
)  # fmt: skip
#: What else they are listed by. The cost of a transaction is one of 12 months, which none of the
#: listed periods need be.
INDICATORS = (Kpi.DIGITAL_TAKE_UP, Kpi.COMPLETION_RATE, Kpi.USER_SATISFACTION)
Measure = Figure | Kpi


class Which(StrEnum):
    """Which services are listed: those that have it now, in both periods, only now, only before."""

    NOW = "now"
    BOTH = "both"
    STARTED = "started"
    STOPPED = "stopped"


class Order(StrEnum):
    """Orders of the list; a rise and a fall are of those that have both, by how many or by which
    part of what it was.
    """

    LARGEST = "largest"
    RISE = "rise"
    FALL = "fall"
    RISE_RATE = "rise-rate"
    FALL_RATE = "fall-rate"
    NAME = "name"


#: Orders that only mean something of services that have both.
OF_BOTH = frozenset({Order.RISE, Order.FALL, Order.RISE_RATE, Order.FALL_RATE})
#: Orders by a part of what it was: indicators are shares already.
BY_RATE = frozenset({Order.RISE_RATE, Order.FALL_RATE})


@dataclass(frozen=True, slots=True)
class Group:
    """Services with their sums before and now; of an indicator those above the line, and below it
    (`was_of`, `now_of`).
    """

    things: int = 0
    was: float = 0.0
    now: float = 0.0
    was_of: float = 0.0
    now_of: float = 0.0


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure in two periods.

    Attributes:
        both: the services that have it in both: like for like.
        started: those that have it now only.
        stopped: those that had it before only.
        hidden: those with a number of which all or a part is not shown; they are in no comparison.
        once: those of them of which all is shown now, and not before.
    """

    both: Group = field(default_factory=Group)
    started: Group = field(default_factory=Group)
    stopped: Group = field(default_factory=Group)
    hidden: int = 0
    once: Group = field(default_factory=Group)

    @property
    def before(self) -> Group:
        """Everybody who reported before."""
        return Group(self.both.things + self.stopped.things, self.both.was + self.stopped.was)

    @property
    def now(self) -> Group:
        """Everybody who reports now."""
        things = self.both.things + self.started.things
        below = self.both.now_of + self.started.now_of
        return Group(things, 0.0, self.both.now + self.started.now, 0.0, below)

    @property
    def listed(self) -> Group:
        """Everybody of whom all is shown now, whatever was before."""
        now, once = self.now, self.once
        things, below = now.things + once.things, now.now_of + once.now_of
        return Group(things, 0.0, now.now + once.now, 0.0, below)

    @property
    def not_listed(self) -> int:
        """How many are not in those sums, since a number of theirs is not shown."""
        return self.hidden - self.once.things

    @property
    def like_for_like(self) -> float | None:
        """The change over those that have it in both, as a part of what it was."""
        return kpis.growth(self.both.was, self.both.now)

    @property
    def of_all(self) -> float | None:
        """The change of the sum over everybody; None where nobody reported before."""
        return kpis.growth(self.before.was, self.now.now)

    @property
    def misleads(self) -> bool:
        """Whether the sum over everybody says something else than like for like."""
        return boards.far_apart(self.like_for_like, self.of_all)
