"""What the records say of uses on the day of a run, and what of it counts as which use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

import orjson

from portal.catalogue.component_words import Standing
from portal.reports.rules.model import Replaced, Use
from portal.reports.rules.years import ONE, ZERO, place
from portal.reports.words import SizeBand

#: How a claim stands decides the column that it is in; all others claim nothing.
COUNTED = (Standing.CONFIRMED.value, Standing.DECLARED.value, Standing.PLANNED.value)


@dataclass(frozen=True, slots=True)
class Old:
    """The arrangement that a use takes the place of: pounds a year, and when it was proven to have
    stopped.
    """

    yearly: int
    stopped: date | None


@dataclass(frozen=True, slots=True)
class Used:
    """A use of a shared component as the records have it.

    Attributes:
        ids: of the usage, service, need, component and organisation (0: nobody is known), for
            links. They differ between databases, so nothing follows from them.
        above: the services that this one is part of, directly or not.
        organisation: of the basis asked for.
        share: of the need, in per cent; None where nobody has said.
    """

    ids: tuple[int, int, int, int, int]
    service: str
    capability: str
    component: str
    organisation: str | None
    standing: str
    band: SizeBand
    since: date
    until: date | None
    share: Decimal | None = None
    old: Old | None = None
    above: tuple[str, ...] = ()


_FIELDS = tuple(Used.__dataclass_fields__)


#: In the line of a service that is part of no other.
NO_WHOLE = b'"above":[]'


def line(used: Used) -> bytes:
    """The use as a line of a run's input."""
    return orjson.dumps(_plain(used), option=orjson.OPT_SORT_KEYS) + b"\n"


def said(used: Used) -> bytes:
    """The same without ids: the same bytes on every database."""
    plain = _plain(used)
    del plain["ids"]
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS) + b"\n"


def _plain(used: Used) -> dict[str, Any]:
    plain = {name: getattr(used, name) for name in _FIELDS}
    plain["share"] = None if used.share is None else f"{used.share:.2f}"
    return plain


def read(raw: bytes) -> Used:
    """A use from its line."""
    given = orjson.loads(raw)
    old = given["old"]
    given["old"] = old and Old(old["yearly"], _day(old["stopped"]))
    given["band"] = SizeBand(given["band"])
    given["since"], given["until"] = date.fromisoformat(given["since"]), _day(given["until"])
    given["share"] = None if given["share"] is None else Decimal(given["share"])
    given["above"], given["ids"] = tuple(given["above"]), tuple(given["ids"])
    return Used(**given)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def leaves(every: Iterable[Used]) -> set[tuple[str, str]]:
    """Services and needs that a part of the service claims already: they are claimed there only."""
    live = (used for used in every if used.standing in COUNTED[:2])
    return {(above, used.capability) for used in live for above in used.above}


def by_service(every: Iterable[Used]) -> Iterator[list[Used]]:
    """The uses of one service after the other; they come in order of services."""
    for _, uses in groupby(every, key=lambda each: each.service):
        yield list(uses)


def uses(of_service: list[Used], base_year: int) -> Iterator[tuple[Used, Use]]:
    """What the uses of one service count as.

    Components that meet one need at the same time share it: by what was said of each, the rest in
    equal parts, 100% in all at most. A component that meets more than one need of the service was
    built in once: each need has an equal part of it, the first time that it is used for it. What
    is planned takes no part away from what is in use.
    """
    planned = [each for each in of_service if each.standing == Standing.PLANNED]
    live = [each for each in of_service if each.standing != Standing.PLANNED]
    for some in (live, planned):
        shares, builds, exits = _shares(some), *_builds(some)
        for used in some:
            end = None if used.until is None else place(used.until, base_year)
            yield used, Use(
                place(used.since, base_year), end, share=shares[used.ids[0]],
                build_share=builds[used.ids[0]], exit_share=exits[used.ids[0]],
                replaced=_replaced(used, base_year),
            )  # fmt: skip


def _replaced(used: Used, base_year: int) -> Replaced | None:
    if used.old is None:
        return None
    stopped = used.old.stopped
    return Replaced(
        Decimal(used.old.yearly), None if stopped is None else place(stopped, base_year)
    )


def _order(used: Used) -> tuple[str, date, str]:
    return used.capability, used.since, used.component


def _builds(some: list[Used]) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """The share of building in, and of leaving, of each usage."""
    needs: dict[str, set[str]] = {}
    for used in some:
        needs.setdefault(used.component, set()).add(used.capability)
    exits = {used.ids[0]: ONE / len(needs[used.component]) for used in some}
    builds: dict[int, Decimal] = {}
    seen: set[tuple[str, str]] = set()
    for used in sorted(some, key=_order):
        again = (used.component, used.capability) in seen
        builds[used.ids[0]] = ZERO if again else exits[used.ids[0]]
        seen.add((used.component, used.capability))
    return builds, exits


def _shares(some: list[Used]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for same in _at_once(some):
        said = {used.ids[0]: used.share / 100 for used in same if used.share is not None}
        silent = [used for used in same if used.share is None]
        left = max(ZERO, ONE - sum(said.values()))
        found |= said | {used.ids[0]: left / len(silent) for used in silent}
        total = sum(found[used.ids[0]] for used in same)
        if total > 1:
            found |= {used.ids[0]: found[used.ids[0]] / total for used in same}
    return found


def _at_once(some: list[Used]) -> Iterator[list[Used]]:
    """Uses for the same need whose times run into each other."""
    together: list[Used] = []
    until: date | None = None
    for used in sorted(some, key=_order):
        apart = not together or used.capability != together[0].capability
        if apart or (until is not None and until <= used.since):
            if together:
                yield together
            together, until = [], date.min
        together.append(used)
        until = None if until is None or used.until is None else max(until, used.until)
    if together:
        yield together
