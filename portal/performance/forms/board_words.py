"""What dashboards call measures, and how they put numbers, changes and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from portal.charts.data import Scale
from portal.performance.rules import boards, kpis
from portal.performance.words import Figure, Kpi, Period, ValueState
from portal.web.chart_texts import amount as put
from portal.web.i18n import _, lazy

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


def channel_names(
    rows: Iterable[tuple[str, date, float | None]],
) -> dict[str, dict[date, float | None]]:
    """Transactions by what a chart calls their channel, and by period; None where a part of it is
    not known.
    """
    found: dict[str, dict[date, float | None]] = {}
    for channel, start, number in rows:
        if channel not in _CHANNELS:
            continue
        of = found.setdefault(str(_CHANNELS[channel]), {})
        before = of.get(start, 0.0)
        of[start] = None if number is None or before is None else before + number
    order = list(dict.fromkeys(str(text) for text in _CHANNELS.values()))
    return {name: found[name] for name in order if name in found}
