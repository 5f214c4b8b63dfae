"""What dashboards call measures, and how they put numbers, changes and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from portal.charts.data import Scale
from portal.performance.rules import boards, kpis
from portal.performance.rules.boards import Channel
from portal.performance.rules.kinds import CHANNELS
from portal.performance.rules.totals import Total
from portal.performance.words import Figure, Kpi, Period, ValueState
from portal.web.chart_texts import amount as put
from portal.web.i18n import _, lazy, ngettext

FIGURES = {
    Figure.TRANSACTIONS.value: lazy("Transactions"),
    Figure.DIGITAL.value: lazy("Digital transactions"),
    Figure.STARTED.value: lazy("Transactions started"),
    Figure.COMPLETED.value: lazy("Transactions that reached an end page"),
    Figure.RATINGS.value: lazy("Ratings"),
    Figure.RATING_POINTS.value: lazy("Rating points"),
    Figure.COST.value: lazy("Cost"),
    Figure.UNIT_COST.value: lazy("Cost per transaction as published"),
    Figure.PROCESSED.value: lazy("Transactions processed"),
    Figure.INTENDED.value: lazy("Transactions that ended as intended"),
    Figure.CALLS.value: lazy("Calls received"),
    Figure.VOLUME.value: lazy("Volume"),
    Figure.POUNDS.value: lazy("Pounds"),
}
MISSING = {
    ValueState.NOT_PROVIDED: lazy("Not provided"),
    ValueState.NOT_APPLICABLE: lazy("Does not apply"),
    ValueState.NOT_COLLECTED: lazy("Not collected"),
    ValueState.SUPPRESSED: lazy("Not shown, so that nobody can be recognised"),
}
#: What is said of a sum of which parts are not shown.
WITHOUT_HIDDEN = lazy("without numbers that are not shown")
PERIODS = {
    Period.DAY: lazy("Days"),
    Period.WEEK: lazy("Weeks"),
    Period.MONTH: lazy("Months"),
    Period.QUARTER: lazy("Quarters"),
    Period.YEAR: lazy("12 months"),
}
#: A part of a whole that would be put as nothing.
_LEAST = 0.0005


def title_of(measure: str) -> str:
    """What a figure or an indicator is called."""
    if measure in FIGURES:
        return str(FIGURES[measure])
    return _(kpis.INDICATORS[Kpi(measure)].title)


def scale_of(measure: str) -> Scale:
    """What a measure counts in."""
    if measure in boards.SHARES:
        return Scale.SHARE
    return Scale.POUNDS if measure in boards.POUNDS else Scale.COUNT


def amount(measure: str, value: float | None) -> str:
    """A number of a measure in full."""
    return put(value, scale_of(measure))


def without_hidden(number: str, total: Total) -> str:
    """A sum in words, with what is not in it."""
    return f"{number} ({WITHOUT_HIDDEN})" if number and total.hidden else number


def not_in_sums(services: int) -> list[str]:
    """What is said beside sums of how many services have a number that is not shown."""
    if not services:
        return []
    return [ngettext("A number of %(num)s service is not shown, and in no sum here.",
                     "Numbers of %(num)s services are not shown, and in no sum here.",
                     services)]  # fmt: skip


def share(part: float | None, whole: float) -> str:
    """A part of a sum in words; empty where it is not known."""
    if part is None or not whole:
        return ""
    if 0 < part / whole < _LEAST:
        return _("less than 0.1%")
    return amount(boards.SHARE_OF, part / whole)


def changed(measure: str, change: float) -> str:
    """`up 3.2%`, `down 1.4 points`, `unchanged`."""
    size = abs(change) * 100
    if round(size, 1) == 0:
        return _("unchanged")
    number = f"{size:,.1f}".removesuffix(".0")
    if measure in boards.SHARES:
        if change > 0:
            return _("up %(number)s percentage points", number=number)
        return _("down %(number)s percentage points", number=number)
    return (
        _("up %(number)s%%", number=number) if change > 0 else _("down %(number)s%%", number=number)
    )


#: Channels as charts name them: at most four can be told apart.
_CHANNELS = {
    "online": lazy("Online"),
    "phone": lazy("Phone"),
    "paper": lazy("Paper"),
    "face-to-face": lazy("Face to face and other"),
    "other": lazy("Face to face and other"),
}


def without_channels(names: Iterable[str]) -> str:
    """What is said of a sum that channels are missing from."""
    said = ", ".join(_(CHANNELS.get(name, name)) for name in names)
    return _("without %(channels)s: no figure came", channels=said)


class Part(NamedTuple):
    """A part of a stack; without a number, why."""

    number: float | None
    note: str = ""


def channel_names(rows: Iterable[Channel]) -> dict[str, dict[date, Part]]:
    """Transactions by what a chart calls their channel, and by period. Where a part of it has no
    number it has none, and says what is known. Channels that a service does not have are left out.
    """
    found: dict[str, dict[date, list[Channel]]] = {}
    for row in rows:
        if row.name in _CHANNELS:
            of = found.setdefault(str(_CHANNELS[row.name]), {})
            of.setdefault(row.start, []).append(row)
    made = {name: {at: _together(some) for at, some in of.items()} for name, of in found.items()}
    none = Part(None, str(MISSING[ValueState.NOT_APPLICABLE]))
    order = dict.fromkeys(str(text) for text in _CHANNELS.values())
    return {name: made[name] for name in order if set(made.get(name, {}).values()) - {none}}


def _together(rows: list[Channel]) -> Part:
    there = [row for row in rows if row.state is not ValueState.NOT_APPLICABLE] or rows
    numbers = [row.number for row in there if row.number is not None]
    if len(numbers) == len(there):
        return Part(sum(numbers))
    if len({row.state for row in there}) == 1:
        return Part(None, _put(there[0]))
    return Part(None, "; ".join(f"{_(CHANNELS[row.name])}: {_put(row)}" for row in there))


def _put(row: Channel) -> str:
    return str(MISSING[row.state]) if row.number is None else put(row.number, Scale.COUNT)
