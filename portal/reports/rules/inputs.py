"""What the records say of uses on the day of a run, and what of it counts as which use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import groupby, zip_longest
from operator import attrgetter
from typing import Any, NamedTuple

import orjson

from portal.catalogue.component_words import Standing
from portal.reports.rules.model import Replaced, Use
from portal.reports.rules.years import ONE, ZERO, place
from portal.reports.words import SizeBand

#: How a claim stands decides the column that it is in; all others claim nothing.
COUNTED = (Standing.CONFIRMED.value, Standing.DECLARED.value, Standing.PLANNED.value)


#: What stands so takes no part away from anything else.
_APART = (Standing.PLANNED.value, Standing.DISPUTED.value)
#: Three thirds fall short of one by their last digits: that is no share of a need.
_NOTHING = Decimal("1e-12")


@dataclass(frozen=True, slots=True)
class Old:
    """The arrangement that a use takes the place of: pounds a year, and when it was proven to have
    stopped.
    """

    yearly: int
    stopped: date | None


class Used(NamedTuple):
    """A use of a shared component as the records have it.

    Attributes:
        ids: of the usage, service, need, component and organisation (0: nobody is known), for
            links. They differ between databases, so nothing follows from them.
        above: the services that this one is part of, directly or not.
        organisation: of the basis asked for.
        share: of the need, in per cent; None where nobody has said.
        proof: what it stands on and of which day (ISO), for readers: nothing follows from it. Runs
            from before that was kept have none.
        volumes: of each financial year that was measured, the calendar year in which it begins,
            the transactions, and whether the year was over on the day of the run.
        days: of building it in, where they were measured.
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
    proof: tuple[str, str] | None = None
    volumes: tuple[tuple[int, int, bool], ...] = ()
    days: Decimal | None = None

    @property
    def measured(self) -> bool:
        """Whether anything was."""
        return bool(self.volumes) or self.days is not None


#: What a use stands on that nobody confirmed.
SAID_ITSELF = "declared"
#: In the line of a service that is part of no other.
NO_WHOLE = b'"above":[]'
_AS_WRITTEN = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
_BANDS = {each.value: each for each in SizeBand}
#: Where the ids of a line begin; no text can hold it, as quotes in it are escaped.
_IDS = b'"ids":['


def line(used: Used) -> bytes:
    """The use as a line of a run's input."""
    more: dict[str, Any] = {}
    if used.measured:
        # Only where there are any, so that the lines of all others stay what they were.
        more = {"days": None if used.days is None else f"{used.days:.2f}", "volumes": used.volumes}
    return orjson.dumps({
        **more, "above": used.above, "band": used.band, "capability": used.capability,
        "component": used.component, "ids": used.ids, "old": used.old,
        "organisation": used.organisation, "proof": used.proof, "service": used.service,
        "share": None if used.share is None else f"{used.share:.2f}", "since": used.since,
        "standing": used.standing, "until": used.until,
    }, option=_AS_WRITTEN)  # fmt: skip


def said(raw: bytes) -> bytes:
    """A line without ids: the same bytes on every database."""
    before, _, after = raw.partition(_IDS)
    return before + after.partition(b"],")[2] + b"\n"


def read(raw: bytes) -> Used:
    """A use from its line."""
    given = orjson.loads(raw)
    until, share, old, proof = given["until"], given["share"], given["old"], given.get("proof")
    return Used(
        tuple(given["ids"]), given["service"], given["capability"], given["component"],
        given["organisation"], given["standing"], _BANDS[given["band"]],
        date.fromisoformat(given["since"]), until and date.fromisoformat(until),
        share and Decimal(share),
        old and Old(old["yearly"], old["stopped"] and date.fromisoformat(old["stopped"])),
        tuple(given["above"]), proof and tuple(proof), *_measured(given),
    )  # fmt: skip


def _measured(given: dict[str, Any]) -> tuple[tuple[tuple[int, int, bool], ...], Decimal | None]:
    if "volumes" not in given:
        return (), None
    days = given["days"]
    return tuple(map(tuple, given["volumes"])), None if days is None else Decimal(days)


def below(raws: Iterable[bytes]) -> set[tuple[str, str]]:
    """The same as `leaves`, of lines."""
    return leaves(read(raw) for raw in raws if NO_WHOLE not in raw)


def leaves(every: Iterable[Used]) -> set[tuple[str, str]]:
    """Services and needs that a part of the service claims already: they are claimed there only."""
    live = (used for used in every if used.standing in COUNTED[:2])
    return {(above, used.capability) for used in live for above in used.above}


def by_service(every: Iterable[Used]) -> Iterator[list[Used]]:
    """The uses of one service after the other; they come in order of services."""
    for _, uses in groupby(every, key=attrgetter("service")):
        yield list(uses)


class Counted(NamedTuple):
    """What a use counts as: from when to when, and how much of it (model.Use).

    Attributes:
        part: what part of the service's use of the component it is.
        stops: whether it stops at its end, or goes on with another share or part.
    """

    since: date
    until: date | None
    share: Decimal
    build_share: Decimal
    avoided_share: Decimal
    exit_share: Decimal
    old: Old | None
    part: Decimal = ONE
    stops: bool = True

    def use(self, base_year: int) -> Use:
        """The same in years after the base year."""
        end = None if self.until is None else place(self.until, base_year)
        return Use(
            place(self.since, base_year), end, share=self.share, build_share=self.build_share,
            avoided_share=self.avoided_share, exit_share=self.exit_share, part=self.part,
            stops=self.stops, replaced=self._replaced(base_year),
        )  # fmt: skip

    def _replaced(self, base_year: int) -> Replaced | None:
        if self.old is None:
            return None
        stopped = self.old.stopped
        return Replaced(
            Decimal(self.old.yearly), None if stopped is None else place(stopped, base_year)
        )


def uses(of_service: list[Used]) -> Iterator[tuple[Used, tuple[Counted, ...]]]:
    """What the uses of one service count as, each from one change of its share to the next.

    Components that meet one need at the same time share it for that time: by what was said of each,
    the rest in equal parts, 100% in all at most. A component that meets more than one need of the
    service was built in once: each need has an equal part of it, the first time that it is used for
    it. What one of its own would have cost to build is avoided once for a need, however many
    components meet it, at the same time or one after the other; each of them was built in. What is
    planned takes no part away from what is in use, nor does what its provider disputes.
    """
    if _alone(of_service):
        for used in of_service:
            yield used, (Counted(used.since, used.until, ONE, ONE, ONE, ONE, used.old),)
        return
    unmet: dict[str, Decimal] = {}
    apart: dict[str, list[Used]] = {"": [], **{each: [] for each in _APART}}
    for used in of_service:
        apart[used.standing if used.standing in _APART else ""].append(used)
    for some in apart.values():
        ordered = sorted(some, key=_order)
        shares, builds, exits = _shares(ordered), *_builds(ordered)
        first = {id_: stretches[0].share for id_, stretches in shares.items()}
        avoided = _avoided(ordered, first, builds, unmet)
        for used in some:
            id_ = used.ids[0]
            stretches = shares[id_]
            if exits[id_] != ONE:
                stretches = list(_parted(used, stretches, ordered))
            whole = Counted(
                used.since,
                used.until,
                first[id_],
                builds[id_],
                avoided[id_],
                exits[id_],
                used.old,
                stretches[0].part,
            )
            one = len(stretches) == 1
            yield used, (whole,) if one else tuple(_stretched(whole, stretches))


class _Stretch(NamedTuple):
    """A time in which a use has the same share of a need, and is the same part of a component's."""

    since: date
    until: date | None
    share: Decimal
    part: Decimal = ONE


def _stretched(whole: Counted, stretches: list[_Stretch]) -> Iterator[Counted]:
    """A use stretch by stretch: it begins in the first and stops in the last."""
    for at, stretch in enumerate(stretches, start=1):
        yield whole._replace(**stretch._asdict(), stops=at == len(stretches))
        whole = whole._replace(build_share=ZERO, avoided_share=ZERO)


def _alone(of_service: list[Used]) -> bool:
    """Whether no use shares its need or its component with another, as most do not."""
    needs, components = set(), set()
    for used in of_service:
        if used.share is not None:
            return False
        needs.add(used.capability)
        components.add(used.component)
    return len(needs) == len(components) == len(of_service)


def _order(used: Used) -> tuple[str, date, str]:
    return used.capability, used.since, used.component


def _builds(ordered: list[Used]) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """The share of building in, and of leaving, of each usage."""
    needs: dict[str, set[str]] = {}
    for used in ordered:
        needs.setdefault(used.component, set()).add(used.capability)
    exits = {used.ids[0]: _part_of(len(needs[used.component])) for used in ordered}
    builds: dict[int, Decimal] = {}
    seen: set[tuple[str, str]] = set()
    for used in ordered:
        again = (used.component, used.capability) in seen
        builds[used.ids[0]] = ZERO if again else exits[used.ids[0]]
        seen.add((used.component, used.capability))
    return builds, exits


def _avoided(
    ordered: list[Used], shares: dict[int, Decimal], builds: dict[int, Decimal],
    unmet: dict[str, Decimal],
) -> dict[int, Decimal]:  # fmt: skip
    """How much of building one of its own each usage avoids: of its share of the need, what none
    before it met.

    Args:
        unmet: of each need, what none met so far (all, where nothing is said); it is taken from.
    """
    found: dict[int, Decimal] = {}
    for used in ordered:
        id_, left = used.ids[0], unmet.get(used.capability, ONE)
        share = shares[id_]
        found[id_] = (share if share <= left else left) * builds[id_]
        left -= share
        unmet[used.capability] = left if left > _NOTHING else ZERO
    return found


@cache
def _part_of(many: int) -> Decimal:
    """One of so many equal parts."""
    return ONE / many


def _shares(ordered: list[Used]) -> dict[int, list[_Stretch]]:
    """What share of its need each usage has, and when: it changes as others come and go."""
    found: dict[int, list[_Stretch]] = {}
    for _, some in groupby(ordered, key=attrgetter("capability")):
        same = list(some)
        if len(same) == 1:
            [one] = same
            share = ONE if one.share is None else one.share / 100
            found[one.ids[0]] = [_Stretch(one.since, one.until, share)]
        else:
            found |= _changing(same)
    return found


def _changing(same: list[Used]) -> dict[int, list[_Stretch]]:
    """The same of usages for one need. One of no day has no share."""
    found: dict[int, list[_Stretch]] = {used.ids[0]: [] for used in same}
    days = sorted({day for used in same for day in (used.since, used.until) if day})
    for day, until in zip_longest(days, days[1:]):
        for id_, share in _parts([used for used in same if _live(used, day)]).items():
            mine, since = found[id_], day
            if mine and mine[-1].share == share:
                since = mine.pop().since
            mine.append(_Stretch(since, until, share))
    none = {used.ids[0]: [_Stretch(used.since, used.until, ZERO)] for used in same}
    return {id_: stretches or none[id_] for id_, stretches in found.items()}


def _parted(used: Used, stretches: list[_Stretch], ordered: list[Used]) -> Iterator[_Stretch]:
    """The same where the component meets more than one need: each that it meets at a time is an
    equal part of one service that uses it.
    """
    same = [each for each in ordered if each.component == used.component]
    days = {day for each in same for day in (each.since, each.until) if day}
    for stretch in stretches:
        until = stretch.until or date.max
        cuts = sorted({stretch.since, *(day for day in days if stretch.since < day < until)})
        pieces: list[_Stretch] = []
        for day, end in zip_longest(cuts, cuts[1:]):
            needs = {each.capability for each in same if _live(each, day)}
            part = _part_of(len(needs | {used.capability}))
            since = pieces.pop().since if pieces and pieces[-1].part == part else day
            pieces.append(_Stretch(since, end or stretch.until, stretch.share, part))
        yield from pieces


def _live(used: Used, day: date) -> bool:
    return used.since <= day and (used.until is None or day < used.until)


def _parts(same: list[Used]) -> dict[int, Decimal]:
    """What share of a need each of those has that meet it at the same time."""
    said = {used.ids[0]: used.share / 100 for used in same if used.share is not None}
    total = sum(said.values())
    if total > 1:
        said = {id_: share / total for id_, share in said.items()}
    silent = [used.ids[0] for used in same if used.share is None]
    left = max(ZERO, ONE - total)
    return said | {id_: left / len(silent) for id_ in silent}
