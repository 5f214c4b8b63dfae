"""The end of a component: the day of it, when dependents are told, and how far each has moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.catalogue.component_words import Arrangement, Lifecycle, Moving, UsageStatus
from portal.catalogue.rules.reviews import add_months

#: Usages in these states depend on their component: they are hit when it ends.
DEPENDING = (UsageStatus.LIVE, UsageStatus.STOPPING, UsageStatus.INTEGRATING)
#: What may come in place of another, before it is in use.
COMING = (UsageStatus.CONSIDERING, UsageStatus.PLANNED, UsageStatus.INTEGRATING)
ENDS = (Lifecycle.DEPRECATED, Lifecycle.CLOSING, Lifecycle.CLOSED)
#: So many months before the end, those that have not started are asked with more weight.
SOON, NOW = 3, 1


def ends_on(lifecycle: str, closes_on: str | None, since: str | None) -> str | None:
    """The day a component ends or ended: none while it goes on, or while no day is known."""
    if lifecycle not in ENDS:
        return None
    return closes_on or (since if lifecycle == Lifecycle.CLOSED else None)


def end_of(document: Mapping[str, Any]) -> str | None:
    """The same of a component's document."""
    return ends_on(document["lifecycle"], document["closes_on"], document["lifecycle_since"])


def ended(lifecycle: str, ends: date | None, day: date) -> bool:
    """Whether a component is over on a day."""
    return lifecycle == Lifecycle.CLOSED or (ends is not None and ends <= day)


@dataclass(frozen=True, slots=True)
class Told:
    """What dependents are told: the day it ends, and the day that was said before."""

    on: str
    before: str | None


def told_about(before: Mapping[str, Any], after: Mapping[str, Any]) -> Told | None:
    """What a change of a component's document tells its dependents: that it ends, or that it ends
    on another day. None where neither is new.
    """
    on, was = end_of(after), end_of(before)
    return Told(on, was) if on is not None and on != was else None


def called_off(before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """The day on which a component was to end, where a change of its document takes that back."""
    return end_of(before) if end_of(after) is None else None


@dataclass(frozen=True, slots=True)
class Next:
    """What may take the place of a usage; see `comes_next`."""

    replaces: bool
    status: UsageStatus
    arrangement: Arrangement


def comes_next(status: UsageStatus, other: Next) -> bool:
    """Whether another usage of the same service and need counts as what takes the place of one.

    One that says so does, unless it has stopped while the first goes on. Beside what is in use, one
    that does not say so counts only while it is coming: services do meet a need in two ways. What
    has stopped was followed by whatever is open.
    """
    if other.arrangement is Arrangement.GAP:
        return False
    stopped = status is UsageStatus.STOPPED
    if other.replaces:
        return stopped or other.status is not UsageStatus.STOPPED
    return other.status is not UsageStatus.STOPPED if stopped else other.status in COMING


def moving(status: UsageStatus, following: UsageStatus | None, over: bool) -> Moving:
    """How far the move away from a component is.

    Args:
        status: of the usage of the component.
        following: of the usage that takes its place (see `comes_next`); None for none.
        over: whether the component has ended.
    """
    if status is UsageStatus.STOPPED:
        return Moving.MOVED
    if over:
        return Moving.STILL_THERE
    if status is UsageStatus.STOPPING or following is UsageStatus.LIVE:
        return Moving.MOVING
    return Moving.CHOSEN if following is not None else Moving.NOT_STARTED


def months_left(ends: date, day: date) -> int | None:
    """Within how many months it ends, of those that make a difference; 0 once it has, None long
    before.
    """
    if ends <= day:
        return 0
    return next((many for many in (NOW, SOON) if ends <= add_months(day, many)), None)
