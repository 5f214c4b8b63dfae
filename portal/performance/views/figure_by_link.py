"""The form of one period for whoever has a link to it: that period, and nothing else.

The token stands in the address, so no page is kept anywhere, found by robots, or named to other
sites; logs have endpoints and no addresses.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Flask, Response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal import clock
from portal.catalogue.views.base import database, reading
from portal.errors import Missing, Refused
from portal.performance.actions import answering
from portal.performance.actions import figure_links as acts
from portal.performance.actions.answering import Sheet
from portal.performance.forms.answers import AnswerForm, LinkedForm, answer_form
from portal.performance.rules import figure_links as rules
from portal.performance.rules.answers import Answer
from portal.performance.rules.questions import Question
from portal.performance.store import data_sets
from portal.performance.views import figure_pages
from portal.performance.views.data_set_base import of
from portal.performance.words import ValueStatus
from portal.web import limits
from portal.web.guard import public
from portal.web.i18n import _
from portal.web.pages import page
from portal.web.people import act

blueprint = Blueprint("figure_by_link", __name__)
BOTH = ("GET", "POST")
PERIOD = "15 minutes"
#: Requests that giving the figures of a period can take, beside opening the link.
STEPS = 10


def install(app: Flask, links_per_network: int) -> None:
    """Register the pages, and limit how often somebody can try.

    Args:
        app: the portal.
        links_per_network: how many links one network can open in 15 minutes; 0 sets no limit.
    """
    app.register_blueprint(blueprint)
    for name in ("check", "question"):
        by_network = {limits.network: links_per_network * STEPS}
        limits.posts(app, f"figure_by_link.{name}", by_network, PERIOD, methods=BOTH)
    limits.posts(app, "figure_links.index", {limits.network: links_per_network}, PERIOD)


class LinkDesk:
    """The form of a period as whoever has the link fills it in."""

    back: str | None = None
    drop: str | None = None

    def __init__(self, token: str) -> None:
        """Open the link. Raises Over where it does not work."""
        self.token = token
        with reading(fresh=True) as session:
            link = acts.opened(session, token, clock.now())
            self.row = data_sets.get(session, link.data_set_id)
            name = of(session, self.row).name
        if self.row.closed_on is not None:
            raise acts.Over("the data set is closed")
        self.start, self.actor = link.start, rules.actor(link.id)
        self.about = f"{name}: {self.row.title}" if name else self.row.title

    def sheet(self) -> Sheet:
        """The form as it stands. Raises Missing where there is none."""
        with reading(fresh=True) as session:
            try:
                return answering.sheet(session, self.row, self.start)
            except Refused as problem:
                raise Missing("there is no form for this period") from problem

    def question_at(self, number: int) -> str:
        """The address of a question."""
        return url_for(".question", token=self.token, number=number)

    def check_at(self) -> str:
        """The address of the page with all answers."""
        return url_for(".check", token=self.token)

    def crumbs(self, checking: bool = False) -> list[tuple[str, str]]:
        """The trail to a question: nothing is above the page with all answers."""
        return [] if checking else [(_("All figures of this period"), self.check_at())]

    def form(self, asked: Question, answer: Answer | None) -> AnswerForm:
        """The form of a question, without what the team notes for itself."""
        bare = replace(answer, note=None) if answer else None
        form = answer_form(asked, bare, LinkedForm)
        form.show_mark(answer)
        return form

    def answer(self, number: int, given: Answer, base: str) -> None:
        """Keep an answer."""
        acts.answer(database(), self.token, number, given, base, act())

    def submit(self, status: ValueStatus, base: str, why: str | None) -> None:
        """Send the answers, and use the link up."""
        acts.submit(database(), self.token, status, base, act(why))

    def later(self) -> AnyResponse:
        """To all answers."""
        return redirect(self.check_at(), 303)

    def sent(self) -> AnyResponse:
        """To a page that says so."""
        return redirect(url_for(".sent"), 303)


@blueprint.after_request
def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.errorhandler(acts.Over)
def _over(_problem: acts.Over) -> Response:
    return page("performance/link_over.html", title=_("This link does not work"), status=404)


@blueprint.route("/figures/<token>", methods=BOTH)
@public
def check(token: str) -> AnyResponse:
    """Check all answers of the period, and send them."""
    return figure_pages.check(LinkDesk(token))


@blueprint.route("/figures/<token>/<int(min=1, max=60):number>", methods=BOTH)
@public
def question(token: str, number: int) -> AnyResponse:
    """Answer one question."""
    return figure_pages.question(LinkDesk(token), number)


@blueprint.get("/figures/sent")
@public
def sent() -> Response:
    """Say that the figures have arrived."""
    return page("performance/link_sent.html", title=_("The figures are sent"))
