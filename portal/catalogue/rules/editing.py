"""Two people at one record: an answer is laid on top of what the record says now, unless somebody
else has answered the same question since. Then both answers are kept for a person to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from portal.catalogue.rules.cleaners import Document
from portal.errors import Stale

Values = Mapping[str, Any]


class Rebased(NamedTuple):
    """A question in the terms of a record that was changed since.

    Attributes:
        question: the same question there, or the nearest to it.
        same: whether its own answer is what it was.
    """

    question: str
    same: bool


@dataclass(frozen=True, slots=True)
class Book:
    """The questions about one kind of record; each is a text, as its address names it.

    Attributes:
        asked: the questions of a document, in the order of pages.
        fields: the fields of the document that a question decides.
        values_of: what the form of a question shows for a document.
        patch: the fields that an answer changes, in the shape of the document; raises Invalid.
        part: what a document says on a question, in its shape.
        rebased: a question, from the record as it was and as it is.
    """

    asked: Callable[[Document], list[str]]
    fields: Callable[[str], tuple[str, ...]]
    values_of: Callable[[str, Document], dict[str, Any]]
    patch: Callable[[str, Document, Values, date], Document]
    part: Callable[[str, Document], Document]
    rebased: Callable[[str, Document, Document], Rebased]


class Conflict(Stale):
    """Somebody else has answered the same question since; nothing was saved.

    Attributes:
        question: the same question as the record is now, or the nearest to it.
        was: what the record said on it when the form was made.
        now: what it says.
        mine: what it would say by what was entered.
    """

    def __init__(self, question: str, was: Document, now: Document, mine: Document) -> None:
        """Keep all three."""
        super().__init__()
        self.question, self.was, self.now, self.mine = question, was, now, mine


def merged(
    book: Book, question: str, was: Document, now: Document, values: Values, day: date
) -> Document:
    """The document with an answer in it, on top of what it says now.

    Args:
        book: the questions.
        question: which was answered.
        was: the document that the form was made from.
        now: as it is.
        values: what the form holds, cleaned of stray space.
        day: of the answer.

    Raises:
        Invalid: a value is wrong; `field` names the form's.
        Conflict: the same question has another answer since.
    """
    if _same(values, book.values_of(question, was)):
        return now
    mine = book.patch(question, was, values, day)
    stands = book.rebased(question, was, now)
    if stands.same:
        return {**now, **book.patch(stands.question, now, values, day)}
    if all(now.get(field) == value for field, value in mine.items()):
        return now
    parts = book.part(question, was), book.part(stands.question, now)
    raise Conflict(stands.question, *parts, book.part(question, {**was, **mine}))


def book_of(
    fields: Mapping[str, tuple[str, ...]],
    values_of: Callable[[str, Document], dict[str, Any]],
    patch: Callable[[str, Document, Values, date], Document],
) -> Book:
    """The book of questions that stay where they are: each has fields of its own."""

    def part(question: str, document: Document) -> Document:
        return {field: document.get(field) for field in fields[question]}

    return Book(
        asked=lambda _document: list(fields),
        fields=lambda question: fields[question],
        values_of=values_of,
        patch=patch,
        part=part,
        rebased=lambda question, was, now: Rebased(
            question, part(question, was) == part(question, now)
        ),
    )


def _same(values: Values, shown: Values) -> bool:
    """Whether a form came back as it was shown."""
    return all(_plain(value) == _plain(shown.get(name)) for name, value in values.items())


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return sorted(value)
    return None if value == "" else value
