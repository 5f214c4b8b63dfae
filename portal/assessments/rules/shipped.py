"""The standard that the portal ships: three versions of the Service Standard, in our own words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from portal.assessments.rules.standards import clean_standard, clean_version
from portal.catalogue.rules.cleaners import Document

FACTS = Path(__file__).resolve().parent.parent / "facts" / "service_standard.json"
#: A point: the number of its version, and its own.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shipped:
    """A standard as it is shipped.

    Attributes:
        standard: its document.
        versions: those of its versions, by number.
        counterparts: points of two versions that ask for the same, the older one first.
    """

    standard: Document
    versions: dict[int, Document]
    counterparts: tuple[tuple[Place, Place], ...]


@cache
def service_standard() -> Shipped:
    """The Service Standard; nobody may change what this gives."""
    found = json.loads(FACTS.read_text(encoding="utf-8"))
    standard = clean_standard(found["standard"])
    versions = [clean_version({**each, "extends": None}) for each in found["versions"]]
    places = [[(version, number) for version, number in same] for same in found["counterparts"]]
    return Shipped(
        standard,
        {each["number"]: each for each in versions},
        tuple(pair for same in places for pair in combinations(same, 2)),
    )
