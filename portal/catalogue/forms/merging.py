"""The forms of a merge: which record stays, and whose value each field has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import HiddenField, RadioField, SubmitField, TextAreaField

from portal.catalogue.forms.history_words import Said
from portal.catalogue.rules.merging import Side
from portal.catalogue.store.duplicates import Row
from portal.web.forms import Enter, Form, MaxLength, Select, choices
from portal.web.i18n import lazy

#: So much of a long value is shown beside a choice; both are whole on the page of the pair.
SHOWN = 300
_PREFIX = "field-"


class StaysForm(Form):
    """Which of two records stays; a GET form, since it changes nothing."""

    stays = RadioField(lazy("Which one stays?"), [Select(lazy("which one stays"))])
    go = SubmitField(lazy("Continue"))

    class Meta(Form.Meta):
        """Reading needs no protection from forgery."""

        csrf = False

    def ask(self, row: Row) -> None:
        """Offer both."""
        self.stays.choices = choices({half.id: half.name for half in (row.one, row.other)})


class MergeForm(Form):
    """Whose value each field has, and why the two are one. `for_fields` adds the fields."""

    versions = HiddenField()
    reason = TextAreaField(
        lazy("Why are they the same?"),
        [Enter(lazy("why they are the same")), MaxLength(1000)],
        description=lazy("Everybody can read this in the history of both records."),
    )
    go = SubmitField(lazy("Continue"))

    def choices_made(self) -> dict[str, Side]:
        """Whose value each field has."""
        return {
            field.short_name.removeprefix(_PREFIX): field.data
            for field in self
            if field.short_name.startswith(_PREFIX)
        }


def for_fields(
    fields: Sequence[str], stays: Mapping[str, Said], goes: Mapping[str, Said]
) -> type[MergeForm]:
    """The form that asks of each of these fields which value to keep."""
    made: dict[str, Any] = {
        f"{_PREFIX}{name}": RadioField(
            stays[name].field,
            [Select(stays[name].field)],
            choices=choices({"stays": _shown(stays[name]), "goes": _shown(goes[name])}),
            default="stays",
        )
        for name in fields
    }
    # Fields stand in the order in which they were made: these were made last.
    made |= {
        "reason": TextAreaField(*MergeForm.reason.args, **MergeForm.reason.kwargs),
        "go": SubmitField(*MergeForm.go.args, **MergeForm.go.kwargs),
    }
    return type("MergeFormOfFields", (MergeForm,), made)


def _shown(said: Said) -> str:
    text = "; ".join(line.text for line in said.lines)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} …"
