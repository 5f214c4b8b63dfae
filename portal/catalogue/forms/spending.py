"""Forms about requests to spend."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import Optional

from portal.catalogue.actions.spending import Decided, Wanted
from portal.catalogue.component_words import SpendDecision
from portal.catalogue.forms.labels import LABELS
from portal.catalogue.forms.ruled import RuledForm
from portal.catalogue.rules import spending as rules
from portal.catalogue.rules.spending import Condition, conditions_said
from portal.digits import digits_of
from portal.errors import Invalid
from portal.web.forms import DateParts, Enter, Form, MaxLength, Select, choices
from portal.web.i18n import lazy

COLOURS: dict[str, str] = {
    SpendDecision.WAITING: "yellow", SpendDecision.APPROVED: "green",
    SpendDecision.APPROVED_WITH_CONDITIONS: "turquoise", SpendDecision.REFUSED: "red",
    SpendDecision.WITHDRAWN: "grey",
}  # fmt: skip
_CHOICES = {
    value: text
    for value, text in LABELS["spend_decision"].items()
    if value not in (SpendDecision.WAITING, SpendDecision.WITHDRAWN)
}


def whole(text: str | None) -> int | None:
    """A number as people type it, such as "£1,200,000"; None where it is none."""
    digits = digits_of((text or "").strip().removeprefix("£"))
    return int(digits) if digits and len(digits) < 16 else None


class SpendForm(RuledForm):
    """What is asked for."""

    what = StringField(
        lazy("What do you ask to spend on?"),
        [Enter(lazy("what you ask to spend on")), MaxLength(300)],
    )
    amount = StringField(
        lazy("How much, in whole pounds?"),
        [Enter(lazy("how much")), MaxLength(30)],
        description=lazy(
            "Over all the years. Until it is decided, only your team and those who decide see it."
        ),
    )
    years = StringField(
        lazy("Over how many years?"), [Enter(lazy("over how many years")), MaxLength(4)]
    )
    asked_on = DateParts(
        lazy("When was it asked for?"),
        [Enter(lazy("when it was asked for"))],
        thing=lazy("the day it was asked for"),
    )
    reference = StringField(
        lazy("Reference (optional)"), [MaxLength(100)],
        description=lazy("For example, the number of the spend control case."),
    )  # fmt: skip
    need = SelectField(lazy("Which need is it for? (optional)"), [Optional()])
    funds = SelectMultipleField(lazy("What does it pay for? (optional)"), [Optional()])
    confidential = BooleanField(lazy("It is commercially confidential, also when it is decided"))
    go = SubmitField(lazy("Save"))

    def wanted(self) -> Wanted:
        """What was typed."""
        return Wanted(
            self.what.data or "", whole(self.amount.data), whole(self.years.data),
            self.asked_on.data,
            self.need.data or None, self.reference.data or None,
            [int(each) for each in (self.funds.data or [])] if "funds" in self else [],
            bool(self.confidential.data),
        )  # fmt: skip

    def problems(self) -> Iterator[Invalid]:
        """What cannot be asked like this."""
        amount, years = whole(self.amount.data), whole(self.years.data)
        return rules.wrong_asked(amount, years, self.asked_on.data, self.day)


class SpendDecisionForm(RuledForm):
    """What was decided.

    Args:
        day: today.
        asked_on: when it was asked for.
        more: what every form takes.
    """

    def __init__(self, day: date, asked_on: date, **more: Any) -> None:
        """Keep the day before which nothing was decided."""
        self.asked_on = asked_on
        super().__init__(day, **more)

    decision = RadioField(
        lazy("What is decided?"), [Select(lazy("what is decided"))], choices=choices(_CHOICES)
    )
    by = StringField(
        lazy("Which body decided?"),
        [Enter(lazy("which body decided")), MaxLength(300)],
        description=lazy("For example, the spend control board. Name no people."),
    )
    decided_on = DateParts(
        lazy("When was it decided?"),
        [Enter(lazy("when it was decided"))],
        thing=lazy("the day of the decision"),
    )
    reason = TextAreaField(
        lazy("The reasons for the decision"),
        [MaxLength(5000)],
        description=lazy("Needed to refuse it. Name no people."),
        render_kw={"params": {"rows": 3}},
    )
    conditions = TextAreaField(
        lazy("Conditions"),
        [MaxLength(10_000)],
        description=lazy("Only for an approval with conditions. Each on a line of its own."),
        render_kw={"params": {"rows": 4}},
    )
    due_on = DateParts(
        lazy("By when do they have to be met? (optional)"),
        [Optional()],
        thing=lazy("the day by which they have to be met"),
    )
    confidential = BooleanField(lazy("It is commercially confidential: do not publish it"))
    go = SubmitField(lazy("Save the decision"))

    def decided(self) -> Decided:
        """What was typed."""
        return Decided(
            SpendDecision(self.decision.data), self.by.data or "", self.decided_on.data,
            self.reason.data or None, conditions_said(self.conditions.data, self.due_on.data),
            bool(self.confidential.data),
        )  # fmt: skip

    def problems(self) -> Iterator[Invalid]:
        """What the decision does not say as it has to."""
        made = None if self.decision.errors else SpendDecision(self.decision.data)
        conditions = conditions_said(self.conditions.data, self.due_on.data)
        return rules.wrong_decision(
            made, self.reason.data, conditions, self.decided_on.data, self.asked_on, self.day
        )


class WhyForm(Form):
    """Takes a condition out that the decision does not have."""

    why = StringField(
        lazy("Why is the record changed?"),
        [Enter(lazy("why the record is changed")), MaxLength(500)],
        description=lazy(
            "For example, a slip in typing it, or the board changed it. Name no people."
        ),
    )
    base = HiddenField()
    go = SubmitField(lazy("Save"))


class ConditionForm(RuledForm):
    """What a condition says, once it is decided.

    Args:
        day: today.
        decided_on: when it was decided.
        more: what every form takes.
    """

    text = TextAreaField(
        lazy("What has to be done?"),
        [Enter(lazy("the condition")), MaxLength(1000)],
        description=lazy("As the body decided it. Name no people."),
        render_kw={"params": {"rows": 3}},
    )
    due_on = DateParts(
        lazy("By when does it have to be met? (optional)"),
        [Optional()],
        thing=lazy("the day by which it has to be met"),
    )
    met_on = DateParts(
        lazy("Since when is it met? (leave it empty if it is not)"),
        [Optional()],
        thing=lazy("the day it was met"),
    )
    why = StringField(
        lazy("Why is the record changed?"),
        [Enter(lazy("why the record is changed")), MaxLength(500)],
        description=lazy(
            "For example, a slip in typing it, or the board changed it. Name no people."
        ),
    )
    base = HiddenField()
    go = SubmitField(lazy("Save"))

    def __init__(self, day: date, decided_on: date | None, **more: Any) -> None:
        """Keep the day of the decision."""
        self.decided_on = decided_on
        super().__init__(day, **more)

    def condition(self) -> Condition:
        """What was typed; a condition is one line."""
        text = " ".join((self.text.data or "").split())
        return Condition(text, self.due_on.data, self.met_on.data)

    def problems(self) -> Iterator[Invalid]:
        """What a condition cannot say."""
        return rules.wrong_condition(self.condition(), self.decided_on, self.day)


class MetForm(Form):
    """Since when a condition is met."""

    met_on = DateParts(
        lazy("Since when is it met?"),
        [Enter(lazy("since when it is met"))],
        thing=lazy("the day it was met"),
    )
    go = SubmitField(lazy("Save"))
