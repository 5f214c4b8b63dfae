"""The forms with which the assurance team runs a booking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)

from portal.assessments.booking_words import PanelBy
from portal.assessments.forms.booking import TaskForm
from portal.assessments.forms.booking_labels import LABELS
from portal.assessments.rules import sessions
from portal.assessments.rules.sessions import Odd, Sitting
from portal.errors import N_, Invalid
from portal.web.forms import DateParts, Enter, MaxLength, Select, Whole, choices
from portal.web.i18n import lazy

_ODD: Mapping[Odd, str] = {
    Odd.WEEKDAY: lazy("Assessments are not usually held on that weekday."),
    Odd.WEEK: lazy("The team did not ask for that week."),
}


def odd_words(odd: Iterable[Odd]) -> list[str]:
    """What is unusual about a day, in words."""
    return [str(_ODD[each]) for each in odd]


class AcceptForm(TaskForm):
    """Whose assessors sit on the panel."""

    panel_by = RadioField(
        lazy("Whose assessors sit on the panel?"),
        [Select(lazy("whose assessors sit on the panel"))],
        choices=choices({each.value: LABELS["panel_by"][each.value] for each in PanelBy}),
        description=lazy(
            "A panel from across government is formed by the portal’s assurance team, which then"
            " runs the assessment."
        ),
    )
    go = SubmitField(lazy("Accept the booking"))


class VersionForm(TaskForm):
    """Another version of the standard, and why."""

    chosen = SelectField(
        lazy("Which version is it assessed against?"),
        [Select(lazy("the version it is assessed against"))],
    )
    reason = TextAreaField(
        lazy("Why?"),
        [Enter(lazy("why")), MaxLength(800)],
        description=lazy("The published report says so. Name no people."),
        render_kw={"params": {"rows": 3}},
    )
    go = SubmitField(lazy("Save"))

    def offer(self, found: Mapping[str, str]) -> None:
        """Offer these versions, by their ids."""
        self.chosen.choices = choices({"": lazy("Select a version"), **found})


class SessionForm(TaskForm):
    """When and where a session is, and what is talked about."""

    held_on = DateParts(
        lazy("On which day?"), [Enter(lazy("the day"))], thing=lazy("the day of the session")
    )
    starts = StringField(
        lazy("When does it start?"),
        [Enter(lazy("when it starts")), MaxLength(8)],
        description=lazy("The time in London, for example 09:30 or 2pm."),
        render_kw={"params": {"classes": "govuk-input--width-5"}},
    )
    minutes = Whole(
        lazy("How many minutes does it take?"),
        [Enter(lazy("how many minutes it takes"))],
        render_kw={"params": {"classes": "govuk-input--width-5"}},
    )
    place = StringField(
        lazy("Where is it? (optional)"), [MaxLength(500)],
        description=lazy("A room, or the address of a video call."),
    )  # fmt: skip
    agenda = TextAreaField(
        lazy("Agenda (optional)"),
        [MaxLength(5000)],
        description=lazy("Everybody who takes part reads it. Name no people."),
        render_kw={"params": {"rows": 9}},
    )
    meant = BooleanField(lazy("I want this day all the same"))
    go = SubmitField(lazy("Save"))

    def ask(self, odd: Iterable[Odd]) -> list[str]:
        """Ask whether an unusual day is meant, and say what is unusual."""
        self.refuse(Invalid("meant", N_("Say that you want this day, or choose another")))
        return odd_words(odd)

    def problems(self) -> Iterator[Invalid]:
        """What is no time, and no length."""
        if not sessions.time_said(self.starts.data):
            yield Invalid("starts", N_("Enter a time, such as 09:30"))
        minutes = self.minutes.data
        if minutes is not None and not sessions.LEAST <= minutes <= sessions.MOST:
            yield Invalid(
                "minutes", N_("Enter a number between %(least)s and %(most)s"),
                least=sessions.LEAST, most=sessions.MOST,
            )  # fmt: skip

    def sitting(self) -> Sitting:
        """When it is; the form is valid."""
        starts = sessions.time_said(self.starts.data) or ""
        return Sitting(self.held_on.data, starts, int(self.minutes.data or 0))
