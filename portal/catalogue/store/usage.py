"""All SQL that writes how services meet their needs, and reads it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.audit import Act, Document, record
from portal.catalogue import component_words as words
from portal.catalogue.models.components import Capability, Component
from portal.catalogue.models.organisations import Organisation, OrganisationMatch
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import CapabilityNeed, Usage, UsageVolume
from portal.catalogue.rules.measuring import VOLUME
from portal.catalogue.rules.suppliers import address_key
from portal.catalogue.store import evidence, organisation_names, usage_counts
from portal.catalogue.store.components import plain_number
from portal.catalogue.store.organisations import day, iso, reference
from portal.digits import whole_number
from portal.errors import Invalid, Missing

THING = "usage"
#: What a component's providers and readers count as using it now.
USING = usage_counts.USING
#: Work on it has begun, or is going to.
STARTING = (words.UsageStatus.PLANNED, words.UsageStatus.INTEGRATING)
_DAYS = ("planned_live", "since", "until", "contract_end", "exit_reviewed_on")
_LISTS = {
    "since_basis": words.DateBasis, "until_basis": words.DateBasis, "code_held_by": words.Holder,
    "data_held_by": words.Holder, "exit_plan": words.ExitPlan,
}  # fmt: skip
_ANSWER = ("answer", "note", "source")
_PLAIN = (
    "product", "supplier", "contract_group", "exit_note", "reason_note", "yearly_cost",
    "integration_source", "note", "source",
)  # fmt: skip


class Keep(Enum):
    """Says that what a usage replaces stays as it is."""

    AS_IT_IS = "as it is"


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids behind the addresses that usage documents speak of."""

    services: dict[str, int]
    capabilities: dict[str, int]
    components: dict[str, int]


def document_of(u: Usage) -> Document:
    """The canonical document of a loaded usage (see rules/component_documents.py)."""
    return {
        "service": u.service.slug,
        "capability": u.capability.slug,
        "arrangement": u.arrangement.value,
        "component": u.component.slug if u.component else None,
        "status": u.status.value,
        **{name: iso(getattr(u, name)) for name in _DAYS},
        **{name: getattr(u, name).value if getattr(u, name) else None for name in _LISTS},
        "share": plain_number(u.share),
        "reason": u.reason.value if u.reason else None,
        **{name: getattr(u, name) for name in _PLAIN},
        "yearly_volumes": [{name: getattr(row, name) for name in VOLUME} for row in u.volumes],
        "integration_days": plain_number(u.integration_days),
        "supplier_organisation": reference(u.supplier_body) if u.supplier_body else None,
    }


def load(session: Session, ids: list[int] | None = None) -> list[Usage]:
    """Usages with what their documents need, by id; all of them without `ids`."""
    query = select(Usage).options(
        joinedload(Usage.service), joinedload(Usage.capability), joinedload(Usage.component),
        joinedload(Usage.supplier_body).selectinload(Organisation.identifiers),
        selectinload(Usage.volumes),
    )  # fmt: skip
    if ids is not None:
        query = query.where(Usage.id.in_(ids))
    found = session.scalars(query.order_by(Usage.id).execution_options(populate_existing=True))
    return list(found)


def of_service(session: Session, service_id: int) -> list[Usage]:
    """The usages of one service, by id."""
    ids = session.scalars(select(Usage.id).where(Usage.service_id == service_id)).all()
    return load(session, list(ids))


@dataclass(frozen=True, slots=True)
class Heading:
    """What a usage is called: the service, the need, and what meets it (none where nothing has a
    name); slugs of those that have pages.
    """

    service: str
    service_slug: str
    need: str
    need_slug: str
    product: str | None
    component: str | None
    component_slug: str | None


def heading(session: Session, usage_id: int) -> Heading:
    """What a usage is called. Raises Missing."""
    row = session.execute(
        select(
            Service.name, Service.slug, Capability.name, Capability.slug, Usage.product,
            Component.name, Component.slug,
        )
        .select_from(Usage)
        .join(Service, Service.id == Usage.service_id)
        .join(Capability, Capability.id == Usage.capability_id)
        .outerjoin(Component, Component.id == Usage.component_id)
        .where(Usage.id == usage_id)
    ).first()  # fmt: skip
    if row is None:
        raise Missing("There is no use of a component at this address")
    return Heading(*row)


def save(
    session: Session, usage: Usage, before: Document | None, after: Document, ids: Ids, act: Act,
    tag: str, replaces_id: int | Keep | None = Keep.AS_IT_IS,
) -> bool:  # fmt: skip
    """Make a loaded (or new) usage say `after`, with its history event; False if it did.

    Args:
        replaces_id: the arrangement that this one takes the place of. The event names it, by its
            id, where that changes.

    Raises:
        Invalid: the service, capability or component is not in the database, or the component
            does not offer the capability.
        sqlalchemy.exc.IntegrityError: the database refuses the row (an open one is there already,
            or what it replaces was replaced).
    """
    after = {**after, **_supplier(session, before, after)}
    was = usage.replaces_id
    now = was if isinstance(replaces_id, Keep) else replaces_id
    if before == after and was == now:
        return False
    body = after["supplier_organisation"]
    usage.supplier_id = _organisation_id(session, body) if body else None
    usage.service_id = _id(ids.services, "service", after["service"])
    usage.capability_id = _id(ids.capabilities, "capability", after["capability"])
    usage.component_id = (
        _id(ids.components, "component", after["component"]) if after["component"] else None
    )
    usage.arrangement = words.Arrangement(after["arrangement"])
    usage.status = words.UsageStatus(after["status"])
    usage.reason = words.NotSharedReason(after["reason"]) if after["reason"] else None
    usage.share = Decimal(after["share"]) if after["share"] else None
    days = after["integration_days"]
    usage.integration_days = None if days is None else Decimal(days)
    _keep_volumes(usage, after["yearly_volumes"], act)
    for name in _DAYS:
        setattr(usage, name, day(after[name]))
    for name, kind in _LISTS.items():
        setattr(usage, name, kind(after[name]) if after[name] else None)
    for name in _PLAIN:
        setattr(usage, name, after[name])
    usage.supplier_key = address_key(after["supplier"]) if after["supplier"] else None
    if usage.first_planned_on is None and usage.status in STARTING:
        usage.first_planned_on = act.day
    if before is None:
        usage.declared_by = act.actor
    usage.replaces_id = now
    usage.version = (usage.version or 0) + 1
    usage.edited_at = act.at
    session.add(usage)
    session.flush()
    usage_counts.touch_services(session, [usage.service_id])
    if was != now:
        before, after = before and {**before, "replaces": was}, {**after, "replaces": now}
    record(session, act, tag, THING, usage.id, before, after)
    if before is not None:
        evidence.follow(session, [usage.id])
    return True


def restore(session: Session, fields: Mapping[int, Document], act: Act, tag: str) -> None:
    """Give usages fields of their documents back that they had, by id, in undoing an import. What
    their events tell beside these, such as evidence, is taken back by who keeps it.
    """
    for row in load(session, list(fields)):
        now = document_of(row)
        had = {name: value for name, value in fields[row.id].items() if name in now}
        components = {row.component.slug: row.component.id} if row.component else {}
        ids = Ids(
            {now["service"]: row.service_id}, {now["capability"]: row.capability_id}, components
        )
        save(session, row, now, {**now, **had}, ids, act, tag)


def _keep_volumes(usage: Usage, rows: Iterable[Document], act: Act) -> None:
    known = {row.year: row for row in usage.volumes}
    wanted = {row["year"]: row for row in rows}
    for year, gone in known.items():
        if year not in wanted:
            usage.volumes.remove(gone)
    for year, said in wanted.items():
        row = known.get(year) or UsageVolume(year=year)
        if year not in known:
            usage.volumes.append(row)
        if (row.quantity, row.source) != (said["quantity"], said["source"]):
            row.quantity, row.source, row.edited_at = said["quantity"], said["source"], act.at


def names_of(session: Session, references: Iterable[str]) -> dict[str, tuple[str | None, str]]:
    """What meets the need in the usages behind `usage:ID`: its name, where it has one, and the
    arrangement. References to other things are left out.
    """
    ids = [ref.removeprefix(f"{THING}:") for ref in references if ref.startswith(f"{THING}:")]
    wanted = [id_ for text in ids if (id_ := whole_number(text)) is not None]
    if not wanted:
        return {}
    return {
        f"{THING}:{u.id}": (u.component.name if u.component else u.product, u.arrangement.value)
        for u in load(session, wanted)
    }


def _supplier(session: Session, before: Document | None, after: Document) -> Document:
    """The organisation that the supplier's name means, where it is known: one that was sure or
    decided before. A new name does not keep the organisation of the old one.
    """
    name, body = after["supplier"], after.get("supplier_organisation")
    if before and before["supplier"] != name and before["supplier_organisation"] == body:
        body = None
    if name is not None and body is None:
        m = OrganisationMatch
        found = session.scalar(select(m.organisation_id).where(m.published_name == name))
        body = organisation_names.reference_of(session, found) if found else None
    return {"supplier_organisation": body}


def _organisation_id(session: Session, ref: str) -> int:
    found = organisation_names.by_reference(session, [ref])
    if ref not in found:
        raise Invalid("supplier_organisation", f"There is no organisation {ref}")
    return found[ref].id


def _id(known: dict[str, int], field: str, slug: str) -> int:
    if slug not in known:
        raise Invalid(field, f"There is no {field} {slug}")
    return known[slug]


def say_need(session: Session, need: Document, ids: Ids, act: Act, tag: str) -> bool:
    """Keep a service's answer whether it needs a capability; False where it said so already.

    Args:
        need: `service`, `capability`, `answer`, `note`, `source`.

    Raises:
        Invalid: the service or capability is not in the database.
    """
    service_id = _id(ids.services, "service", need["service"])
    return say_needs(session, service_id, [need], ids, act, tag) > 0


def say_needs(
    session: Session, service_id: int, needs: Iterable[Document], ids: Ids, act: Act, tag: str
) -> int:
    """Keep what one service answers about several needs, as one event of its history; how many
    of them are news. Where the `answer` is None, what was said is forgotten: it counts as not
    answered.

    Raises:
        Invalid: a capability is not in the database.
    """
    before: Document = {}
    after: Document = {}
    for need in needs:
        key = (service_id, _id(ids.capabilities, "capability", need["capability"]))
        row = session.get(CapabilityNeed, key)
        new = {name: need[name] for name in _ANSWER} if need["answer"] else None
        old = {name: getattr(row, name) for name in _ANSWER} if row else None
        if old == new:
            continue
        if row is not None and new is None:
            session.delete(row)
        else:
            row = row or CapabilityNeed(service_id=key[0], capability_id=key[1])
            row.answer = words.NeedAnswer(need["answer"])
            row.note, row.source, row.edited_at = need["note"], need["source"], act.at
            session.add(row)
        before[need["capability"]], after[need["capability"]] = old, new
    session.flush()
    if after:
        record(session, act, tag, "service", service_id, {"needs": before}, {"needs": after})
    return len(after)
