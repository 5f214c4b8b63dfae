"""The form of each question about a service, with its words. See rules/service_questions.py."""

from __future__ import annotations

import re
from typing import Any

from wtforms import (
    RadioField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    URLField,
)
from wtforms.form import BaseForm
from wtforms.validators import Optional, ValidationError

from portal.audit import london_day
from portal.catalogue.forms.labels import LABELS
from portal.catalogue.rules.service_questions import Question, Section
from portal.web.forms import (
    DateParts,
    Enter,
    Form,
    MaxLength,
    Select,
    WebAddress,
    Whole,
    choices,
)
from portal.web.i18n import _, lazy
from portal.web.people import act

_FIRST_YEAR = 1900
MONTH_ENOUGH = lazy(
    "For example, 27 3 2024. If you know the month only, leave the day empty: the first day of the "
    "month is then recorded. If you do not know, leave it all empty."
)


class NotLater:
    """Refuses a day after today, and one that no service of today knew; an empty one is fine."""

    def __call__(self, form: BaseForm, field: DateParts) -> None:
        """Compare with the day in London."""
        if field.data and field.data > london_day(act().at):
            raise ValidationError(
                _("%(thing)s must be today or in the past", thing=_upper(field.thing))
            )
        if field.data and field.data.year < _FIRST_YEAR:
            text = _("%(thing)s must be in %(year)s or later", thing=_upper(field.thing),
                     year=_FIRST_YEAR)  # fmt: skip
            raise ValidationError(text)


def _upper(thing: object) -> str:
    text = str(thing)
    return text[:1].upper() + text[1:]


class NameForm(Form):
    """What it is called."""

    name = StringField(
        lazy("Name of the service"),
        [Enter(lazy("the name of the service")), MaxLength(300)],
        description=lazy(
            "In English, as its users know it, such as “Book your driving test”. If it has a Welsh "
            "name too, that goes into the next box."
        ),
    )
    welsh_name = StringField(lazy("Name in Welsh (optional)"), [MaxLength(300)])
    other_names = TextAreaField(
        lazy("Other names (optional)"),
        [MaxLength(3000)],
        description=lazy("Abbreviations and what people call it, each on a line of its own."),
        render_kw={"params": {"rows": 3}},
    )


class OrganisationForm(Form):
    """Who is accountable for it."""

    organisation = StringField(
        lazy("Organisation that is accountable"),
        [MaxLength(300)],
        description=lazy("Its name or abbreviation, such as “DVLA”."),
    )
    which = RadioField(lazy("Which one do you mean?"), [Optional()], validate_choice=False)
    since = DateParts(
        lazy("Since when? (optional)"),
        [NotLater()],
        thing=lazy("the day it became accountable"),
        month_enough=True,
        description=MONTH_ENOUGH,
    )


class PurposeForm(Form):
    """What it does."""

    purpose = TextAreaField(
        lazy("What does the service do?"),
        [Enter(lazy("what the service does")), MaxLength(5000, lazy("What the service does"))],
        description=lazy("One or two sentences that somebody outside your team understands."),
    )


class UserNeedForm(Form):
    """What its users need."""

    user_need = TextAreaField(
        lazy("What do its users need?"),
        [Enter(lazy("what its users need")), MaxLength(5000, lazy("What its users need"))],
        description=lazy(
            "For example: as a learner driver I need to book a test near me, so that I can drive."
        ),
    )


class AudiencesForm(Form):
    """Who uses it."""

    audiences = SelectMultipleField(
        lazy("Who uses the service?"),
        [Select(lazy("who uses the service"))],
        choices=choices(LABELS["audience"]),
        description=lazy("Select all that apply."),
    )


class PhaseForm(Form):
    """Where it is in its life."""

    phase = RadioField(
        lazy("Which phase is the service in?"),
        [Select(lazy("which phase the service is in"))],
        choices=choices(
            {k: v for k, v in LABELS["phase"].items() if k not in ("unknown", "retired")}
        ),
    )
    since = DateParts(
        lazy("Since when? (optional)"),
        [NotLater()],
        thing=lazy("the day the phase began"),
        month_enough=True,
        description=MONTH_ENOUGH,
    )


class ChannelsForm(Form):
    """How people reach it."""

    channels = SelectMultipleField(
        lazy("How can people use the service?"),
        [Select(lazy("how people can use the service"))],
        choices=choices(LABELS["channel"]),
        description=lazy("Select all that apply."),
    )
    transactional = RadioField(
        lazy("Do people get something done with it, such as apply, pay or book? (optional)"),
        [Optional()],
        choices=choices({"yes": lazy("Yes"), "no": lazy("No, it only informs")}),
    )


def _with_scheme(text: str | None) -> str | None:
    """A web address that was typed without https:// gets it."""
    if text and _BARE.match(text):
        return f"https://{text}"
    return text


_BARE = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#]\S*)?$", re.I)


class AddressesForm(Form):
    """Where it is."""

    start_page = URLField(
        lazy("Start page"),
        [MaxLength(2000), WebAddress()],
        filters=[_with_scheme],
        description=lazy("Where people begin, such as https://www.gov.uk/book-driving-test"),
    )
    service_address = URLField(
        lazy("Address of the service itself"),
        [MaxLength(2000), WebAddress()],
        filters=[_with_scheme],
        description=lazy("Where it runs, if that is somewhere else."),
    )


class ApisForm(Form):
    """What it offers to other software."""

    answer = RadioField(
        lazy("Does the service offer an API that others can use?"),
        [Select(lazy("whether the service offers an API"))],
        choices=choices({"offers": lazy("Yes"), "none": lazy("No")}),
    )
    apis = TextAreaField(
        lazy("Its APIs (if you answered yes)"),
        [MaxLength(5000)],
        description=lazy(
            "Each on a line of its own: its name, a space, the web address of its documentation."
        ),
        render_kw={"params": {"rows": 3}},
    )


class TransactionsForm(Form):
    """How much it is used."""

    yearly_transactions = Whole(
        lazy("Transactions in 12 months"),
        description=lazy("All channels together. Leave it empty if there is no figure yet."),
    )
    transactions_to = DateParts(
        lazy("Last day of these 12 months"),
        [NotLater()],
        thing=lazy("the last day of the 12 months"),
    )


def _addresses(label: str) -> TextAreaField:
    return TextAreaField(label, [MaxLength(10_000)], render_kw={"params": {"rows": 2}})


class LinksForm(Form):
    """Where else to read about it."""

    source_code = _addresses(lazy("Source code"))
    guidance = _addresses(lazy("Guidance"))
    status = _addresses(lazy("Status page"))
    other = _addresses(lazy("Anything else"))


class FindingForm(Form):
    """What it is found by."""

    category = StringField(
        lazy("Category (optional)"),
        [MaxLength(120)],
        description=lazy(
            "What it is about, such as “Vehicles”. Use one that the list of services "
            "has, if one fits."
        ),
    )
    customer_type = StringField(
        lazy("Type of customer (optional)"),
        [MaxLength(120)],
        description=lazy("For whom it is, such as “Citizen” or “Business”."),
    )
    business_model = StringField(
        lazy("Business model (optional)"),
        [MaxLength(200)],
        description=lazy("How it is run or paid for, as your organisation calls it."),
    )
    keywords = TextAreaField(
        lazy("Keywords (optional)"),
        [MaxLength(3000)],
        description=lazy("Other words that people search for, each on a line of its own."),
        render_kw={"params": {"rows": 3}},
    )


FORMS: dict[Question, type[Form]] = {
    Question.NAME: NameForm,
    Question.ORGANISATION: OrganisationForm,
    Question.PURPOSE: PurposeForm,
    Question.USER_NEED: UserNeedForm,
    Question.AUDIENCES: AudiencesForm,
    Question.PHASE: PhaseForm,
    Question.CHANNELS: ChannelsForm,
    Question.ADDRESSES: AddressesForm,
    Question.APIS: ApisForm,
    Question.TRANSACTIONS: TransactionsForm,
    Question.LINKS: LinksForm,
    Question.FINDING: FindingForm,
}
#: The heading of each question's page and its name in a task list or summary.
TITLES: dict[Question, tuple[str, str]] = {
    Question.NAME: (lazy("What is the service called?"), lazy("Name")),
    Question.ORGANISATION: (
        lazy("Which organisation is accountable for the service?"),
        lazy("Organisation"),
    ),
    Question.PURPOSE: (lazy("What does the service do?"), lazy("What it does")),
    Question.USER_NEED: (lazy("What do its users need?"), lazy("What its users need")),
    Question.AUDIENCES: (lazy("Who uses the service?"), lazy("Who uses it")),
    Question.PHASE: (lazy("Which phase is the service in?"), lazy("Phase")),
    Question.CHANNELS: (lazy("How can people use the service?"), lazy("How people use it")),
    Question.ADDRESSES: (lazy("Where is the service?"), lazy("Web addresses")),
    Question.APIS: (lazy("Does the service offer an API that others can use?"), lazy("APIs")),
    Question.TRANSACTIONS: (lazy("How much is the service used?"), lazy("Transactions")),
    Question.LINKS: (lazy("Where else can people read about it?"), lazy("Links")),
    Question.FINDING: (lazy("What should people find it by?"), lazy("Category and keywords")),
}
SECTIONS: dict[Section, str] = {
    Section.ABOUT: lazy("About the service"),
    Section.USE: lazy("How people use it"),
    Section.MORE: lazy("More about it"),
}
LINES: dict[Question, str] = {
    Question.LINKS: lazy(
        "Enter web addresses, each on a line of its own. All of them are optional."
    ),
}


def form_of(question: Question, values: dict[str, Any], button: str = "") -> Form:
    """The form of a question, filled with what is known where nothing was sent.

    Args:
        question: which.
        values: see `rules.service_questions.values_of`.
        button: what its button says; "Save and continue" without it.
    """
    return filled(FORMS[question], values, button)


def filled(parent: type[Form], values: dict[str, Any], button: str = "", **more: Any) -> Form:
    """A form with a button, filled with what is known where nothing was sent.

    Args:
        parent: the form.
        values: by field.
        button: what its button says; "Save and continue" without it.
        more: fields above the button.
    """
    go = SubmitField(button or lazy("Save and continue"))
    form: Form = type(parent.__name__, (parent,), {**more, "go": go})(data=values)
    return form


def heading(question: Question, form: Form) -> dict[str, dict[str, Any]]:
    """Parameters for the field of a form whose label is the heading of the page, by its name; empty
    where none has the heading's words.
    """
    return as_heading(str(TITLES[question][0]), form)


def as_heading(text: str, form: Form) -> dict[str, dict[str, Any]]:
    """The same for any heading."""
    for field in form:
        if field.label.text == text:
            grouped = isinstance(field, (RadioField, SelectMultipleField))
            kind = "fieldset__legend" if grouped else "label"
            label = {"text": text, "isPageHeading": True, "classes": f"govuk-{kind}--l"}
            return {field.name: {"fieldset": {"legend": label}} if grouped else {"label": label}}
    return {}
