"""The chart of a dashboard that parts transactions: by channel, or digital ones and all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.charts.bars import stacks
from portal.charts.data import BarChart, Bars, Group
from portal.performance.forms.board_words import WITHOUT_HIDDEN, Part, amount, without_hidden
from portal.performance.rules import boards
from portal.performance.rules.boards import Board
from portal.performance.views.board_base import Shown
from portal.performance.views.board_charts import figure, from_sources, named
from portal.performance.words import Kpi
from portal.web.charts import Figure
from portal.web.i18n import _, html_lang

#: Bars stand for so many periods at most.
BARS = 13
CHANNELS, DIGITAL = "channels", Kpi.DIGITAL_TAKE_UP.value


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels of a service by period, and what their data set is called."""

    title: str
    parts: Mapping[str, Mapping[date, Part]]


@dataclass(frozen=True, slots=True)
class Stacked:
    """A chart with what it tells, and where its numbers are from."""

    chart: BarChart
    title: str
    notes: list[str]


def channels(shown: Shown, board: Board, found: Channels | None) -> BarChart | None:
    """Transactions by channel, of a service that says them. Else, and over many units, the digital
    ones and all others of those services that say both. None where no bar would be drawn.
    """
    made = _stacked(shown, board, found)
    return made.chart if made else None


def channel_figure(shown: Shown, board: Board, found: Channels | None) -> Figure | None:
    """The figure of that chart: its title and source are those of what is drawn."""
    made = _stacked(shown, board, found)
    return figure(shown, made.chart, CHANNELS, made.title, made.notes) if made else None


def _stacked(shown: Shown, board: Board, found: Channels | None) -> Stacked | None:
    both = [_by_channel(shown, board, found)] if found else []
    both.append(_digital(shown, board))
    return next((made for made in both if any(stacks(made.chart))), None)


def _chart(shown: Shown, board: Board, groups: list[Group]) -> BarChart:
    labels = tuple(shown.called(at) for at in board.starts[-BARS:])
    title = named(shown, _("Transactions by channel"))
    return BarChart(title, labels, tuple(groups), Bars.STACKED, language=html_lang())


def _by_channel(shown: Shown, board: Board, found: Channels) -> Stacked:
    starts, groups = board.starts[-BARS:], list[Group]()
    for name, of in found.parts.items():
        parts = [of.get(at, Part(None)) for at in starts]
        groups.append(Group(name, tuple(p.number for p in parts), tuple(p.note for p in parts)))
    chart = _chart(shown, board, groups)
    return Stacked(chart, _told(chart), [_("From: %(titles)s", titles=found.title)])


def _told(chart: BarChart) -> str:
    """How many were online in the newest period that is drawn, as a part of what is drawn. One
    channel alone would be all of itself.
    """
    drawn = [number for number, stack in enumerate(stacks(chart)) if stack]
    online = next((group.values for group in chart.groups if group.name == _("Online")), None)
    if drawn and online and len(chart.groups) > 1:
        newest = drawn[-1]
        whole = sum(group.values[newest] or 0.0 for group in chart.groups)
        if whole:
            return _("%(share)s of transactions were online in %(when)s",
                     share=amount(boards.SHARE_OF, (online[newest] or 0.0) / whole),
                     when=chart.labels[newest])  # fmt: skip
    return _("Transactions by channel")


def _digital(shown: Shown, board: Board) -> Stacked:
    totals = [board.cell(DIGITAL, at).total for at in board.starts[-BARS:]]
    notes = tuple(str(WITHOUT_HIDDEN) if total.hidden else "" for total in totals)
    digital = tuple(t.top if t.things else None for t in totals)
    rest = tuple(max((t.bottom or 0) - t.top, 0) if t.things else None for t in totals)
    groups = [Group(_("Digital"), digital, notes), Group(_("Other channels"), rest, notes)]
    newest = board.newest_of(DIGITAL)
    whole = board.cell(DIGITAL, newest).total
    share = boards.value(DIGITAL, whole)
    title = _("Transactions by channel")
    if share is not None:
        title = _("%(share)s of transactions were digital in %(when)s",
                  when=shown.called(newest),
                  share=without_hidden(amount(DIGITAL, share), whole))  # fmt: skip
    over = [_("Over the services that say how many of their transactions are digital.")]
    told = [*(over if shown.many else ()), *from_sources(shown, DIGITAL)]
    return Stacked(_chart(shown, board, groups), title, told)
