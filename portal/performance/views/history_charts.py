"""The charts of cumulative volumes: of several components, of one, and of who adopted it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from portal.charts.data import MOST, Lines, Mark, Point, Scale, Series
from portal.performance.forms import history_words as words
from portal.performance.rules import histories as rules
from portal.performance.rules.histories import POUNDS, History, Published
from portal.web.charts import Figure, shown
from portal.web.filters import long_date
from portal.web.i18n import _, html_lang
from portal.web.pages import query_url

COUNTS, ADOPTION = "counts", "adoption"
#: Where the charts of all components are.
ALL = "/performance/components/charts"


class Axis(StrEnum):
    """How the axis goes up: by equal steps, or each step ten times the one before."""

    LINEAR = "linear"
    LOG = "log"


class Sharing(StrEnum):
    """Whether drawings beside each other have the same axis."""

    SHARED = "shared"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    axis: Axis
    sharing: Sharing
    ignored: tuple[str, ...] = ()

    @property
    def query(self) -> list[tuple[str, str]]:
        """The arguments of the charts' addresses."""
        given = [("axis", self.axis.value, Axis.LINEAR), ("scale", self.sharing.value,
                                                         Sharing.SHARED)]  # fmt: skip
        return [(name, value) for name, value, usual in given if value != usual]


#: A component with one of its histories.
One = tuple[Published, History]


def volumes(known: Iterable[Published]) -> list[One]:
    """Every history that has a total, the largest newest total first."""
    found = [(each, history) for each in known for history in rules.histories(each)
             if history.newest]  # fmt: skip
    return sorted(found, key=lambda one: (one[1].measure == POUNDS, -_newest(one[1])))


def silent(known: Iterable[Published]) -> list[Published]:
    """The components of which no total is published."""
    return [each for each in known if not any(h.newest for h in rules.histories(each))]


def _newest(history: History) -> float:
    return (history.newest.drawn if history.newest else None) or 0.0


def _total(history: History) -> str:
    return words.total(history.newest, history.measure) if history.newest else ""


def _points(history: History) -> tuple[Point, ...]:
    """The points of a line. Of one day there may be two: a line has one."""
    of: dict[date, Point] = {}
    for each in history.points:
        note, there = words.remark(each, history.measure), of.get(each.day)
        if there and there.value is not None and each.drawn is None:
            of[each.day] = replace(there, note=", ".join(filter(None, (there.note, note))))
            continue
        note = ", ".join(filter(None, (there.note if there else "", note)))
        said = words.total(each, history.measure) if each.bound else ""
        of[each.day] = Point(
            each.day, each.drawn, each.provisional, note=note, alone=each.fact, said=said
        )
    return tuple(of[day] for day in sorted(of))


def _marks(history: History) -> tuple[Mark, ...]:
    known = dict(history.fitting)
    return tuple(
        Mark(each.by, words.size(each.amount, history.measure), known[each.by])
        for each in rules.milestones(history)
        if each.after is not None or each.lacks
    )


def _title(known: Published, history: History) -> str:
    return _("%(name)s: %(what)s so far", name=known.name, what=words.name_of(history.measure))


def line(known: Published, history: History, asked: Asked, span: Sequence[float] = ()) -> Lines:
    """A history as a line.

    Args:
        span: the least and the most of all histories beside it, where the axis is shared.
    """
    least, top = (min(span), max(span)) if span else (None, None)
    return Lines(
        _title(known, history), (Series(words.name_of(history.measure), _points(history)),),
        words.scale_of(history.measure), _marks(history), top=top, language=html_lang(),
        log=asked.axis is Axis.LOG, least=least,
    )  # fmt: skip


def _groups(some: Sequence[One]) -> dict[str, list[One]]:
    found: dict[str, list[One]] = {}
    for one in some:
        found.setdefault(POUNDS if one[1].measure == POUNDS else COUNTS, []).append(one)
    return found


def _several(some: Sequence[One], name: str, asked: Asked) -> Lines:
    title = _("Pounds so far") if name == POUNDS else _("Volumes so far")
    series = tuple(
        Series(f"{each.name} ({words.name_of(h.measure).lower()})", _points(h))
        for each, h in some[:MOST]
    )
    scale = Scale.POUNDS if name == POUNDS else Scale.COUNT
    log = asked.axis is Axis.LOG
    return Lines(title, series, scale, language=html_lang(), log=log)


def _name(known: Published, history: History) -> str:
    return f"{known.slug}-{history.measure.replace('_', '-')}".lower()


def _span(some: Sequence[One], asked: Asked) -> list[float]:
    if asked.sharing is Sharing.OWN:
        return []
    return [total for _, history in some for _, total in history.fitting if total > 0]


def of_all(some: Sequence[One], asked: Asked) -> dict[str, Lines]:
    """Every chart of the page of all components, by name."""
    groups = _groups(some)
    found = {name: _several(group, name, asked) for name, group in groups.items()}
    for group in groups.values():
        span = _span(group, asked)
        found |= {_name(*one): line(*one, asked, span) for one in group}
    return found


def together(some: Sequence[One], asked: Asked) -> list[Figure]:
    """The figures of the largest ones on one axis: counts, and pounds."""
    figures = []
    for name, group in _groups(some).items():
        if len(group) > 1:
            first, history = group[0]
            title = _("%(name)s has the most so far: %(total)s", name=first.name,
                      total=_total(history))  # fmt: skip
            more = len(group) - MOST
            told = [_("The four largest are drawn; each stands below on its own.")] if more > 0 \
                else []  # fmt: skip
            chart = _several(group, name, asked)
            figures.append(_figure(chart, f"{ALL}/{name}", title, asked, told))
    return figures


def multiples(some: Sequence[One], asked: Asked) -> list[Figure]:
    """A figure for each history, on one scale for those that count the same."""
    drawn = of_all(some, asked)
    named = [(_name(*one), one) for one in some]
    return [
        _figure(drawn[name], f"{ALL}/{name}", _trend(*one), asked, words.notes(one[1]))
        for name, one in named
    ]


def _trend(known: Published, history: History) -> str:
    newest = history.newest
    said = words.name_of(history.measure)
    if newest is None:
        return _("%(name)s: %(what)s are not published", name=known.name, what=said)
    return _("%(name)s: %(what)s, %(total)s by %(day)s", name=known.name, what=said,
             total=words.total(newest, history.measure), day=long_date(newest.day))  # fmt: skip


def _figure(drawn: Lines, address: str, title: str, asked: Asked, notes: Sequence[str]) -> Figure:
    return shown(drawn, address, title, query=asked.query, notes=notes, called=long_date)


def of_one(known: Published, asked: Asked) -> dict[str, Lines]:
    """Every chart of a component, by name."""
    found = {
        history.measure.replace("_", "-").lower(): line(known, history, asked)
        for history in rules.histories(known)
        if history.newest
    }
    adopted = rules.adoption(known)
    if adopted:
        series = [Series(words.name_of(name), _points(each)) for name, each in adopted.items()]
        title = _("Who adopted %(name)s", name=known.name)
        found[ADOPTION] = Lines(title, tuple(series[:MOST]), language=html_lang())
    return found


def own_figures(known: Published, asked: Asked) -> list[Figure]:
    """The figures of a component: what it did, and who adopted it."""
    of = {h.measure.replace("_", "-").lower(): h for h in rules.histories(known)}
    figures, address = [], f"/components/{known.slug}/performance/volume/charts"
    for name, chart in of_one(known, asked).items():
        title, told = _("Who uses %(name)s over time", name=known.name), words.adoption_notes(known)
        if name in of:
            title, told = _trend(known, of[name]), words.notes(of[name])
        figures.append(_figure(chart, f"{address}/{name}", title, asked, told))
    return figures


def summary(known: Published, history: History) -> dict[str, Any]:
    """A history as a row of a table."""
    newest = history.newest
    return {
        "name": known.name,
        "slug": known.slug,
        "measure": words.name_of(history.measure),
        "total": words.total(newest, history.measure) if newest else _("Not published"),
        "day": newest.day if newest else None,
        "still": words.still(newest) if newest else "",
        "whole": newest is not None and not newest.lacks,
        "milestones": [
            (words.size(each.amount, history.measure), words.reached(each))
            for each in rules.milestones(history)
        ],
    }


def choices(asked: Asked) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """What can be chosen: title, id, and (text, address, whether it is this one)."""
    axes = ((Axis.LINEAR, _("In equal steps")), (Axis.LOG, _("Each step ten times the last")))
    scales = ((Sharing.SHARED, _("The same for all")), (Sharing.OWN, _("Each its own")))
    return [
        (_("Axis"), "choose-axis", [
            (text, query_url(axis=None if each is Axis.LINEAR else each.value), each is asked.axis)
            for each, text in axes
        ]),
        (_("Scale"), "choose-scale", [
            (text, query_url(scale=None if each is Sharing.SHARED else each.value),
             each is asked.sharing)
            for each, text in scales
        ]),
    ]  # fmt: skip
