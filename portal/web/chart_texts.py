"""What charts say in words, made from their data: titles that tell the trend, alternatives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from portal.charts.data import (
    BarChart,
    Bars,
    Chart,
    Group,
    HeatMap,
    Lines,
    Point,
    Scale,
    Series,
    Tornado,
)
from portal.web.filters import month
from portal.web.i18n import _, ngettext

#: What a period is called, by its first day.
Called = Callable[[date], str]
#: A change of less than this part, or of this part of a whole, is none.
_STEADY = 0.005
_MANY = 3


def amount(value: float | None, scale: Scale) -> str:
    """A value in full: `1,234`, `£3.40`, `84.3%`; nothing for None."""
    if value is None:
        return ""
    if scale is Scale.SHARE:
        return f"{value * 100:.1f}".removesuffix(".0") + "%"
    if scale is Scale.POUNDS:
        return f"{'-' if value < 0 else ''}£{abs(value):,.2f}".removesuffix(".00")
    return f"{value:,.1f}".removesuffix(".0")


def unit_of(chart: Chart) -> str:
    """What the figures of a drawing count, as it says itself."""
    if chart.scale is Scale.SHARE or (isinstance(chart, BarChart) and chart.kind is Bars.SHARES):
        return _("Percent")
    said = _("Pounds (£)") if chart.scale is Scale.POUNDS else _("Number")
    if isinstance(chart, Lines) and chart.log:
        return _("%(unit)s, each line ten times the one below", unit=said)
    return said


def trend(name: str, series: Series, scale: Scale, called: Called = month) -> str:
    """A title for one line: how its newest value compares with the oldest one shown."""
    known = [point for point in series.points if point.value is not None]
    if not known:
        return _("%(what)s: no figures yet", what=name)
    last = known[-1]
    if len(known) == 1:
        return _("%(what)s: %(value)s in %(when)s", what=name, value=amount(last.value, scale),
                 when=called(last.at))  # fmt: skip
    return change(name, known[0], last, scale, called)


def change(name: str, was: Point, now: Point, scale: Scale, called: Called = month) -> str:
    """How a value changed between two periods, as a sentence."""
    old, new = was.value or 0.0, now.value or 0.0
    texts = {
        "what": name, "start": called(was.at), "end": called(now.at),
        "old": amount(old, scale), "new": amount(new, scale),
    }  # fmt: skip
    part = new - old if scale is Scale.SHARE else (new - old) / old if old else 0.0
    if abs(part) < _STEADY and (old or not new):
        return _("%(what)s stayed at about %(new)s from %(start)s to %(end)s", **texts)
    if scale is Scale.SHARE or not old:
        if new > old:
            return _("%(what)s rose from %(old)s in %(start)s to %(new)s in %(end)s", **texts)
        return _("%(what)s fell from %(old)s in %(start)s to %(new)s in %(end)s", **texts)
    texts["percent"] = f"{abs(part) * 100:,.{0 if abs(part) >= 0.1 else 1}f}%"
    if new > old:
        return _("%(what)s rose %(percent)s from %(start)s to %(end)s", **texts)
    return _("%(what)s fell %(percent)s from %(start)s to %(end)s", **texts)


def alternative(chart: Chart, called: Called = month) -> str:
    """What a drawing shows, for those who do not see it; the table beside it has every value."""
    if isinstance(chart, Lines):
        said = [_line(series, chart.scale, called) for series in chart.series]
        head = _("Line chart.")
    elif isinstance(chart, HeatMap):
        said = _heat(chart)
        head = _("Heat map.")
    elif isinstance(chart, Tornado):
        said = [f"{chart.middle_text}: {amount(chart.middle, chart.scale)}.", *_ends(chart)]
        head = _("Tornado chart.")
    else:
        said = _bars(chart)
        head = _("Bar chart.")
    return " ".join([head, *said])


def _heat(chart: HeatMap) -> list[str]:
    """The three highest cells, the first ones where several are as high."""
    cells = [
        (value, label, group.name)
        for group in chart.groups
        for label, value in zip(chart.labels, group.values, strict=True)
        if value is not None
    ]
    cells.sort(key=lambda cell: -cell[0])
    return [f"{label}, {name}: {amount(v, chart.scale)}." for v, label, name in cells[:_MANY]]


def _ends(chart: Tornado) -> list[str]:
    """The first bars, which are the longest."""
    return [
        f"{label}: "
        + ", ".join(f"{group.name} {_part(group.values[i], None, chart.scale)}"
                    for group in chart.groups)
        + "."
        for i, label in enumerate(chart.labels[:_MANY])
    ]  # fmt: skip


def _line(series: Series, scale: Scale, called: Called) -> str:
    known = [point for point in series.points if point.value is not None]
    if not known:
        return _("%(name)s: no figures.", name=series.name)
    first, last = known[0], known[-1]
    top = max(known, key=lambda point: (point.value or 0.0, point.at))
    texts = {
        "name": series.name, "first": _words(first, scale), "start": called(first.at),
        "last": _words(last, scale), "end": called(last.at),
        "most": _words(top, scale), "when": called(top.at),
    }  # fmt: skip
    if first is last:
        said = _("%(name)s: %(first)s (%(start)s), and no other figure.", **texts)
    elif top is last:
        said = _("%(name)s: %(first)s (%(start)s), %(last)s (%(end)s), which is the most.",
                 **texts)  # fmt: skip
    else:
        said = _("%(name)s: %(first)s (%(start)s), %(last)s (%(end)s), at most %(most)s "
                 "(%(when)s).", **texts)  # fmt: skip
    gaps = len(series.points) - len(known)
    if gaps:
        said += " " + ngettext(
            "%(num)s period has no figure.", "%(num)s periods have no figure.", gaps
        )
    return said


def _words(point: Point, scale: Scale) -> str:
    return point.said or amount(point.value, scale)


def _bars(chart: BarChart) -> list[str]:
    """The values of a few labels, or those of the first and the last ones."""
    some = list(range(len(chart.labels)))
    if len(some) > _MANY:
        some = some[:_MANY] if chart.across else [some[0], some[-1]]
    scale = chart.scale
    whole = chart.kind is Bars.SHARES
    said = []
    for number in some:
        values = [group.values[number] for group in chart.groups]
        total = sum(value or 0.0 for value in values)
        parts = [_of(group, number, total if whole else None, scale) for group in chart.groups]
        said.append(f"{chart.labels[number]}: {', '.join(parts)}.")
    return said


def _of(group: Group, number: int, whole: float | None, scale: Scale) -> str:
    value, note = group.values[number], group.note(number)
    if value is None and note:
        return f"{group.name} ({note})"
    said = f"{group.name} {_part(value, whole, scale)}"
    return f"{said} ({note})" if note else said


def _part(value: float | None, whole: float | None, scale: Scale) -> str:
    if value is None or whole == 0:
        return _("no figure")
    return amount(value, scale) if whole is None else amount(value / whole, Scale.SHARE)
