"""The case beside the form that decides it: who asks, what it uses now, what was decided before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.catalogue.store import cases, mandate_records, service_mandates, spending
from portal.catalogue.store.claims import stood
from portal.catalogue.views.base import reading, today
from portal.web.people import current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.catalogue.models.exemptions import ExemptionRequest
    from portal.catalogue.models.spending import SpendRequest
    from portal.catalogue.store.service_mandates import Stands


def spend_case(found: SpendRequest) -> dict[str, Any]:
    """What the page that decides a request to spend shows of it."""
    need = [found.capability.slug] if found.capability else []
    with reading() as session:
        paid = {each.usage for each in spending.funded(session, found.id)}
        shown = _of(session, found.service_id, found.organisation, need)
        if paid and found.service_id is not None:
            every = cases.ways(session, found.service_id)
            more = [way for way in every if way.usage in paid and way not in shown["ways"]]
            shown["ways"] = [*shown["ways"], *more]
        shown["standing"] = stood(session, (way.usage for way in shown["ways"]), today())
    return {**shown, "spend": found, "leave": None, "paid": paid}


def exemption_case(found: ExemptionRequest) -> dict[str, Any]:
    """What the page that decides an exemption shows of it."""
    with reading() as session:
        needs = mandate_records.by_slug(session, found.component.slug).needs
        shown = _of(session, found.service_id, None, list(needs))
        shown["standing"] = stood(session, (way.usage for way in shown["ways"]), today())
    stands = [each for each in shown["stands"] if each.component_slug == found.component.slug]
    return {**shown, "stands": stands, "spend": None, "leave": found, "paid": set()}


def _of(session: Session, service_id: int | None, body: Any, needs: list[str]) -> dict[str, Any]:
    seen = spending.seen_by(current_person())
    if service_id is None:
        before = cases.decided(session, None, None, body.slug, seen)
        return {"service": None, "body": body, "ways": [], "stands": [], "before": before,
                "need_names": {}}  # fmt: skip
    service = cases.asker(session, service_id)
    stands: dict[str, list[Stands]] = {}
    if needs:
        stands = service_mandates.of_service(session, service_id, today(), needs)
    return {
        "service": service,
        "body": None,
        "ways": cases.ways(session, service_id, needs),
        "stands": [each for some in stands.values() for each in some],
        "need_names": {
            slug: name
            for each in mandate_records.every(session)
            for slug, (_id, name) in each.needs.items()
        },
        "before": cases.decided(session, service, service_id, None, seen),
    }
