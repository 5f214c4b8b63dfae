"""Forms for versions of the assumptions, and to ask for a run with one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from portal.catalogue.forms.figures import financial_year, per_unit, price
from portal.catalogue.forms.labels import labels
from portal.errors import N_, Invalid
from portal.reports.actions.assuming import Frame
from portal.reports.forms.what_if import number, plain, value_of
from portal.reports.models.assumptions import AssumptionSet
from portal.reports.rules.assumptions import Row
from portal.reports.store.price_rows import Listed
from portal.reports.words import Assumed, Basis, EvidenceClass, SizeBand
from portal.web.filters import long_date
from portal.web.forms import DateParts, Enter, Form, MaxLength, Select, Whole, choices
from portal.web.i18n import _, lazy

#: A year that the calendar of a run can be counted from.
FIRST_YEAR, LAST_YEAR = 1990, 2100


class RunForm(Form):
    """Which run to work out."""

    version = SelectField(
        lazy("With which version of the assumptions?"), [Select(lazy("a version"))]
    )
    basis = RadioField(
        lazy("Whose is a service that has moved?"),
        [Select(lazy("whose a service is that has moved"))],
        choices=choices({
            Basis.RESTATED.value: lazy("Whoever is accountable today"),
            Basis.AS_IT_WAS.value: lazy("Whoever was accountable when the use began"),
        }),
        default=Basis.RESTATED.value,
    )  # fmt: skip
    go = SubmitField(lazy("Ask for the run"))

    def offer(self, found: Iterable[AssumptionSet]) -> None:
        """Offer published versions, the newest first."""
        self.version.choices = choices({
            str(each.number): _(
                "Version %(number)s: %(years)s years from %(first)s", number=each.number,
                years=each.horizon, first=financial_year(each.base_year),
            )
            for each in found
        })  # fmt: skip


def _a_number(form: Form, field: Field) -> None:
    if field.data and number(field.data.strip().removesuffix("%")) is None:
        raise ValidationError(_("Enter a number that is 0 or more, like 25,000 or 0.6"))


def _a_year(form: Form, field: Field) -> None:
    if field.data is not None and not FIRST_YEAR <= field.data <= LAST_YEAR:
        raise ValidationError(
            _("Enter a year from %(first)s to %(last)s", first=FIRST_YEAR, last=LAST_YEAR)
        )


class FrameForm(Form):
    """What a version says beside its assumptions."""

    base_year = Whole(
        lazy("First financial year"), [Enter(lazy("the first financial year")), _a_year],
        description=lazy("The calendar year in which it begins, such as 2026"),
    )  # fmt: skip
    horizon = Whole(lazy("How many years"), [Enter(lazy("how many years"))])
    price_year = Whole(
        lazy("In prices of which financial year"),
        [Enter(lazy("the financial year of the prices")), _a_year],
    )
    rate = StringField(
        lazy("Discount rate, in per cent"), [Enter(lazy("the discount rate")), _a_number],
        description=lazy("3.5 is the rate of HM Treasury’s Green Book"),
    )  # fmt: skip
    claim_years = Whole(
        lazy("For how many years what was replaced counts as cash"),
        [Enter(lazy("for how many years it counts"))],
    )
    note = TextAreaField(lazy("What changed, and why"), [MaxLength(2_000)])
    go = SubmitField(lazy("Save"))

    def wanted(self) -> Frame:
        """What was typed."""
        rate = (number((self.rate.data or "").strip().removesuffix("%")) or Decimal(0)) / 100
        return Frame(
            self.base_year.data or 0, self.price_year.data or 0, self.horizon.data or 0, rate,
            self.claim_years.data or 0, self.note.data or None,
        )  # fmt: skip


def frame_data(found: AssumptionSet) -> dict[str, Any]:
    """What the form shows of a version."""
    names = ("base_year", "horizon", "price_year", "claim_years", "note")
    return {**{name: getattr(found, name) for name in names}, "rate": plain(found.rate * 100)}


def _value(field: Field, of: Assumed) -> Decimal:
    found = value_of(field.data or "", of)
    if found is None:
        raise Invalid(field.short_name, N_("Enter pounds, and not a percentage"))
    return found


class ValuesForm(Form):
    """The values of one assumption, and what they rest on."""

    low = StringField(
        lazy("Low"), [Enter(lazy("the low value")), _a_number],
        description=lazy("In pounds. A share, such as additionality, as 0.8 or as 80%"),
    )  # fmt: skip
    central = StringField(lazy("Central"), [Enter(lazy("the central value")), _a_number])
    high = StringField(lazy("High"), [Enter(lazy("the high value")), _a_number])
    evidence = RadioField(
        lazy("What does it rest on?"), [Select(lazy("what it rests on"))],
        choices=choices({each.value: each.value for each in EvidenceClass}),
    )  # fmt: skip
    source = StringField(
        lazy("Source"), [MaxLength(2_000)],
        description=lazy("Where it was measured or published. A judgement needs none."),
    )  # fmt: skip
    dated = DateParts(
        lazy("Of which day is it?"), [Enter(lazy("the day that it is of"))],
        thing=lazy("the day that it is of"),
    )  # fmt: skip
    apart = BooleanField(
        lazy("This price is in no other cost"),
        description=lazy(
            "Of a price elsewhere (p0): it is neither part of what running it alone costs (M) nor "
            "of what replaced arrangements cost (P). Where you do not say so, nothing is claimed "
            "with it where one of these counts: the same money would count twice."
        ),
    )
    price_row = SelectField(
        lazy("Which row of the component’s price list is it from?"), default="",
        description=lazy("The price is in pounds, in prices of the version’s year"),
    )  # fmt: skip
    note = TextAreaField(lazy("Note"), [MaxLength(2_000)])
    go = SubmitField(lazy("Save"))

    def offer(self, prices: Iterable[Listed] = ()) -> None:
        """Offer the closed lists by what pages call them, and a price list."""
        self.evidence.choices = choices(labels("evidence_class"))
        rows = {row_key(each.item, each.since): _priced(each) for each in prices}
        self.price_row.choices = choices({"": _("None"), **rows})

    def leave_out(self, field: Assumed) -> None:
        """Ask nothing that is not of such an assumption."""
        if field is not Assumed.ALTERNATIVE_PRICE:
            del self.apart
        if field is not Assumed.PRICE:
            del self.price_row

    def row(self, of: dict[str, Any]) -> Row:
        """The assumption that was typed; `of` is what it is of.

        Raises:
            Invalid: pounds were typed in per cent.
        """
        low, central, high = (
            _value(each, of["field"]) for each in (self.low, self.central, self.high)
        )
        dated: date = self.dated.data
        since, _colon, item = (self.price_row.data if "price_row" in self else "").partition(" ")
        return Row(
            of["field"], low, central, high, EvidenceClass(self.evidence.data), dated,
            of.get("capability"), of.get("component"), of.get("band"), self.source.data or None,
            self.note.data or None, of.get("year"), "apart" in self and bool(self.apart.data),
            item or None, None if since in ("", ALWAYS) else date.fromisoformat(since),
        )  # fmt: skip


#: In place of the day from which a price holds, where it always has.
ALWAYS = "always"


def row_key(item: str, since: date | None) -> str:
    """Names a row of a price list in a form."""
    return f"{since.isoformat() if since else ALWAYS} {item}"


def _priced(row: Listed) -> str:
    said = {"pence": row.pence, "per_cent": row.per_cent, "unit": row.unit}
    what = f"{row.item}: {price(said)} {per_unit(said)}".rstrip()
    return _("%(what)s, from %(day)s", what=what, day=long_date(row.since)) if row.since else what


class NewForm(ValuesForm):
    """An assumption that the version does not have yet: what it is of as well."""

    field = SelectField(lazy("What is assumed?"), [Select(lazy("what is assumed"))])
    capability = SelectField(lazy("Of which need?"), default="")
    component = SelectField(
        lazy("Of which component?"), default="",
        description=lazy("For what a platform costs, and its price: name the row of its price list "
                         "afterwards"),
    )  # fmt: skip
    band = SelectField(lazy("Of services of which size?"), default="")
    year = Whole(
        lazy("Of which financial year?"), [_a_year],
        description=lazy("Only where what a platform costs differs by year"),
    )  # fmt: skip

    def __iter__(self) -> Any:
        """What it is of comes first."""
        own = ("field", "capability", "component", "band", "year")
        fields = list(super().__iter__())
        return iter(sorted(fields, key=lambda each: each.short_name not in own))

    def among(self, needs: dict[str, str], components: dict[str, str]) -> None:
        """Offer what assumptions can be of."""
        self.offer()
        # A price list is chosen from once it is known whose.
        del self.price_row
        self.field.choices = choices(labels("assumed"))
        every = {"": _("All")}
        self.capability.choices = choices({**every, **needs})
        self.component.choices = choices({"": _("None"), **components})
        self.band.choices = choices({**every, **labels("size_band")})

    def of(self) -> dict[str, Any]:
        """What it is of."""
        band = self.band.data
        return {
            "field": Assumed(self.field.data), "capability": self.capability.data or None,
            "component": self.component.data or None, "band": SizeBand(band) if band else None,
            "year": self.year.data,
        }  # fmt: skip


def values_data(row: Row) -> dict[str, Any]:
    """What the form shows of an assumption."""
    ends = {name: plain(getattr(row, name)) for name in ("low", "central", "high")}
    return {
        **ends, "evidence": row.evidence.value, "source": row.source, "dated": row.dated,
        "note": row.note, "apart": row.apart,
        "price_row": row.price_item and row_key(row.price_item, row.price_since),
    }  # fmt: skip


class PublishForm(Form):
    """Who answers for a version."""

    approver = StringField(
        lazy("Who approved it?"), [Enter(lazy("who approved it")), MaxLength(200)],
        description=lazy("By office and not by name, such as Chief Economist, Cabinet Office"),
    )  # fmt: skip
    go = SubmitField(lazy("Continue"))
