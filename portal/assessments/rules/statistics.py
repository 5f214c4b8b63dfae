"""What the results of assessments add up to: pure figures over counted rows.

A figure is `Share`: how many of how many. What is left out of the figures is counted as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from portal.assessments.words import AssessmentKind, Rating, Stage

T = TypeVar("T")
#: Kinds that are held again after an earlier one.
AGAIN = frozenset({AssessmentKind.REASSESSMENT, AssessmentKind.AMBER_REVIEW})
#: Kinds that give no result which counts, whatever they say.
NEVER_RATED = frozenset({AssessmentKind.PEER_REVIEW, AssessmentKind.MOCK})
#: In the order of pages.
RESULTS = (Rating.MET, Rating.MET_WITH_CONDITIONS, Rating.NOT_MET)
PASSED = frozenset({Rating.MET, Rating.MET_WITH_CONDITIONS})
#: What the points of an assessment say together.
ALL_MET, SOME_NOT_MET, NO_POINTS = "all_met", "some_not_met", "no_points"
#: Why an assessment is not in the figures, each the first that holds.
COPY, MOCK, REVIEW, NO_RESULT_SELF, NO_RESULT = (
    "copy", "mock", "peer_review", "self_certification", "no_result",
)  # fmt: skip
LEFT_OUT = (COPY, MOCK, REVIEW, NO_RESULT_SELF, NO_RESULT)


class Cell(NamedTuple):
    """How many assessments are alike in all that the figures look at.

    `version` is the id of the version of a standard, 0 where it is not known; `year` 0 likewise;
    `copy` that the report repeats another one.
    """

    version: int
    year: int
    stage: Stage
    kind: AssessmentKind
    result: Rating
    points: str
    copy: bool
    many: int


class Share(NamedTuple):
    """So many of so many."""

    part: int
    whole: int

    def percent(self, smallest: int) -> int | None:
        """The rate in whole per cent; None where it is of fewer than `smallest`, for then one
        report more would change what it says. Never 0 or 100 but for none or all.
        """
        if self.whole == 0 or self.whole < smallest:
            return None
        rounded = round(100 * self.part / self.whole)
        if 0 < self.part < self.whole:
            return min(max(rounded, 1), 99)
        return rounded


def left_out(cell: Cell) -> str | None:
    """Why a cell is not in the figures; None for one that is."""
    if cell.copy:
        return COPY
    if cell.kind is AssessmentKind.MOCK:
        return MOCK
    if cell.kind in NEVER_RATED:
        return REVIEW
    if cell.result is Rating.NOT_RATED:
        return NO_RESULT_SELF if cell.kind is AssessmentKind.SELF_CERTIFICATION else NO_RESULT
    return None


@dataclass(slots=True)
class Outcomes:
    """The results of some assessments."""

    results: dict[Rating, int] = field(default_factory=lambda: dict.fromkeys(RESULTS, 0))
    #: Of those that passed and whose points are known.
    passed_with_points: int = 0
    passed_with_failed: int = 0

    @property
    def rated(self) -> int:
        """How many have a result."""
        return sum(self.results.values())

    @property
    def passed(self) -> Share:
        """How many passed, with conditions or without."""
        return Share(sum(self.results[each] for each in PASSED), self.rated)

    @property
    def failed_points(self) -> Share:
        """How many of those that passed, and whose points are known, had points not met."""
        return Share(self.passed_with_failed, self.passed_with_points)

    def add(self, cell: Cell) -> None:
        """Count a cell, which is not left out."""
        self.results[cell.result] += cell.many
        if cell.result in PASSED and cell.points != NO_POINTS:
            self.passed_with_points += cell.many
            if cell.points == SOME_NOT_MET:
                self.passed_with_failed += cell.many


def counted(cells: Iterable[Cell]) -> list[Cell]:
    """The cells that are in the figures."""
    return [cell for cell in cells if left_out(cell) is None]


def outcomes(cells: Iterable[Cell], by: Callable[[Cell], T]) -> dict[T, Outcomes]:
    """The results of cells that are in the figures, by what `by` gives of each."""
    found: dict[T, Outcomes] = {}
    for cell in counted(cells):
        found.setdefault(by(cell), Outcomes()).add(cell)
    return found


def out_by_reason(cells: Iterable[Cell]) -> dict[str, int]:
    """How many are left out, by why, in one order."""
    found = dict.fromkeys(LEFT_OUT, 0)
    for cell in cells:
        why = left_out(cell)
        if why:
            found[why] += cell.many
    return {why: many for why, many in found.items() if many}


def first_or_again(cell: Cell) -> str:
    """Whether an assessment was the first of its stage, or held again."""
    return "again" if cell.kind in AGAIN else "first"


class Again(NamedTuple):
    """An assessment that was held again: what it is of, and its result."""

    id: int
    of: int
    result: Rating


class First(NamedTuple):
    """An assessment that others were held again after."""

    id: int
    version: int
    stage: Stage
    result: Rating


@dataclass(slots=True)
class Retried:
    """What became of first assessments that did not pass."""

    failed: int = 0
    tried: int = 0
    passed: int = 0

    @property
    def tried_again(self) -> Share:
        """How many of them were assessed again, as far as reports are linked."""
        return Share(self.tried, self.failed)

    @property
    def passed_then(self) -> Share:
        """How many of those passed in the end."""
        return Share(self.passed, self.tried)


def retried(
    firsts: Iterable[First], again: Iterable[Again], failed: Mapping[tuple[int, Stage], int]
) -> dict[tuple[int, Stage], Retried]:
    """What became of failed first assessments, by version and stage.

    Args:
        firsts: those that others were held again after.
        again: those others, which may themselves have been followed by more.
        failed: how many first assessments did not pass, in all.
    """
    after: dict[int, list[Again]] = {}
    for each in again:
        after.setdefault(each.of, []).append(each)
    found = {key: Retried(failed=many) for key, many in failed.items()}
    for first in firsts:
        if first.result is not Rating.NOT_MET:
            continue
        row = found.setdefault((first.version, first.stage), Retried(failed=1))
        row.tried += 1
        row.passed += _passed_after(first.id, after)
    return found


def _passed_after(start: int, after: Mapping[int, list[Again]]) -> bool:
    waiting, seen = [start], set[int]()
    while waiting:
        id_ = waiting.pop()
        if id_ in seen:
            continue
        seen.add(id_)
        for each in after.get(id_, ()):
            if each.result in PASSED:
                return True
            waiting.append(each.id)
    return False


@dataclass(slots=True)
class Ratings:
    """How a point was rated."""

    met: int = 0
    met_with_conditions: int = 0
    not_met: int = 0
    not_rated: int = 0

    @property
    def rated(self) -> int:
        """How often it was rated; where it does not apply it is not."""
        return self.met + self.met_with_conditions + self.not_met

    @property
    def failed(self) -> Share:
        """How often it was not met."""
        return Share(self.not_met, self.rated)

    def add(self, rating: Rating, many: int) -> None:
        """Count so many of a rating."""
        setattr(self, rating.value, getattr(self, rating.value) + many)


def holder(body: int, followed: Mapping[int, tuple[int, ...]]) -> tuple[int, bool]:
    """Who holds today what a body held: (the body, whether that is sure).

    Args:
        body: where to begin.
        followed: what followed each body that has ended. Where that were several, nobody can say
            which of them without more, so the trail ends there.
    """
    seen = {body}
    while next_ := followed.get(body):
        if len(next_) > 1 or next_[0] in seen:
            return body, False
        body = next_[0]
        seen.add(body)
    return body, True
