"""Standards as documents: what each has to say, the order of points, and when one is ready."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from portal.accounts.words import Profession
from portal.assessments import words
from portal.catalogue.rules.cleaners import (
    Cleaner,
    Document,
    day,
    list_of,
    needed,
    one_of,
    shape_of,
    slug,
    text,
    web_address,
    whole,
)
from portal.errors import N_, Invalid

TITLE_LIMIT = 200
ASKS_LIMIT = 5000
#: Nobody assesses against more, and a slip of the keyboard is more.
MOST_POINTS = 100
#: No standard for digital services is older: an earlier day is a slip too.
EARLIEST = "2000-01-01"


def _or_none(cleaner: Cleaner) -> Cleaner:
    return lambda field, value: None if value in (None, "") else cleaner(field, value)


def _from(field: str, value: object) -> str | None:
    found = day(field, value)
    if found is not None and found < EARLIEST:
        text = N_("The day from which it holds must be in %(year)s or later")
        raise Invalid(field, text, year=EARLIEST[:4])
    return found


STANDARD: Mapping[str, Cleaner] = {
    "slug": slug,
    "name": needed(),
    "owner": needed(),
    "organisation": text(300),
    "summary": text(ASKS_LIMIT),
    "address": web_address,
}
POINT: Mapping[str, Cleaner] = {
    "number": whole,
    "title": needed(),
    "asks": text(ASKS_LIMIT),
    "profession": _or_none(one_of(Profession)),
    "address": web_address,
}
#: What is asked of a version beside its points.
FRAME: Mapping[str, Cleaner] = {
    "title": needed(TITLE_LIMIT),
    "discovery_from": _from,
    "scheme": one_of(words.RatingScheme),
    "extends": text(300),
    "source": web_address,
}
VERSION: Mapping[str, Cleaner] = {"number": whole, **FRAME, "points": list_of(shape_of(POINT))}


def clean_standard(document: Mapping[str, Any]) -> Document:
    """The canonical document of a standard. Raises Invalid."""
    found: Document = shape_of(STANDARD)("", document)
    return found


def clean_version(document: Mapping[str, Any]) -> Document:
    """The canonical document of a version with its points. Raises Invalid."""
    found: Document = shape_of(VERSION)("", document)
    return found


def clean_frame(values: Mapping[str, Any]) -> Document:
    """What is asked of a version beside its points. Raises Invalid."""
    found: Document = shape_of(FRAME)("", values)
    return found


def clean_point(values: Mapping[str, Any]) -> Document:
    """What is asked of a point; its place gives its number. Raises Invalid."""
    found: Document = shape_of(POINT)("", {**values, "number": None})
    del found["number"]
    return found


def mark(document: Mapping[str, Any]) -> str:
    """Tells whether somebody has changed what a form was made from."""
    told = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def moved(order: Sequence[int], id_: int, by: int) -> list[int]:
    """The ids of points with one of them `by` places further on, no further than the ends."""
    rest = [each for each in order if each != id_]
    at = min(max(order.index(id_) + by, 0), len(rest))
    return [*rest[:at], id_, *rest[at:]]


def refuse_publication(
    points: int, discovery_from: date | None, before: Sequence[tuple[int, date | None]]
) -> None:
    """Raise Invalid where a version cannot be published yet.

    Args:
        points: how many of its own it has.
        discovery_from: for whom it is to hold.
        before: number and day of the versions that are published already.
    """
    if not points:
        raise Invalid("points", N_("Add at least one point"))
    if discovery_from is None:
        raise Invalid("discovery_from", N_("Say from which start of discovery this version holds"))
    for number, since in before:
        if since is not None and discovery_from <= since:
            raise Invalid(
                "discovery_from",
                N_("This version must hold from a later day than version %(number)s"),
                number=number,
            )
