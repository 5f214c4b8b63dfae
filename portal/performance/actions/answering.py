"""The form of a period: answers are kept one by one, and sent all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.audit import Act
from portal.db import Database
from portal.errors import N_, Invalid, Problem, Refused, Stale
from portal.performance.actions import keeping
from portal.performance.models.data_sets import DataSet
from portal.performance.models.values import DataBatch
from portal.performance.rules import answers as rules
from portal.performance.rules import due, figure_records
from portal.performance.rules.answers import Answer
from portal.performance.rules.entries import AGAIN, Entry, Sent
from portal.performance.rules.questions import Question, questions
from portal.performance.store import data_sets, drafts, records, values
from portal.performance.words import ValueState, ValueStatus


class Changed(Stale):
    """Somebody answered the question otherwise meanwhile: `theirs`, by `actor`."""

    def __init__(self, theirs: Answer | None, actor: str) -> None:
        """Keep what stands now beside who said so."""
        super().__init__("changed meanwhile")
        self.theirs, self.actor = theirs, actor


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of a period as it stands.

    Attributes:
        questions: its pages.
        answers: by number: those that wait to be sent, and else what the data set says.
        waiting: the numbers of those that wait.
        standing: what the data set says, by number.
        public: the numbers of those whose values are published: another one revises them.
        authors: who gave each answer that waits.
    """

    data_set: DataSet
    start: date
    questions: list[Question]
    answers: Mapping[int, Answer]
    waiting: frozenset[int]
    standing: Mapping[int, Answer]
    public: frozenset[int]
    authors: Mapping[int, str]

    @property
    def left(self) -> list[Question]:
        """The questions without an answer."""
        return [each for each in self.questions if each.number not in self.answers]

    @property
    def revised(self) -> list[int]:
        """The numbers of published answers that say something else now."""
        return [
            number
            for number in sorted(self.waiting & self.public)
            if _said(self.answers[number]) != _said(self.standing[number])
        ]


def _said(answer: Answer) -> tuple[ValueState, Mapping[str, float]]:
    return answer.state, answer.numbers


def sheet(session: Session, data_set: DataSet, start: date) -> Sheet:
    """The form of a period.

    Raises:
        Refused: there can be none: the schema is open or too large, or no period starts that day.
    """
    asked = questions(data_sets.schema_of(data_set))
    if data_set.period is None or not asked or not due.begins(data_set.period, start):
        raise Refused("there is no form for this")
    known = values.by_place(session, data_set, start)
    standing = {
        each.number: answer for each in asked if (answer := rules.known(each, known)) is not None
    }
    draft = drafts.find(session, data_set.id, start)
    kept = {int(number): said for number, said in (draft.answers if draft else {}).items()}
    waiting = {n: rules.from_document(said) for n, said in kept.items() if n <= len(asked)}
    public = {
        each.number
        for each in asked
        if each.number in standing
        and any(
            known[p.cell, p.measure.key].status is not ValueStatus.PROVISIONAL for p in each.parts
        )
    }
    return Sheet(
        data_set, start, asked, {**standing, **waiting}, frozenset(waiting), standing,
        frozenset(public), {n: str(said["by"]) for n, said in kept.items()},
    )  # fmt: skip


def answer(
    database: Database, data_set_id: int, start: date, number: int, given: Answer, base: str,
    act: Act,
) -> None:  # fmt: skip
    """Keep the answer to one question until all are sent.

    Args:
        base: marks the answer that the page showed.

    Raises:
        Changed: another answer stands now, which is not the same either.
        Refused: the data set is closed, or there is no such form.
        Problem: there is no such question.
    """
    with database.writing() as session:
        answer_in(session, open_set(session, data_set_id), start, number, given, base, act)


def answer_in(
    session: Session, row: DataSet, start: date, number: int, given: Answer, base: str, act: Act
) -> None:
    """The same in the caller's transaction, which holds the data set."""
    found = sheet(session, row, start)
    if not 1 <= number <= len(found.questions):
        raise Problem(N_("There is no such question"))
    now = found.answers.get(number)
    if rules.mark(now) not in (base, rules.mark(given)):
        raise Changed(now, found.authors.get(number, ""))
    drafts.put(session, row.id, start, number, rules.document(given), act)


def open_set(session: Session, data_set_id: int) -> DataSet:
    """A data set to write to. Raises Refused where it is closed."""
    row = data_sets.locked(session, data_set_id)
    if row.closed_on is not None:
        raise Refused("the data set is closed")
    return row


def check(found: Sheet) -> list[tuple[int, Invalid]]:
    """What the answers say that cannot be, with the number of the question to change."""
    titles = {p.measure.key: p.title for q in found.questions for p in q.parts}
    numbers = rules.numbers_of(found.questions, found.answers)
    at = {p.measure.key: q.number for q in found.questions for p in q.parts}
    wrong = rules.above_whole(found.data_set.kind, numbers, titles)
    return [(at[measure], problem) for measure, problem in wrong]


def marks(found: Sheet) -> str:
    """Tells whether the answers are still those that a page showed."""
    return "-".join(rules.mark(found.answers.get(q.number)) for q in found.questions)


def submit(
    database: Database, data_set_id: int, start: date, status: ValueStatus, base: str, sent: Sent,
    act: Act,
) -> DataBatch:  # fmt: skip
    """Send the answers of a period: they become its values.

    Args:
        status: provisional or published.
        base: `marks` of the answers that were checked.
        act: with the reason, where published values change.

    Raises:
        Stale: an answer changed since they were checked.
        Invalid: an answer is missing or cannot be, a reason is, the period has not ended, or a
            published number would be provisional again.
    """
    with database.writing() as session:
        row = open_set(session, data_set_id)
        return submit_in(session, row, start, status, base, sent, act)


def submit_in(
    session: Session, row: DataSet, start: date, status: ValueStatus, base: str, sent: Sent,
    act: Act,
) -> DataBatch:  # fmt: skip
    """The same in the caller's transaction, which holds the data set."""
    found = sheet(session, row, start)
    if marks(found) != base:
        raise Stale
    _refuse(found, status, act)
    entries = list(rules.entries(found.questions, found.answers, start, status))
    if status is ValueStatus.PROVISIONAL:
        entries = _as_published(entries, values.by_place(session, row, start))
    batch = keep_entries(session, row, entries, sent, act)
    drafts.remove(session, row.id, start)
    return batch


def _as_published(entries: Iterable[Entry], known: Mapping[tuple[str, str], Any]) -> list[Entry]:
    """The values of a form, which sends those as well that stand already: they stay published."""
    return [
        replace(each, status=ValueStatus.PUBLISHED)
        if (was := known.get((each.cell, each.measure)))
        and was.status is not ValueStatus.PROVISIONAL
        and (was.state, was.number) == (each.state, each.number)
        else each
        for each in entries
    ]


def _refuse(found: Sheet, status: ValueStatus, act: Act) -> None:
    if found.left:
        raise Invalid("go", N_("Answer every question first"))
    for _number, problem in check(found):
        raise Invalid("go", problem.marked, **problem.values)
    if found.data_set.period is not None:
        rules.check_status(found.data_set.period, found.start, status, act.day)
    if status is ValueStatus.PROVISIONAL and any(
        found.standing[number].state is ValueState.NUMBER for number in found.revised
    ):
        raise Invalid("status", AGAIN)
    if found.revised and not act.reason:
        raise Invalid("why", N_("Enter why published figures change"))


def keep_entries(
    session: Session, row: DataSet, entries: Iterable[Entry], sent: Sent, act: Act
) -> DataBatch:
    """Keep values that did not come as records, with the records that reads give back."""
    known = list(entries)
    before = records.bodies_at(session, row.id, {each.start for each in known})
    made = figure_records.records(data_sets.schema_of(row), known, before)
    return keeping.keep(session, row.id, known, made, sent, act)


def drop(database: Database, data_set_id: int, start: date) -> None:
    """Forget the answers of a period that wait to be sent."""
    with database.writing() as session:
        data_sets.locked(session, data_set_id)
        drafts.remove(session, data_set_id, start)
