"""The questions about each kind of record, as editing and proposing see them."""

from __future__ import annotations

from portal.catalogue.rules import (
    component_questions,
    journey_questions,
    organisation_questions,
    service_questions,
)
from portal.catalogue.rules.editing import Book, book_of
from portal.catalogue.rules.service_questions import ASKED, Question

BOOKS: dict[str, Book] = {
    "service": book_of(
        {question.value: asked.fields for question, asked in ASKED.items()},
        lambda question, document: service_questions.values_of(Question(question), document),
        lambda question, document, values, day: service_questions.patch(
            Question(question), document, values, day
        ),
    ),
    "journey": journey_questions.BOOK,
    "organisation": organisation_questions.BOOK,
    "component": component_questions.BOOK,
}
