"""Every member of every closed list can be stored and comes back; nothing else can."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Enum, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import portal.accounts.models
import portal.assessments.models
import portal.catalogue.models
import portal.performance.models  # noqa: F401  (loads every table)
from portal.access import Kind, Role
from portal.accounts import words as aw
from portal.accounts.models import people as p
from portal.accounts.models import roles as r
from portal.accounts.models.sign_in import PersonSession
from portal.catalogue import component_words as cw
from portal.catalogue import words
from portal.catalogue.models import components as c
from portal.catalogue.models import duplicates as d
from portal.catalogue.models import evidence as ev
from portal.catalogue.models import exemptions as ex
from portal.catalogue.models import mentions as mn
from portal.catalogue.models import organisations as o
from portal.catalogue.models import problems as pr
from portal.catalogue.models import proposals as pp
from portal.catalogue.models import registrations as g
from portal.catalogue.models import reviews as rv
from portal.catalogue.models import rosters as ro
from portal.catalogue.models import services as s
from portal.catalogue.models import spending as sp
from portal.catalogue.models import transfers as t
from portal.catalogue.models import usage as u
from portal.db import Base
from tests.support import assessment_rows, booking_rows, performance_rows, savings_rows
from tests.support.data import ACT, add_organisation, add_service

Make = Callable[[int, int, int, Any], Base]
EN, ON = words.Language.ENGLISH, date(2020, 1, 1)


def _service(value: dict[str, Any]) -> s.Service:
    plain = {"slug": "x", "name": "X", "sort_name": "x", "edited_at": ACT.at}
    return s.Service(
        **{**plain, "apis_answer": words.ApisAnswer.NONE, "phase": words.Phase.LIVE, **value}
    )


def _registration(body: int, state: words.RegistrationState) -> g.Registration:
    submitted = None if state is words.RegistrationState.DRAFT else ACT.at
    return g.Registration(
        started_by="x", person_id=PERSON, state=state, document={}, needs={}, organisation_id=body,
        created_at=ACT.at, edited_at=ACT.at, submitted_at=submitted,
    )  # fmt: skip


#: Ids that no sequence comes to, of a need, of a component that offers it, and of a person.
NEED, COMPONENT, PERSON, TRANSFER, USAGE = 10**6, 10**6, 10**6, 10**6, 10**6


def _component(body: int, **value: Any) -> c.Component:
    plain = {
        "slug": "x", "name": "X", "sort_name": "x", "kind": cw.ComponentKind.API, "version": 1,
        "delivery": cw.Delivery.BOTH, "has_interface": True, "provider_id": body, "summary": "X",
        "lifecycle": cw.Lifecycle.LIVE, "closes_on": ON, "edited_at": ACT.at,
    }  # fmt: skip
    return c.Component(**{**plain, **value})


def _usage(service: int, **value: Any) -> u.Usage:
    plain = {
        "service_id": service, "capability_id": NEED, "arrangement": cw.Arrangement.OWN_BUILD,
        "status": cw.UsageStatus.LIVE, "declared_by": "command:test", "edited_at": ACT.at,
    }  # fmt: skip
    row = {**plain, **value}
    if row["arrangement"] is cw.Arrangement.SHARED_COMPONENT:
        row["component_id"] = COMPONENT
    if row["arrangement"] is cw.Arrangement.BOUGHT_PRODUCT:
        row["product"] = "X"
    if row["status"] in (cw.UsageStatus.LIVE, cw.UsageStatus.STOPPING):
        row["since"] = ON
    if row["status"] is cw.UsageStatus.STOPPED:
        row["until"] = ON
    return u.Usage(**row)


def _evidence(kind: cw.EvidenceKind, **value: Any) -> ev.UsageEvidence:
    reason = cw.DisputeReason.NOT_OURS if kind is cw.EvidenceKind.PROVIDER_DISPUTED else None
    row = {"reason": reason, **value}
    if row["reason"] is cw.DisputeReason.OTHER_DATE:
        row["in_use_since"] = ON
    if row["reason"] is cw.DisputeReason.STOPPED:
        row["stopped_on"] = ON
    return ev.UsageEvidence(
        usage_id=USAGE, kind=kind, said_on=ON, actor="x", recorded_at=ACT.at, **row
    )


def _thing(value: dict[str, Any]) -> dict[str, Any]:
    on = {"kind": Kind.SERVICE, **value}
    return {**on, "thing_id": 0 if on["kind"] is Kind.PORTAL else 1}


def _grant(**value: Any) -> r.RoleGrant:
    plain = {"role": Role.LEADERSHIP, "since": ON, "granted_by": "x", "granted_at": ACT.at}
    return r.RoleGrant(person_id=PERSON, **{**plain, **_thing(value)})


def _invitation(**value: Any) -> r.Invitation:
    plain = {"role": Role.LEADERSHIP, "email": "a@b.uk", "invited_by": "x", "invited_at": ACT.at}
    until = ACT.at + timedelta(days=7)
    return r.Invitation(expires_at=until, **{**plain, **_thing(value)})


def _request(**value: Any) -> r.JoinRequest:
    plain = {"state": aw.RequestState.WAITING, **_thing(value)}
    decided = None if plain["state"] is aw.RequestState.WAITING else ACT.at
    return r.JoinRequest(person_id=PERSON, asked_at=ACT.at, decided_at=decided, **plain)


def _session(method: aw.Method) -> PersonSession:
    until = ACT.at + timedelta(hours=1)
    return PersonSession(
        person_id=PERSON, token_hash="x", method=method, started_at=ACT.at, expires_at=until
    )


def _pair(**value: Any) -> d.DuplicatePair:
    row = {"kind": words.RecordKind.SERVICE, "decision": words.PairDecision.WAITING, **value}
    if row["decision"] is not words.PairDecision.WAITING:
        row |= {"decided_at": ACT.at, "decided_by": "x"}
    return d.DuplicatePair(low_id=1, high_id=2, score=1, why="x", found_at=ACT.at, **row)


def _transfer(**value: Any) -> t.Transfer:
    draft = words.TransferState.DRAFT
    row = {"kind": words.SuccessionKind.SPLIT, "state": draft, **value}
    applied = None if row["state"] is draft else ACT.at
    plain = {"title": "X", "happened_on": ON, "source": "x", "made_by": "x", "made_at": ACT.at}
    return t.Transfer(**plain, applied_at=applied, **row)


def _item(body: int, **value: Any) -> t.TransferItem:
    row = {"kind": words.TransferKind.SERVICE, "action": words.TransferAction.STAY, **value}
    to = body + 1 if row["action"] is words.TransferAction.MOVE else None
    plain = {"thing_id": 1, "role": "x", "name": "X", "slug": "x", "from_id": body, "to_id": to}
    return t.TransferItem(transfer_id=TRANSFER, **plain, **row)


def _proposal(**fields: Any) -> pp.Proposal:
    waiting = words.ProposalState.WAITING
    row = {"kind": words.EditedKind.SERVICE, "state": waiting, **fields}
    if row["state"] is not waiting:
        row |= {"decided_at": ACT.at, "decided_by": "x"}
    plain = {"thing_id": 1, "question": "x", "base": 1, "patch": {}, "before": {}, "why": "x"}
    return pp.Proposal(person_id=PERSON, made_at=ACT.at, **plain, **row)


def _mention(**fields: Any) -> mn.Mention:
    known = {
        "kind": cw.DocumentKind.DOCUMENT, "guess": cw.MentionSense.USES,
        "state": cw.MentionState.OPEN, "address": "x", "title": "x", "sentence": "x", "mark": "x",
        "found_at": ACT.at, **fields,
    }  # fmt: skip
    if known["state"] is not cw.MentionState.OPEN:
        known |= {"decided_by": "x", "reason": "x"}
    if known["state"] is cw.MentionState.CONFIRMED:
        known |= {"sense": known.get("sense", cw.MentionSense.USES)}
    return mn.Mention(component_id=COMPONENT, **known)


def _problem(**fields: Any) -> pr.Problem:
    known = {"about": "/", "kind": Kind.PORTAL, "thing_id": 0, "text": "x", "unique_key": "x"}
    return pr.Problem(reported_at=ACT.at, due_on=ON, **{**known, **fields})


def _leave(service: int, **fields: Any) -> ex.ExemptionRequest:
    state = cw.ExemptionState
    row = {"state": state.ASKED, "reason": "x", "asked_on": ON, "asked_by": "x", **fields}
    if row["state"] not in (state.ASKED, state.WITHDRAWN):
        row |= {"decided_on": ON, "decided_by": "x", "answer": "x"}
    if row["state"] is state.ENDED:
        row["ended_reason"] = "x"
    return ex.ExemptionRequest(service_id=service, component_id=COMPONENT, **row)


def _spend(service: int, decision: cw.SpendDecision) -> sp.SpendRequest:
    open_ = decision in (cw.SpendDecision.WAITING, cw.SpendDecision.WITHDRAWN)
    row = {} if open_ else {"decided_on": ON, "decided_by": "x", "reason": "x"}
    plain = {"what": "x", "amount": 1, "years": 1, "asked_on": ON, "recorded_by": "x"}
    return sp.SpendRequest(
        service_id=service, decision=decision, recorded_at=ACT.at, **plain, **row
    )


#: How to make a row with one member: from two services, an organisation, and the member.
ROWS: dict[str, Make] = {
    "organisation.kind": lambda a, b, body, v: o.Organisation(
        slug="x", kind=v, name="X", sort_name="x", edited_at=ACT.at
    ),
    "organisation_name.language": lambda a, b, body, v: o.OrganisationName(
        organisation_id=body, name="X", language=v, kind=words.OrganisationNameKind.NAME
    ),
    "organisation_name.kind": lambda a, b, body, v: o.OrganisationName(
        organisation_id=body, name="X", language=EN, kind=v
    ),
    "organisation_parent.relation": lambda a, b, body, v: o.OrganisationParent(
        child_id=body, parent_id=body + 1, relation=v
    ),
    "organisation_succession.kind": lambda a, b, body, v: o.OrganisationSuccession(
        predecessor_id=body, successor_id=body + 1, kind=v, happened_on=ON
    ),
    "organisation_match.state": lambda a, b, body, v: o.OrganisationMatch(
        published_name="X",
        state=v,
        organisation_id=body if v is words.MatchState.MATCHED else None,
        first_seen_at=ACT.at,
    ),
    "organisation_match.about": lambda a, b, body, v: o.OrganisationMatch(
        published_name="X", about=v, state=words.MatchState.WAITING, first_seen_at=ACT.at
    ),
    "service.phase": lambda a, b, body, v: _service({"phase": v}),
    "service.apis_answer": lambda a, b, body, v: _service({"apis_answer": v}),
    "service_audience.audience": lambda a, b, body, v: s.ServiceAudience(service_id=a, audience=v),
    "service_name.kind": lambda a, b, body, v: s.ServiceName(
        service_id=a, name="X", kind=v, language=EN
    ),
    "service_name.language": lambda a, b, body, v: s.ServiceName(
        service_id=a, name="X", kind=words.ServiceNameKind.FORMER, language=v
    ),
    "service_link.kind": lambda a, b, body, v: s.ServiceLink(
        service_id=a, kind=v, url="https://a.example"
    ),
    "service_phase.phase": lambda a, b, body, v: s.ServicePhase(service_id=a, phase=v, until=ON),
    "service_owner.role": lambda a, b, body, v: s.ServiceOwner(
        service_id=a, role=v, organisation_id=body
    ),
    "service_relation.relation": lambda a, b, body, v: s.ServiceLinkage(
        service_id=a, relation=v, other_id=b
    ),
    "component.kind": lambda a, b, body, v: _component(body, kind=v),
    "component.delivery": lambda a, b, body, v: _component(body, delivery=v),
    "component.lifecycle": lambda a, b, body, v: _component(body, lifecycle=v),
    "component_evolution.stage": lambda a, b, body, v: c.ComponentEvolution(
        component_id=COMPONENT, stage=v, since=ON, rationale="X"
    ),
    "usage.arrangement": lambda a, b, body, v: _usage(b, arrangement=v),
    "usage.status": lambda a, b, body, v: _usage(b, status=v),
    "usage.since_basis": lambda a, b, body, v: _usage(b, since_basis=v),
    "usage.until_basis": lambda a, b, body, v: _usage(
        b, status=cw.UsageStatus.STOPPED, until_basis=v
    ),
    "usage.code_held_by": lambda a, b, body, v: _usage(b, code_held_by=v),
    "usage.data_held_by": lambda a, b, body, v: _usage(b, data_held_by=v),
    "usage.exit_plan": lambda a, b, body, v: _usage(b, exit_plan=v),
    "usage.reason": lambda a, b, body, v: _usage(b, reason=v),
    "usage_evidence.kind": lambda a, b, body, v: _evidence(v),
    "usage_evidence.reason": lambda a, b, body, v: _evidence(
        cw.EvidenceKind.PROVIDER_DISPUTED, reason=v
    ),
    "person_profession.profession": lambda a, b, body, v: p.PersonProfession(
        person_id=PERSON, profession=v
    ),
    "person_session.method": lambda a, b, body, v: _session(v),
    "role_grant.role": lambda a, b, body, v: _grant(role=v),
    "role_grant.kind": lambda a, b, body, v: _grant(kind=v),
    "invitation.role": lambda a, b, body, v: _invitation(role=v),
    "invitation.kind": lambda a, b, body, v: _invitation(kind=v),
    "join_request.kind": lambda a, b, body, v: _request(kind=v),
    "join_request.state": lambda a, b, body, v: _request(state=v),
    "registration.state": lambda a, b, body, v: _registration(body, v),
    "duplicate_pair.kind": lambda a, b, body, v: _pair(kind=v),
    "duplicate_pair.decision": lambda a, b, body, v: _pair(decision=v),
    "duplicate_pass.kind": lambda a, b, body, v: d.DuplicatePass(
        kind=v, event_id=1, passed_at=ACT.at
    ),
    "merged_record.kind": lambda a, b, body, v: d.MergedRecord(
        kind=v, thing_id=1, slug="x", name="X", into_id=2, merged_at=ACT.at
    ),
    "transfer.kind": lambda a, b, body, v: _transfer(kind=v),
    "transfer.state": lambda a, b, body, v: _transfer(state=v),
    "transfer_body.side": lambda a, b, body, v: t.TransferBody(
        transfer_id=TRANSFER, organisation_id=body, side=v
    ),
    "transfer_item.kind": lambda a, b, body, v: _item(body, kind=v),
    "transfer_item.action": lambda a, b, body, v: _item(body, action=v),
    "proposal.kind": lambda a, b, body, v: _proposal(kind=v),
    "proposal.state": lambda a, b, body, v: _proposal(state=v),
    "review.kind": lambda a, b, body, v: rv.Review(kind=v, thing_id=10**6, since=ON),
    "review.confirmed_as": lambda a, b, body, v: rv.Review(
        kind=words.Reviewed.SERVICE, thing_id=10**6, since=ON, confirmed_as=v
    ),
    "problem.kind": lambda a, b, body, v: _problem(kind=v, thing_id=0 if v is Kind.PORTAL else 1),
    "problem.outcome": lambda a, b, body, v: _problem(
        outcome=v, answered_at=ACT.at, answered_by="x", answer="x"
    ),
    "exemption_request.state": lambda a, b, body, v: _leave(a, state=v),
    "exemption_request.reason_kind": lambda a, b, body, v: _leave(a, reason_kind=v),
    "spend_request.decision": lambda a, b, body, v: _spend(a, v),
    "roster.sort": lambda a, b, body, v: ro.Roster(component_id=COMPONENT, taken_on=ON, sort=v),
    "mention.kind": lambda a, b, body, v: _mention(kind=v),
    "mention.guess": lambda a, b, body, v: _mention(guess=v),
    "mention.state": lambda a, b, body, v: _mention(state=v),
    "mention.sense": lambda a, b, body, v: _mention(state=cw.MentionState.CONFIRMED, sense=v),
    "capability_need.answer": lambda a, b, body, v: u.CapabilityNeed(
        service_id=a, capability_id=NEED, answer=v, edited_at=ACT.at
    ),
    **assessment_rows.ROWS,
    **booking_rows.ROWS,
    **performance_rows.ROWS,
    **savings_rows.rows(COMPONENT),
}
COLUMNS = {
    f"{table.name}.{column.name}": column.type.enum_class
    for table in Base.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Enum)
}


def test_every_closed_list_is_tried() -> None:
    assert set(ROWS) == set(COLUMNS)
    assert all(COLUMNS.values())


def _things(session: Session) -> tuple[int, int, int]:
    body = add_organisation(session, "a-body").id
    add_organisation(session, "b-body")
    first = add_service(session, "a-service").id
    second = add_service(session, "b-service").id
    session.add(c.Capability(id=NEED, slug="n", name="N", position=1, edited_at=ACT.at))
    session.add(_component(body, id=COMPONENT, slug="c"))
    session.flush()
    session.add(p.Person(id=PERSON, email="a@b.uk", name="X", sort_name="x", created_at=ACT.at))
    session.add(_transfer(id=TRANSFER))
    session.add(c.ComponentCapability(component_id=COMPONENT, capability_id=NEED))
    session.add(_usage(first, id=USAGE))
    session.flush()
    assessment_rows.seed(session)
    booking_rows.seed(session)
    performance_rows.seed(session)
    savings_rows.seed(session)
    return first, second, body


def test_their_members_and_no_other_value_are_stored(session: Session) -> None:
    things = _things(session)
    for name in sorted(COLUMNS):
        with session.begin_nested() as one:
            _members_are_stored(session, things, name)
            one.rollback()


def _members_are_stored(session: Session, things: tuple[int, int, int], name: str) -> None:
    table, column = name.split(".")
    count = text(f"SELECT count(*) FROM {table} WHERE {column} = :value")
    for member in COLUMNS[name]:
        with session.begin_nested() as one:
            row = ROWS[name](*things, member)
            session.add(row)
            session.flush()
            session.refresh(row)
            assert getattr(row, column) is member, name
            assert session.scalar(count, {"value": member.value}) >= 1, f"{name}: stored by value"
            one.rollback()
    session.add(ROWS[name](*things, next(iter(COLUMNS[name]))))
    session.flush()
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(f"UPDATE {table} SET {column} = 'planted'"))
