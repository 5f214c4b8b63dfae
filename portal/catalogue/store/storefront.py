"""The storefront: needs, or words for them, to the components that meet them, best first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from portal import search
from portal.catalogue.component_words import Arrangement, Lifecycle
from portal.catalogue.models.components import (
    Component,
    ComponentCapability,
    ComponentMandate,
    ComponentPrice,
)
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.component_filters import FindQuery
from portal.catalogue.rules.components import ENDING, Offer, is_wide, may_use, rank
from portal.catalogue.rules.starting import Measured
from portal.catalogue.rules.storefront import relevant_first, understand
from portal.catalogue.store import capabilities
from portal.catalogue.store.asking import Adopted, Asking, adopted
from portal.catalogue.store.capabilities import Node
from portal.catalogue.store.components import plain_number
from portal.catalogue.store.named import Named, named_components
from portal.catalogue.store.organisations import iso
from portal.catalogue.store.starting import days_to_start
from portal.catalogue.store.usage import USING

EXAMPLES = 3


@dataclass(slots=True)
class Choice:
    """A component with what somebody who chooses wants to know.

    Attributes:
        row: its columns, those of its provider and of its successor.
        meets: the wanted needs that it meets.
        prices: those of the day, with items that name a wanted need first.
        mandates: the rules in force on the day.
        users: how many services use it now, for whatever need.
        for_needs: how many of them use it for a wanted need; `examples` names the largest.
        ours: whether the asker's organisation uses it.
        measured: how long services took to start with it.
    """

    row: Any
    meets: list[Node]
    offer: Offer
    for_needs: int = 0
    prices: list[dict[str, Any]] = field(default_factory=list)
    mandates: list[dict[str, Any]] = field(default_factory=list)
    examples: list[tuple[str, str]] = field(default_factory=list)
    ours: bool = False
    measured: Measured | None = None

    @property
    def users(self) -> int:
        """How many services use it now, for whatever need."""
        return self.offer.users

    @property
    def elsewhere(self) -> int:
        """How many services use it now, and for none of the wanted needs."""
        return self.offer.users - self.for_needs

    @property
    def limited(self) -> bool:
        """Whether it is open to few, and within a limit that only words tell."""
        return bool(self.row.eligibility_note) and not self.offer.wide


@dataclass(frozen=True, slots=True)
class Unmet:
    """A need that no open component meets, and how services meet it now, by arrangement."""

    need: Node
    ways: dict[str, int]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the storefront found.

    Attributes:
        groups: the whole tree of needs, to choose from.
        needs: the needs that were chosen, or that the words mean.
        chosen: the addresses of the needs that were ticked, without those that only words mean.
        understood: whether the words mean a need.
        named: components that the words name, those that end first.
        others: what else the words may mean.
        unknown: chosen needs that there are not.
        choices: open components, best first.
        ending: components that meet a need and are not for new services.
    """

    groups: list[Node]
    needs: list[Node]
    others: list[Node]
    unknown: list[str]
    chosen: list[str] = field(default_factory=list)
    understood: bool = False
    named: list[Named] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    ending: list[Choice] = field(default_factory=list)
    unmet: list[Unmet] = field(default_factory=list)
    corrected: str | None = None
    suggestion: str | None = None


def answer(
    session: Session, query: FindQuery, on: date, who: Asking | None = None
) -> Answer:  # fmt: skip
    """The components for a query on a day: for the needs that were chosen and that words mean, and
    in the order for the organisation that asks.
    """
    groups = capabilities.tree(session)
    nodes = {node.slug: node for top in groups for node in (top, *top.below)}
    found = search.find(session, capabilities.THING, query.text) if query.text else search.Found()
    chosen = [leaf for slug in query.needs if slug in nodes for leaf in _leaves(nodes[slug])]
    meant, others = _meant(found, nodes, query.text)
    needs = list({node.id: node for node in (*chosen, *meant)}.values())
    choices = candidates(session, needs, query.sector, on)
    if who is not None:
        _among(session, choices, who)
    best = best_first(choices)
    ending = [choice for choice in choices if choice.offer.lifecycle in ENDING]
    _tell(session, best, needs, on)
    met = {need.id for choice in best for need in choice.meets}
    return Answer(
        groups=groups,
        needs=needs,
        others=[node for node in others if node not in needs],
        unknown=[slug for slug in query.needs if slug not in nodes],
        chosen=[leaf.slug for leaf in chosen],
        understood=bool(meant),
        named=named_components(session, query.text) if query.text else [],
        choices=best,
        ending=ending,
        unmet=_unmet(session, [need for need in needs if need.id not in met]),
        corrected=found.corrected,
        suggestion=found.suggestion,
    )


def _among(session: Session, choices: list[Choice], who: Asking) -> None:
    """Note what organisations like the asker's use, for the order and to say so."""
    found = adopted(session, [choice.row.id for choice in choices], who)
    for choice in choices:
        theirs = found.get(choice.row.id, Adopted())
        choice.offer, choice.ours = replace(choice.offer, alike=theirs.alike), theirs.ours


def _leaves(node: Node) -> list[Node]:
    return node.below or [node]


def _meant(found: search.Found, nodes: dict[str, Node], text: str) -> tuple[list[Node], list[Node]]:
    by_id = {node.id: node.slug for node in nodes.values()}
    points = [(by_id[i], p) for i, p in zip(found.ids, found.points, strict=True) if i in by_id]
    below = {slug: [leaf.slug for leaf in n.below] for slug, n in nodes.items() if n.below}
    leaves = [node for node in nodes.values() if not node.below]
    said = {node.slug: search.said(text, [node.name, *node.keywords]) for node in leaves}
    meant, others = understand(points, below, said)
    return [nodes[slug] for slug in meant], [nodes[slug] for slug in others]


def candidates(session: Session, needs: list[Node], sector: str | None, on: date) -> list[Choice]:
    """Every component that meets one of the needs, open or ending, by name.

    Args:
        needs: leaves of the tree.
        sector: who asks; None where they did not say, so that eligibility is not known.
        on: the day whose rules count.
    """
    if not needs:
        return []
    provider, successor = aliased(Organisation), aliased(Component)
    wanted = [need.id for need in needs]
    now = (
        select(func.count(Usage.service_id.distinct()))
        .where(Usage.component_id == Component.id, Usage.status.in_(USING))
        .correlate(Component)
    )
    users, for_needs = now, now.where(Usage.capability_id.in_(wanted))
    mandated = (
        select(ComponentMandate.id)
        .where(ComponentMandate.component_id == Component.id, *_holds(ComponentMandate, on))
        .exists()
    )
    rows: Sequence[Any] = session.execute(
        select(
            ComponentCapability.capability_id.label("need"),
            Component.id, Component.slug, Component.name, Component.sort_name, Component.kind,
            Component.delivery, Component.has_interface, Component.summary, Component.sectors,
            Component.eligibility_note, Component.how_to_start, Component.documentation,
            Component.steps, Component.lifecycle, Component.closes_on, Component.closing_means,
            successor.name.label("successor"), successor.slug.label("successor_slug"),
            provider.name.label("provider"), provider.slug.label("provider_slug"),
            users.scalar_subquery().label("users"),
            for_needs.scalar_subquery().label("for_needs"), mandated.label("mandated"),
        )
        .join(Component, Component.id == ComponentCapability.component_id)
        .join(provider, provider.id == Component.provider_id)
        .outerjoin(successor, successor.id == Component.successor_id)
        .where(ComponentCapability.capability_id.in_(wanted))
        .order_by(Component.sort_name, Component.id, ComponentCapability.capability_id)
    ).all()  # fmt: skip
    components = {row.id: row for row in rows}
    pairs = {(row.id, row.need) for row in rows}
    return [
        _choice(row, [need for need in needs if (id_, need.id) in pairs], sector)
        for id_, row in components.items()
    ]


def best_first(choices: Iterable[Choice]) -> list[Choice]:
    """Those that are open to new services, as `components.rank` orders them."""
    by_slug = {choice.offer.slug: choice for choice in choices}
    return [by_slug[offer.slug] for offer in rank(c.offer for c in by_slug.values())]


def _choice(row: Any, meets: list[Node], sector: str | None) -> Choice:
    offer = Offer(
        slug=row.slug,
        sort_name=row.sort_name,
        lifecycle=Lifecycle(row.lifecycle),
        meets=tuple(need.slug for need in meets),
        eligible=may_use(row.sectors, sector) if sector else None,
        mandated=bool(row.mandated),
        wide=is_wide(row.sectors),
        users=row.users,
    )
    return Choice(row, meets, offer, row.for_needs)


def _holds(model: Any, on: date) -> tuple[Any, ...]:
    return (
        or_(model.since.is_(None), model.since <= on),
        or_(model.until.is_(None), model.until > on),
    )


def _tell(session: Session, choices: list[Choice], needs: list[Node], on: date) -> None:
    """Add prices, rules, how long starts took, and examples of services that use them for one of
    the needs.
    """
    if not choices:
        return
    by_id = {choice.row.id: choice for choice in choices}
    prices = (
        select(ComponentPrice)
        .where(ComponentPrice.component_id.in_(by_id), *_holds(ComponentPrice, on))
        .order_by(ComponentPrice.component_id, ComponentPrice.item)
    )
    for price in session.scalars(prices):
        by_id[price.component_id].prices.append(
            {
                "item": price.item,
                "unit": price.unit,
                "pence": plain_number(price.pence),
                "per_cent": plain_number(price.per_cent),
                "note": price.note,
                "since": iso(price.since),
            }
        )
    mandates = (
        select(ComponentMandate)
        .where(ComponentMandate.component_id.in_(by_id), *_holds(ComponentMandate, on))
        .order_by(ComponentMandate.since, ComponentMandate.id)
    )
    for rule in session.scalars(mandates):
        by_id[rule.component_id].mandates.append(
            {
                "scope": rule.scope,
                "note": rule.note,
                "since": iso(rule.since),
                "policy": rule.policy,
            }
        )
    used = [id_ for id_, choice in by_id.items() if choice.for_needs]
    for id_, slug, name in _examples(session, used, [need.id for need in needs]):
        by_id[id_].examples.append((slug, name))
    started = days_to_start(session, list(by_id))
    for choice in choices:
        choice.measured = started.get(choice.row.id)
        choice.prices = [
            dict(price)
            for price in relevant_first(choice.prices, (need.name for need in choice.meets))
        ]


def _examples(session: Session, ids: list[int], needs: list[int]) -> Iterable[Any]:
    """The largest services that use each component now for one of the needs, by yearly
    transactions, then by name.
    """
    if not ids:
        return ()
    used = (
        select(Usage.component_id, Usage.service_id)
        .where(
            Usage.component_id.in_(ids),
            Usage.capability_id.in_(needs),
            Usage.status.in_(USING),
        )
        .distinct()
        .subquery()
    )
    place = func.row_number().over(
        partition_by=used.c.component_id,
        order_by=(Service.yearly_transactions.desc().nulls_last(), Service.sort_name, Service.id),
    )
    largest = (
        select(used.c.component_id, Service.slug, Service.name, place.label("place"))
        .join(Service, Service.id == used.c.service_id)
        .subquery()
    )
    return session.execute(
        select(largest.c.component_id, largest.c.slug, largest.c.name)
        .where(largest.c.place <= EXAMPLES)
        .order_by(largest.c.component_id, largest.c.place)
    ).all()


def _unmet(session: Session, needs: list[Node]) -> list[Unmet]:
    """These needs with how many services meet each now, by arrangement."""
    if not needs:
        return []
    rows = session.execute(
        select(Usage.capability_id, Usage.arrangement, func.count(Usage.service_id.distinct()))
        .where(Usage.capability_id.in_([need.id for need in needs]), Usage.status.in_(USING))
        .group_by(Usage.capability_id, Usage.arrangement)
    )
    ways: dict[int, dict[str, int]] = {need.id: {} for need in needs}
    for id_, arrangement, many in rows:
        ways[id_][arrangement.value] = many
    order = [way.value for way in Arrangement if way is not Arrangement.SHARED_COMPONENT]
    return [Unmet(n, {w: ways[n.id][w] for w in order if w in ways[n.id]}) for n in needs]
