"""Forms in which a team says itself what a data set holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from wtforms import BooleanField, HiddenField, SelectField, StringField, SubmitField, TextAreaField

from portal.errors import Invalid
from portal.performance.forms.data_sets import AddForm
from portal.performance.forms.labels import LABELS
from portal.performance.forms.privacy import names_nobody
from portal.performance.rules import schemas
from portal.performance.rules.kinds import Dimension, Measure
from portal.performance.rules.schemas import Schema
from portal.performance.words import Period, SetKind, Unit
from portal.web.forms import Form, MaxLength, choices
from portal.web.i18n import lazy

#: How many measures and dimensions there is room for on the page at once.
MEASURES, DIMENSIONS = 6, 3


class Schemed:
    """Reads the fields in which a team says what it measures."""

    def rows(self, name: str) -> Iterator[tuple[int, str]]:
        """The titles that were typed, each with its number."""
        form = cast(Form, self)
        many = MEASURES if name == "measure" else DIMENSIONS
        for number in range(1, many + 1):
            title = form[f"{name}_{number}"].data
            if title:
                yield number, title

    def declared(self, period: Period | None, known: Schema | None = None) -> Schema:
        """The schema that was typed, after what is known already.

        Raises:
            Invalid: for a field; of several the last one, and the form says the others already.
        """
        form = cast(Form, self)
        had = known or Schema(SetKind.OWN, period, (), ())
        taken = {each.key for each in had.measures} | {each.key for each in had.dimensions}
        dimensions, measures, wrong = list[Dimension](), list[Measure](), list[Invalid]()
        for number, title in self.rows("dimension"):
            lines = [line.strip() for line in (form[f"values_{number}"].data or "").splitlines()]
            with _at(f"dimension_{number}", wrong):
                dimension = schemas.own_dimension(title, filter(None, lines), taken)
                taken.add(dimension.key)
                dimensions.append(dimension)
        for number, title in self.rows("measure"):
            unit = Unit(form[f"unit_{number}"].data)
            row = (title, unit, bool(form[f"sum_{number}"].data))
            with _at(f"measure_{number}", wrong):
                [measure] = schemas.own_measures([row], taken)
                taken.add(measure.key)
                measures.append(measure)
        made = Schema(
            SetKind.OWN, period, (*had.dimensions, *dimensions), (*had.measures, *measures)
        )
        if not any(problem.field.startswith("measure") for problem in wrong):
            with _at("measure_1", wrong):
                schemas.check_size(made)
        for problem in wrong[:-1]:
            form.refuse(problem)
        if wrong:
            raise wrong[-1]
        return made


@contextmanager
def _at(field: str, wrong: list[Invalid]) -> Iterator[None]:
    """Keeps a rule's message, for the field that it is about."""
    try:
        yield
    except Invalid as problem:
        problem.field = field
        wrong.append(problem)


def _with_rows(base: type[Form], name: str) -> Any:
    fields: dict[str, Any] = {}
    for n in range(1, MEASURES + 1):
        fields[f"measure_{n}"] = StringField(
            lazy("What do you measure?"), [MaxLength(100), names_nobody]
        )  # fmt: skip
        fields[f"unit_{n}"] = SelectField(
            lazy("What does it count in?"), choices=choices(LABELS["measure_unit"]), default="count"
        )
        fields[f"sum_{n}"] = BooleanField(
            lazy("Adding its figures up makes sense (never for an average)"), default=True
        )
    for n in range(1, DIMENSIONS + 1):
        fields[f"dimension_{n}"] = StringField(
            lazy("What do you tell figures apart by? (optional)"), [MaxLength(100), names_nobody],
            description=lazy("For example, region or channel."),
        )  # fmt: skip
        fields[f"values_{n}"] = TextAreaField(
            lazy("All that there may be, each on a line"), [MaxLength(5000), names_nobody],
            render_kw={"params": {"rows": 3}},
        )  # fmt: skip
    return type(name, (Schemed, base), fields)


class _OwnForm(AddForm):
    """A new data set of the team's own sort."""

    def schema(self, kind: SetKind) -> Schema:
        """What the data set may hold. Raises Invalid."""
        return cast(Schemed, self).declared(self.chosen_period)


OwnForm = _with_rows(_OwnForm, "OwnForm")


class _ExtendForm(Form):
    """What more a data set of the team's own sort shall hold."""

    base = HiddenField()
    go = SubmitField(lazy("Save"))


ExtendForm = _with_rows(_ExtendForm, "ExtendForm")


def form_class(kind: SetKind) -> type[AddForm]:
    """The form that adds a data set of a sort."""
    return cast("type[AddForm]", OwnForm) if kind is SetKind.OWN else AddForm
