"""The map of components as a file of its own, for slides and documents: the drawing of its page
with its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from portal.catalogue.component_words import EvolutionStage, Lifecycle
from portal.catalogue.forms.labels import label
from portal.catalogue.rules.component_map import LINE, RADIUS, TOP
from portal.catalogue.rules.component_map import Drawing as Layout
from portal.catalogue.rules.components import ENDING
from portal.charts.drawing import (
    AXIS,
    COLOURS,
    GRID,
    Box,
    Dot,
    Drawing,
    Path,
    Shape,
    Text,
    lines_of,
    put_text,
    titled,
)
from portal.web.filters import long_date
from portal.web.i18n import _

#: Beside the map, for what its halves are called.
_ASIDE = 90
_SHADE, _ROW = "#f3f2f1", 24


def picture(layout: Layout, lifecycles: Mapping[str, str], on: date | None) -> Drawing:
    """The map below its title and above what its marks mean.

    Args:
        layout: where everything stands.
        lifecycles: how far the components are, by slug.
        on: the day in the past that it is of; None for today. Of such a day the stage before live
            is not recorded: then only what has ended since is marked.
    """
    title = _("Map of components on %(day)s", day=long_date(on)) if on else _("Map of components")
    drawn = Drawing(title, layout.width + _ASIDE, layout.height)
    _frame(drawn, layout)
    for spot in layout.spots:
        drawn.add(*_mark(spot.x + _ASIDE, spot.y, lifecycles[spot.slug], on))
        for number, line in enumerate(spot.lines):
            at = spot.text_x + _ASIDE, spot.text_y + number * LINE
            drawn.add(Text(at, line, "end" if spot.end else "start"))
    for lifecycle, said in _key(on):
        drawn.add(*_mark(_ASIDE + layout.columns[0] + RADIUS, drawn.height, lifecycle, on))
        drawn.add(Text((_ASIDE + layout.columns[0] + 3 * RADIUS, drawn.height + 5), said))
        drawn.height += _ROW
    return titled(drawn, "")


def _frame(drawn: Drawing, layout: Layout) -> None:
    columns = [each + _ASIDE for each in layout.columns]
    left, right = columns[0], columns[-1]
    for number, stage in enumerate(EvolutionStage):
        wide = columns[number + 1] - columns[number]
        if number % 2:
            drawn.add(Box((columns[number], TOP), wide, layout.bottom - TOP, _SHADE))
        name = str(label(stage.value, "stage"))
        drawn.add(Text((columns[number] + wide / 2, layout.bottom + 22), name, "middle"))
    drawn.add(Path(((left, layout.middle), (right, layout.middle)), GRID, 1, dashed=True))
    drawn.add(Path(((left, TOP), (left, layout.bottom), (right, layout.bottom)), AXIS, 1.5))
    drawn.add(Text((right, layout.bottom + 42), _("more common →"), "end", quiet=True))
    for said, top, end in (
        (_("People meet it"), TOP, layout.middle), (_("Works behind"), layout.middle, layout.bottom)
    ):  # fmt: skip
        put_text(drawn, (left - 10, (top + end) / 2), lines_of(said, _ASIDE, 3), "end")


def _mark(x: float, y: float, lifecycle: str, on: date | None) -> Iterator[Shape]:
    if lifecycle in ENDING:
        for side in (-6, 6):
            yield Path(((x - side, y - 6), (x + side, y + 6)), COLOURS[2])
    else:
        live = bool(on) or lifecycle == Lifecycle.LIVE
        yield Dot((x, y), COLOURS[0], RADIUS if live else RADIUS - 1, hollow=not live)


def _key(on: date | None) -> list[tuple[Lifecycle, str]]:
    if on:
        return [
            (Lifecycle.LIVE, _("Open on that day, and still open to new services")),
            (Lifecycle.CLOSING,
             _("Open on that day; since then closed, closing or no longer for new services")),
        ]  # fmt: skip
    return [
        (Lifecycle.LIVE, _("Live")),
        (Lifecycle.BETA, _("Not live yet: alpha or beta")),
        (Lifecycle.CLOSING, _("Deprecated or closing")),
    ]
