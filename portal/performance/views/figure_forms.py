"""The form of a period: its periods, a page for each figure, and the page that sends them."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import check_page, confirmed, done, not_done
from portal.catalogue.views.base import database, reading, today
from portal.errors import N_, Invalid, Missing, Refused, Stale
from portal.performance.actions import answering
from portal.performance.actions.answering import Changed, Sheet
from portal.performance.forms.answers import STATES, AnswerForm, SendForm, answer_form
from portal.performance.forms.labels import period_name
from portal.performance.rules import answers as rules
from portal.performance.rules import due, periods
from portal.performance.rules.answers import Answer
from portal.performance.rules.entries import Sent
from portal.performance.rules.questions import Question
from portal.performance.store import drafts, values
from portal.performance.views.data_set_base import ONE, Seen, crumbs_to, seen_at, thing_at
from portal.performance.words import Period, ValueState, ValueStatus, Way
from portal.web.guard import requires
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act

blueprint = Blueprint("figure_forms", __name__)
BOTH = ("GET", "POST")
START = f"{ONE}/figures/<day:start>"
#: How many periods are offered: two years of months.
OFFERED = 24
_KEEPS = requires(Permission.KEEP_FIGURES, of=thing_at)


@blueprint.get(f"{ONE}/figures")
@_KEEPS
def index(group: str, type_: str) -> AnyResponse:
    """Choose the period."""
    found = seen_at(group, type_)
    if found.row.period is None or found.row.closed_on is not None:
        return not_done(_("There is no form for this data set."), found.href)
    return page(
        "performance/figures.html",
        title=_("Enter figures"),
        crumbs=crumbs_to(found),
        seen=found,
        periods=_offered(found, found.row.period),
        nearest=due.next_start(found.row.period, found.row.last_start, today()),
    )


def _offered(found: Seen, period: Period) -> list[tuple[date, str, ValueStatus | None, bool, bool]]:
    """The newest periods: start, name, how far their figures are, whether answers wait, and
    whether it is over.
    """
    starts = due.recent(period, today(), OFFERED)
    with reading() as session:
        given = values.given(session, found.row.id, starts[-1])
        begun = drafts.waiting(session, found.row.id)
    return [
        (start, period_name(period, start), given.get(start), start in begun,
         periods.end_of(period, start) < today())
        for start in starts
    ]  # fmt: skip


def sheet_at(group: str, type_: str, start: date) -> tuple[Seen, Sheet]:
    """The form of a period. Raises Missing where there is none."""
    found = seen_at(group, type_)
    if found.row.closed_on is not None or start > today():
        raise Missing("there is no form for this period")
    with reading() as session:
        try:
            return found, answering.sheet(session, found.row, start)
        except Refused as problem:
            raise Missing("there is no form for this period") from problem


def _crumbs(found: Seen, start: date) -> list[tuple[str, str]]:
    address = _at(found, "figure_forms.index")
    name = period_name(found.row.period, start)
    return crumbs_to(
        found, (_("Enter figures"), address), (name, _at(found, ".check", start=start))
    )


def _at(found: Seen, endpoint: str, **more: Any) -> str:
    return url_for(endpoint, group=found.row.group, type_=found.row.type, **more)


@blueprint.route(f"{START}/<int(min=1, max=60):number>", methods=BOTH)
@_KEEPS
def question(group: str, type_: str, start: date, number: int) -> AnyResponse:
    """Answer one question."""
    found, sheet = sheet_at(group, type_, start)
    if number > len(sheet.questions):
        raise Missing("there is no such question")
    asked = sheet.questions[number - 1]
    form = answer_form(asked, sheet.answers.get(number))
    if form.validate_on_submit() and (given := form.given(asked)):
        try:
            base = form.base.data or ""
            answering.answer(database(), found.row.id, start, number, given, base, act())
            return _onward(found, start, number)
        except Changed as meanwhile:
            form.base.data = rules.mark(meanwhile.theirs)
            return _question(found, sheet, asked, form, meanwhile)
    return _question(found, sheet, asked, form)


def _onward(found: Seen, start: date, number: int) -> AnyResponse:
    """To the next question without an answer, or to check all of them."""
    if "later" in request.form:
        return done(_("Your answers so far are saved."), found.href)
    _seen, sheet = sheet_at(found.row.group, found.row.type, start)
    left = [each.number for each in sheet.left]
    following = [each for each in left if each > number] or left
    if not following:
        return redirect(_at(found, ".check", start=start), 303)
    return redirect(_at(found, ".question", start=start, number=following[0]), 303)


def _question(
    found: Seen, sheet: Sheet, asked: Question, form: AnswerForm, meanwhile: Changed | None = None
) -> AnyResponse:
    number = asked.number
    status = 409 if meanwhile else 422 if form.errors else 200
    public = number in sheet.public
    return page(
        "performance/question.html",
        title=_title(asked),
        section=period_name(found.row.period, sheet.start),
        crumbs=_crumbs(found, sheet.start),
        form=form,
        place=(number, len(sheet.questions)),
        period=period_name(found.row.period, sheet.start),
        public=lines(asked, sheet.standing[number]) if public else [],
        theirs=lines(asked, meanwhile.theirs) if meanwhile else [],
        mine=bool(meanwhile and meanwhile.actor == act().actor),
        conflict=meanwhile is not None,
        status=status,
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


@blueprint.route(START, methods=BOTH)
@_KEEPS
def check(group: str, type_: str, start: date) -> AnyResponse:
    """Check all answers of a period, and send them."""
    found, sheet = sheet_at(group, type_, start)
    form = send_form(sheet)
    if form.validate_on_submit() and (answer := _send(found, sheet, form)):
        return answer
    return check_answers(found, sheet, form)


def send_form(sheet: Sheet) -> SendForm:
    """The form that sends, with what it has to ask about this period."""
    form = SendForm(data={"base": answering.marks(sheet)})
    if sheet.public:
        del form["status"]
    if not sheet.revised:
        del form["why"]
    return form


def _send(found: Seen, sheet: Sheet, form: SendForm) -> AnyResponse | None:
    """Where to go on; None where the form has something to say."""
    status = ValueStatus(form.status.data) if "status" in form else ValueStatus.PUBLISHED
    why = form.why.data if "why" in form else None
    try:
        answering.submit(
            database(), found.row.id, sheet.start, status, form.base.data or "", Sent(Way.FORM),
            act(why or None),
        )  # fmt: skip
    except Stale:
        form.refuse(Invalid("go", N_("Somebody changed an answer meanwhile: check them again")))
        form.base.data = answering.marks(sheet_at(found.row.group, found.row.type, sheet.start)[1])
        return None
    except Invalid as problem:
        form.refuse(problem)
        return None
    return done(_("The figures are saved."), found.href)


def check_answers(found: Seen, sheet: Sheet, form: SendForm) -> AnyResponse:
    """The page with all answers of a period."""
    row, start = found.row, sheet.start
    wrong = {number: problem for number, problem in answering.check(sheet)}  # noqa: C416
    return page(
        "performance/check.html",
        title=_("Check your figures"),
        section=period_name(row.period, start),
        crumbs=_crumbs(found, start)[:-1],
        seen=found,
        period=period_name(row.period, start),
        form=form,
        rows=[_row(found, sheet, each, wrong) for each in sheet.questions],
        left=len(sheet.left),
        wrong=wrong,
        waiting=bool(sheet.waiting),
        drop=_at(found, ".drop", start=start),
        status=422 if form.errors else 200,
    )


def _row(found: Seen, sheet: Sheet, asked: Question, wrong: dict[int, Invalid]) -> dict[str, Any]:
    number = asked.number
    problem = wrong.get(number)
    return {
        "title": _title(asked),
        "href": _at(found, ".question", start=sheet.start, number=number),
        "lines": lines(asked, sheet.answers.get(number)),
        "was": lines(asked, sheet.standing[number]) if number in sheet.revised else [],
        "wrong": _(problem.marked) % _titled(problem) if problem else "",
    }


def _titled(problem: Invalid) -> dict[str, Any]:
    return {name: _(str(value)) for name, value in problem.values.items()}


@blueprint.post(f"{START}/drop")
@_KEEPS
def drop(group: str, type_: str, start: date) -> AnyResponse:
    """Forget the answers that were not sent: ask first."""
    found, sheet = sheet_at(group, type_, start)
    if not confirmed():
        rows = [
            {"key": _title(each), "value": "; ".join(lines(each, sheet.answers[each.number]))}
            for each in sheet.questions
            if each.number in sheet.waiting
        ]
        return check_page(_("Forget these answers"), rows, _("Forget them"), _crumbs(found, start))
    answering.drop(database(), found.row.id, start)
    return done(_("The answers are forgotten. Nothing was sent."), found.href)
