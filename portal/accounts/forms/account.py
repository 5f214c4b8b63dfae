"""The forms of one's own account."""

from __future__ import annotations

from wtforms import SelectMultipleField, StringField, SubmitField

from portal.accounts.forms.labels import labels
from portal.web.forms import Enter, Form, choices
from portal.web.i18n import lazy


class NamedForm(Form):
    """How somebody is called."""

    name = StringField(
        lazy("Full name"),
        [Enter(lazy("your full name"))],
        description=lazy("People in your teams see it. The public does not."),
        render_kw={"params": {"autocomplete": "name", "spellcheck": False}},
    )


class NameForm(NamedForm):
    """Change one's own name."""

    save = SubmitField(lazy("Save"))


class ProfessionsForm(Form):
    """What an assessor can judge; none is an answer too."""

    professions = SelectMultipleField(
        lazy("Your professions"),
        description=lazy("Select all that apply. Panels are made up by profession."),
    )
    save = SubmitField(lazy("Save"))

    def offer(self) -> ProfessionsForm:
        """The form with its choices."""
        self.professions.choices = choices(labels("profession"))
        return self
