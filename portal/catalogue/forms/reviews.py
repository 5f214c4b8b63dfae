"""The form that asks whoever owns a record about it, and the words of reviews."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SubmitField

from portal.access import Role
from portal.catalogue.rules.reviews import NEVER
from portal.catalogue.words import ReviewAnswer, Reviewed, ReviewState
from portal.web.forms import Form, Select, choices
from portal.web.i18n import lazy

#: The choices of a list's filter, and what a record is called on lists.
STATES: dict[str, str] = {
    ReviewState.FRESH: lazy("Not due yet"),
    ReviewState.DUE: lazy("Due for review"),
    ReviewState.OVERDUE: lazy("Review overdue"),
    ReviewState.STALE: lazy("May be out of date"),
    NEVER: lazy("Never confirmed"),
}
#: Who confirmed it, in the middle of a sentence.
CONFIRMED_AS: dict[Role, str] = {
    Role.SERVICE_OWNER: lazy("the service team"),
    Role.TEAM_MEMBER: lazy("its team"),
    Role.COMPONENT_PROVIDER: lazy("its provider"),
    Role.ORGANISATION_ADMINISTRATOR: lazy("an administrator of its organisation"),
    Role.PORTAL_ADMINISTRATOR: lazy("an administrator of this portal"),
}
_ANSWERS: dict[ReviewAnswer, tuple[str, str]] = {
    ReviewAnswer.RIGHT: (lazy("Yes, everything is still right"), ""),
    ReviewAnswer.CHANGED: (
        lazy("Something has changed"),
        lazy("You can say what on the next page, after you sign in."),
    ),
    ReviewAnswer.NOT_OURS: (
        lazy("It is not ours"),
        lazy("The administrators of its organisation will find out whose it is."),
    ),
}
_ENDED = {
    Reviewed.SERVICE: lazy("The service is retired"),
    Reviewed.COMPONENT: lazy("The component has closed"),
}


class ConfirmForm(Form):
    """Whether a record is still right."""

    answer = RadioField(lazy("Is this record still right?"), [Select(lazy("an answer"))])
    go = SubmitField(lazy("Send the answer"))

    def about(self, kind: Reviewed) -> ConfirmForm:
        """Offer the answers for a kind of record."""
        said = {answer: text for answer, (text, _hint) in _ANSWERS.items()}
        self.answer.choices = choices(said | {ReviewAnswer.ENDED: _ENDED[kind]})
        for choice in self.answer.choices:
            hint = _ANSWERS.get(ReviewAnswer(choice.value), ("", ""))[1]
            if hint:
                choice.render_kw = {"hint": {"text": hint}}
        return self


def confirmed_by(role: Role | None) -> Any:
    """Who confirmed a record, in the middle of a sentence; "" where no role says so."""
    return CONFIRMED_AS.get(role, "") if role else ""
