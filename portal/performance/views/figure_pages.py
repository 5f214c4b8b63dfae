"""The pages of the form of a period, for the team and for whoever has a link: one question a page,
then all answers, which are sent together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from portal.errors import N_, Invalid, Missing, Stale
from portal.performance.actions import answering
from portal.performance.actions.answering import Changed, Sheet
from portal.performance.forms.answers import STATES, AnswerForm, SendForm
from portal.performance.forms.labels import period_name
from portal.performance.rules import answers as rules
from portal.performance.rules.answers import Answer
from portal.performance.rules.questions import Question
from portal.performance.words import ValueState, ValueStatus
from portal.web.i18n import _
from portal.web.pages import page


class Desk(Protocol):
    """Where somebody gives the figures of a period, and who they are.

    Attributes:
        start: of the period.
        about: the data set, with what it is of.
        actor: who answers.
        back: the page of the data set, for those who answer for it.
        drop: where answers are forgotten, for the same.
    """

    start: date
    about: str
    actor: str
    back: str | None
    drop: str | None

    def sheet(self) -> Sheet:
        """The form as it stands. Raises Missing."""

    def question_at(self, number: int) -> str:
        """The address of a question."""

    def check_at(self) -> str:
        """The address of the page with all answers."""

    def crumbs(self, checking: bool) -> list[tuple[str, str]]:
        """The trail to a question, or to the page with all answers."""

    def form(self, asked: Question, answer: Answer | None) -> AnswerForm:
        """The form of a question."""

    def answer(self, number: int, given: Answer, base: str) -> None:
        """Keep an answer, as `answering.answer` does."""

    def submit(self, status: ValueStatus, base: str, why: str | None) -> None:
        """Send the answers, as `answering.submit` does."""

    def later(self) -> AnyResponse:
        """Where somebody goes who returns later."""

    def sent(self) -> AnyResponse:
        """Where they go when the figures are sent."""


def question(desk: Desk, number: int) -> AnyResponse:
    """Answer one question."""
    sheet = desk.sheet()
    if number > len(sheet.questions):
        raise Missing("there is no such question")
    asked = sheet.questions[number - 1]
    form = desk.form(asked, sheet.answers.get(number))
    if form.validate_on_submit() and (given := form.given(asked)):
        try:
            desk.answer(number, given, form.base.data or "")
            return _onward(desk, number)
        except Changed as meanwhile:
            form.base.data = rules.mark(meanwhile.theirs)
            return _question(desk, sheet, asked, form, meanwhile)
    return _question(desk, sheet, asked, form)


def _onward(desk: Desk, number: int) -> AnyResponse:
    """To the next question without an answer, or to check all of them."""
    if "later" in request.form:
        return desk.later()
    left = [each.number for each in desk.sheet().left]
    following = [each for each in left if each > number] or left
    return redirect(desk.question_at(following[0]) if following else desk.check_at(), 303)


def _question(
    desk: Desk, sheet: Sheet, asked: Question, form: AnswerForm, meanwhile: Changed | None = None
) -> AnyResponse:
    number = asked.number
    name = period_name(sheet.data_set.period, sheet.start)
    return page(
        "performance/question.html",
        title=_title(asked),
        section=name,
        crumbs=desk.crumbs(checking=False),
        form=form,
        about=desk.about if desk.back is None else "",
        place=(number, len(sheet.questions)),
        period=name,
        public=lines(asked, sheet.standing[number]) if number in sheet.public else [],
        theirs=lines(asked, meanwhile.theirs) if meanwhile else [],
        mine=bool(meanwhile and meanwhile.actor == desk.actor),
        conflict=meanwhile is not None,
        status=409 if meanwhile else 422 if form.errors else 200,
    )


def _title(asked: Question) -> str:
    title = _(asked.title)
    return f"{title}: {_(asked.of)}" if asked.of else title


def lines(asked: Question, answer: Answer | None) -> list[str]:
    """An answer in words, a line for each number."""
    if answer is None:
        return [_("No answer")]
    if answer.state is not ValueState.NUMBER:
        return [str(STATES[answer.state])]
    many = len(asked.parts) > 1
    texts = [(_(part.title), rules.said(part, answer.numbers[part.key])) for part in asked.parts]
    return [f"{title}: {text}" if many else text for title, text in texts]


def waiting(sheet: Sheet) -> list[dict[str, str]]:
    """The answers that were not sent, in words."""
    return [
        {"key": _title(each), "value": "; ".join(lines(each, sheet.answers[each.number]))}
        for each in sheet.questions
        if each.number in sheet.waiting
    ]


def check(desk: Desk) -> AnyResponse:
    """Check all answers of a period, and send them."""
    sheet = desk.sheet()
    form = _send_form(sheet)
    if form.validate_on_submit() and (answer := _send(desk, form)):
        return answer
    return _check(desk, sheet, form)


def _send_form(sheet: Sheet) -> SendForm:
    """The form that sends, with what it has to ask about this period."""
    form = SendForm(data={"base": answering.marks(sheet)})
    if sheet.public:
        del form["status"]
    if not sheet.revised:
        del form["why"]
    return form


def _send(desk: Desk, form: SendForm) -> AnyResponse | None:
    """Where to go on; None where the form has something to say."""
    status = ValueStatus(form.status.data) if "status" in form else ValueStatus.PUBLISHED
    why = form.why.data if "why" in form else None
    try:
        desk.submit(status, form.base.data or "", why or None)
    except Stale:
        form.refuse(Invalid("go", N_("Somebody changed an answer meanwhile: check them again")))
        form.base.data = answering.marks(desk.sheet())
        return None
    except Invalid as problem:
        form.refuse(problem)
        return None
    return desk.sent()


def _check(desk: Desk, sheet: Sheet, form: SendForm) -> AnyResponse:
    """The page with all answers of a period."""
    wrong = dict(answering.check(sheet))
    name = period_name(sheet.data_set.period, sheet.start)
    return page(
        "performance/check.html",
        title=_("Check your figures"),
        section=name,
        crumbs=desk.crumbs(checking=True),
        about=desk.about,
        back=desk.back,
        start=desk.start,
        onward=desk.question_at(sheet.left[0].number) if sheet.left else None,
        period=name,
        form=form,
        rows=[_row(desk, sheet, each, wrong) for each in sheet.questions],
        left=len(sheet.left),
        wrong=wrong,
        drop=desk.drop if sheet.waiting else None,
        status=422 if form.errors else 200,
    )


def _row(desk: Desk, sheet: Sheet, asked: Question, wrong: Mapping[int, Invalid]) -> dict[str, Any]:
    number = asked.number
    problem = wrong.get(number)
    return {
        "title": _title(asked),
        "href": desk.question_at(number),
        "lines": lines(asked, sheet.answers.get(number)),
        "was": lines(asked, sheet.standing[number]) if number in sheet.revised else [],
        "wrong": _(problem.marked) % _titled(problem) if problem else "",
    }


def _titled(problem: Invalid) -> dict[str, Any]:
    return {name: _(str(value)) for name, value in problem.values.items()}
