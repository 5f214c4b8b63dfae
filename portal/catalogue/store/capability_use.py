"""How services meet their needs, counted: for every capability at once, and in full for one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import String, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from portal.catalogue import component_words as words
from portal.catalogue.models.components import Component, ComponentCapability
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import CapabilityNeed, Usage
from portal.catalogue.rules.components import ENDING
from portal.catalogue.store.usage import USING


@dataclass(slots=True)
class Numbers:
    """One capability in numbers: the components open to new services that offer it, and the
    services that meet it now by arrangement.
    """

    components: int = 0
    services: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    """A way in which services meet a need now: a component, a product, or neither named."""

    arrangement: str
    name: str | None
    component_slug: str | None
    lifecycle: str | None
    services: int


@dataclass(slots=True)
class Meeting:
    """How services meet one need.

    Attributes:
        arrangements: services by how they meet it now.
        planned: services that only plan, consider or integrate something.
        needed: services that need it and did not say how they meet it.
        not_needed: services that do not need it.
        unanswered: services that have said nothing.
    """

    arrangements: dict[str, int] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    planned: int = 0
    needed: int = 0
    not_needed: int = 0
    unanswered: int = 0

    @property
    def using(self) -> dict[str, int]:
        """The services that meet it now with each component, by the component's slug."""
        return {way.component_slug: way.services for way in self.ways if way.component_slug}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A service that says it has a need, and meets it with nothing that is known or in use."""

    slug: str
    name: str


_many = func.count(Usage.service_id.distinct())


def numbers(session: Session) -> dict[int, Numbers]:
    """Every capability in numbers, by its id, in one statement."""
    offered = (
        select(ComponentCapability.capability_id, cast(null(), String), func.count())
        .join(Component, Component.id == ComponentCapability.component_id)
        .where(Component.lifecycle.not_in(ENDING))
        .group_by(ComponentCapability.capability_id)
    )
    met = (
        select(Usage.capability_id, cast(Usage.arrangement, String), _many)
        .where(Usage.status.in_(USING))
        .group_by(Usage.capability_id, Usage.arrangement)
    )
    found: dict[int, Numbers] = {}
    rows: Any = session.execute(union_all(offered, met))
    for id_, arrangement, many in rows:
        row = found.setdefault(id_, Numbers())
        if arrangement is None:
            row.components = many
        else:
            row.services[arrangement] = many
    return found


def meeting(session: Session, capability_id: int) -> Meeting:
    """How services meet one need, in one statement."""
    found = Meeting()
    for part, name, what, slug, lifecycle, many in session.execute(
        union_all(*_parts(capability_id))
    ):
        if part == "way":
            found.ways.append(Way(name, what, slug, lifecycle, many))
        elif part == "arrangement":
            found.arrangements[name] = many
        else:
            setattr(found, part, many)
    found.unanswered -= found.planned + found.needed + found.not_needed
    found.ways.sort(key=lambda way: (-way.services, way.name or ""))
    return found


def planning(session: Session, capability_id: int, most: int) -> list[Waiting]:
    """The first services by name that `Meeting.planned` counts."""
    return _named(session, _open(capability_id), _using(capability_id), most)


def needing(session: Session, capability_id: int, most: int) -> list[Waiting]:
    """The first services by name that `Meeting.needed` counts."""
    said = select(CapabilityNeed.service_id).where(
        CapabilityNeed.capability_id == capability_id,
        CapabilityNeed.answer == words.NeedAnswer.NEEDED,
    )
    return _named(session, said, _open(capability_id), most)


def _named(session: Session, said: Any, without: Any, most: int) -> list[Waiting]:
    rows = session.execute(
        select(Service.slug, Service.name)
        .where(Service.id.in_(said), Service.id.not_in(without))
        .order_by(Service.sort_name, Service.id)
        .limit(most)
    )
    return [Waiting(slug, name) for slug, name in rows]


def _using(capability_id: int) -> Any:
    """The services that meet a need now."""
    return select(Usage.service_id).where(
        Usage.capability_id == capability_id, Usage.status.in_(USING)
    )


def _open(capability_id: int) -> Any:
    """The services that meet a need now, or plan to."""
    return select(Usage.service_id).where(
        Usage.capability_id == capability_id, Usage.status != words.UsageStatus.STOPPED
    )


def _part(part: str, name: Any, many: Any, *rest: Any) -> Any:
    what, slug, lifecycle = rest or (null(), null(), null())
    return select(
        literal(part), cast(name, String), cast(what, String), cast(slug, String),
        cast(lifecycle, String), many,
    )  # fmt: skip


def _parts(capability_id: int) -> list[Any]:
    this = Usage.capability_id == capability_id
    using, open_ = _using(capability_id), _open(capability_id)
    answer = CapabilityNeed.answer
    what = func.coalesce(Component.name, Usage.product)
    parts = [
        _part("arrangement", Usage.arrangement, _many)
        .where(this, Usage.status.in_(USING))
        .group_by(Usage.arrangement),
        _part("way", Usage.arrangement, _many, what, Component.slug, Component.lifecycle)
        .select_from(Usage)
        .outerjoin(Component, Component.id == Usage.component_id)
        .where(this, Usage.status.in_(USING))
        .group_by(Usage.arrangement, what, Component.slug, Component.lifecycle),
        _part("planned", null(), _many).where(
            this, Usage.status != words.UsageStatus.STOPPED, Usage.service_id.not_in(using)
        ),
    ]
    for part, said in (("needed", words.NeedAnswer.NEEDED),
                       ("not_needed", words.NeedAnswer.NOT_NEEDED)):  # fmt: skip
        parts.append(
            _part(part, null(), func.count())
            .select_from(CapabilityNeed)
            .where(
                CapabilityNeed.capability_id == capability_id,
                answer == said,
                CapabilityNeed.service_id.not_in(open_),
            )
        )
    # Those who use nothing now; the ones who plan or have answered are taken off afterwards.
    parts.append(
        _part("unanswered", null(), func.count())
        .select_from(Service)
        .where(Service.id.not_in(using))
    )
    return parts
