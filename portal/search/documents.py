"""What is indexed, and what a search answers."""

import zlib
from dataclasses import dataclass, field

from portal.search.query import Query

_THING_BITS = 40


@dataclass(frozen=True, slots=True)
class Document:
    """One record as it is searched for: the earlier the field, the more a word in it counts.

    `names` is the record's one name; `other_names` has a synonym, former name, abbreviation or
    keyword on each line.
    """

    thing: str
    thing_id: int
    names: str
    other_names: str = ""
    organisations: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The ids that match, best first, and how the query was understood.

    `corrected` is what was searched for instead of what was typed; `ignored` the words that no
    record has; `suggestion`, where nothing was found, what would find something.
    """

    ids: list[int] = field(default_factory=list)
    capped: bool = False
    corrected: str | None = None
    ignored: tuple[str, ...] = ()
    suggestion: str | None = None
    points: list[float] = field(default_factory=list)
    query: Query | None = None


def key_range(thing: str) -> tuple[int, int]:
    """The first and last key of the records of one kind.

    The kind is in the high bits of the key because the FTS5 index can skip by row id alone.
    """
    first = (zlib.crc32(thing.encode()) & 0x7FFFFF) << _THING_BITS
    return first, first + (1 << _THING_BITS) - 1


def key_of(thing: str, thing_id: int) -> int:
    """The key of one record in the index."""
    return key_range(thing)[0] + thing_id


def id_of(key: int) -> int:
    """The record's own id."""
    return key & ((1 << _THING_BITS) - 1)
