"""Where a service stands, by its assessments: the latest result of each stage. Pure rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar

from portal.assessments.words import AssessmentKind, Rating, Stage

#: Rehearsals, and reviews without a rating, change nothing of where a service stands.
_NOT_COUNTED = (AssessmentKind.MOCK.value, AssessmentKind.PEER_REVIEW.value)
_ORDER = [stage.value for stage in Stage]


class Held(Protocol):
    """An assessment as far as it counts here."""

    @property
    def id(self) -> int:
        """Its id, which settles ties."""

    @property
    def stage(self) -> str:
        """The stage that it concludes."""

    @property
    def kind(self) -> str:
        """How it was held."""

    @property
    def held_on(self) -> date | None:
        """Its day."""

    @property
    def result(self) -> str:
        """The class of its result."""


T = TypeVar("T", bound=Held)


def standing(rows: Iterable[T]) -> dict[str, T]:
    """For each stage the assessment that says where the service stands, in the order of stages: the
    latest with a result. One without a day counts before all others.
    """
    found: dict[str, T] = {}
    for row in sorted(rows, key=lambda row: (row.held_on or date.min, row.id)):
        if row.kind not in _NOT_COUNTED and row.result != Rating.NOT_RATED.value:
            found[row.stage] = row
    return {stage: found[stage] for stage in _ORDER if stage in found}


def current(rows: Iterable[T]) -> T | None:
    """The assessment that says most of where a service stands now: that of its furthest stage."""
    stages = [row for stage, row in standing(rows).items() if stage != Stage.UNKNOWN.value]
    return stages[-1] if stages else None


def failed_components(rows: Sequence[T]) -> list[T]:
    """Of assessments of components, those that stand as not passed."""
    by_component: dict[object, list[T]] = {}
    for row in rows:
        by_component.setdefault(getattr(row, "component_slug", None), []).append(row)
    last = (current(mine) for mine in by_component.values())
    return [row for row in last if row is not None and row.result == Rating.NOT_MET.value]
