"""Which points of the Service Standard the catalogue has evidence for."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Topic(StrEnum):
    """What a point asks for that the catalogue knows something of."""

    PERFORMANCE = "performance"
    SOURCE_CODE = "source_code"
    PLATFORMS = "platforms"


class Place(NamedTuple):
    """Where a point stands: the address of its standard, its version, its number."""

    standard: str
    version: int
    point: int


_STANDARD = "service-standard"
#: By version: performance data, open source code, open standards and common platforms.
_POINTS: dict[int, dict[Topic, tuple[int, ...]]] = {
    1: {Topic.PERFORMANCE: (7, 21, 22, 23, 24), Topic.SOURCE_CODE: (15,), Topic.PLATFORMS: (16,)},
    2: {Topic.PERFORMANCE: (15, 16, 17), Topic.SOURCE_CODE: (8,), Topic.PLATFORMS: (9,)},
    3: {Topic.PERFORMANCE: (10,), Topic.SOURCE_CODE: (12,), Topic.PLATFORMS: (13,)},
}
_TOPICS = {
    Place(_STANDARD, version, number): topic
    for version, topics in _POINTS.items()
    for topic, numbers in topics.items()
    for number in numbers
}


def topic_of(own: Place | None, counterparts: Iterable[Place] = ()) -> Topic | None:
    """What of the catalogue speaks to a point: by its own place, else by that of a point which
    somebody has said asks for the same.
    """
    places = ([own] if own else []) + sorted(counterparts)
    return next((_TOPICS[place] for place in places if place in _TOPICS), None)
