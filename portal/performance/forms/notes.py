"""Forms for notes on figures, and for targets."""

from __future__ import annotations

import re

from wtforms import HiddenField, RadioField, StringField, SubmitField, TextAreaField
from wtforms.validators import ValidationError

from portal.digits import id_in
from portal.performance.forms.board_words import title_of
from portal.performance.forms.privacy import names_nobody
from portal.performance.rules import boards
from portal.performance.rules.kpis import INDICATORS
from portal.performance.words import Kpi
from portal.web.forms import DateParts, Enter, Form, MaxLength, Select, choices
from portal.web.i18n import _, lazy

_NUMBER = re.compile(r"[£\s]*(\d{1,9}(?:,\d{3})*(?:\.\d{1,4})?)\s*%?")


class Based(Form):
    """A form about something that others may change as well."""

    base = HiddenField()

    @property
    def version(self) -> int:
        """The version that the reader saw; 0, which none has, where that was not sent."""
        return id_in(self.base.data)


class NoteForm(Based):
    """What happened on a day."""

    day = DateParts(
        lazy("When did it happen?"), [Enter(lazy("when it happened"))],
        thing=lazy("the day it happened"),
    )  # fmt: skip
    note = TextAreaField(
        lazy("What happened?"),
        [Enter(lazy("what happened")), MaxLength(500), names_nobody],
        description=lazy("It stands beside the charts, for everybody. Name no people."),
        render_kw={"params": {"rows": 3}},
    )
    go = SubmitField(lazy("Save"))


def _a_number(form: Form, field: StringField) -> None:
    if field.data and number(field.data) is None:
        raise ValidationError(_("The target must be a number, such as 85 or 3.40"))


class ValueForm(Based):
    """What an indicator shall reach."""

    value = StringField(
        lazy("What is the target?"),
        [Enter(lazy("the target")), MaxLength(20), _a_number],
        description=lazy("Percent, for example 85. For the cost per transaction pounds, as 3.40."),
    )
    go = SubmitField(lazy("Save"))


class TargetForm(Form):
    """A target of an indicator, from a day on."""

    kpi = RadioField(
        lazy("Which indicator is it for?"), [Select(lazy("which indicator it is for"))],
        choices=choices({kpi.value: lazy(each.title) for kpi, each in INDICATORS.items()}),
    )  # fmt: skip
    value = StringField(
        lazy("What is the target?"),
        [Enter(lazy("the target")), MaxLength(20), _a_number],
        description=lazy("Percent, for example 85. For the cost per transaction pounds, as 3.40."),
    )
    since = DateParts(
        lazy("From when on?"), [Enter(lazy("from when on"))], thing=lazy("the day it begins")
    )
    go = SubmitField(lazy("Save"))


class EndForm(Based):
    """From when on a target holds no longer."""

    until = DateParts(
        lazy("From when on does it hold no longer?"),
        [Enter(lazy("from when on it holds no longer"))], thing=lazy("the day it ends"),
    )  # fmt: skip
    go = SubmitField(lazy("End this target"))


class RemoveForm(Based):
    """Whether to remove a note."""

    go = SubmitField(lazy("Remove this note"))


def number(text: str) -> float | None:
    """What was typed as a number; None where it is none."""
    found = _NUMBER.fullmatch(text.strip())
    return float(found[1].replace(",", "")) if found else None


def value_of(kpi: Kpi, text: str) -> float:
    """A target as it is kept: shares from 0 to 1, costs in pounds."""
    typed = number(text) or 0.0
    return typed / 100 if kpi.value in boards.SHARES else typed


def typed(kpi: Kpi, value: float) -> str:
    """A target as it is typed."""
    return f"{value * (100 if kpi.value in boards.SHARES else 1):.4f}".rstrip("0").rstrip(".")


def kpi_name(kpi: Kpi) -> str:
    """What an indicator is called."""
    return title_of(kpi.value)
