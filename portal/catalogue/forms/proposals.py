"""Forms about proposed changes, and what pages call their states."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SubmitField, TextAreaField
from wtforms.validators import Optional

from portal.web.forms import Form, MaxLength, Select, choices
from portal.web.i18n import _, lazy

ACCEPT, CHANGE, REFUSE = "accept", "change", "refuse"
STATES = {
    "waiting": lazy("Waiting"),
    "accepted": lazy("Accepted"),
    "refused": lazy("Refused"),
    "withdrawn": lazy("Withdrawn"),
}
KINDS = {
    "service": lazy("Service"),
    "journey": lazy("Journey"),
    "organisation": lazy("Organisation"),
    "component": lazy("Component"),
}
WHOSE = {"mine": lazy("Yours"), "to-decide": lazy("For you to decide")}


class DecideForm(Form):
    """Accept a proposal, accept it with changes, or refuse it."""

    base = HiddenField()
    decision = RadioField(
        lazy("What do you want to do?"),
        [Select(lazy("what you want to do"))],
        choices=choices(
            {
                ACCEPT: lazy("Accept it as it is"),
                CHANGE: lazy("Accept it with changes, which you make on the next page"),
                REFUSE: lazy("Refuse it, and leave the record as it says now"),
            }
        ),
    )
    answer = TextAreaField(
        lazy("Your answer to whoever proposed it"),
        [Optional(), MaxLength(1000)],
        description=lazy("To refuse, say why. To accept it with changes, answer on the next page."),
    )
    go = SubmitField(lazy("Continue"))

    def reasoned(self) -> bool:
        """Whether a refusal says why; marks the field where it does not."""
        if self.decision.data == REFUSE and not self.answer.data:
            self.answer.errors = [_("Enter why you refuse it")]
            return False
        return True
