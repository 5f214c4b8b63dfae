"""Work because of mandates: what the assurance team decides, and exemptions that end soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal.access import Kind, Permission, Person, Role, may
from portal.accounts.work import Item
from portal.catalogue.rules.mandates import REMINDED
from portal.catalogue.store import exemptions, spending
from portal.errors import N_

DECIDE, SPEND, ENDS = "decide_exemption", "decide_spend", "exemption_ends"
MEET, KEEP = "meet_condition", "meet_exemption_condition"
LABELS = {
    DECIDE: N_("Decide about exemptions from mandates"),
    SPEND: N_("Decide about requests to spend"),
    ENDS: N_("These exemptions end soon: move, or ask again"),
    KEEP: N_("Meet the conditions of these exemptions"),
    MEET: N_("Meet these conditions of what may be spent, and say since when they are met"),
}
#: Nobody should wait longer for an answer.
ANSWERED_IN = timedelta(days=14)
#: So many of a sort stand in the list.
MOST = 100
_TEAMS = (Role.SERVICE_OWNER, Role.TEAM_MEMBER)


def waiting(session: Session, person: Person, day: date) -> Iterator[Item]:
    """What waits for somebody because of their roles on the portal, services, organisations."""
    if may(person, Permission.DECIDE_REQUESTS):
        yield from _to_decide(session)
    services = {g.id for g in person.grants if g.role in _TEAMS and g.kind is Kind.SERVICE}
    bodies = {
        g.id for g in person.grants if g.role is Role.SERVICE_OWNER and g.kind is Kind.ORGANISATION
    }
    if services or bodies:
        by = day + timedelta(days=REMINDED)
        for each in exemptions.ending(session, services, bodies, day, by):
            href = f"/services/{each.service_slug}/exemptions/{each.component_slug}/ask"
            name = f"{each.service}: {each.component}"
            yield Item(ENDS, name, href, each.expires_on)
        kept = exemptions.open_conditions(session, services, bodies, day, MOST)
        for id_, service, component, text, due in kept:
            yield Item(KEEP, f"{service}, {component}: {text}", f"/exemptions/{id_}", due)
        for id_, what, text, due in spending.open_conditions(session, services, bodies, MOST):
            yield Item(MEET, f"{what}: {text}", f"/spend-requests/{id_}", due)


def _to_decide(session: Session) -> Iterator[Item]:
    for request in exemptions.undecided(session, MOST):
        name = f"{request.service.name}: {request.component.name}"
        due = request.asked_on + ANSWERED_IN
        yield Item(DECIDE, name, f"/exemptions/{request.id}", due)
    for id_, what, whose, on in spending.undecided(session, MOST):
        yield Item(SPEND, f"{whose}: {what}", f"/spend-requests/{id_}", on + ANSWERED_IN)
