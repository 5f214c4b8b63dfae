"""The forms of assessors: what each says of themselves, and what the assurance team says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, StringField, SubmitField, TextAreaField

from portal.assessments.actions.assessors import Said, Set
from portal.assessments.booking_words import Training
from portal.assessments.rules import assessors as rules
from portal.assessments.store.assessors import Own
from portal.catalogue.forms.labels import LABELS
from portal.catalogue.forms.picking import Find, named_field, picked, which_field, without_which
from portal.catalogue.forms.ruled import RuledForm
from portal.catalogue.forms.spending import whole
from portal.errors import Invalid
from portal.web.forms import DateParts, Enter, Form, MaxLength, Select, choices
from portal.web.i18n import _, lazy

IN_GOVERNMENT, SUPPLIER = "government", "supplier"


class OwnForm(Form):
    """What an assessor says of themselves."""

    works = RadioField(
        lazy("Who do you work for?"),
        [Select(lazy("who you work for"))],
        choices=choices(
            {IN_GOVERNMENT: lazy("An organisation in government"), SUPPLIER: lazy("Somebody else")}
        ),
    )
    organisation = named_field(lazy("Which organisation, if it is in government?"))
    which = which_field()
    supplier = StringField(
        lazy("Who employs you, if it is somebody else?"),
        [MaxLength(300)],
        description=lazy("The name of the company, as its contracts have it."),
    )
    cross_government = BooleanField(lazy("I sit on panels for all of government"))
    most_a_month = StringField(
        lazy("How many panels a month can you sit on at most? (optional)"),
        [MaxLength(4)],
        render_kw={"classes": "govuk-input--width-3", "params": {"inputmode": "numeric"}},
    )
    about = TextAreaField(
        lazy("What else should those who form panels know? (optional)"),
        [MaxLength(500)],
        description=lazy("For example, sectors that you know well, or languages that you speak."),
        render_kw={"params": {"rows": 3}},
    )
    go = SubmitField(lazy("Save"))

    def said(self, find: Find, now: tuple[str, str]) -> Said | None:
        """What was typed; None where the form now says what is wrong, or asks which one is meant.

        Args:
            find: says which organisation a name means.
            now: the reference and name of the one that is recorded.
        """
        organisation = supplier = None
        if self.works.data == IN_GOVERNMENT:
            organisation = now[0] if now[0] and self.organisation.data == now[1] else None
            missing = _("Enter the organisation")
            organisation = organisation or picked(self, "organisation", find, missing)
        elif self.works.data == SUPPLIER:
            supplier = self.supplier.data or None
            if supplier is None:
                self.refuse(Invalid("supplier", _("Enter who employs you")))
        self._month()
        without_which(self)
        if self.errors:
            return None
        most = whole(self.most_a_month.data)
        return Said(
            organisation, supplier, bool(self.cross_government.data), most, self.about.data or None
        )

    def _month(self) -> None:
        typed = self.most_a_month.data
        most = whole(typed) if typed else None
        for problem in rules.wrong_month(-1 if typed and most is None else most):
            self.refuse(problem)


def own_data(found: Own) -> dict[str, Any]:
    """What the form of an assessor shows at first."""
    row = found.record
    if row is None:
        return {}
    return {
        "works": SUPPLIER if row.supplier else IN_GOVERNMENT if row.organisation_id else None,
        "organisation": row.organisation.name if row.organisation else "",
        "supplier": row.supplier or "",
        "cross_government": row.cross_government,
        "most_a_month": "" if row.most_a_month is None else str(row.most_a_month),
        "about": row.about or "",
    }


class AwayForm(RuledForm):
    """Days on which an assessor takes no seat."""

    since = DateParts(
        lazy("First day away"), [Enter(lazy("the first day"))], thing=lazy("the first day")
    )
    until = DateParts(
        lazy("Last day away"), [Enter(lazy("the last day"))], thing=lazy("the last day")
    )
    go = SubmitField(lazy("Save"))

    def problems(self) -> Iterator[Invalid]:
        """What days away cannot be."""
        yield from rules.wrong_away(self.since.data, self.until.data, self.day)


class SetForm(Form):
    """What the assurance team says of an assessor."""

    training = RadioField(
        lazy("How far is their training?"), [Select(lazy("how far their training is"))]
    )
    can_lead = BooleanField(lazy("They can lead a panel"))
    listed = BooleanField(lazy("They take seats for now"))
    version = HiddenField()
    go = SubmitField(lazy("Save"))

    def offer(self) -> SetForm:
        """The form with its choices."""
        self.training.choices = choices(LABELS["training"])
        return self

    def wanted(self) -> Set:
        """What was chosen."""
        return Set(bool(self.can_lead.data), Training(self.training.data), bool(self.listed.data))


class AvailableForm(Form):
    """A day on which assessors are wanted: a GET form, which changes nothing."""

    day = DateParts(
        lazy("Free on"),
        [],
        thing=lazy("the day"),
        description=lazy("Neither away nor on a panel on that day. For example, 27 3 2027."),
    )

    class Meta(Form.Meta):
        """Reading needs no protection from forgery."""

        csrf = False

    def __init__(self, arguments: Mapping[str, str] | None) -> None:
        """Read the day from an address's arguments."""
        super().__init__(formdata=arguments)

    def asked(self) -> date | None:
        """The day asked for; None where there is none, or the form says what is wrong with it."""
        return self.day.data if self.validate() else None
