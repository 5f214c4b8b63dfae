"""What packages above add to the pages of records: the catalogue shows it and knows nothing of it.

A panel of a record is asked for on every request of its page, so it costs one indexed statement.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

#: Gives the HTML that the page of the record with an id and slug shows; nothing where there is
#: nothing to say.
Panel = Callable[["Session", int, str], Markup | None]
_PANELS: dict[str, dict[str, Panel]] = {}


def register(thing: str, name: str, panel: Panel) -> None:
    """Have a panel shown from now on; a second one of the same name takes its place."""
    _PANELS.setdefault(thing, {})[name] = panel


def of(session: Session, thing: str, id_: int, slug: str) -> list[Markup]:
    """The panels of one record that have something to say, in the order in which they came."""
    found = (panel(session, id_, slug) for panel in _PANELS.get(thing, {}).values())
    return [each for each in found if each]
