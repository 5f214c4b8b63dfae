"""What the parts of a booking add to its page: each shows what its reader may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from markupsafe import Markup

from portal.assessments.views.booking_base import Seen

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

#: Gives a section of the page, beginning with its h2; nothing where there is nothing to say.
Panel = Callable[["Session", Seen], Markup | None]
_PANELS: dict[str, tuple[int, Panel]] = {}
#: The pages on which a move is made where it needs more than a reason, by move: their endpoints.
_PAGES: dict[str, str] = {}


def register(name: str, order: int, panel: Panel) -> None:
    """Have a section shown from now on, the lowest order first; a second one of the same name
    takes its place.
    """
    _PANELS[name] = (order, panel)


def made_on(move: str, endpoint: str) -> None:
    """Have the button of a move lead to a page of its own, which takes `reference`."""
    _PAGES[move] = endpoint


def page_of(move: str) -> str | None:
    """The endpoint of the page on which a move is made, where it has one."""
    return _PAGES.get(move)


def of(session: Session, seen: Seen) -> list[Markup]:
    """The sections of one booking."""
    found = (panel(session, seen) for _order, panel in sorted(_PANELS.values(), key=_place))
    return [each for each in found if each]


def _place(entry: tuple[int, Panel]) -> int:
    return entry[0]
