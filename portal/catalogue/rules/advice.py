"""What speaks for doing about a way of meeting a need: use the shared one, rent, buy, build or
watch, with the reasons. Pure rules; the words are in forms/advice.py.

What a stage implies is the same as on the map of components (docs/decisions/0010): what is a
commodity is rented as a utility, a product is bought, what is custom built is built and kept, and
what is new is watched. A shared component that the service may use comes before all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from portal.catalogue.component_words import (
    Advised,
    Arrangement,
    EvolutionStage,
    ExitPlan,
    Holder,
    Lifecycle,
    NotSharedReason,
)
from portal.catalogue.rules.components import ENDING, is_wide, may_use, sector_of
from portal.catalogue.rules.mandates import About, Covers, falls_under
from portal.catalogue.rules.reviews import add_months

#: What is left to do where no shared component can be used.
IMPLIES = {
    EvolutionStage.GENESIS: Advised.WATCH,
    EvolutionStage.CUSTOM: Advised.BUILD,
    EvolutionStage.PRODUCT: Advised.BUY,
    EvolutionStage.COMMODITY: Advised.RENT,
}
#: A team that says so has looked at the shared ones: only a mandate weighs more.
CANNOT = (
    NotSharedReason.DOES_NOT_MEET_NEED, NotSharedReason.SECURITY, NotSharedReason.NOT_ELIGIBLE,
)  # fmt: skip
#: What a service can rely on from its first day.
READY = (Lifecycle.LIVE, Lifecycle.BETA)
#: A contract that ends within so many months is the next opportunity.
SOON = 12
_STAGES = list(EvolutionStage)


class Option(NamedTuple):
    """A component that meets a need, as it stands today.

    Attributes:
        limit: who of the sectors may use it, in words.
        mandates: what the rules that ask for it are about.
        mandated: whether one of them is about the need and the service in question, and the service
            is not exempt.
        exempt: whether one of them is, and the service is exempt.
        framework: whether it is a contract to buy under: that is no way of meeting the need yet.
    """

    slug: str
    name: str
    lifecycle: Lifecycle
    sectors: Sequence[str]
    limit: str | None
    stage: EvolutionStage | None
    mandated: bool = False
    framework: bool = False
    mandates: tuple[Covers, ...] = ()
    exempt: bool = False

    def asked_of(self, need: str, service: About, exempt: Collection[str], day: date) -> Option:
        """The same as it stands for a need of a service, which is exempt from using some."""
        under = falls_under(self.mandates, need, service, None, day)
        leave = self.slug in exempt
        return self._replace(mandated=under and not leave, exempt=under and leave)


class Reason(NamedTuple):
    """A reason: which one, and the component, day or stage that it names."""

    code: str
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of an arrangement.

    Attributes:
        stage: how far the open components that meet the need have come, at most.
        shared: those that the service may use now, best first, without the one it uses.
        frameworks: the contracts that it may buy under.
        ends: the shared component that it rests on is deprecated, closing or closed.
        against: why the team does not use a shared one.
    """

    arrangement: Arrangement
    stage: EvolutionStage | None = None
    shared: tuple[Option, ...] = ()
    frameworks: tuple[Option, ...] = ()
    ends: bool = False
    against: NotSharedReason | None = None
    code: Holder | None = None
    data: Holder | None = None
    exit_plan: ExitPlan | None = None
    contract_end: date | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """What speaks for what, by when, and why.

    Attributes:
        what: the advice.
        by: the end of the contract, where it is still to come.
        reasons: the one that decided first.
        options: the shared components that the service may use.
    """

    what: Advised
    by: date | None
    reasons: tuple[Reason, ...]
    options: tuple[Option, ...] = ()


def usable(options: Iterable[Option], kind: str | None) -> tuple[Option, ...]:
    """The components that a service of an organisation of this kind may use now without asking
    first: ready, open to its sector, and within no limit that only words tell. What a rule asks for
    comes first, then what is open to most.
    """
    if kind is None:
        return ()
    sector = sector_of(kind)
    found = [
        option
        for option in options
        if option.lifecycle in READY
        and may_use(option.sectors, sector)
        and (is_wide(option.sectors) or not option.limit)
    ]
    return tuple(
        sorted(
            found,
            key=lambda o: (READY.index(o.lifecycle), not o.mandated, not is_wide(o.sectors),
                           o.name.casefold()),
        )
    )  # fmt: skip


def stage_of_need(options: Iterable[Option]) -> EvolutionStage | None:
    """How far the components that meet a need have come: the furthest of those that do not end."""
    stages = [o.stage for o in options if o.stage is not None and o.lifecycle not in ENDING]
    return max(stages, key=_STAGES.index, default=None)


def advise(case: Case, day: date) -> Advice:
    """The advice of a day for an arrangement that has not stopped.

    What it is follows from the need, the shared components and what the team says against them.
    Who controls it and when its contract ends add reasons and a day, and change nothing else.
    """
    what, reasons = _decide(case)
    if what in (Advised.BUY, Advised.RENT):
        reasons += [Reason("framework", option.name) for option in case.frameworks[:1]]
    by = case.contract_end if case.contract_end and case.contract_end >= day else None
    more = (*_contract(case, day), *_control(case))
    return Advice(what, by, (*reasons, *more), case.shared)


def _decide(case: Case) -> tuple[Advised, list[Reason]]:
    if case.arrangement is Arrangement.SHARED_COMPONENT:
        return _shared_already(case)
    if not case.shared:
        return _without(case, [Reason("none_shared")])
    best = case.shared[0]
    if any(option.mandated for option in case.shared):
        named = next(option for option in case.shared if option.mandated)
        return Advised.USE_SHARED, [Reason("mandated", named.name), *_as_mapped(named)]
    if case.against in CANNOT:
        return _without(case, [Reason("said_against", case.against)])
    if best.stage is EvolutionStage.GENESIS:
        return Advised.WATCH, [Reason("shared_is_new", best.name)]
    leave = [Reason("exempt", option.name) for option in case.shared if option.exempt]
    return Advised.USE_SHARED, [*leave[:1], Reason("shared", best.name), *_as_mapped(best)]


def _as_mapped(option: Option) -> list[Reason]:
    """What the map of components says of the stage that it has reached."""
    return [Reason("as_mapped", option.stage)] if option.stage else []


def _shared_already(case: Case) -> tuple[Advised, list[Reason]]:
    if not case.ends:
        return Advised.USE_SHARED, [Reason("shared_already")]
    if case.shared:
        return Advised.USE_SHARED, [Reason("ends"), Reason("shared", case.shared[0].name)]
    return Advised.WATCH, [Reason("ends"), Reason("none_shared")]


def _without(case: Case, reasons: list[Reason]) -> tuple[Advised, list[Reason]]:
    if case.stage is None:
        return Advised.WATCH, [*reasons, Reason("no_stage")]
    return IMPLIES[case.stage], [*reasons, Reason("stage", case.stage)]


def _contract(case: Case, day: date) -> list[Reason]:
    end = case.contract_end
    if end is None:
        return []
    if end < day:
        return [Reason("contract_ended", end.isoformat())]
    code = "contract_soon" if end <= add_months(day, SOON) else "contract_runs"
    return [Reason(code, end.isoformat())]


def _control(case: Case) -> list[Reason]:
    if case.arrangement not in (Arrangement.BOUGHT_PRODUCT, Arrangement.OWN_BUILD):
        return []
    found = []
    if case.code is Holder.SUPPLIER:
        found.append(Reason("code_with_supplier"))
    if case.data is Holder.SUPPLIER:
        found.append(Reason("data_with_supplier"))
    if case.exit_plan is ExitPlan.NONE:
        found.append(Reason("no_exit_plan"))
    return found
