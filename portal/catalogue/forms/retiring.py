"""Forms to retire a service and to bring one back."""

from __future__ import annotations

from wtforms import RadioField, StringField, SubmitField, TextAreaField
from wtforms.validators import Optional

from portal.catalogue.forms.service_questions import NotLater
from portal.web.forms import DateParts, Enter, Form, MaxLength, Select, choices
from portal.web.i18n import lazy


class RetireForm(Form):
    """When a service is retired, why, and what becomes of what it did."""

    on = DateParts(
        lazy("On which day was the service retired?"),
        [Enter(lazy("the day the service was retired")), NotLater()],
        thing=lazy("the day the service was retired"),
        description=lazy("The first day without it. For example, 27 3 2026."),
    )
    why = TextAreaField(
        lazy("Why?"),
        [Enter(lazy("why the service is retired")), MaxLength(1000)],
        description=lazy("The public history of the service says so."),
        render_kw={"params": {"rows": 3}},
    )
    successor = StringField(
        lazy("Which service replaces it? (optional)"),
        [MaxLength(300)],
        description=lazy("Its name, if it is in the catalogue."),
    )
    which = RadioField(lazy("Which one do you mean?"), [Optional()], validate_choice=False)
    usages = RadioField(
        lazy("What should happen to what it uses?"),
        [Select(lazy("what should happen to what it uses"))],
        choices=choices(
            {
                "end": lazy("It ends on the same day"),
                "stay": lazy("It stays as it is: somebody else looks after it"),
            }
        ),
    )
    go = SubmitField(lazy("Continue"))


class BringBackForm(Form):
    """Why a service was not to be retired."""

    why = TextAreaField(
        lazy("Why was it retired by mistake?"),
        [Enter(lazy("why it was retired by mistake")), MaxLength(1000)],
        description=lazy("The public history of the service says so."),
        render_kw={"params": {"rows": 3}},
    )
    go = SubmitField(lazy("Bring the service back"))
