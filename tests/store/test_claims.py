"""Evidence of usages in the database: what follows from it is kept, and lists say it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import migrations
from portal.audit import history_of
from portal.catalogue.actions import claims as acts
from portal.catalogue.component_words import (
    DisputeReason,
    EvidenceKind,
    Standing,
    UsageStatus,
)
from portal.catalogue.models.evidence import UsageEvidence
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.standing import Claim, Evidence, on_day
from portal.catalogue.store import (
    capabilities,
    claims,
    component_users,
    components,
    evidence,
    reconciling,
    reviews,
    rosters,
    service_needs,
    services,
    usage,
)
from portal.catalogue.store.claims import ClaimQuery
from portal.catalogue.store.evidence import Said
from portal.catalogue.words import Reviewed
from portal.db import Database
from portal.errors import Invalid, Missing
from tests.support.accounts import act
from tests.support.data import add_organisation, add_service
from tests.support.storefront import add_capability, add_component, add_usage

WHY = replace(act(), actor="person:1")
TODAY = WHY.day
CONFIRMED, DISPUTED = EvidenceKind.PROVIDER_CONFIRMED, EvidenceKind.PROVIDER_DISPUTED
NOT_OURS = DisputeReason.NOT_OURS


@pytest.fixture
def used(app: Flask, session: Session) -> Session:
    """A component that two services say they use, and one plans to."""
    add_organisation(session, "ministry")
    add_capability(session, "needs")
    add_capability(session, "pay", "needs")
    add_component(session, "payments", "pay")
    for slug in ("a-fine", "b-tax"):
        add_service(session, slug, owner="ministry")
        add_usage(session, slug, "pay", component="payments")
    add_service(session, "c-fee", owner="ministry")
    add_usage(session, "c-fee", "pay", component="payments", status="planned", since=None)
    session.commit()
    return session


def one(session: Session, service: str) -> int:
    id_ = services.ids_by_slug(session)[service]
    return session.scalars(select(Usage.id).where(Usage.service_id == id_)).one()


def listed(session: Session, standing: Standing | None = None) -> list[tuple[str, str]]:
    component = components.ids_by_slug(session)["payments"]
    found = claims.listing(session, ClaimQuery(component, standing), TODAY)
    return [(row.service_slug, row.standing) for row in found]


def test_a_provider_answers(used: Session, database: Database) -> None:
    first, second = one(used, "a-fine"), one(used, "b-tax")
    assert listed(used) == [("a-fine", "declared"), ("b-tax", "declared"), ("c-fee", "planned")]
    acts.answer(database, first, Said(CONFIRMED, TODAY), WHY)
    acts.answer(database, second, Said(DISPUTED, TODAY, NOT_OURS, note="Never heard of it"), WHY)
    used.expire_all()
    assert listed(used) == [("a-fine", "confirmed"), ("b-tax", "disputed"), ("c-fee", "planned")]
    assert listed(used, Standing.DISPUTED) == [("b-tax", "disputed")]
    component = components.ids_by_slug(used)["payments"]
    many = claims.counts(used, component, TODAY)
    assert many == {"confirmed": 1, "disputed": 1, "planned": 1, "declared": 0, "lapsed": 0}
    users = component_users.users(used, component, TODAY)
    assert (users.services, users.confirmed) == (2, 1)
    [met] = service_needs.of_service(used, services.ids_by_slug(used)["b-tax"], TODAY).now
    assert met.standing == "disputed" and met.disputed_on == TODAY.isoformat()
    event = history_of(used, "usage", second)[0]
    assert event.tag == "evidence.added" and event.actor == "person:1"
    assert event.after["evidence"][0]["dispute"] == "not_ours"
    assert claims.disputed(used, [services.ids_by_slug(used)["b-tax"]], [], 5)[0][0] == second
    assert claims.waiting(used, [component], [], TODAY) == []


def test_what_cannot_be_said(used: Session, database: Database) -> None:
    first, later = one(used, "a-fine"), TODAY + timedelta(days=1)
    for said in (
        Said(DISPUTED, TODAY, DisputeReason.OTHER_DATE, later),
        Said(DISPUTED, TODAY, DisputeReason.STOPPED, None, later),
        Said(DISPUTED, TODAY, DisputeReason.OTHER_DATE, date(2024, 1, 1)),
    ):
        with pytest.raises(Invalid):
            acts.answer(database, first, said, WHY)
    with pytest.raises(Missing):
        acts.answer(database, 10**9, Said(CONFIRMED, TODAY), WHY)
    assert used.scalar(select(func.count()).select_from(UsageEvidence)) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": CONFIRMED, "reason": NOT_OURS},
        {"kind": DISPUTED},
        {"kind": DISPUTED, "reason": DisputeReason.OTHER_DATE},
        {"kind": DISPUTED, "reason": DisputeReason.STOPPED},
        {"kind": DISPUTED, "reason": NOT_OURS, "in_use_since": TODAY},
        {"kind": CONFIRMED, "stopped_on": TODAY},
    ],
)
def test_the_database_refuses_it_too(used: Session, wrong: dict[str, object]) -> None:
    row = UsageEvidence(
        usage_id=one(used, "a-fine"), said_on=TODAY, actor="x", recorded_at=WHY.at, **wrong
    )
    used.add(row)
    with pytest.raises(IntegrityError):
        used.flush()
    used.rollback()


def test_many_at_once(used: Session, database: Database) -> None:
    component = components.ids_by_slug(used)["payments"]
    ids = [one(used, slug) for slug in ("a-fine", "b-tax")]
    assert acts.confirm(database, component, [*ids, 10**9], WHY, TODAY) == 2
    used.expire_all()
    assert listed(used, Standing.CONFIRMED) == [("a-fine", "confirmed"), ("b-tax", "confirmed")]


def test_a_corrected_claim_settles_the_dispute(used: Session, database: Database) -> None:
    first = one(used, "a-fine")
    said = Said(DISPUTED, TODAY, DisputeReason.OTHER_DATE, date(2024, 6, 1))
    acts.answer(database, first, said, WHY)
    with database.writing() as session:
        [row] = usage.load(session, [first])
        before = usage.document_of(row)
        known = usage.Ids(
            services.ids_by_slug(session), capabilities.ids_by_slug(session),
            components.ids_by_slug(session),
        )  # fmt: skip
        usage.save(session, row, before, {**before, "since": "2024-06-01"}, known, WHY, "changed")
    used.expire_all()
    assert listed(used)[0] == ("a-fine", "declared")
    # As it was until 0062: the agreed day counted as confirmed, and a scan too.
    b_tax = one(used, "b-tax")
    evidence.add(used, b_tax, Said(EvidenceKind.SCAN, TODAY), WHY)
    used.execute(update(Usage).values(confirmed_on=TODAY))
    script = ScriptDirectory(str(migrations.FOLDER)).get_revision("0062")
    used.execute(text(script.module.CONFIRMED))
    used.expire_all()
    assert dict(listed(used)[:2]) == {"a-fine": "declared", "b-tax": "confirmed"}


def test_a_stale_record_is_declared_at_most(used: Session, database: Database) -> None:
    acts.answer(database, one(used, "a-fine"), Said(CONFIRMED, TODAY), WHY)
    service = services.ids_by_slug(used)["a-fine"]
    reviews.ask_anew(used, Reviewed.SERVICE, service, TODAY - timedelta(days=60))
    used.flush()
    assert listed(used)[0] == ("a-fine", "declared")
    [met] = service_needs.of_service(used, service, TODAY).now
    assert met.standing == "declared"


SAYS = st.tuples(
    st.sampled_from([k for k in EvidenceKind if k is not DISPUTED] + [DISPUTED]),
    st.integers(0, 900),
)


def test_lists_say_what_the_rule_says(used: Session) -> None:
    first = one(used, "a-fine")
    claim = Claim(UsageStatus.LIVE, date(2024, 1, 1))

    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.lists(SAYS, max_size=5), st.integers(0, 900))
    def check(says: list[tuple[EvidenceKind, int]], ago: int) -> None:
        with used.begin_nested() as point:
            known = []
            for place, (kind, days) in enumerate(says):
                reason = NOT_OURS if kind is DISPUTED else None
                said_on = TODAY - timedelta(days=days)
                evidence.add(used, first, Said(kind, said_on, reason), WHY)
                known.append(Evidence(kind, said_on, place, reason))
            used.expire_all()
            assert claims.state_of(used, first, TODAY).standing == on_day(claim, known, TODAY)
            # The same evidence, read back and replayed to an earlier day.
            day = TODAY - timedelta(days=ago)
            rows = evidence.of_usage(used, first)
            again = [Evidence(r.kind, r.said_on, r.id, r.reason) for r in rows]
            assert on_day(claim, again, day) is on_day(claim, known, day)
            told = [e for e in history_of(used, "usage", first) if e.tag == evidence.ADDED]
            replayed = [
                Evidence(
                    EvidenceKind(said["evidence"]), date.fromisoformat(said["on"]), event.id,
                    DisputeReason(said["dispute"]) if said["dispute"] else None,
                )
                for event in told
                for said in event.after["evidence"]
            ]  # fmt: skip
            assert on_day(claim, replayed, day) is on_day(claim, known, day)
            point.rollback()

    check()


def roster(sort: str, *rows: dict[str, object]) -> dict[str, object]:
    return {"component": "payments", "taken_on": TODAY.isoformat(), "sort": sort,
            "source": "https://a.example/list", "rows": list(rows)}  # fmt: skip


def listed_service(name: str, means: str | None) -> dict[str, object]:
    return {"organisation": None, "service": name, "since": None, "means": means}


def test_a_list_of_services_confirms_them_and_takes_that_back(used: Session) -> None:
    component, known = components.ids_by_slug(used)["payments"], services.ids_by_slug(used)
    document = roster("per_service", listed_service("A", "a-fine"), listed_service("Z", None))
    made = rosters.save(used, None, component, None, document, known, WHY, "imported")
    assert listed(used)[:2] == [("a-fine", "confirmed"), ("b-tax", "declared")]
    [row] = evidence.of_usage(used, one(used, "a-fine"))
    assert (row.kind, row.source) == (EvidenceKind.ROSTER, "https://a.example/list")
    other = {**document, "rows": [listed_service("A", "b-tax")]}
    rosters.save(used, made, component, document, other, known, WHY, "imported")
    assert listed(used)[:2] == [("a-fine", "declared"), ("b-tax", "confirmed")]
    found = reconciling.compare(used, rosters.by_id(used, component, made))
    assert [(row.slug, row.side.value) for row in found] == [
        ("a-fine", "catalogue_only"), ("b-tax", "same")
    ]  # fmt: skip
    rosters.remove(used, [made], WHY, "undone")
    assert listed(used)[:2] == [("a-fine", "declared"), ("b-tax", "declared")]


def test_a_list_of_counts_confirms_nothing(used: Session) -> None:
    component, known = components.ids_by_slug(used)["payments"], services.ids_by_slug(used)
    document = roster("counts", {"organisation": "Ministry", "services": 5})
    made = rosters.save(used, None, component, None, document, known, WHY, "imported")
    assert {standing for _service, standing in listed(used)} == {"declared", "planned"}
    [theirs, ours] = reconciling.compare(used, rosters.by_id(used, component, made))
    assert (theirs.name, theirs.slug, theirs.theirs) == ("Ministry", None, 5), "not matched yet"
    assert (ours.name, ours.ours, ours.side.value) == ("Ministry", 2, "catalogue_only")
