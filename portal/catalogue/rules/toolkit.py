"""What matters in each phase of a service: our own words on the Service Standard and what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from portal.catalogue.words import Phase

FACTS = Path(__file__).resolve().parent.parent / "facts" / "toolkit.json"
#: The phases of a service that a phase of the toolkit speaks of.
SERVICE_PHASES: Mapping[str, tuple[Phase, ...]] = {
    "discovery": (Phase.DISCOVERY,),
    "alpha": (Phase.ALPHA,),
    "beta": (Phase.PRIVATE_BETA, Phase.PUBLIC_BETA),
    "live": (Phase.LIVE,),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A phase as the toolkit tells it.

    Attributes:
        points: of the Service Standard: `number`, `title`, `paraphrase`, `address`.
        capabilities: the needs to think of in this phase, by address.
        guidance: `title` and `address`.
        next: what to do: `text`, and the `address` of the page where, or None.
    """

    phase: str
    what_for: str
    points: tuple[Mapping[str, Any], ...]
    capabilities: tuple[str, ...]
    guidance: tuple[Mapping[str, str], ...]
    next: tuple[Mapping[str, str | None], ...]


@cache
def stages() -> tuple[Stage, ...]:
    """The phases in their order."""
    rows: list[dict[str, Any]] = json.loads(FACTS.read_text(encoding="utf-8"))
    return tuple(
        Stage(
            row["phase"],
            row["what_for"],
            tuple(row["points"]),
            tuple(row["capabilities"]),
            tuple(row["guidance"]),
            tuple(row["next"]),
        )
        for row in rows
    )


def stage(phase: str) -> Stage | None:
    """One phase; None where the toolkit has no such phase."""
    return next((each for each in stages() if each.phase == phase), None)
