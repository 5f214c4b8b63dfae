"""What other pages say of a service's figures: its indicators, and what of them is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal.performance.forms.board_words import title_of
from portal.performance.rules import boards
from portal.performance.views.board_reading import newest
from portal.performance.views.board_tiles import Tile, tiles

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Beside(NamedTuple):
    """The figures of a service.

    Attributes:
        href: of its dashboard.
        tiles: the measures that it publishes, with how many periods have one.
        missing: what it publishes no figure of.
    """

    href: str
    tiles: list[Tile]
    missing: list[str]


def figures_of(session: Session, slug: str) -> Beside:
    """The figures of a service, for a page about something else. Raises Missing."""
    shown = newest(session, slug)
    found = tiles(shown)
    there = {tile.measure for tile in found}
    wanted = [each for each in boards.OF_SERVICES if each not in boards.OPTIONAL]
    missing = [title_of(each) for each in wanted if each not in there]
    return Beside(shown.place.address, found, missing)
