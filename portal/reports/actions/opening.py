"""Every line of a finished run, worked out again from what it kept, for readers to follow."""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

from sqlalchemy.orm import Session

from portal.catalogue.component_words import Standing
from portal.reports.actions.trying import known
from portal.reports.models.runs import SavingsRun
from portal.reports.rules import inputs
from portal.reports.rules.inputs import Used
from portal.reports.rules.lines import Line, Working, of_platforms
from portal.reports.rules.runs import Tally
from portal.reports.store import claims, runs
from portal.reports.store.claims import ClaimQuery, Kept
from portal.reports.words import ClaimKind

#: The claims of so many services are read at once.
SOME = 200
#: Slugs by id: of components.
Slugs = dict[int, str]


def lines(session: Session, run: SavingsRun, query: ClaimQuery) -> Iterator[Line]:
    """The lines of a run in order of their claims, those of platforms first.

    The amounts are those that the run kept. What the code of today does not come to for a claim is
    given as it was kept, without what it follows from.

    Raises:
        Missing: it is not finished.
    """
    found = known(session, run)
    slugs = {each.id: each.slug for each in found.platforms}
    service, component = claims.ids_of(session, query)
    only = slugs.get(component or 0, "") if query.component is not None else None
    if query.service is None:
        tally = Tally(places=found.places).settle(found.terms)
        made = list(of_platforms(found.platforms, found.terms, tally))
        yield from _asked(_as_kept(session, run.id, [0], made, [], slugs), query, only)
    if query.kinds == frozenset([ClaimKind.PLATFORM]):
        return
    parts = runs.parts(session, run.id)[1:]
    working = Working(inputs.below(_lines(parts)), found.terms)
    every = inputs.by_service(map(inputs.read, _of_service(parts, query, service)))
    wanted = (some for some in every if only is None or any(u.component == only for u in some))
    while some := list(islice(wanted, SOME)):
        made = [line for each in some for line in working.of(each)]
        ids, uses = {each[0].ids[1] for each in some}, chain(*some)
        yield from _asked(_as_kept(session, run.id, ids, made, uses, slugs), query, only)


class At(NamedTuple):
    """Where a use stands in what a run kept."""

    part: int
    row: int


def uses(
    session: Session, run: SavingsRun, standing: Standing | None, after: At | None = None
) -> Iterator[tuple[At, Used]]:
    """The uses that a run counted, in order of services, from after a place on. Those that a part
    of the service claims are not among them.

    Raises:
        Missing: it is not finished.
    """
    parts = runs.parts(session, runs.finished(run).id)[1:]
    below = inputs.below(_lines(parts)) if run.result["claimed_by_parts"] else set()
    mark = b'"standing":"' + (b"" if standing is None else standing.value.encode() + b'"')
    for part, body in enumerate(parts):
        if after is not None and part < after.part:
            continue
        for row, raw in enumerate(zlib.decompress(body).splitlines()):
            at = At(part, row)
            if mark in raw and (after is None or at > after):
                used = inputs.read(raw)
                if (used.service, used.capability) not in below:
                    yield at, used


def _lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    return (raw for part in parts for raw in zlib.decompress(part).splitlines())


def _of_service(parts: Iterable[bytes], query: ClaimQuery, service: int | None) -> Iterator[bytes]:
    if query.service is None:
        return _lines(parts)
    mine = re.compile(rb'"ids":\[\d+,%d,' % (service or 0))
    return (raw for raw in _lines(parts) if mine.search(raw))


def _asked(every: Iterable[Line], query: ClaimQuery, only: str | None) -> Iterator[Line]:
    for line in every:
        _, _, component, _ = line.of
        if component in query.without or only not in (None, component):
            continue
        if query.kinds is not None and line.ids[2] not in query.kinds:
            continue
        if query.rests is not None and query.rests.isdisjoint(line.keys):
            continue
        if query.year in (None, line.year) and query.counts(line.pence):
            yield line


def _as_kept(
    session: Session, run_id: int, services: Collection[int], made: Iterable[Line],
    uses: Iterable[Used], slugs: Slugs,
) -> list[Line]:  # fmt: skip
    """The lines of some services in their order, with the amounts that the run kept."""
    by: dict[tuple[int, int, ClaimKind, int], list[Line]] = {}
    for line in made:
        by.setdefault(line.ids, []).append(line)
    named = {each.ids[1:3]: each for each in uses}
    found: list[Line] = []
    for claim in claims.kept(session, run_id, services):
        same = by.get(claim.ids, [])
        if _sums(same) == {year: tuple(pence) for year, _, *pence in claim.years}:
            found += same
        else:
            found += _amounts_alone(claim, named.get(claim.ids[:2]), slugs)
    return sorted(found, key=lambda line: (line.of[0] or "", *line.order))


def _sums(same: Iterable[Line]) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for line in same:
        before = found.get(line.year, (0, 0, 0))
        found[line.year] = tuple(map(sum, zip(before, line.pence, strict=True)))
    return found


def _amounts_alone(claim: Kept, used: Used | None, slugs: Slugs) -> Iterator[Line]:
    names = (used.service, used.capability, used.organisation) if used else (None, None, None)
    rows = claim.parts or [
        [slugs.get(claim.component_id or 0), year, *pence, claim.usages]
        for year, _, *pence in claim.years
    ]
    for component, year, confirmed, declared, planned, usages in rows:
        yield Line(
            claim.ids, (*names[:2], component, names[2]), year, (confirmed, declared, planned),
            tuple(usages), tuple(claim.assumptions),
        )  # fmt: skip
