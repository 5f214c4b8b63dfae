"""The form of each question about a component, with its words."""

from __future__ import annotations

from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField, URLField
from wtforms.validators import Optional

from portal.catalogue.forms import component_care
from portal.catalogue.forms.labels import LABELS
from portal.catalogue.rules.component_questions import (
    CARE,
    DESCRIPTION,
    INCIDENTS,
    LIFECYCLE,
    PRICE,
    START,
    SUMMARY,
    SUPPORT,
    UNSUPPORTED,
    WHO,
)
from portal.catalogue.rules.mandate_question import MANDATE
from portal.catalogue.rules.mandates import PHASES
from portal.web.forms import DateParts, Enter, Form, MaxLength, Select, WebAddress, choices
from portal.web.i18n import lazy

_PHASES = {each.value: LABELS["phase"][each.value] for each in PHASES}


class SummaryForm(Form):
    """What it does, in a sentence."""

    summary = TextAreaField(
        lazy("What does the component do, in one sentence?"),
        [Enter(lazy("what the component does")), MaxLength(1000)],
        render_kw={"params": {"rows": 3}},
    )


class DescriptionForm(Form):
    """What it does, at length."""

    description = TextAreaField(
        lazy("What should somebody know before they choose it?"), [MaxLength(10_000)]
    )


class WhoForm(Form):
    """Who can use it."""

    sectors = SelectMultipleField(
        lazy("Who can use it?"),
        [Select(lazy("who can use it"))],
        choices=choices(LABELS["sector"]),
        description=lazy("Select all that apply."),
    )
    eligibility_note = TextAreaField(
        lazy("More on who can use it (optional)"),
        [MaxLength(5000)],
        render_kw={"params": {"rows": 3}},
    )


class StartForm(Form):
    """How to start."""

    how_to_start = URLField(lazy("Where to start (optional)"), [MaxLength(2000), WebAddress()])
    documentation = URLField(lazy("Documentation (optional)"), [MaxLength(2000), WebAddress()])
    steps = TextAreaField(
        lazy("Steps to start (optional)"),
        [MaxLength(10_000)],
        description=lazy("Each on a line of its own."),
    )


class SupportForm(Form):
    """What support there is."""

    support_hours = StringField(lazy("Support hours (optional)"), [MaxLength(300)])
    status_page = URLField(lazy("Status page (optional)"), [MaxLength(2000), WebAddress()])


class LifecycleForm(Form):
    """Where it is in its life."""

    lifecycle = RadioField(
        lazy("Phase"),
        [Select(lazy("the phase"))],
        choices=choices(LABELS["lifecycle"]),
    )
    lifecycle_since = DateParts(
        lazy("Since when? (optional)"),
        [Optional()],
        thing=lazy("the day the phase began"),
        description=lazy("Without a day, another phase begins today."),
    )
    closes_on = DateParts(
        lazy("The day it closes (if it closes or has closed)"),
        [Optional()],
        thing=lazy("the day it closes"),
    )
    closing_means = TextAreaField(
        lazy("What does closing mean for services that use it? (optional)"),
        [MaxLength(5000)],
        render_kw={"params": {"rows": 3}},
    )
    successor = StringField(
        lazy("Which component takes over? (optional)"),
        [MaxLength(300)],
        description=lazy("Its name in the catalogue."),
    )
    which = RadioField(lazy("Which one do you mean?"), [Optional()], validate_choice=False)


class PriceForm(Form):
    """What it costs from a day on."""

    item = StringField(
        lazy("What is paid for"),
        [Enter(lazy("what is paid for")), MaxLength(200)],
        description=lazy(
            "For example, a text message. Written as before, its new price ends the old."
        ),
    )
    unit = StringField(
        lazy("The unit that is counted"), [Enter(lazy("the unit that is counted")), MaxLength(200)]
    )
    pence = StringField(lazy("Price in pence, without VAT (optional)"), [MaxLength(20)])
    per_cent = StringField(
        lazy("Or a percentage of what is paid through it (optional)"), [MaxLength(20)]
    )
    since = DateParts(
        lazy("From which day?"),
        [Enter(lazy("from which day"))],
        thing=lazy("the day the price begins"),
    )
    note = TextAreaField(
        lazy("Note (optional)"), [MaxLength(5000)], render_kw={"params": {"rows": 2}}
    )
    source = URLField(lazy("Where it is published (optional)"), [MaxLength(2000), WebAddress()])


class MandateForm(Form):
    """Who must use it."""

    scope = TextAreaField(
        lazy("Who must use it, in the words of the policy?"),
        [Enter(lazy("who must use it")), MaxLength(5000)],
        render_kw={"params": {"rows": 3}},
    )
    note = TextAreaField(
        lazy("Exceptions, and what else the policy says (optional)"),
        [MaxLength(5000)],
        render_kw={"params": {"rows": 3}},
    )
    policy = URLField(lazy("The policy (optional)"), [MaxLength(2000), WebAddress()])
    since = DateParts(
        lazy("From which day? (optional)"),
        [Optional()],
        thing=lazy("the day the mandate begins"),
        description=lazy("A mandate of another day stands beside the one that is there."),
    )
    until = DateParts(
        lazy("Until when? (optional)"),
        [Optional()],
        thing=lazy("the day the mandate ends"),
        description=lazy("The first day without it."),
    )
    needs = SelectMultipleField(
        lazy("Which needs is it about?"),
        description=lazy("Without one, nobody can count who falls under it."),
    )
    sectors = SelectMultipleField(
        lazy("Whose services?"),
        choices=choices(LABELS["sector"]),
        description=lazy("Select none if it is about everybody’s."),
    )
    audiences = SelectMultipleField(
        lazy("Services for whom?"),
        choices=choices(LABELS["audience"]),
        description=lazy("Select none if it is about all of them."),
    )
    from_phase = RadioField(
        lazy("From which phase on?"),
        [Optional()],
        choices=choices({"": lazy("From the start"), **_PHASES}),
    )
    new_since = DateParts(
        lazy("Only new services: those that began when, or later? (optional)"),
        [Optional()],
        thing=lazy("the day from which a service is new"),
    )


FORMS: dict[str, type[Form]] = {
    SUMMARY: SummaryForm,
    DESCRIPTION: DescriptionForm,
    WHO: WhoForm,
    START: StartForm,
    SUPPORT: SupportForm,
    LIFECYCLE: LifecycleForm,
    PRICE: PriceForm,
    CARE: component_care.CareForm,
    INCIDENTS: component_care.IncidentsForm,
    UNSUPPORTED: component_care.UnsupportedForm,
    MANDATE: MandateForm,
}
TITLES: dict[str, tuple[str, str]] = {
    SUMMARY: (lazy("What does the component do, in one sentence?"), lazy("Summary")),
    DESCRIPTION: (lazy("What should somebody know before they choose it?"), lazy("Description")),
    WHO: (lazy("Who can use it?"), lazy("Who can use it")),
    START: (lazy("How does a team start?"), lazy("How to start")),
    SUPPORT: (lazy("What support is there?"), lazy("Support")),
    LIFECYCLE: (lazy("Which phase is the component in?"), lazy("Phase")),
    PRICE: (lazy("What does it cost, and from when?"), lazy("Prices")),
    CARE: (lazy("Who looks after it, and how well?"), lazy("How it is looked after")),
    INCIDENTS: (lazy("Which incidents were there, and which are open?"), lazy("Incidents")),
    UNSUPPORTED: (lazy("Which parts have no support?"), lazy("Unsupported parts")),
    MANDATE: (lazy("Who must use the component?"), lazy("Mandate")),
}
