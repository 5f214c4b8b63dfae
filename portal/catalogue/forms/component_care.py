"""The forms of how a component is looked after."""

from __future__ import annotations

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.catalogue.forms.service_questions import NotLater
from portal.web.forms import DateParts, Form, MaxLength, choices
from portal.web.i18n import lazy

_LINES = lazy(
    "Each on a line of its own, with the day it began: “2026-11-02: Payments fail”. Once it is "
    "over, with its end: “2026-11-02 to 2026-11-03: Payments failed”. A web address at the end of "
    "a line says where it is published."
)


class CareForm(Form):
    """Who answers for a component, and when it was tested and looked at."""

    team = StringField(
        lazy("Accountable team (optional)"),
        [MaxLength(300)],
        description=lazy("The name of a team, not of a person."),
    )
    team_reachable = RadioField(
        lazy("Does the team have a mailbox that is read?"),
        [Optional()],
        choices=choices({"yes": lazy("Yes"), "no": lazy("No"), "": lazy("Not known")}),
        description=lazy("The address is not published: reports of problems reach the team."),
    )
    security_tested_on = DateParts(
        lazy("Last security test (optional)"), [NotLater()], thing=lazy("the day of the test")
    )
    looked_at_on = DateParts(
        lazy("When was all this looked at last?"),
        [NotLater()],
        thing=lazy("the day it was looked at"),
        description=lazy("Without a day, today."),
    )


class IncidentsForm(Form):
    """Incidents, open and over."""

    incidents = TextAreaField(lazy("Incidents (optional)"), [MaxLength(10_000)], description=_LINES)


class UnsupportedForm(Form):
    """Parts of a component that have no support, or had none."""

    unsupported = TextAreaField(
        lazy("Parts without support (optional)"), [MaxLength(10_000)], description=_LINES
    )
