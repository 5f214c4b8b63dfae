"""What else the page of a point shows: each feature adds its panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

#: Says what a panel shows of the point with an id; None where it has nothing to say.
Source = Callable[[int], Mapping[str, Any] | None]
_PANELS: dict[str, Source] = {}


def register(template: str, source: Source) -> None:
    """Show a panel on the page of each point.

    Args:
        template: what is included; it finds what `source` gives as `panel`.
        source: asks for what it shows. It begins with a heading of the second level.
    """
    _PANELS[template] = source


def panels(point_id: int) -> list[tuple[str, Mapping[str, Any]]]:
    """The panels that have something to say of a point, in the order they were registered."""
    found = ((template, source(point_id)) for template, source in _PANELS.items())
    return [(template, told) for template, told in found if told is not None]
