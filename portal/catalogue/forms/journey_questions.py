"""The form of each question about a journey, with its words."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, StringField, SubmitField, TextAreaField
from wtforms.validators import Optional

from portal.catalogue.rules.journey_questions import ADD, GOAL, NAME, STEP
from portal.web.forms import Enter, Form, MaxLength
from portal.web.i18n import lazy


def _name() -> StringField:
    return StringField(
        lazy("What is the journey called?"),
        [Enter(lazy("what the journey is called")), MaxLength(300)],
        description=lazy("What somebody wants to do, such as “Learn to drive a car”."),
    )


def _goal() -> TextAreaField:
    return TextAreaField(
        lazy("What does somebody want to reach?"),
        [Enter(lazy("what somebody wants to reach")), MaxLength(2000)],
        render_kw={"params": {"rows": 3}},
    )


class NameForm(Form):
    """What it is called."""

    name = _name()


class GoalForm(Form):
    """What it is for."""

    goal = _goal()


def _service() -> StringField:
    return StringField(
        lazy("Service"),
        [Enter(lazy("the service")), MaxLength(300)],
        description=lazy("Its name in the catalogue."),
    )


def _which() -> RadioField:
    return RadioField(lazy("Which one do you mean?"), [Optional()], validate_choice=False)


def _what_happens() -> TextAreaField:
    return TextAreaField(
        lazy("What happens here?"),
        [Enter(lazy("what happens here")), MaxLength(5000)],
        render_kw={"params": {"rows": 3}},
    )


def _hand_off() -> TextAreaField:
    return TextAreaField(
        lazy("What is handed on to the next step? (optional)"),
        [MaxLength(5000)],
        description=lazy("Or where it breaks: what people have to say or show again."),
        render_kw={"params": {"rows": 3}},
    )


class StepForm(Form):
    """One step."""

    service = _service()
    which = _which()
    what_happens = _what_happens()
    hand_off = _hand_off()


class JourneyForm(Form):
    """A new journey with its first step."""

    name = _name()
    goal = _goal()
    service = _service()
    which = _which()
    what_happens = _what_happens()
    hand_off = _hand_off()
    go = SubmitField(lazy("Add the journey"))


class MoveForm(Form):
    """Moves a step; nothing is typed."""

    base = HiddenField()
    at = HiddenField()
    by = HiddenField()


class RemoveForm(Form):
    """Asks before a step goes."""

    base = HiddenField()
    go = SubmitField(lazy("Remove the step"))


class DeleteForm(Form):
    """Asks before a journey goes, and why."""

    why = TextAreaField(
        lazy("Why should it go?"),
        [Enter(lazy("why it should go")), MaxLength(1000)],
        description=lazy("The history keeps it, and what the journey said."),
        render_kw={"params": {"rows": 3}},
    )
    go = SubmitField(lazy("Delete the journey"))


FORMS: dict[str, type[Form]] = {NAME: NameForm, GOAL: GoalForm, STEP: StepForm, ADD: StepForm}
TITLES: dict[str, tuple[str, str]] = {
    NAME: (lazy("What is the journey called?"), lazy("Name")),
    GOAL: (lazy("What does somebody want to reach?"), lazy("Goal")),
    STEP: (lazy("Change a step"), lazy("Step")),
    ADD: (lazy("Add a step"), lazy("A new step")),
}
