"""The tiles of a dashboard: each measure now, how it changed, how much of it there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.performance.forms.board_words import (
    MISSING,
    WITHOUT_HIDDEN,
    amount,
    changed,
    title_of,
    without_channels,
)
from portal.performance.rules import boards, kpis, periods
from portal.performance.rules.boards import Board
from portal.performance.views.board_base import Shown
from portal.performance.words import Doubt, Kpi, Period
from portal.web.i18n import _, ngettext


@dataclass(frozen=True, slots=True)
class Tile:
    """A measure as a tile says it.

    Attributes:
        measure: its name.
        title: what it is called.
        value: the newest number in words; empty where there is none.
        missing: why there is none.
        when: the period.
        notes: what else is to be said of the number.
        change: how it changed like for like, or for one unit.
        everybody: how the sum over all who report changed, where there are many.
        misleads: whether those two are far apart.
        coverage: how many units, and how many periods.
        target: what it shall reach, and whether it does.
        meets: whether it does; None without a target.
        weak: whether something should be done.
        values: for the sparkline.
        definition: what is divided by what.
        doubt: what is strange about the number; empty where nothing is.
        sources: the data sets that it comes from, as (title, address), where they are a few.
    """

    measure: str
    title: str
    value: str
    missing: str
    when: str
    notes: tuple[str, ...]
    change: str
    everybody: str
    misleads: bool
    coverage: str
    target: str
    meets: bool | None
    weak: bool
    values: Sequence[float | None]
    definition: str
    doubt: str
    sources: Sequence[tuple[str, str]]

    @property
    def anchor(self) -> str:
        """The id of its chart."""
        return chart_of(self.measure)


def chart_of(measure: str) -> str:
    """The name of a measure's chart, as addresses have it."""
    return measure.replace("_", "-")


def tiles(shown: Shown) -> list[Tile]:
    """The tiles of a dashboard."""
    board = shown.board
    return [_tile(shown, board, measure) for measure in shown.measures] if board else []


def _tile(shown: Shown, board: Board, measure: str) -> Tile:
    start = board.newest_of(measure)
    cell = board.over(measure, start)
    now = boards.value(measure, cell.total)
    target = shown.target(measure)
    before = compared_with(shown, board, measure)
    like, everybody = changes(shown, board, measure, before)
    is_many = shown.many and like is not None
    return Tile(
        measure, title_of(measure), amount(measure, now), "" if now is not None else _missing(cell),
        shown.called(start), _notes(board, measure, cell),
        _change(shown, measure, like, before, cell.total.same_things)
        or why_not(shown, board, measure, before),
        _everybody(shown, board, measure, before, everybody) if is_many else "",
        is_many and boards.far_apart(like, everybody), _coverage(shown, board, measure),
        "" if target is None else _("Target: %(value)s", value=amount(measure, target)),
        None if target is None or now is None else boards.meets(Kpi(measure), target, now),
        boards.weak(measure, now, target, like), board.values(measure), _definition(measure, start),
        cell.doubt.value if cell.doubt else "", shown.sources_of(measure),
    )  # fmt: skip


def compared_with(shown: Shown, board: Board, measure: str) -> date:
    """The period that the newest one of a measure is compared with: a year before, or that of the
    address.
    """
    return shown.asked.compare or periods.year_before(board.period, board.newest_of(measure))


def changes(
    shown: Shown, board: Board, measure: str, before: date
) -> tuple[float | None, float | None]:
    """How a measure changed like for like, and over everybody who reported, since a period."""
    now, was = board.over(measure, board.newest_of(measure)), board.over(measure, before)
    everybody = boards.change_of_all(measure, was, now)
    if not shown.many:
        return everybody, everybody
    return boards.like_for_like(measure, now.total), everybody


def why_not(shown: Shown, board: Board, measure: str, before: date) -> str:
    """Why it is not known how a measure changed since a period; empty where that is plain."""
    cells = [board.over(measure, at) for at in (before, board.newest_of(measure))]
    if all(cell.total.things for cell in cells) and cells[0].absent != cells[1].absent:
        return _("No change is worked out: some channels have no figure for one of the periods")
    when = _hiding(shown, board, measure, before)
    if not when:
        return ""
    return _("No change is worked out: some numbers of %(when)s are not shown", when=when)


def _hiding(shown: Shown, board: Board, measure: str, before: date) -> str:
    """Which of two periods have numbers that are not shown; empty where one has none at all."""
    cells = {at: board.over(measure, at) for at in (before, board.newest_of(measure))}
    if not all(cell.total.many for cell in cells.values()):
        return ""
    return _(" and ").join(shown.called(at) for at, cell in cells.items() if cell.hides)


def _everybody(
    shown: Shown, board: Board, measure: str, before: date, change: float | None
) -> str:  # fmt: skip
    if change is not None:
        return _("Everybody who reported: %(change)s", change=changed(measure, change))
    when = _hiding(shown, board, measure, before)
    if not when:
        return _("Everybody who reported: not known")
    return _("Everybody who reported: not worked out, since some numbers of %(when)s are not shown",
             when=when)  # fmt: skip


def _missing(cell: boards.Cell) -> str:
    return str(MISSING[cell.state]) if cell.state in MISSING else _("No figure")


def _notes(board: Board, measure: str, cell: boards.Cell) -> tuple[str, ...]:
    notes = []
    if measure == Kpi.COST_PER_TRANSACTION.value and board.period is not Period.YEAR:
        newest = board.newest_of(measure)
        back = [periods.later(board.period, newest, -n) for n in range(boards.year_of(board))]
        there = sum(1 for each in back if board.cell(measure, each).total.things)
        notes.append(_("over the last 12 months: %(there)s of %(all)s periods have both figures",
                       there=there, all=len(back)))  # fmt: skip
    if cell.provisional:
        notes.append(_("provisional"))
    if cell.partial:
        notes.append(str(WITHOUT_HIDDEN))
    if cell.absent:
        notes.append(without_channels(cell.absent))
    if cell.doubt is Doubt.DIGITAL_ABOVE_TOTAL:
        notes.append(_("more digital transactions than transactions were reported"))
    elif cell.doubt is not None:
        notes.append(_("differs from what was published elsewhere"))
    return tuple(notes)


def _change(shown: Shown, measure: str, like: float | None, before: date, things: int) -> str:
    if like is None:
        return ""
    texts = {"change": changed(measure, like), "when": shown.called(before)}
    if not shown.many:
        return _("%(change)s since %(when)s", **texts)
    return ngettext(
        "%(change)s like for like since %(when)s, over %(num)s service with both",
        "%(change)s like for like since %(when)s, over the %(num)s services with both",
        things, **texts,
    )  # fmt: skip


def _coverage(shown: Shown, board: Board, measure: str) -> str:
    found = boards.coverage(board, measure)
    if shown.many:
        said = _("%(things)s of %(units)s services", things=f"{found.things:,}",
                 units=f"{found.units:,}")  # fmt: skip
        if found.partial:
            said += _(", %(num)s of them in part", num=f"{found.partial:,}")
        if found.suppressed:
            said += _(", and %(num)s with numbers that are not shown", num=f"{found.suppressed:,}")
    else:
        said = ""
    if found.percent is None or len(board.starts) == 1:
        return said
    expected = _("%(percent)s%% of expected periods since %(first)s", percent=found.percent,
                 first=shown.called(board.starts[0]))  # fmt: skip
    return f"{said}; {expected}" if said else expected


def _definition(measure: str, start: date) -> str:
    if measure not in {kpi.value for kpi in Kpi}:
        return ""
    found = kpis.INDICATORS[Kpi(measure)].definitions
    holding = [each for each in found if each.since is None or each.since <= start]
    return _(holding[-1].says)
