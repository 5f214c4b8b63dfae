"""Which version of a standard holds for an assessment: pinned once, and never moved silently."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.errors import N_, Invalid


class Because(StrEnum):
    """Why an assessment is against the version that it is pinned to, or to none."""

    OVERRIDE = "override"
    TABLE = "table"
    ORIGINAL = "original"
    REASSESSMENT = "reassessment"
    DISCOVERY = "discovery"
    BEFORE_THE_FIRST = "before_the_first"
    NO_SUCH_TABLE = "no_such_table"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Version:
    """A published version of a standard, as far as pinning asks.

    Attributes:
        number: its place among the versions.
        since: it holds for services whose discovery began on this day or later.
        points: how many points it has, those that it extends included.
    """

    id: int
    number: int
    since: date | None
    points: int


@dataclass(frozen=True, slots=True)
class Override:
    """The assurance team says otherwise: which version, and why."""

    version_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Pin:
    """The version that an assessment is pinned to; None where it is not known.

    Attributes:
        version_id: the id of the version.
        because: what decided it.
        reason: of an override.
    """

    version_id: int | None
    because: Because
    reason: str | None = None

    @property
    def told(self) -> str:
        """What `assessment.pinned_because` keeps; `forms/standards.py` has the words for it."""
        return f"{self.because}: {self.reason}" if self.reason else self.because.value


def reason_of(told: str | None) -> str | None:
    """Why the assurance team chose a version, of what is kept; None where nobody chose."""
    because, _, reason = (told or "").partition(": ")
    return reason if because == Because.OVERRIDE and reason else None


def holding(versions: Iterable[Version], day: date) -> Version | None:
    """The version that holds for a discovery that begins on a day; None before the first one."""
    begun = [each for each in versions if each.since is None or each.since <= day]
    return max(begun, key=_place, default=None)


def first(versions: Iterable[Version]) -> Version | None:
    """The version that came first."""
    return min(versions, key=_place, default=None)


def _place(version: Version) -> tuple[date, int]:
    return version.since or date.min, version.number


def pin(
    versions: Sequence[Version],
    discovery_on: date | None = None,
    table_length: int | None = None,
    override: Override | None = None,
    original: int | None = None,
) -> Pin:
    """The version that an assessment is against: what a person said, else what its table of
    points shows, else that of the assessment which it repeats, else the one that held when
    discovery began, whatever holds on the day of the assessment.

    Args:
        versions: the published ones of one standard.
        discovery_on: the day when discovery of the service began, where that is known.
        table_length: how many points a complete table of the report has.
        override: what the assurance team said.
        original: the version of the assessment that this one repeats.

    Raises:
        Invalid: the override has no reason, or names no version of these.
    """
    if override is not None:
        return _overridden(versions, override)
    if table_length is not None:
        same = [each for each in versions if each.points == table_length]
        if not same:
            return Pin(None, Because.NO_SUCH_TABLE)
        return _one_of(same, discovery_on, original)
    if original in {each.id for each in versions}:
        return Pin(original, Because.ORIGINAL)
    if discovery_on is None:
        return Pin(None, Because.UNKNOWN)
    return _of_discovery(versions, discovery_on)


#: "points 1, 8 and 20", as a report cites them.
_CITED = re.compile(
    r"\bpoints?\s+(\d{1,2}(?:\s*(?:,|and|&|-|\u2013|to)+\s*\d{1,2})*)", re.IGNORECASE
)


def fits(version: Version, held_on: date | None, text: str) -> bool:
    """Whether an assessment can have been against a version: it held by that day for somebody, and
    the report cites no point beyond its last one.

    Args:
        held_on: the day of the assessment; what is not known fits nothing.
        text: of the report.
    """
    cited = (int(number) for found in _CITED.findall(text) for number in re.findall(r"\d+", found))
    there = held_on is not None and (version.since is None or version.since <= held_on)
    return there and max(cited, default=0) <= version.points


def _overridden(versions: Sequence[Version], override: Override) -> Pin:
    reason = override.reason.strip()
    if not reason:
        raise Invalid("reason", N_("Say why the assessment is against another version"))
    if override.version_id not in {each.id for each in versions}:
        raise Invalid("version", N_("Select a published version of the standard"))
    return Pin(override.version_id, Because.OVERRIDE, reason)


def _one_of(same: list[Version], discovery_on: date | None, original: int | None) -> Pin:
    """Of the versions as long as a table: the only one, else the one that something points at."""
    if len(same) > 1:
        same = [each for each in same if each.id == original] or same
    if len(same) > 1 and discovery_on is not None:
        held = holding(same, discovery_on)
        same = [held] if held else same
    return Pin(same[0].id, Because.TABLE) if len(same) == 1 else Pin(None, Because.UNKNOWN)


def _of_discovery(versions: Sequence[Version], day: date) -> Pin:
    held = holding(versions, day)
    if held is not None:
        return Pin(held.id, Because.DISCOVERY)
    earliest = first(versions)
    if earliest is None:
        return Pin(None, Because.UNKNOWN)
    return Pin(earliest.id, Because.BEFORE_THE_FIRST)
