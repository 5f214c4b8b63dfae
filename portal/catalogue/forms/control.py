"""Who controls what was bought or built for a service: the questions, and their words."""

from __future__ import annotations

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.catalogue.forms.control_labels import LABELS
from portal.catalogue.forms.service_questions import NotLater
from portal.web.forms import DateParts, Form, MaxLength, choices
from portal.web.i18n import lazy

#: The fields in the order of the page.
CONTROL = (
    "contract_group", "contract_end", "code_held_by", "data_held_by", "exit_plan",
    "exit_reviewed_on", "exit_note",
)  # fmt: skip
_NOT_SAID = {"": lazy("Not said")}


class ControlFields(Form):
    """What is asked of a bought product or an own build; no answer has to be given."""

    contract_group = StringField(
        lazy("Which framework or agreement is the contract under?"),
        [MaxLength(300)],
        description=lazy("Such as G-Cloud 14. Use the name that other services use."),
        render_kw={"params": {"attributes": {"list": "contract-groups"}}},
    )
    contract_end = DateParts(
        lazy("When does the contract end?"), thing=lazy("the end of the contract")
    )
    code_held_by = SelectField(
        lazy("Who holds the code?"),
        [Optional()],
        choices=choices({**_NOT_SAID, **LABELS["holder"]}),
        description=lazy("Who may change it and can take it elsewhere."),
    )
    data_held_by = SelectField(
        lazy("Who holds the data?"),
        [Optional()],
        choices=choices({**_NOT_SAID, **LABELS["holder"]}),
        description=lazy("Who can read all of it and take it elsewhere."),
    )
    exit_plan = RadioField(
        lazy("Is there a plan for leaving it?"),
        [Optional()],
        choices=choices(LABELS["exit_plan"]),
    )
    exit_reviewed_on = DateParts(
        lazy("When was the exit plan last looked at?"),
        [NotLater()],
        thing=lazy("the day it was last looked at"),
    )
    exit_note = TextAreaField(
        lazy("What does the exit plan rest on?"),
        [MaxLength(5000)],
        description=lazy("Such as how data comes out, or what would take its place."),
        render_kw={"params": {"rows": 2}},
    )
