"""The forms of signing in."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, SubmitField

from portal.accounts.forms.account import NamedForm
from portal.accounts.rules.addresses import clean_email
from portal.errors import Invalid
from portal.web.forms import Enter, Form
from portal.web.i18n import lazy


class AskForm(Form):
    """The address to which a link goes."""

    email = EmailField(
        lazy("Email address"),
        [Enter(lazy("your email address"))],
        description=lazy("Use your work address. We will email you a link to sign in."),
    )
    next = HiddenField()
    send = SubmitField(lazy("Email me a link"))

    def normalised(self) -> str | None:
        """The address as we keep it, where the form is sent and right."""
        if not self.validate_on_submit():
            return None
        try:
            return clean_email(self.email.data or "")
        except Invalid as problem:
            self.refuse(problem)
            return None


class EnterForm(Form):
    """Somebody known uses a link."""

    enter = SubmitField(lazy("Sign in"))


class NewPersonForm(NamedForm):
    """Somebody new uses a link, and says who they are."""

    enter = SubmitField(lazy("Sign in"))
