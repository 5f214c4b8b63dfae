"""How each service meets one need: a row for each way, and for each answer without one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Date, String, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from portal.audit import Document
from portal.catalogue.component_words import UsageStatus
from portal.catalogue.models.components import Component
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import CapabilityNeed, Usage
from portal.catalogue.store.organisations import iso

BATCH = 500
FIELDS = (
    "service", "service_name", "organisation", "organisation_name", "arrangement", "answer",
    "component", "component_name", "product", "status", "since", "since_basis", "source",
)  # fmt: skip


def rows(session: Session, capability_id: int) -> Iterator[Document]:
    """What services said of a need, by the service's name, in one statement.

    A service stands there once for each way in which it meets the need or plans to; without one,
    once for its `answer`. What has stopped is left out.
    """
    said = union_all(_ways(capability_id), _answers(capability_id)).subquery()
    own = [said.c[name] for name in FIELDS[4:]]
    found: Any = session.execute(
        select(Service.slug, Service.name, Organisation.slug, Organisation.name, *own)
        .join(said, said.c.service_id == Service.id)
        .outerjoin(Organisation, Organisation.id == Service.organisation_id)
        .order_by(Service.sort_name, Service.id, said.c.since, said.c.place)
        .execution_options(yield_per=BATCH)
    )
    for row in found:
        document = dict(zip(FIELDS, row, strict=True))
        yield {**document, "since": iso(document["since"])}


def silent(session: Session, capability_id: int) -> int:
    """How many services have said nothing of a need: those without a row."""
    answered = select(CapabilityNeed.service_id).where(
        CapabilityNeed.capability_id == capability_id
    )
    spoken = _open(capability_id).union(answered)
    many = select(func.count()).select_from(Service).where(Service.id.not_in(spoken))
    return session.scalar(many) or 0


def _open(capability_id: int) -> Any:
    return select(Usage.service_id).where(
        Usage.capability_id == capability_id, Usage.status != UsageStatus.STOPPED
    )


def _text(value: Any, name: str) -> Any:
    return cast(value, String).label(name)


def _ways(capability_id: int) -> Any:
    return (
        select(
            Usage.service_id, Usage.id.label("place"), _text(Usage.arrangement, "arrangement"),
            _text(null(), "answer"), _text(Component.slug, "component"),
            _text(Component.name, "component_name"), _text(Usage.product, "product"),
            _text(Usage.status, "status"), Usage.since.label("since"),
            _text(Usage.since_basis, "since_basis"), _text(Usage.source, "source"),
        )
        .outerjoin(Component, Component.id == Usage.component_id)
        .where(Usage.capability_id == capability_id, Usage.status != UsageStatus.STOPPED)
    )  # fmt: skip


def _answers(capability_id: int) -> Any:
    nothing = [_text(null(), name) for name in ("component", "component_name", "product", "status")]
    return select(
        CapabilityNeed.service_id, literal(0), _text(null(), "arrangement"),
        _text(CapabilityNeed.answer, "answer"), *nothing, cast(null(), Date).label("since"),
        _text(null(), "since_basis"), _text(CapabilityNeed.source, "source"),
    ).where(
        CapabilityNeed.capability_id == capability_id,
        CapabilityNeed.service_id.not_in(_open(capability_id)),
    )  # fmt: skip
