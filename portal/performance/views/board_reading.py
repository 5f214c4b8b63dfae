"""Reads what a dashboard shows, in a few statements, whatever it is of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from portal.access import Kind
from portal.catalogue.store import components, journeys, organisations, records, services
from portal.catalogue.views.base import found, today
from portal.performance.forms.board_words import channel_names
from portal.performance.rules import boards as rules
from portal.performance.rules.board_choices import Asked, Choice, choose, most_recent, starts
from portal.performance.rules.boards import Board
from portal.performance.store import boards as store
from portal.performance.store import notes, sources
from portal.performance.store.boards import Ranking
from portal.performance.store.sources import Source
from portal.performance.views.board_base import (
    SHOWN_SOURCES,
    Place,
    Shown,
    also_ignored,
    asked,
    since_a_year,
)
from portal.performance.views.board_channels import Channels
from portal.performance.words import Figure

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

#: What organisations are ranked by.
RANKED = Figure.TRANSACTIONS.value


@dataclass(frozen=True, slots=True)
class Loaded:
    """A dashboard with what only some have.

    Attributes:
        id: of the record; 0 for government.
        channels: of a service that says its transactions by channel.
        ranked: the organisations with the most transactions in the newest period.
        newer: the newest period, where few have figures for it and it is not shown.
    """

    id: int
    shown: Shown
    channels: Channels | None = None
    ranked: Ranking = field(default_factory=Ranking)
    newer: date | None = None


def of_service(session: Session, slug: str) -> Loaded:
    """The dashboard of the service at an address. Raises Missing."""
    id_, name = found(session, services.THING, slug, records.TITLES[services.THING])
    href = f"/services/{slug}"
    place = Place(name, href, f"{href}/performance", rules.OF_SERVICES, slug)
    return _of_service(session, place, id_, asked(place.measures))


def newest(session: Session, slug: str) -> Shown:
    """What the dashboard of a service shows first, whatever the address of this page asks for:
    for pages that tell of its figures beside something else.
    """
    id_, name = found(session, services.THING, slug, records.TITLES[services.THING])
    href = f"/services/{slug}"
    place = Place(name, href, f"{href}/performance", rules.OF_SERVICES, slug)
    return _of_service(session, place, id_, Asked()).shown


def _of_service(session: Session, place: Place, id_: int, ask: Asked) -> Loaded:
    shown = _of_units(session, place, Kind.SERVICE, [id_], ask)
    if shown.choice is None:
        return Loaded(id_, shown)
    day = periods_end(shown)
    held = notes.of_services(session, [id_])
    targets = {t.kpi: t.value for t in reversed(held) if t.since <= day and not _over(t.until, day)}
    shown = replace(shown, notes=notes.of_thing(session, Kind.SERVICE, id_), targets=targets)
    shown = _sourced(session, Kind.SERVICE, [id_], shown)
    return _by_channel(session, id_, shown, shown.choice) if shown.choice else Loaded(id_, shown)


def _by_channel(session: Session, id_: int, shown: Shown, choice: Choice) -> Loaded:
    held = store.channels(session, id_, choice.period, choice.first, choice.last)
    parts = channel_names(held.rows) if held else {}
    if held is None or not parts:
        return Loaded(id_, shown)
    counted = [address for _title, address in shown.sources_of(RANKED)]
    if shown.board and counted == [held.address]:
        shown = replace(
            shown, board=rules.with_absent(shown.board, rules.absent_channels(held.rows))
        )
    return Loaded(id_, shown, Channels(held.title, parts))


def _sourced(session: Session, kind: Kind, ids: Collection[int], shown: Shown) -> Shown:
    if shown.choice is None:
        return shown
    return replace(shown, sources=sources.of_units(session, kind, ids, shown.choice))


def _over(until: date | None, day: date) -> bool:
    return until is not None and until <= day


def periods_end(shown: Shown) -> date:
    """The day on which a target has to hold to be shown."""
    return shown.board.newest if shown.board else today()


def of_component(session: Session, slug: str) -> Loaded:
    """The dashboard of the component at an address. Raises Missing."""
    id_, name = found(session, components.THING, slug, records.TITLES[components.THING])
    href = f"/components/{slug}"
    place = Place(name, href, f"{href}/performance", rules.OF_COMPONENTS, slug)
    shown = _of_units(session, place, Kind.COMPONENT, [id_], asked(place.measures))
    shown = _sourced(session, Kind.COMPONENT, [id_], shown)
    return Loaded(id_, replace(shown, notes=notes.of_thing(session, Kind.COMPONENT, id_)))


def of_journey(session: Session, slug: str) -> Loaded:
    """The dashboard of the journey at an address: of the services on it. Raises Missing."""
    journey = found(session, journeys.THING, slug)
    href = f"/journeys/{slug}"
    place = Place(journey.name, href, f"{href}/performance", rules.OF_SERVICES, slug)
    ids = sorted({step.service_id for step in journey.steps})
    shown = _of_units(session, place, Kind.SERVICE, ids, since_a_year(asked(place.measures)))
    return Loaded(journey.id, replace(_sourced(session, Kind.SERVICE, ids, shown), many=True))


def _of_units(session: Session, place: Place, kind: Kind, ids: Sequence[int], ask: Asked) -> Shown:
    spans = most_recent(store.spans_of(session, kind, ids))
    choice = choose(ask, spans)
    if choice is None:
        return Shown(place, also_ignored(ask, spans, choice), spans)
    first = min(choice.before, ask.compare or choice.before)
    rows = store.rows_of(session, kind, ids, choice.period, first, choice.last)
    shown = starts(choice, [row.start for row in rows])
    choice = replace(choice, last=shown[-1])
    ask = also_ignored(ask, spans, choice)
    board = rules.of_units(rows, place.measures, choice.period, shown, len(ids))
    return Shown(place, ask, spans, choice, board)


def of_organisation(session: Session, slug: str) -> Loaded:
    """The dashboard of the organisation at an address, with all below it. Raises Missing."""
    id_, name = found(session, organisations.THING, slug, records.TITLES[organisations.THING])
    href = f"/organisations/{slug}"
    place = Place(name, href, f"{href}/performance", rules.OF_SERVICES, slug)
    return _of_totals(session, place, id_)


def of_government(session: Session) -> Loaded:
    """The dashboard of all of government."""
    place = Place("", "/", "/performance", rules.OF_SERVICES, "government")
    return _of_totals(session, place, None)


def _of_totals(session: Session, place: Place, id_: int | None) -> Loaded:
    ask, day = since_a_year(asked(place.measures, "without")), today()
    bodies = store.bodies_of(id_, day)
    held = store.held(session, bodies, place.measures)
    choice = choose(ask, held.spans)
    if choice is None:
        return Loaded(id_ or 0, Shown(place, also_ignored(ask, held.spans, None), held.spans,
                                      many=True))  # fmt: skip
    many = held.many.get(choice.period, {})
    every = starts(choice, list(many))
    choice = replace(choice, last=every[-1])
    ask = also_ignored(ask, held.spans, choice)
    counts = [(start, many.get(start, 0)) for start in every]
    newest = choice.last if ask.to else (rules.settled(counts) or choice.last)
    cells, ranked = store.totals_of(
        session, bodies, choice.period, choice.before, choice.last, place.measures,
        (RANKED, newest),
    )  # fmt: skip
    shown = tuple(start for start in every if start <= newest)
    board = Board(choice.period, shown, cells, held.units)
    choice, given = replace(choice, last=newest), list[Source]()
    if 0 < board.cell(RANKED, newest).total.things <= SHOWN_SOURCES:
        given = sources.of_total(session, bodies, choice, Figure.TRANSACTIONS, newest)
    return Loaded(
        id_ or 0,
        Shown(place, ask, held.spans, choice, board, many=True, sources=given),
        ranked=ranked,
        newer=every[-1] if every[-1] > newest else None,
    )
