"""Ask for an exemption from a mandate, say what the provider thinks, decide, and end one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal import mail
from portal.access import Kind, Role
from portal.accounts.store import grants, people, things
from portal.accounts.store.nearest import nearest
from portal.audit import Act, Document
from portal.catalogue.component_words import ExemptionState, NotSharedReason
from portal.catalogue.models.components import ComponentExemption
from portal.catalogue.models.exemptions import ExemptionRequest
from portal.catalogue.rules import mandates as rules
from portal.catalogue.rules.mandates import Terms
from portal.catalogue.store import components, exemptions, services
from portal.db import Database, one_at_a_time
from portal.errors import N_, Clash, Invalid, Stale


@dataclass(frozen=True, slots=True)
class Asked:
    """What a team asks for.

    Attributes:
        kind: why, in one of a few words.
        reason: why, at length.
        until: the first day without the exemption.
        instead: what will happen meanwhile, and then.
    """

    kind: NotSharedReason
    reason: str
    until: date
    instead: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided, by which body; an answer is what it says to the team, and to everybody.
    The conditions have to be met by a day, where one is given.
    """

    by: str
    until: date | None = None
    conditions: str | None = None
    answer: str | None = None
    conditions_by: date | None = None


def ask(
    database: Database, service_id: int, component_id: int, asked: Asked, act: Act, url: str
) -> int:
    """Ask not to use a mandated component, and tell those who decide; the request's id. The same
    sent twice is one request.

    Args:
        database: the portal's.
        service_id: whose exemption.
        component_id: what it is from.
        asked: why and until when.
        act: who asks, and when.
        url: where the portal is.

    Raises:
        Invalid: it would not end, or too late.
        Clash: something else is asked for already.
    """
    rules.refuse_end(asked.until, act.day, "until")
    with database.writing() as session:
        one_at_a_time(session)
        there = exemptions.waiting_for(session, service_id, component_id)
        if there is not None:
            if (there.reason, there.asked_until) == (asked.reason, asked.until):
                return there.id
            raise Clash(
                "reason", N_("Your service has asked already: wait for the answer or withdraw it")
            )
        made = _made(service_id, component_id, asked, act)
        exemptions.add(session, made, act)
        _tell_deciders(session, made.id, act, url)
        return made.id


def _made(service_id: int, component_id: int, asked: Asked, act: Act) -> ExemptionRequest:
    return ExemptionRequest(
        service_id=service_id, component_id=component_id, state=ExemptionState.ASKED,
        reason_kind=asked.kind, reason=asked.reason, instead=asked.instead, asked_on=act.day,
        asked_until=asked.until, asked_by=act.actor,
    )  # fmt: skip


def deciders(session: Session, day: date) -> set[int]:
    """The ids of those who decide: the assurance team of the portal, else its administrators."""
    for role in (Role.ASSURANCE_TEAM, Role.PORTAL_ADMINISTRATOR):
        found = grants.with_role(session, role, Kind.PORTAL, 0, day)
        if found:
            return set(found)
    return set()


def _tell_deciders(session: Session, request_id: int, act: Act, url: str) -> None:
    _tell(session, request_id, "exemption_asked", deciders(session, act.day), {}, act, url)


def _tell_team(
    session: Session, request_id: int, kind: str, values: Document, act: Act, url: str
) -> None:
    service_id = exemptions.get(session, request_id).service_id
    thing = things.by_id(session, Kind.SERVICE, service_id)
    team = nearest(session, [thing], act.day)[Kind.SERVICE, service_id]
    _tell(session, request_id, kind, team, values, act, url)


def _tell(
    session: Session, request_id: int, kind: str, who: Collection[int], values: Document, act: Act,
    url: str,
) -> None:  # fmt: skip
    """Tell people once; whoever does it knows."""
    request = exemptions.get(session, request_id)
    values = {
        "service": request.service.name, "component": request.component.name,
        "link": f"{url}/exemptions/{request_id}", **values,
    }  # fmt: skip
    for one in sorted(who):
        if people.actor(one) != act.actor:
            to, key = people.get(session, one).email, f"{kind}:{request_id}:{one}"
            mail.queue(session, to, kind, values, key, act.at)


def opine(database: Database, request_id: int, text: str, act: Act) -> None:
    """Say what the provider thinks of a request; raises Stale where it is decided."""
    with database.writing() as session:
        one_at_a_time(session)
        request = exemptions.get(session, request_id)
        rules.moved(request.state, ExemptionState.WITHDRAWN)
        exemptions.opine(session, request, text, act)


def grant(database: Database, request_id: int, decided: Decided, act: Act, url: str) -> None:
    """Grant an exemption until a day, and tell the team.

    Raises:
        Stale: somebody has decided, or the team has withdrawn.
        Invalid: it would not end, or too late; or whoever decides has asked for it.
        Clash: one was granted on this day already.
    """
    with database.writing() as session:
        one_at_a_time(session)
        request = exemptions.get(session, request_id)
        _grant(session, request, decided, act, act.day)
        values = {"until": _written(decided.until), "conditions": decided.conditions or "",
                  "by": _written(decided.conditions_by)}  # fmt: skip
        _tell_team(session, request_id, "exemption_granted", values, act, url)


def _written(day: date | None) -> str:
    return day.strftime("%d %B %Y").lstrip("0") if day else ""


def _grant(
    session: Session, request: ExemptionRequest, decided: Decided, act: Act, day: date
) -> None:
    _refuse_own(request, act)
    rules.moved(request.state, ExemptionState.GRANTED)
    rules.refuse_end(decided.until, day, "until")
    terms = rules.Terms(decided.conditions, decided.conditions_by)
    for problem in rules.wrong_terms(terms, day, decided.until, day):
        raise problem
    if exemptions.granted_on(session, request, day):
        raise Clash("until", N_("An exemption was granted today already: end that one first"))
    made = ComponentExemption(
        component_id=request.component_id, service_id=request.service_id, reason=request.reason,
        granted_by=decided.by, granted_on=day, expires_on=decided.until,
        request_id=request.id, conditions=decided.conditions,
        conditions_by=decided.conditions_by,
    )  # fmt: skip
    exemptions.move(
        session, request, ExemptionState.GRANTED, act, made, decided_on=day,
        decided_by=decided.by, answer=decided.answer,
    )  # fmt: skip


def _refuse_own(request: ExemptionRequest, act: Act) -> None:
    if request.asked_by == act.actor:
        raise Invalid("decision", N_("You have asked for this yourself: somebody else decides"))


def refuse(database: Database, request_id: int, decided: Decided, act: Act, url: str) -> None:
    """Refuse an exemption with a reason, and tell the team.

    Raises:
        Stale: somebody has decided, or the team has withdrawn.
        Invalid: there is no reason; or whoever decides has asked for it.
    """
    with database.writing() as session:
        one_at_a_time(session)
        request = exemptions.get(session, request_id)
        _refuse(session, request, decided, act, act.day)
        values = {"answer": decided.answer}
        _tell_team(session, request_id, "exemption_refused", values, act, url)


def _refuse(
    session: Session, request: ExemptionRequest, decided: Decided, act: Act, day: date
) -> None:
    _refuse_own(request, act)
    if not decided.answer:
        raise Invalid("answer", N_("Enter why it is refused"))
    exemptions.move(
        session, request, ExemptionState.REFUSED, act, decided_on=day, decided_by=decided.by,
        answer=decided.answer,
    )  # fmt: skip


def withdraw(database: Database, request_id: int, act: Act) -> None:
    """Take a request back; raises Stale where it is decided."""
    with database.writing() as session:
        one_at_a_time(session)
        request = exemptions.get(session, request_id)
        exemptions.move(session, request, ExemptionState.WITHDRAWN, act)


def set_terms(database: Database, request_id: int, terms: Terms, act: Act) -> bool:
    """Put right the conditions of an exemption that holds, or note since when they are met; False
    where nothing changes.

    Raises:
        Stale: it does not hold any more.
        Invalid: the conditions cannot be like this.
    """
    with database.writing() as session:
        one_at_a_time(session)
        request = exemptions.get(session, request_id)
        grant = exemptions.granted(session, request_id)
        if request.state is not ExemptionState.GRANTED or grant is None:
            raise Stale(N_("This exemption does not hold"))
        for problem in rules.wrong_terms(terms, grant.granted_on, grant.expires_on, act.day):
            raise problem
        return exemptions.set_terms(session, request, grant, terms, act)


def end(database: Database, request_id: int, reason: str, act: Act, url: str) -> None:
    """End an exemption before its day, and tell the team. Raises Stale where it does not hold."""
    with database.writing() as session:
        one_at_a_time(session)
        request = exemptions.get(session, request_id)
        exemptions.move(session, request, ExemptionState.ENDED, act, ended_reason=reason)
        values = {"answer": reason}
        _tell_team(session, request_id, "exemption_ended", values, act, url)


def add_missing(database: Database, rows: Iterable[Document], act: Act) -> int:
    """Add the requests of a set that are not there yet, decided as it says, without mails; how
    many. A service has one request about a component in the set.

    Args:
        database: the portal's.
        rows: of each `service`, `component`, `by` (an address), `asked` (days ago), `kind`,
            `reason`, `instead`, `days` (how long), `state`, and what was decided: `decided` (days
            ago), `decider`, `answer`, `conditions`, `conditions_by` (days after it was asked),
            `opinion`.
        act: who loads the set.
    """
    added = 0
    with database.writing() as session:
        one_at_a_time(session)
        known, built = services.ids_by_slug(session), components.ids_by_slug(session)
        for row in rows:
            pair = (known[row["service"]], built[row["component"]])
            if pair[1] in {each.component_id for each in exemptions.of_service(session, pair[0])}:
                continue
            _add(session, pair, row, act)
            added += 1
    return added


def _add(session: Session, pair: tuple[int, int], row: Document, act: Act) -> None:
    on = act.day - timedelta(days=row["asked"])
    until = on + timedelta(days=row["days"])
    asked = Asked(NotSharedReason(row["kind"]), row["reason"], until, row["instead"])
    made = _made(*pair, asked, replace(act, actor=_actor(session, row["by"])))
    made.asked_on = on
    exemptions.add(session, made, act)
    if row["opinion"]:
        exemptions.opine(session, made, row["opinion"], act)
    if row["state"] == ExemptionState.ASKED:
        return
    by = on + timedelta(days=row["conditions_by"]) if row["conditions_by"] else None
    decided = Decided(row["decider"], until, row["conditions"], row["answer"], by)
    request = exemptions.get(session, made.id)
    act_on = _grant if row["state"] == ExemptionState.GRANTED else _refuse
    act_on(session, request, decided, act, act.day - timedelta(days=row["decided"]))


def _actor(session: Session, email: str) -> str:
    found = people.by_email(session, email)
    if found is None:
        raise Invalid("by", N_("Nobody with this address is here"))
    return people.actor(found.id)
