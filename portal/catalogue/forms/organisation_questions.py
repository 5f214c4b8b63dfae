"""The form of each question about an organisation, with its words."""

from __future__ import annotations

from wtforms import StringField, TextAreaField, URLField

from portal.catalogue.forms.service_questions import NotLater
from portal.catalogue.rules.organisation_questions import ABBREVIATION, ALIASES, NAME, WEBSITE
from portal.web.forms import DateParts, Enter, Form, MaxLength, WebAddress
from portal.web.i18n import lazy


class NameForm(Form):
    """What it is called."""

    name = StringField(
        lazy("Name of the organisation"),
        [Enter(lazy("the name of the organisation")), MaxLength(300)],
    )
    welsh_name = StringField(lazy("Name in Welsh (optional)"), [MaxLength(300)])
    since = DateParts(
        lazy("If a name is new: since when? (optional)"),
        [NotLater()],
        thing=lazy("the day the name began"),
        description=lazy(
            "Without a day, it begins today. The one before it stays as a former name."
        ),
    )


class AbbreviationForm(Form):
    """Its abbreviation."""

    abbreviation = StringField(
        lazy("What is its abbreviation?"),
        [MaxLength(40)],
        description=lazy("Leave it empty if there is none."),
    )


class WebsiteForm(Form):
    """Where it is on the web."""

    website = URLField(lazy("What is the address of its website?"), [MaxLength(2000), WebAddress()])


class AliasesForm(Form):
    """What else means it."""

    aliases = TextAreaField(
        lazy("How else is its name written?"),
        [MaxLength(10_000)],
        description=lazy("Each spelling on a line of its own. Names in files are matched by them."),
    )


FORMS: dict[str, type[Form]] = {
    NAME: NameForm,
    ABBREVIATION: AbbreviationForm,
    WEBSITE: WebsiteForm,
    ALIASES: AliasesForm,
}
TITLES: dict[str, tuple[str, str]] = {
    NAME: (lazy("What is the organisation called?"), lazy("Name")),
    ABBREVIATION: (lazy("What is its abbreviation?"), lazy("Abbreviation")),
    WEBSITE: (lazy("What is the address of its website?"), lazy("Website")),
    ALIASES: (lazy("How else is its name written?"), lazy("Other spellings")),
}
