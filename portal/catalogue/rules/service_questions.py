"""The questions that make up a service's record: what each asks, and how answers become a document.

Registering asks them one after another, editing and proposing one alone. Each knows only its own
fields of the document, so that two people who answer different questions never meet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.service_answers import READ, WRITE, Values
from portal.errors import N_, Invalid


class Question(StrEnum):
    """A question, as its address names it."""

    NAME = "name"
    ORGANISATION = "organisation"
    PURPOSE = "purpose"
    USER_NEED = "user-need"
    AUDIENCES = "audiences"
    PHASE = "phase"
    CHANNELS = "channels"
    ADDRESSES = "addresses"
    APIS = "apis"
    TRANSACTIONS = "transactions"
    LINKS = "links"
    FINDING = "finding"


class Section(StrEnum):
    """The part of a task list that a question belongs to."""

    ABOUT = "about"
    USE = "use"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question.

    Attributes:
        fields: the fields of the document that it alone decides.
        needed: whether a service can be registered without an answer.
    """

    question: Question
    section: Section
    fields: tuple[str, ...]
    needed: bool = True


ASKED: dict[Question, Asked] = {
    asked.question: asked
    for asked in (
        Asked(Question.NAME, Section.ABOUT, ("name", "names")),
        Asked(Question.ORGANISATION, Section.ABOUT, ("owners",)),
        Asked(Question.PURPOSE, Section.ABOUT, ("purpose",)),
        Asked(Question.USER_NEED, Section.ABOUT, ("user_need",)),
        Asked(Question.AUDIENCES, Section.ABOUT, ("audiences",)),
        Asked(Question.PHASE, Section.ABOUT, ("phases",)),
        Asked(Question.CHANNELS, Section.USE, ("channels", "transactional")),
        Asked(Question.ADDRESSES, Section.USE, ("start_page", "service_address"), needed=False),
        Asked(Question.APIS, Section.USE, ("apis_answer", "apis")),
        Asked(
            Question.TRANSACTIONS,
            Section.MORE,
            ("yearly_transactions", "transactions_from", "transactions_to"),
            needed=False,
        ),
        Asked(Question.LINKS, Section.MORE, ("links",), needed=False),
        Asked(
            Question.FINDING,
            Section.MORE,
            ("category", "customer_type", "business_model", "keywords"),
            needed=False,
        ),
    )
}


def values_of(question: Question, document: Document) -> dict[str, Any]:
    """What the form of a question shows for a document, which may lack fields."""
    return READ[question](document)


def patch(question: Question, document: Document, values: Values, day: date) -> Document:
    """The fields of a document that an answer changes, in the shape of the document.

    Args:
        question: which.
        document: as it is; it may lack fields.
        values: what the form of the question holds, cleaned of stray space.
        day: of the answer: what ends or begins without a date of its own, does so today.

    Raises:
        Invalid: a value is wrong; `field` names the form's.
    """
    return WRITE[question](document, values, day)


def answered(question: Question, document: Document) -> bool:
    """Whether a document has what a question asks for."""
    if question is Question.APIS:
        return bool(document.get("apis_answer", "unknown") != "unknown")
    if question is Question.TRANSACTIONS:
        return document.get("yearly_transactions") is not None
    if question is Question.CHANNELS:
        return bool(document.get("channels"))
    return any(document.get(field) for field in ASKED[question].fields)


def unanswered(document: Document) -> list[Question]:
    """The questions without which a service cannot be registered, and that have no answer yet."""
    return [q for q, asked in ASKED.items() if asked.needed and not answered(q, document)]


def question_of(field: str) -> Question:
    """The question of this name, or that decides a field of the document; else that of the name."""
    first = field.split(".", maxsplit=1)[0]
    for question, asked in ASKED.items():
        if first == question or first in asked.fields:
            return question
    return Question.NAME


def refuse_missing(questions: Iterable[Question]) -> None:
    """Raise Invalid where a needed question has no answer."""
    for left in questions:
        raise Invalid(left.value, N_("Answer every question that is not optional first"))
