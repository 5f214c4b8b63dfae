"""How savings are worked out, with the values of today and an example by the same code."""

from __future__ import annotations

from typing import NamedTuple

from flask import Response

from portal.catalogue.forms.labels import label
from portal.catalogue.views.base import reading
from portal.reports.forms.labels import assumed_value, pounds
from portal.reports.models.assumptions import AssumptionSet
from portal.reports.rules import example
from portal.reports.rules.appraisal import LATER_RATE, STANDARD_RATE, STANDARD_YEARS
from portal.reports.rules.assumptions import OF_COMPONENT, Row
from portal.reports.rules.claim import to_pence
from portal.reports.rules.ranges import DRAWS
from portal.reports.rules.scenario import LETTERS
from portal.reports.store import assumption_sets
from portal.reports.views.savings_shown import crumbs
from portal.reports.words import Assumed, SetState, SizeBand
from portal.web.i18n import _
from portal.web.pages import page


class Parameter(NamedTuple):
    """What a formula names, and the values of it that hold today.

    Attributes:
        field: what it is among the assumptions; None where the records say it.
        text: what it is where they do.
        rows: the assumptions, few: those of single components are only counted.
    """

    letter: str
    field: Assumed | None
    text: str
    rows: list[Row]
    many: int


def respond() -> Response:
    """The page."""
    with reading() as session:
        newest = assumption_sets.newest(session, assumption_sets.EVERYBODY, SetState.PUBLISHED)
        rows = [] if newest is None else assumption_sets.rows(session, newest.id)
    return page(
        "reports/savings_method.html", title=_("How savings are worked out"),
        section=_("Savings"), crumbs=crumbs(), set=newest, parameters=_parameters(rows),
        example=example.worked_out(), bars=_bars(), switching=_switching(), bands=SizeBand,
        draws=DRAWS, rates=_rates(newest),
    )  # fmt: skip


def _rates(found: AssumptionSet | None) -> tuple[str, str, int, str | None]:
    """The standard rate, the one that follows and after how many years; that of the version."""
    own = None if found is None else f"{float(found.rate) * 100:g}%"
    first, later = (f"{float(rate) * 100:g}%" for rate in (STANDARD_RATE, LATER_RATE))
    return first, later, STANDARD_YEARS, own


def _parameters(rows: list[Row]) -> list[Parameter]:
    assumed = {
        **{letter: Assumed(field) for letter, field in LETTERS.items()},
        "OB": Assumed.OPTIMISM, "p0": Assumed.ALTERNATIVE_PRICE, "p1": Assumed.PRICE,
        "DR": Assumed.DAY_RATE,
    }  # fmt: skip
    recorded = {
        "P": _("What the arrangement that was replaced cost, a year: the record of the use"),
        "f": _("The share of a year in which it was in use: its first and last day, by days"),
        "w": _("The share of a platform’s use that is counted: by volume where that is known of "
               "every use that counts, else by how many uses there are"),
        "q": _("Transactions measured through a component, by use and year"),
        "I": _("What building it in cost: the days of work recorded for the use × DR"),
    }  # fmt: skip
    return [
        *(_parameter(letter, field, rows) for letter, field in assumed.items()),
        *(Parameter(letter, None, text, [], 0) for letter, text in recorded.items()),
    ]


def _parameter(letter: str, field: Assumed, rows: list[Row]) -> Parameter:
    mine = [row for row in rows if row.field is field]
    shown = [] if field in OF_COMPONENT else mine
    return Parameter(letter, field, str(label(field, "assumed")), shown, len(mine))


def _bars() -> list[tuple[str, list[str]]]:
    """The tornado of the example: what is moved, its ends and what comes out at them."""
    found = []
    for bar in example.worked_out().bars:
        field = LETTERS[bar.key]
        low, _central, high = example.RANGES[bar.key]
        ends = [assumed_value(end, field) for end in (low, high)]
        out = [pounds(to_pence(at)) for at in (bar.at_low, bar.at_high)]
        found.append((str(label(field, "assumed")), [*ends, *out]))
    return found


def _switching() -> list[tuple[str, str]]:
    found = [(LETTERS[letter], value) for letter, value in example.worked_out().switching]
    return [(str(label(field, "assumed")), assumed_value(str(n), field)) for field, n in found]
