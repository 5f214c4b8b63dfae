"""The forms about problems that readers report, and their words."""

from __future__ import annotations

from wtforms import EmailField, RadioField, StringField, SubmitField, TextAreaField

from portal.catalogue.rules.problems import LONGEST_ADDRESS, LONGEST_FIGURE, LONGEST_TEXT
from portal.catalogue.words import ProblemOutcome, ProblemState
from portal.web.forms import Enter, Form, MaxLength, Select, choices
from portal.web.i18n import lazy

STATES: dict[str, str] = {
    ProblemState.OPEN: lazy("Waits for an answer"),
    ProblemState.ANSWERED: lazy("Answered"),
}
OUTCOMES: dict[ProblemOutcome, str] = {
    ProblemOutcome.PUT_RIGHT: lazy("It has been put right"),
    ProblemOutcome.NOT_CHANGED: lazy("It stays as it is"),
}


class ReportForm(Form):
    """What is wrong, and where."""

    about = StringField(
        lazy("Page"),
        [Enter(lazy("the address of the page")), MaxLength(LONGEST_ADDRESS)],
        description=lazy("Its address, like /services/tax-your-vehicle"),
    )
    text = TextAreaField(
        lazy("What is wrong?"),
        [Enter(lazy("what is wrong")), MaxLength(LONGEST_TEXT)],
        description=lazy(
            "Do not include personal information. Only those who answer for the page read this."
        ),
    )
    figure = StringField(
        lazy("Which figure or part of the page? (optional)"), [MaxLength(LONGEST_FIGURE)]
    )
    email = EmailField(
        lazy("Your email address (optional)"),
        description=lazy("Only to send you the answer. We delete it then."),
    )
    go = SubmitField(lazy("Send the report"))


class AnswerForm(Form):
    """What was done about a problem, or why nothing."""

    outcome = RadioField(
        lazy("What became of it?"), [Select(lazy("what became of it"))], choices=choices(OUTCOMES)
    )
    answer = TextAreaField(
        lazy("What was done, or why nothing was"),
        [Enter(lazy("what was done, or why nothing was")), MaxLength(LONGEST_TEXT)],
        description=lazy(
            "This is public. Do not include names or anything that says who reported it."
        ),
    )
    go = SubmitField(lazy("Send the answer"))


class ForgetForm(Form):
    """A reader's address is deleted."""

    go = SubmitField(lazy("Delete the address"))
