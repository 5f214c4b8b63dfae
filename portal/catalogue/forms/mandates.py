"""Forms about exemptions from mandates, and the words of how services stand to one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from wtforms import RadioField, StringField, SubmitField, TextAreaField
from wtforms.validators import Optional

from portal.catalogue.component_words import ExemptionState, MandateState, NotSharedReason
from portal.catalogue.forms.labels import LABELS
from portal.catalogue.forms.ruled import RuledForm
from portal.catalogue.rules import mandates as rules
from portal.catalogue.rules.mandates import LONGEST, Terms
from portal.errors import N_, Invalid
from portal.web.forms import DateParts, Enter, Form, MaxLength, Select, choices
from portal.web.i18n import lazy

GRANT, REFUSE = "grant", "refuse"
#: Not to have known of a mandate is no reason to be exempted from it.
REASONS = {
    value: text
    for value, text in LABELS["not_shared_reason"].items()
    if value != NotSharedReason.DID_NOT_KNOW
}
MEANS: dict[str, str] = {
    MandateState.COMPLIES: lazy("It meets the need with the mandated component alone."),
    MandateState.EXEMPT: lazy("It need not use it until the exemption ends."),
    MandateState.MOVING: lazy("It plans or is integrating the mandated component."),
    MandateState.ASKED: lazy("It has asked for an exemption that is not decided yet."),
    MandateState.NEITHER: lazy(
        "It uses something else, alone or beside it, or stops using it; without an exemption."
    ),
    MandateState.NOT_KNOWN: lazy("Nobody has said how it meets the need, or whether it has it."),
}
COLOURS: dict[str, str] = {
    MandateState.COMPLIES: "green", MandateState.EXEMPT: "purple", MandateState.MOVING: "turquoise",
    MandateState.ASKED: "yellow", MandateState.NEITHER: "red", MandateState.NOT_KNOWN: "grey",
    ExemptionState.GRANTED: "green", ExemptionState.REFUSED: "red",
    ExemptionState.WITHDRAWN: "grey", ExemptionState.ENDED: "grey",
}  # fmt: skip


class AskForm(RuledForm):
    """Asks for an exemption."""

    kind = RadioField(
        lazy("Why can your service not use it?"),
        [Select(lazy("why your service cannot use it"))],
        choices=choices(REASONS),
    )
    reason = TextAreaField(
        lazy("Explain the reason"),
        [Enter(lazy("the reason")), MaxLength(5000)],
        description=lazy(
            "Say what it would have to do, with numbers and a source. Everybody can read this once "
            "it is decided. Name no people."
        ),
    )
    until = DateParts(
        lazy("On which day should the exemption end?"),
        [Enter(lazy("the day on which the exemption ends"))],
        thing=lazy("the day on which the exemption ends"),
        description=lazy(
            "The first day without it, %(months)s months from now at most. "
            "You can ask again before it ends.",
            months=LONGEST,
        ),
    )
    instead = TextAreaField(
        lazy("What will your service do until then, and after it?"),
        [Enter(lazy("what your service will do")), MaxLength(5000)],
        render_kw={"params": {"rows": 3}},
    )
    go = SubmitField(lazy("Ask for an exemption"))

    def problems(self) -> Iterator[Invalid]:
        """Why it cannot end then."""
        return rules.wrong_end(self.until.data, self.day, "until")


class OpinionForm(Form):
    """What the provider of the component thinks."""

    opinion = TextAreaField(
        lazy("What do you say to their reason?"),
        [Enter(lazy("what you say to their reason")), MaxLength(5000)],
        description=lazy("Those who decide read this. Name no people."),
    )
    go = SubmitField(lazy("Save"))


class DecideForm(RuledForm):
    """Grants or refuses an exemption."""

    decision = RadioField(
        lazy("What is decided?"),
        [Select(lazy("what is decided"))],
        choices=choices({GRANT: lazy("Grant it"), REFUSE: lazy("Refuse it")}),
    )
    by = StringField(
        lazy("Which body decided?"),
        [Enter(lazy("which body decided")), MaxLength(300)],
        description=lazy("For example, the spend control board. Name no people."),
    )
    until = DateParts(
        lazy("On which day does it end?"),
        [Optional()],
        thing=lazy("the day on which the exemption ends"),
        description=lazy("Only if it is granted. The first day without it."),
    )
    conditions = TextAreaField(
        lazy("Conditions (optional)"), [MaxLength(5000)], render_kw={"params": {"rows": 3}}
    )
    conditions_by = DateParts(
        lazy("By when do they have to be met? (optional)"),
        [Optional()],
        thing=lazy("the day by which they have to be met"),
    )
    answer = TextAreaField(
        lazy("The reasons for the decision"),
        [MaxLength(5000)],
        description=lazy("Needed to refuse it. Everybody can read this. Name no people."),
        render_kw={"params": {"rows": 3}},
    )
    go = SubmitField(lazy("Save the decision"))

    def problems(self) -> Iterator[Invalid]:
        """What the decision does not say as it has to."""
        if self.decision.data == REFUSE and not self.answer.data:
            yield Invalid("answer", N_("Enter why it is refused"))
        if self.decision.data != GRANT:
            return
        yield from rules.wrong_end(self.until.data, self.day, "until")
        terms = Terms(self.conditions.data or None, self.conditions_by.data)
        yield from rules.wrong_terms(terms, self.day, self.until.data, self.day)


class TermsForm(RuledForm):
    """The conditions of an exemption, once it is granted.

    Args:
        day: today.
        granted_on: when it was granted.
        ends: the first day without it.
        more: what every form takes.
    """

    conditions = TextAreaField(
        lazy("Conditions"),
        [MaxLength(5000)],
        description=lazy("As the body decided them. Everybody can read this. Name no people."),
        render_kw={"params": {"rows": 3}},
    )
    conditions_by = DateParts(
        lazy("By when do they have to be met? (optional)"),
        [Optional()],
        thing=lazy("the day by which they have to be met"),
    )
    met_on = DateParts(
        lazy("Since when are they met? (leave it empty if they are not)"),
        [Optional()],
        thing=lazy("the day they were met"),
    )
    why = StringField(
        lazy("Why is the record changed? (optional)"),
        [MaxLength(500)],
        description=lazy("For example, a slip in typing it. Name no people."),
    )
    go = SubmitField(lazy("Save"))

    def __init__(self, day: date, granted_on: date, ends: date | None, **more: Any) -> None:
        """Keep the days of the exemption."""
        self.granted_on, self.ends = granted_on, ends
        super().__init__(day, **more)

    def terms(self) -> Terms:
        """What was typed."""
        return Terms(self.conditions.data or None, self.conditions_by.data, self.met_on.data)

    def problems(self) -> Iterator[Invalid]:
        """What the conditions cannot say."""
        return rules.wrong_terms(self.terms(), self.granted_on, self.ends, self.day)


class EndForm(Form):
    """Ends an exemption before its day."""

    reason = TextAreaField(
        lazy("Why does it end?"),
        [Enter(lazy("why it ends")), MaxLength(2000)],
        description=lazy("Everybody can read this. Name no people."),
        render_kw={"params": {"rows": 3}},
    )
    go = SubmitField(lazy("End the exemption"))
