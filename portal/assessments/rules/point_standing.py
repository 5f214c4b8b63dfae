"""The present state of each point of a standard across the assessments of one service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from portal.assessments.words import AssessmentKind, Rating

#: A rehearsal says nothing of how a service stands.
_NOT_COUNTED = frozenset({AssessmentKind.MOCK, AssessmentKind.PEER_REVIEW})


class Rated(NamedTuple):
    """How an assessment rated a point. `carried` is what an earlier one had said."""

    version: int
    number: int
    rating: Rating
    verbatim: str
    carried: bool
    reason: str | None
    assessment: int
    report: str
    position: int
    stage: str
    kind: AssessmentKind
    held_on: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a point stands.

    Attributes:
        now: the latest time that it was rated in its own right.
        carried: the latest assessment, where that only carried the rating forward.
        before: earlier ratings in its own right, the latest first.
    """

    now: Rated
    carried: Rated | None
    before: tuple[Rated, ...]


def standings(rows: Iterable[Rated]) -> dict[tuple[int, int], Standing]:
    """Where each point stands, by the version of the standard and its number.

    What does not apply is a rating too. Ratings that were carried count only where nobody knows of
    the assessment that they were carried from.
    """
    found: dict[tuple[int, int], list[Rated]] = {}
    for row in rows:
        if row.kind not in _NOT_COUNTED:
            found.setdefault((row.version, row.number), []).append(row)
    return {key: _standing(found[key]) for key in sorted(found)}


def _standing(rows: Sequence[Rated]) -> Standing:
    ordered = sorted(rows, key=_when, reverse=True)
    own = [row for row in ordered if not row.carried] or ordered[-1:]
    latest = ordered[0]
    carried = latest if latest.carried and latest is not own[0] else None
    return Standing(own[0], carried, tuple(own[1:]))


def _when(row: Rated) -> tuple[date, int]:
    return row.held_on or date.min, row.assessment


def summary(found: Mapping[tuple[int, int], Standing], version: int) -> dict[Rating, int]:
    """How many points of a version stand at each rating."""
    counted = dict.fromkeys(Rating, 0)
    for (of, _number), standing in found.items():
        if of == version:
            counted[standing.now.rating] += 1
    return counted
