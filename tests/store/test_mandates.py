"""What the database counts and lists under a mandate is what the rules say, one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalogue.component_words import ExemptionState, MandateState, NeedAnswer
from portal.catalogue.models.components import Capability, ComponentExemption
from portal.catalogue.models.exemptions import ExemptionRequest
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import CapabilityNeed, Usage
from portal.catalogue.rules import mandates as rules
from portal.catalogue.rules.mandates import Way
from portal.catalogue.store import components, mandate_records, mandates, service_mandates, services
from portal.catalogue.store.mandate_records import Mandated
from portal.catalogue.store.mandates import MandateQuery, place_of
from tests.support.accounts import act
from tests.support.data import ACT, add_organisation, add_service
from tests.support.queries import statements
from tests.support.storefront import add_capability, add_component, add_usage
from tests.support.transactions import RolledBackDatabase

TODAY = act().day
NEEDS = ("pay", "refund", "text")
KINDS = ("department", "agency", "local_authority", "nhs")
#: Both are about "pay", with other services; one of them is not in force yet.
MANDATES = [
    {"scope": "New ones", "needs": ["pay"], "sectors": ["central_government"],
     "from_phase": "private_beta", "new_since": "2021-01-01", "since": "2020-01-01"},
    {"scope": "For the public", "needs": ["pay", "refund"], "audiences": ["public"],
     "sectors": ["central_government", "local_government"], "since": None},
    {"scope": "All of them", "needs": ["text"], "sectors": ["central_government", "nhs"],
     "from_phase": "alpha", "since": "2026-02-01"},
    {"scope": "Next year", "needs": ["text"], "since": (TODAY + timedelta(90)).isoformat()},
]  # fmt: skip


@pytest.fixture
def mandated(app: Flask, session: Session) -> Mandated:
    """Many services that meet needs in random ways, and a component that is mandated."""
    dice = Random(11)
    add_organisation(session, "ministry")
    add_capability(session, "needs")
    for need in NEEDS:
        add_capability(session, need, "needs")
    add_component(session, "payments", *NEEDS, mandates=MANDATES)
    add_component(session, "other", *NEEDS)
    for kind in KINDS:
        add_organisation(session, kind.replace("_", "-"), kind=kind)
    for number in range(60):
        _service(session, dice, f"s-{number:02}")
    session.flush()
    session.expire_all()
    return mandate_records.by_slug(session, "payments")


def _service(session: Session, dice: Random, slug: str) -> None:
    phase = dice.choice(["discovery", "alpha", "private_beta", "live", "live", "retired"])
    since = dice.choice([None, "2019-05-01", "2022-05-01"])
    owner = dice.choice([*(kind.replace("_", "-") for kind in KINDS), None])
    audiences = dice.choice([["public"], ["public"], ["business"], ["business", "public"], []])
    made = add_service(
        session, slug, audiences=audiences, phases=[{"phase": phase, "since": since}],
        **({"owner": owner} if owner else {}),
    )  # fmt: skip
    for need in NEEDS:
        ways: dict[str, dict[str, str]] = {
            "payments": {"component": "payments"}, "other": {"component": "other"}, "own": {},
        }  # fmt: skip
        for name in dice.sample(sorted(ways), dice.choice([0, 1, 1, 1, 2])):
            status = dice.choice(
                ["considering", "planned", "planned", "live", "live", "stopping", "stopped"]
            )
            planned = status in ("considering", "planned")
            when = {"since": None} if planned else {"since": "2023-01-01"}
            when |= {"until": "2030-01-01"} if status == "stopping" else {}
            when |= {"until": "2024-01-01"} if status == "stopped" else {}
            add_usage(session, slug, need, status=status, **ways[name], **when)
        answer = dice.choice([None, None, *NeedAnswer])
        if answer:
            need_id = session.scalars(select(Capability.id).where(Capability.slug == need)).one()
            row = {"service_id": made.id, "capability_id": need_id, "answer": answer}
            session.add(CapabilityNeed(**row, edited_at=ACT.at))
    component = components.ids_by_slug(session)["payments"]
    if dice.random() < 0.35:
        end = dice.choice([None, TODAY, *[TODAY + timedelta(50)] * 3, TODAY + timedelta(400)])
        session.add(
            ComponentExemption(
                component_id=component, service_id=made.id, reason="x", granted_by="The board",
                granted_on=TODAY - timedelta(30), expires_on=end,
                ended_on=dice.choice([None, None, None, TODAY]),
            )
        )  # fmt: skip
    if dice.random() < 0.3:
        session.add(
            ExemptionRequest(
                component_id=component, service_id=made.id, state=ExemptionState.ASKED, reason="x",
                asked_on=TODAY, asked_by="x",
            )
        )  # fmt: skip


def expected(session: Session, mandated: Mandated, asked: bool) -> Iterator[tuple[str, str, str]]:
    """Each service and need with its state, by the rules alone."""
    covers = [rule.covers for rule in mandated.rules]
    for service in session.scalars(select(Service)).all():
        about = service_mandates.about(session, service.id)
        leaves = session.scalars(
            select(ComponentExemption).where(ComponentExemption.service_id == service.id)
        )
        live = [e for e in leaves
                if rules.is_live(e.granted_on, e.expires_on, e.ended_on, TODAY)]  # fmt: skip
        ends = [e.expires_on for e in live]
        asks = session.scalars(
            select(ExemptionRequest.id).where(ExemptionRequest.service_id == service.id)
        ).first()
        for need, (need_id, _name) in mandated.needs.items():
            row = session.get(CapabilityNeed, (service.id, need_id))
            answer = row.answer if row else None
            if not rules.falls_under(covers, need, about, answer, TODAY):
                continue
            ways = [
                Way(component == mandated.id, status)
                for component, status in session.execute(
                    select(Usage.component_id, Usage.status).where(
                        Usage.service_id == service.id, Usage.capability_id == need_id
                    )
                )
            ]
            endless = None in ends
            until = None if endless or not ends else max(e for e in ends if e)
            waits = asked and asks is not None
            state = rules.state_of(ways, until, waits, TODAY, exempt=endless)
            yield service.slug, need, state.value


def test_the_database_says_what_the_rules_say(
    session: Session, mandated: Mandated, database: RolledBackDatabase
) -> None:
    for asked in (False, True):
        _same(session, mandated, asked)
    _each_service_sees_the_same(session, mandated)
    _narrowed_and_in_pages(session, mandated)
    _not_in_force(session, mandated)
    with statements(database) as sent:
        found = mandate_records.every(session)
        mandates.counts(session, found, TODAY, True)
    assert len(sent) == 3


def _same(session: Session, mandated: Mandated, asked: bool) -> None:
    wanted = sorted(expected(session, mandated, asked))
    query = MandateQuery(asked=asked)
    known = mandates.listing(session, mandated, query, TODAY)
    rest = mandates.listing(session, mandated, replace(query, state=MandateState.NOT_KNOWN), TODAY)
    found = sorted((row.service_slug, row.need_slug, row.state) for row in (*known, *rest))
    assert found == wanted
    many = Counter(state for _service, _need, state in wanted)
    shown = set(MandateState) - (set() if asked else {MandateState.ASKED})
    assert set(many) == shown, "the dice gave every state"
    counted = mandates.counts(session, [mandated], TODAY, asked)[mandated.id]
    assert {state: number for state, number in counted.items() if number} == dict(many)
    for state in shown:
        rows = mandates.listing(session, mandated, replace(query, state=state), TODAY)
        assert len(rows) == many[state]


def _each_service_sees_the_same(session: Session, mandated: Mandated) -> None:
    wanted = {(service, need): state for service, need, state in expected(session, mandated, True)}
    found = {}
    for slug, id_ in services.ids_by_slug(session).items():
        with_needs = service_mandates.of_service(session, id_, TODAY)
        found |= {(slug, need): each.state for need, [each] in with_needs.items()}
    assert found == wanted


def _narrowed_and_in_pages(session: Session, mandated: Mandated) -> None:
    query = MandateQuery(asked=True)
    every = mandates.listing(session, mandated, query, TODAY)
    body = every[0].organisation_slug
    pages, after = [], None
    while rows := mandates.listing(session, mandated, replace(query, after=after), TODAY, 7):
        pages += rows
        after = place_of(*rows[-1].place)
    assert pages == every
    for narrowed, keep in (
        (replace(query, organisation=body), lambda row: row.organisation_slug == body),
        (replace(query, need="refund"), lambda row: row.need_slug == "refund"),
        (
            replace(query, within=3),
            lambda row: (
                row.state == "exempt"
                and row.exempt_until is not None
                and row.exempt_until <= TODAY + timedelta(92)
            ),
        ),
    ):
        found = mandates.listing(session, mandated, narrowed, TODAY)
        assert found == [row for row in every if keep(row)] and found
    unknown = replace(query, state=MandateState.NOT_KNOWN, within=3)
    assert mandates.listing(session, mandated, unknown, TODAY) == []
    parts = [row for some in mandates.in_parts(session, mandated, query, TODAY) for row in some]
    assert parts == every


def _not_in_force(session: Session, mandated: Mandated) -> None:
    assert mandated.need_ids(date(1990, 1, 1)), "one of them has no first day"
    later = Mandated(*(getattr(mandated, n) for n in ("id", "slug", "name", "provider")),
                     mandated.rules[3:], mandated.needs)  # fmt: skip
    assert mandates.listing(session, later, MandateQuery(), TODAY) == []
    assert sum(mandates.counts(session, [later], TODAY, False)[later.id].values()) == 0
