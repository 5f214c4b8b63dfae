"""Answers to the form of a period: what each may be, and what they say together."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from portal.digits import THOUSANDS
from portal.errors import N_, Invalid
from portal.performance.rules import periods
from portal.performance.rules.entries import Entry
from portal.performance.rules.kinds import Measure
from portal.performance.rules.questions import Part, Question, is_whole
from portal.performance.rules.schema_checks import LARGEST, PART_OF
from portal.performance.words import Period, SetKind, Unit, ValueState, ValueStatus

#: What somebody can say in place of a number.
WHY_NOT = (ValueState.NOT_PROVIDED, ValueState.NOT_APPLICABLE, ValueState.NOT_COLLECTED)
LONGEST_NOTE = 500
_TYPED = re.compile(rf"-?{THOUSANDS}(?:\.[0-9]+)?")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a team says to a question: the numbers of its parts, or why there are none; and a note
    that stays in the team.
    """

    state: ValueState
    numbers: Mapping[str, float]
    note: str | None = None


def document(answer: Answer) -> dict[str, Any]:
    """An answer as it is kept until it is sent."""
    return {
        "state": answer.state.value, "numbers": dict(answer.numbers), "note": answer.note,
    }  # fmt: skip


def from_document(kept: Mapping[str, Any]) -> Answer:
    """The answer that was kept."""
    return Answer(ValueState(kept["state"]), kept["numbers"], kept["note"])


def mark(answer: Answer | None) -> str:
    """Tells two answers apart: what a page carries of the answer that it showed."""
    if answer is None:
        return ""
    said = orjson.dumps(document(answer), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(said).hexdigest()[:16]


def number(text: str | None, measure: Measure, field: str) -> float:
    """The number that somebody typed, such as `1,200`, `£1.50` or `12%`.

    Raises:
        Invalid: it is empty or no number of the measure's unit, is below 0, is no whole number
            where things are counted, or is not a percentage.
    """
    bare = _SPACES.sub(" ", (text or "").strip())
    if measure.unit is Unit.POUNDS:
        bare = bare.removeprefix("£").lstrip()
    elif measure.unit is Unit.PERCENT:
        bare = bare.removesuffix("%").rstrip()
    if not bare:
        raise Invalid(field, N_("Enter a number for “%(title)s”"), title=measure.title)
    # The messages name the figure: the page may ask for several.
    plain = bare.replace(",", "").replace(" ", "")
    if not _TYPED.fullmatch(bare) or not math.isfinite(float(plain)):
        raise Invalid(
            field, N_("“%(title)s” must be a number, like 1,200"), title=measure.title
        )  # fmt: skip
    found = float(plain)
    problem = wrong_number(found, measure)
    if problem:
        raise Invalid(field, problem, title=measure.title)
    return found


def wrong_number(found: float, measure: Measure) -> str | None:
    """What is wrong with a number of a measure, with `%(title)s` for its name; None where nothing
    is.
    """
    if found < 0:
        return N_("“%(title)s” must be 0 or more")
    if is_whole(measure) and found != int(found):
        return N_("“%(title)s” must be a whole number, like 1,200")
    if measure.unit is Unit.PERCENT and found > 100:
        return N_("“%(title)s” must be a percentage between 0 and 100")
    if found >= LARGEST:
        return N_("“%(title)s” must be less than 1,000,000,000,000,000")
    return None


def above_whole(
    kind: SetKind, numbers: Mapping[tuple[str, str], float], titles: Mapping[str, str]
) -> Iterator[tuple[str, Invalid]]:
    """Where a part is above its whole, with the measure that is the part.

    Args:
        kind: the sort.
        numbers: by (cell, measure), of one period.
        titles: of the measures.
    """
    if kind not in PART_OF:
        return
    part, whole = PART_OF[kind]
    for (cell, measure), found in numbers.items():
        most = numbers.get((cell, whole))
        if measure == part and most is not None and found > most:
            message = N_("“%(part)s” (%(found)s) cannot be more than “%(whole)s” (%(most)s)")
            yield part, Invalid(
                part, message, part=titles[part], whole=titles[whole], found=f"{found:,.0f}",
                most=f"{most:,.0f}",
            )  # fmt: skip


def entries(
    questions: Iterable[Question], answers: Mapping[int, Answer], start: date, status: ValueStatus
) -> list[Entry]:
    """The values that answers mean, for the period from `start`."""
    found = []
    for question in questions:
        answer = answers[question.number]
        for part in question.parts:
            given = answer.numbers[part.key] if answer.state is ValueState.NUMBER else None
            found.append(
                Entry(
                    start, part.cell, part.measure.key, answer.state, given, status, None,
                    answer.note,
                )
            )  # fmt: skip
    return found


def numbers_of(
    questions: Iterable[Question], answers: Mapping[int, Answer]
) -> dict[tuple[str, str], float]:
    """The numbers of answers, by cell and measure."""
    return {
        (part.cell, part.measure.key): answers[question.number].numbers[part.key]
        for question in questions
        if question.number in answers
        for part in question.parts
        if part.key in answers[question.number].numbers
    }


def known(question: Question, values: Mapping[tuple[str, str], Any]) -> Answer | None:
    """The answer that stands in the data set already; None where nothing does.

    Args:
        question: the question.
        values: current values (`state`, `number`, `note`) by cell and measure.
    """
    places = {part.key: (part.cell, part.measure.key) for part in question.parts}
    if not all(place in values for place in places.values()):
        return None
    rows = {key: values[place] for key, place in places.items()}
    first = next(iter(rows.values()))
    states = {row.state for row in rows.values()}
    if states != {ValueState.NUMBER}:
        why = next(iter(sorted(states - {ValueState.NUMBER})))
        return Answer(why, {}, first.note) if why in WHY_NOT else None
    return Answer(ValueState.NUMBER, {key: row.number for key, row in rows.items()}, first.note)


def check_status(period: Period, start: date, status: ValueStatus, day: date) -> None:
    """Raises Invalid for a period that has not begun, and for final figures of one that goes on."""
    if start > day:
        raise Invalid("status", N_("This period has not begun"))
    if status is ValueStatus.PUBLISHED and periods.end_of(period, start) >= day:
        raise Invalid("status", N_("This period has not ended, so its figures are provisional"))


def said(part: Part, found: float | None) -> str:
    """A number as pages show it: `1,200`, `£1.50` or `12.5%`."""
    return put(found, part.measure.unit)


def put(found: float | None, unit: Unit) -> str:
    """A number of a unit as pages show it; empty for none."""
    if found is None:
        return ""
    plain = f"{found:,.0f}" if found == int(found) else f"{found:,.2f}".rstrip("0").rstrip(".")
    if found and plain == "0":
        plain = f"{Decimal(str(found)):f}"  # what is hardly more than nothing is not nothing
    elif unit is Unit.POUNDS and found != int(found):
        plain = f"{found:,.2f}"
    if unit is Unit.POUNDS:
        return f"£{plain}"
    return f"{plain}%" if unit is Unit.PERCENT else plain
