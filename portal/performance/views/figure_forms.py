"""The form of a period: its periods, a page for each figure, and the page that sends them."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal.access import Permission
from portal.accounts.views.base import check_page, confirmed, done, not_done
from portal.catalogue.views.base import database, reading, today
from portal.errors import Missing, Refused
from portal.performance.actions import answering
from portal.performance.actions.answering import Sheet
from portal.performance.forms.answers import AnswerForm, answer_form
from portal.performance.forms.labels import period_name
from portal.performance.rules import due, periods
from portal.performance.rules.answers import Answer
from portal.performance.rules.entries import Sent
from portal.performance.rules.questions import Question
from portal.performance.store import drafts, values
from portal.performance.views import figure_pages
from portal.performance.views.data_set_base import ONE, Seen, crumbs_to, seen_at, thing_at
from portal.performance.words import Period, ValueStatus, Way
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
        nearest=due.next_start(
            found.row.period, found.row.last_start, found.row.added_on or today()
        ),
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


class TeamDesk:
    """The form of a period as those who answer for the data set fill it in."""

    def __init__(self, group: str, type_: str, start: date) -> None:
        """Find the data set. Raises Missing where there is no form for the period."""
        self.seen = seen_at(group, type_)
        if self.seen.row.closed_on is not None or start > today():
            raise Missing("there is no form for this period")
        self.start, self.actor = start, act().actor
        self.about = f"{self.seen.of.name}: {self.seen.row.title}"
        self.back: str | None = self.seen.href
        self.drop: str | None = self._at(".drop", start=start)

    def _at(self, endpoint: str, **more: Any) -> str:
        row = self.seen.row
        return url_for(endpoint, group=row.group, type_=row.type, **more)

    def sheet(self) -> Sheet:
        """The form as it stands. Raises Missing where there is none."""
        with reading() as session:
            try:
                return answering.sheet(session, self.seen.row, self.start)
            except Refused as problem:
                raise Missing("there is no form for this period") from problem

    def question_at(self, number: int) -> str:
        """The address of a question."""
        return self._at(".question", start=self.start, number=number)

    def check_at(self) -> str:
        """The address of the page with all answers."""
        return self._at(".check", start=self.start)

    def crumbs(self, checking: bool = False) -> list[tuple[str, str]]:
        """The trail to a question, or to the page with all answers."""
        name = period_name(self.seen.row.period, self.start)
        above = crumbs_to(self.seen, (_("Enter figures"), self._at(".index")))
        return above if checking else [*above, (name, self.check_at())]

    def form(self, asked: Question, answer: Answer | None) -> AnswerForm:
        """The form of a question."""
        return answer_form(asked, answer)

    def answer(self, number: int, given: Answer, base: str) -> None:
        """Keep an answer."""
        answering.answer(database(), self.seen.row.id, self.start, number, given, base, act())

    def submit(self, status: ValueStatus, base: str, why: str | None) -> None:
        """Send the answers."""
        row, sent = self.seen.row, Sent(Way.FORM)
        answering.submit(database(), row.id, self.start, status, base, sent, act(why))

    def later(self) -> AnyResponse:
        """To the data set."""
        return done(_("Your answers so far are saved."), self.seen.href)

    def sent(self) -> AnyResponse:
        """To the data set."""
        return done(_("The figures are saved."), self.seen.href)


@blueprint.route(f"{START}/<int(min=1, max=60):number>", methods=BOTH)
@_KEEPS
def question(group: str, type_: str, start: date, number: int) -> AnyResponse:
    """Answer one question."""
    return figure_pages.question(TeamDesk(group, type_, start), number)


@blueprint.route(START, methods=BOTH)
@_KEEPS
def check(group: str, type_: str, start: date) -> AnyResponse:
    """Check all answers of a period, and send them."""
    return figure_pages.check(TeamDesk(group, type_, start))


@blueprint.post(f"{START}/drop")
@_KEEPS
def drop(group: str, type_: str, start: date) -> AnyResponse:
    """Forget the answers that were not sent: ask first."""
    desk = TeamDesk(group, type_, start)
    if not confirmed():
        rows = figure_pages.waiting(desk.sheet())
        return check_page(_("Forget these answers"), rows, _("Forget them"), desk.crumbs())
    answering.drop(database(), desk.seen.row.id, start)
    return done(_("The answers are forgotten. Nothing was sent."), desk.seen.href)
