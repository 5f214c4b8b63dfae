"""The form in which a team says what was measured of the use of a shared component."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from wtforms import HiddenField, StringField, SubmitField

from portal.catalogue.actions.measuring import Measured
from portal.catalogue.forms.editing import base_in
from portal.catalogue.forms.figures import financial_year
from portal.catalogue.rules.cleaners import Document
from portal.digits import decimal_of
from portal.errors import N_, Invalid
from portal.web.forms import Form, MaxLength, Whole
from portal.web.i18n import _, lazy

BUILDING_IN = ("integration_days", "integration_source")
_SHORT = {"params": {"classes": "govuk-input--width-10"}}
#: Where the message of a rule is shown whose field has another name in the form.
_PARTS = ("quantity", "source")


def field(part: str, year: int) -> str:
    """The name of the field of a year."""
    return f"{part}-{year}"


def measuring_form(document: Document, base: int, years: Sequence[int]) -> Form:
    """The form, filled with what is recorded where nothing was sent.

    Args:
        document: of the use.
        base: the id of its last event.
        years: that are asked for, each by the calendar year in which it begins.
    """
    known = {row["year"]: row for row in document["yearly_volumes"]}
    fields: dict[str, Any] = {"base": HiddenField(default="0")}
    shown: dict[str, Any] = {"base": str(base)}
    for year in years:
        called = financial_year(year)
        fields[field("quantity", year)] = Whole(
            _("How much was used in %(year)s", year=called), render_kw=_SHORT
        )
        fields[field("source", year)] = StringField(
            _("Source for %(year)s", year=called), [MaxLength(2000)]
        )
        for part in _PARTS:
            shown[field(part, year)] = known.get(year, {}).get(part)
    fields |= {
        "integration_days": StringField(
            lazy("Days of work that building it in took"),
            [MaxLength(20)],
            description=lazy(
                "Of everybody who took part, with up to two decimal places, such as 12.5."
            ),
            render_kw=_SHORT,
        ),
        "integration_source": StringField(lazy("Source of the days of work"), [MaxLength(2000)]),
        "go": SubmitField(lazy("Save")),
    }
    shown |= {name: document[name] for name in BUILDING_IN}
    return cast(Form, type("MeasuringForm", (Form,), fields)(data=shown))


def read_measured(form: Form, years: Sequence[int]) -> Measured:
    """What somebody measured, as `actions.measuring` takes it.

    Raises:
        Invalid: a source of a figure that nobody gives, or days that are no number.
    """
    volumes = []
    for year in years:
        quantity, source = (form[field(part, year)].data for part in _PARTS)
        if quantity is None and source:
            raise Invalid(
                field("quantity", year),
                N_("Enter how much was used in %(year)s, or remove the source"),
                year=financial_year(year),
            )
        if quantity is not None:
            volumes.append({"year": year, "quantity": quantity, "source": source or None})
    typed = form["integration_days"].data or ""
    days = decimal_of(typed)
    if typed and days is None:
        raise Invalid("integration_days", N_("The days of work must be a number, like 12.5"))
    return Measured(volumes, days, form["integration_source"].data or None, base_in(form))


def refuse(form: Form, problem: Invalid) -> None:
    """Show the message of a rule beside its field."""
    rule, _dot, year = problem.field.partition(".")
    if rule == "year":
        problem.field = f"quantity-{year}"
    form.refuse(problem)
