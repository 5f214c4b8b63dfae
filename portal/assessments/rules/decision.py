"""Whether the overall result agrees with the points: it is decided by a person, never worked out.

Where the two disagree the lead assessor is told so and says why. Nothing is refused for it: of real
reports that passed, a quarter had points that were not met.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.assessments.words import Rating


class Disagreement(StrEnum):
    """How a result and the points do not go together."""

    PASS_WITH_NOT_MET = "pass_with_not_met"  # noqa: S105  no password
    PASS_WITH_CONDITIONS = "pass_with_conditions"  # noqa: S105
    CONDITIONS_WITH_NOT_MET = "conditions_with_not_met"
    CONDITIONS_WITHOUT_ANY = "conditions_without_any"
    FAIL_WITH_NONE_NOT_MET = "fail_with_none_not_met"
    CONDITION_UNSAID = "condition_unsaid"


@dataclass(frozen=True, slots=True)
class Point:
    """A point as the decision sees it.

    Attributes:
        rating: its class; None where nobody has rated it yet.
        actions: how many actions the team is asked for.
        carried: whether it stands as an earlier assessment found it.
    """

    number: int
    rating: Rating | None
    actions: int = 0
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """A disagreement, with the numbers of the points that it is about."""

    kind: Disagreement
    numbers: tuple[int, ...] = ()


D, R = Disagreement, Rating


def doubts(result: Rating, points: Iterable[Point]) -> list[Doubt]:
    """Where a result does not go together with the points, the gravest first.

    Args:
        result: the class of what was decided; of what is not rated nothing is said.
        points: all of them, those carried forward included.
    """
    every = sorted(points, key=lambda point: point.number)
    failed, amber = _of(every, R.NOT_MET), _of(every, R.MET_WITH_CONDITIONS)
    found = []
    if result is R.MET and failed:
        found.append(Doubt(D.PASS_WITH_NOT_MET, failed))
    if result is R.MET and amber:
        found.append(Doubt(D.PASS_WITH_CONDITIONS, amber))
    if result is R.MET_WITH_CONDITIONS and failed:
        found.append(Doubt(D.CONDITIONS_WITH_NOT_MET, failed))
    if result is R.MET_WITH_CONDITIONS and not failed and not amber:
        found.append(Doubt(D.CONDITIONS_WITHOUT_ANY))
    if result is R.NOT_MET and not failed:
        found.append(Doubt(D.FAIL_WITH_NONE_NOT_MET, amber))
    unsaid = tuple(
        point.number
        for point in every
        if point.rating is R.MET_WITH_CONDITIONS and not point.actions and not point.carried
    )
    if unsaid and result is not R.NOT_RATED:
        found.append(Doubt(D.CONDITION_UNSAID, unsaid))
    return found


def _of(points: Iterable[Point], rating: Rating) -> tuple[int, ...]:
    return tuple(point.number for point in points if point.rating is rating)
