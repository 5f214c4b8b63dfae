"""The questions about a journey: its name, its goal, and each of its steps.

A step has no name of its own, so `step-2` means the second one of the record that the form was made
from; in a record that was changed since it is found again by what it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.editing import Book, Rebased
from portal.errors import N_, Invalid, Stale

NAME, GOAL, STEP, ADD = "name", "goal", "step", "add-step"
_PLAIN = (NAME, GOAL)


def asked(document: Document) -> list[str]:
    """The questions of a journey, in the order of its page."""
    steps = [f"{STEP}-{number}" for number in range(1, len(document["steps"]) + 1)]
    return [*_PLAIN, *steps, ADD]


def place(question: str) -> int:
    """Which step a question is about, from 0."""
    return int(question.rpartition("-")[2]) - 1


def fields(question: str) -> tuple[str, ...]:
    """The fields of the document that a question decides."""
    return (question,) if question in _PLAIN else ("steps",)


def _step(question: str, document: Document) -> Document | None:
    if question == ADD:
        return None
    at = place(question)
    return document["steps"][at] if 0 <= at < len(document["steps"]) else None


def values_of(question: str, document: Document) -> dict[str, Any]:
    """What the form of a question shows for a document."""
    if question in _PLAIN:
        return {question: document[question]}
    row = _step(question, document) or {}
    return {
        "reference": row.get("service"),
        "service": None,
        "what_happens": row.get("what_happens"),
        "hand_off": row.get("hand_off"),
    }


def patch(question: str, document: Document, values: Mapping[str, Any], _day: date) -> Document:
    """The fields that an answer changes.

    Raises:
        Invalid: there is no such step.
    """
    if question in _PLAIN:
        return {question: values[question]}
    row = {
        "service": values["reference"],
        "what_happens": values["what_happens"],
        "hand_off": values.get("hand_off"),
    }
    steps = list(document["steps"])
    if question == ADD:
        return {"steps": [*steps, row]}
    if _step(question, document) is None:
        raise Invalid("what_happens", N_("There is no such step any more"))
    steps[place(question)] = row
    return {"steps": steps}


def part(question: str, document: Document) -> Document:
    """What a journey says on a question; all steps where one is added."""
    if question in _PLAIN:
        return {question: document[question]}
    row = _step(question, document)
    return {"steps": document["steps"] if question == ADD else [row] if row else []}


def rebased(question: str, was: Document, now: Document) -> Rebased:
    """A question in the terms of a journey that was changed since."""
    if question in _PLAIN:
        return Rebased(question, was[question] == now[question])
    row = _step(question, was)
    if question == ADD or row is None:
        return Rebased(ADD, question == ADD)
    same = _again(was["steps"], now["steps"], place(question), lambda step: step)
    if same is not None:
        return Rebased(f"{STEP}-{same + 1}", True)
    near = _again(was["steps"], now["steps"], place(question), lambda step: step["service"])
    return Rebased(ADD if near is None else f"{STEP}-{near + 1}", False)


def _again(was: list[Document], now: list[Document], at: int, key: Any) -> int | None:
    """Where the row at a place is now, by what `key` says of it: the third of those that are alike
    is still the third.
    """
    wanted = key(was[at])
    which = sum(key(row) == wanted for row in was[:at])
    found = [place for place, row in enumerate(now) if key(row) == wanted]
    return found[which] if which < len(found) else None


def moved(was: Document, now: Document, at: int, by: int) -> Document:
    """A journey with one step moved, or removed where `by` is 0.

    Args:
        was: what whoever moves it saw, and in which the step stands at `at`.
        now: the journey as it is.
        at: from 0.
        by: so many places further; -1 is one up.

    Raises:
        Stale: that step was changed or removed since.
    """
    question = f"{STEP}-{at + 1}"
    stands = rebased(question, was, now) if 0 <= at < len(was["steps"]) else Rebased(ADD, False)
    if not stands.same:
        raise Stale(N_("Somebody has changed the steps since you opened the page"))
    steps = list(now["steps"])
    row = steps.pop(place(stands.question))
    if by:
        to = place(stands.question) + by
        steps.insert(min(max(to, 0), len(steps)), row)
    return {**now, "steps": steps}


BOOK = Book(asked, fields, values_of, patch, part, rebased)
