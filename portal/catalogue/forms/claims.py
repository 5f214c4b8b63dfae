"""What a provider says of a claim, and the words of standings."""

from __future__ import annotations

from datetime import date

from wtforms import RadioField, SubmitField, TextAreaField

from portal.catalogue.component_words import DisputeReason, EvidenceKind, Standing
from portal.catalogue.forms.labels import LABELS
from portal.catalogue.forms.service_questions import NotLater
from portal.catalogue.store.evidence import Said
from portal.errors import N_, Invalid
from portal.web.forms import DateParts, Form, MaxLength, Select, choices
from portal.web.i18n import lazy

RIGHT = "right"
#: What each means, for the pages that ask and explain.
MEANS: dict[str, str] = {
    Standing.CONFIRMED: lazy(
        "The provider, its list of users, a scan or an invoice confirmed it in the last 13 months."
    ),
    Standing.DECLARED: lazy("The service says so; nobody else has confirmed it."),
    Standing.LAPSED: lazy("It was confirmed, but more than 13 months ago."),
    Standing.DISPUTED: lazy("The provider says otherwise."),
    Standing.PLANNED: lazy("It is not in use yet."),
}
COLOURS = {
    Standing.CONFIRMED: "green", Standing.DECLARED: "", Standing.LAPSED: "yellow",
    Standing.DISPUTED: "red", Standing.PLANNED: "grey",
}  # fmt: skip


def standing_colour(standing: str) -> str:
    """The class of the tag of a standing, which is always named as well."""
    colour = COLOURS[Standing(standing)]
    return f" govuk-tag--{colour}" if colour else ""


class AnswerForm(Form):
    """Whether a service uses a component as it says."""

    answer = RadioField(
        lazy("Is that right?"),
        [Select(lazy("whether it is right"))],
        choices=choices({RIGHT: lazy("Yes, it is right"), **LABELS["dispute"]}),
    )
    in_use_since = DateParts(
        lazy("Since when do they use it?"),
        [NotLater()],
        thing=lazy("the day they began"),
        description=lazy("Only if they use it since another day. For example, 27 3 2024."),
    )
    stopped_on = DateParts(
        lazy("When did they stop?"),
        [NotLater()],
        thing=lazy("the day they stopped"),
        description=lazy("Only if they have stopped. The first day without it."),
    )
    note = TextAreaField(
        lazy("What should the service’s team know? (optional)"),
        [MaxLength(1000)],
        description=lazy("Everybody can read this. Name no people."),
        render_kw={"params": {"rows": 3}},
    )
    go = SubmitField(lazy("Send the answer"))

    def said(self, day: date) -> Said:
        """The answer as evidence of a day.

        Raises:
            Invalid: a date is missing, or was given for another answer.
        """
        answer = str(self.answer.data)
        wanted = {DisputeReason.OTHER_DATE: "in_use_since", DisputeReason.STOPPED: "stopped_on"}
        needed = wanted.get(DisputeReason(answer)) if answer != RIGHT else None
        for field in wanted.values():
            given = self[field].data
            if field == needed and given is None:
                raise Invalid(field, N_("Enter the date"))
            if field != needed and given is not None:
                raise Invalid(field, N_("Empty this date, or choose the answer that it belongs to"))
        note = self.note.data or None
        if answer == RIGHT:
            return Said(EvidenceKind.PROVIDER_CONFIRMED, day, note=note)
        return Said(
            EvidenceKind.PROVIDER_DISPUTED, day, DisputeReason(answer), self.in_use_since.data,
            self.stopped_on.data, note,
        )  # fmt: skip


class ConfirmManyForm(Form):
    """Confirms the claims that are ticked on the list."""

    go = SubmitField(lazy("Confirm those that are ticked"))
