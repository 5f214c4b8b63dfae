"""Forms that take figures from a file."""

from __future__ import annotations

from base64 import b64decode, b64encode

from wtforms import FileField, HiddenField, RadioField, StringField, SubmitField

from portal.performance.forms.privacy import names_nobody
from portal.performance.rules.schemas import Schema
from portal.performance.words import ValueStatus
from portal.web.forms import Form, MaxLength, Select, choices
from portal.web.i18n import _, lazy


def row_for(schema: Schema) -> str:
    """What each row of a file is for: a period, and a value of each dimension."""
    titles = [_(each.title) for each in schema.dimensions]
    *all_but, last = _("period"), *map(_within, titles)
    return _(" and ").join(filter(None, (", ".join(all_but), last)))


def _within(title: str) -> str:
    """A title within a sentence; what begins with an abbreviation stays as it is."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


class UploadForm(Form):
    """Takes a file."""

    file = FileField(lazy("Choose a CSV file"), [Select(lazy("a CSV file"))])
    status = RadioField(
        lazy("Are these figures final?"),
        [Select(lazy("whether these figures are final"))],
        choices=choices({
            ValueStatus.PUBLISHED: lazy("Yes, they are final"),
            ValueStatus.PROVISIONAL: lazy("No, they are provisional and may change"),
        }),
    )  # fmt: skip
    go = SubmitField(lazy("Check the file"))


class ConfirmForm(Form):
    """Carries a file that was checked: nothing of it is kept before it is confirmed."""

    text = HiddenField()
    encoding = HiddenField()
    status = HiddenField()
    base = HiddenField()
    why = StringField(
        lazy("Why do published figures change?"),
        [MaxLength(500), names_nobody],
        description=lazy("Everybody can read this. Name no people."),
    )
    go = SubmitField(lazy("Save all these figures"))

    def carry(self, text: str) -> None:
        """Take the text of a file along; line ends would not come through a form as they are."""
        self.text.data = b64encode(text.encode()).decode()

    def carried(self) -> str:
        """The text that was taken along; empty where it is none."""
        try:
            return b64decode(self.text.data or "", validate=True).decode()
        except ValueError:
            return ""
