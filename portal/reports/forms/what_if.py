"""What an address tries: other values of assumptions, as somebody typed them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from wtforms import StringField

from portal.catalogue.forms.labels import label
from portal.errors import N_, Invalid
from portal.reports.rules.assumptions import SHARES, Row
from portal.reports.rules.what_if import ENDS, Move, Moves, moved
from portal.reports.words import Assumed
from portal.web.forms import Form
from portal.web.i18n import _

_NUMBER = re.compile(r"£?\s*(\d{1,12}(?:,\d{3})*(?:\.\d{1,6})?)")
#: More than ten times as much is no question that anybody asks.
MOST_PER_CENT = 1_000
#: A fair number of values to change at once; an address has room for no more.
MOST = 60


class _Reading(Form):
    """Changes nothing, so it carries no token."""

    class Meta(Form.Meta):
        """Reading needs no protection from forgery."""

        csrf = False


@dataclass(slots=True)
class Tried:
    """What was typed.

    Attributes:
        moves: what of it can be read.
        changed: what differs from the run, as the address says it.
        problems: what is wrong, each on its field.
    """

    times: dict[Assumed, Decimal] = field(default_factory=dict)
    rows: dict[str, Move] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)
    problems: list[Invalid] = field(default_factory=list)

    @property
    def moves(self) -> Moves:
        """What is tried."""
        return Moves(self.times, self.rows)


def names(rows: Iterable[Row]) -> list[str]:
    """The arguments that can be given for these assumptions."""
    every = list(rows)
    return [
        *(f"all.{each.value}" for each in fields(every)),
        *(f"{end}.{row.key}" for row in every for end in ENDS),
    ]


def fields(rows: Iterable[Row]) -> list[Assumed]:
    """What more than one of the assumptions is of: those can be moved together."""
    many = [row.field for row in rows]
    return [each for each in Assumed if many.count(each) > 1]


def number(text: str) -> Decimal | None:
    """What was typed as a number, with pound sign and commas or without; None where it is none."""
    found = _NUMBER.fullmatch(text.strip())
    return Decimal(found[1].replace(",", "")) if found else None


def value_of(text: str, of: Assumed) -> Decimal | None:
    """What was typed as a value of an assumption; a share is a number, or in per cent: 0.8 or 80%.
    None where it is none.
    """
    bare = text.strip()
    if of not in SHARES or not bare.endswith("%"):
        return number(bare)
    per_cent = number(bare.removesuffix("%"))
    return None if per_cent is None else per_cent / 100


def plain(value: Decimal) -> str:
    """A number as a field shows it."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read(given: Mapping[str, str], rows: list[Row]) -> Tried:
    """What an address asks to try, of the assumptions that a run used."""
    found = Tried()
    for of in fields(rows):
        _times(found, of, given.get(f"all.{of.value}", "").strip())
    for row in rows:
        _row(found, row, given)
    if len(found.changed) > MOST:
        found.problems.append(Invalid("", N_("Change %(most)s values at most"), most=MOST))
    if not found.problems:
        for row in rows:
            try:
                moved(row, found.moves)
            except Invalid as problem:
                found.problems.append(problem)
    return found


def _times(found: Tried, of: Assumed, text: str) -> None:
    if not text:
        return
    per_cent = number(text.removesuffix("%"))
    name = f"all.{of.value}"
    if per_cent is None or per_cent > MOST_PER_CENT:
        found.changed[name] = text
        found.problems.append(
            Invalid(name, N_("Enter a percentage from 0 to %(most)s"), most=MOST_PER_CENT)
        )
    elif per_cent != 100:
        found.changed[name] = plain(per_cent)
        found.times[of] = per_cent / 100


def _row(found: Tried, row: Row, given: Mapping[str, str]) -> None:
    ends: dict[str, Decimal] = {}
    for end in ENDS:
        name = f"{end}.{row.key}"
        text = given.get(name, "").strip()
        if not text:
            continue
        value = value_of(text, row.field)
        if value is None:
            found.changed[name] = text
            found.problems.append(
                Invalid(name, N_("Enter a number that is 0 or more, like 25,000 or 0.6"))
            )
        elif value != getattr(row, end):
            found.changed[name] = plain(value)
            ends[end] = value
    if ends:
        found.rows[row.key] = Move(**ends)


def form_of(shown: Iterable[tuple[Row, str]], of: Iterable[Assumed], tried: Tried) -> Form:
    """The form with what was typed, and what the run had where nothing was.

    Args:
        shown: assumptions, each with what it is called.
    """
    made = {f"all.{each.value}": StringField(str(label(each, "assumed"))) for each in of}
    data = {name: tried.changed.get(name, "100") for name in made}
    for row, called in shown:
        said = {"low": _("Low"), "central": _("Central"), "high": _("High")}
        for end in ENDS:
            name = f"{end}.{row.key}"
            made[name] = StringField(f"{called}: {said[end]}")
            data[name] = tried.changed.get(name, plain(getattr(row, end)))
    form: Form = type("TryForm", (_Reading,), made)(formdata=None, data=data)
    for problem in tried.problems:
        form.refuse(problem)
    return form
