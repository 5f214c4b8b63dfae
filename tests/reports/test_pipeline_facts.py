"""What the pipeline report knows of assessments is what the records say, whatever was written."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.assessments.booking_words import Nation
from portal.assessments.models.assessments import Assessment, AssessmentOwner, Report
from portal.assessments.rules import working_days
from portal.assessments.store import booking_settings, report_tables
from portal.assessments.store.report_documents import Change, Reports
from portal.assessments.words import AssessmentKind, Stage
from portal.catalogue.models.organisations import Organisation
from portal.catalogue.models.services import Service
from portal.catalogue.models.usage import Usage
from portal.catalogue.rules.component_documents import clean_usage
from portal.catalogue.rules.reviews import add_months
from portal.catalogue.store import services, usage
from portal.db import Database
from portal.reports.actions import reuse as acts
from portal.reports.models.pipeline import PipelineFact
from portal.reports.rules.pipeline import ALL, Fact, Scope, Use, Wanted, span, times
from portal.reports.store import pipeline, pipeline_facts
from tests.interchange.commands import run
from tests.reports.test_reuse_counts import confirm
from tests.store.test_usage_counts import BODIES, start, write_at_random
from tests.support.assessment_data import add_report
from tests.support.data import ACT
from tests.support.storefront import add_usage

#: Near a day on which only Scotland does not work, and within the 13 months of a confirmation.
TODAY = ACT.day
DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in (0, 1, 5, 90, 200, 396, 397, 500)]


@pytest.fixture
def session(app: Flask, session: Session) -> Session:
    """With the app, which has the facts follow every write."""
    return session


def by_hand(session: Session) -> dict[int, tuple[Any, ...]]:
    """What is known of each assessment, in the plainest way."""
    found: dict[int, tuple[Any, ...]] = {}
    rows = session.execute(
        select(Assessment, Report)
        .join(Report, Report.id == Assessment.report_id)
        .where(Report.same_as_id.is_(None))
        .execution_options(populate_existing=True)
    )
    for a, r in rows:
        first = select(AssessmentOwner.organisation_id).where(
            AssessmentOwner.assessment_id == a.id, AssessmentOwner.position == 0
        )
        body = session.scalar(first)
        held = booking_settings.held_by(session, body)
        days = None
        if a.held_on and r.published_on and r.published_on >= a.held_on:
            days = working_days.between(a.held_on, r.published_on, held.nation)
        used = None
        if a.service_id and a.held_on:
            used = _used(session, a.service_id, a.held_on)
        found[a.id] = (body or 0, a.stage.value, a.kind.value, a.result.value, a.held_on,
                       r.published_on, days, used)  # fmt: skip
    return found


def _used(session: Session, service: int, day: date) -> str:
    found = "none"
    for u in session.scalars(select(Usage).where(Usage.service_id == service)):
        over = u.until is not None and u.until <= day
        if u.component_id and u.since and u.since <= day and not over and not u.disputed_on:
            if u.confirmed_on and add_months(u.confirmed_on, 13) >= day:
                return "confirmed"
            found = "declared"
    return found


def agree(session: Session) -> None:
    """The table has what the records say, and what is worked out by hand."""
    kept = pipeline_facts.kept(session)
    assert kept == pipeline_facts.counted(session)
    assert {
        f.id: (f.organisation_id, f.stage, f.kind, f.result, f.held_on, f.published_on, f.days,
               f.used)
        for f in kept.values()
    } == by_hand(session)  # fmt: skip


def newest(fact: Fact) -> tuple[date, int]:
    """The order of lists, turned round."""
    return fact.held_on or date.min, fact.id


def figures_agree(session: Session) -> None:
    """Figures and lists of a scope are of as many assessments as the table has in it."""
    every = list(pipeline_facts.kept(session).values())
    [body] = session.scalars(select(Organisation.id).where(Organisation.slug == BODIES[0]))
    for scope in (Scope(), Scope(frozenset({body, 0})), Scope(stage=Stage.ALPHA, period="2024-q1"),
                  Scope(kind=AssessmentKind.MOCK, period="2024")):  # fmt: skip
        days = span(scope.period)
        mine = [
            f for f in every
            if (scope.bodies is None or f.organisation_id in scope.bodies)
            and scope.stage in (None, f.stage) and scope.kind in (None, f.kind)
            and (days is None or (f.held_on is not None and days[0] <= f.held_on <= days[1]))
        ]  # fmt: skip
        mine.sort(key=newest, reverse=True)
        found = pipeline.figures(session, scope)
        took = Counter(f.days for f in mine if f.days is not None)
        assert (found.many, found.all) == (len(mine), times(took))
        listed = pipeline.listing(session, scope, Wanted(), TODAY)
        assert listed == [(f, 0, len(mine)) for f in mine]
        rated = pipeline.listing(session, scope, Wanted(rated=True, use=Use.NONE), TODAY)
        compared = found.compared.get(ALL)
        assert len(rated) == (compared[Use.NONE].n if compared else 0)
    every.sort(key=newest, reverse=True)
    for at, f in enumerate(every, start=1):
        after = pipeline.listing(session, Scope(), Wanted(), TODAY, (f.held_on, f.id), 2)
        assert [each for each, *_rest in after] == every[at : at + 2]


def one_write(session: Session, rng: random.Random, slug: str, ids: usage.Ids) -> None:
    """Write a usage, what confirms it, a report, or how an organisation holds assessments."""
    act = rng.random()
    if act < 0.3:
        _use(session, rng, slug, ids)
    elif act < 0.4:
        confirm(session, slug, rng.choice(DAYS))
    elif act < 0.5:
        [body] = session.scalars(
            select(Organisation.id).where(Organisation.slug == rng.choice(BODIES))
        )
        scope = rng.choice([body, body, None])
        held = {"nation": rng.choice([None, *Nation])}
        booking_settings.save(session, scope, held, ACT)
    else:
        _report(session, rng, slug)


def _use(session: Session, rng: random.Random, slug: str, ids: usage.Ids) -> None:
    mine = usage.of_service(session, ids.services[slug])
    row = rng.choice(mine) if mine and rng.random() < 0.5 else None
    component = row.component.slug if row and row.component else rng.choice(("purse", "post"))
    need = row.capability.slug if row else "fees"
    if row is None and any(u.component and u.component.slug == component for u in mine):
        return
    since, until = DAYS[rng.randrange(3)], DAYS[rng.randrange(3, 8)]
    stopped = rng.random() < 0.4
    document = clean_usage({
        "service": slug, "capability": need, "arrangement": "shared_component",
        "component": component, "status": "stopped" if stopped else "live",
        "since": since.isoformat(), "until": until.isoformat() if stopped else None,
    })  # fmt: skip
    before = usage.document_of(row) if row else None
    usage.save(session, row or Usage(), before, document, ids, ACT, "changed")


def _report(session: Session, rng: random.Random, slug: str) -> None:
    known = sorted(session.scalars(select(Report.id)))
    act = rng.random()
    if act < 0.3 or not known:
        body = rng.choice(BODIES)
        of = session.scalars(select(Organisation.id).where(Organisation.slug == body)).one()
        service = session.scalars(select(Service.id).where(Service.slug == slug)).one()
        add_report(
            session, f"Report {len(known)} {rng.random()}"[:20].replace(".", ""),
            result=rng.choice(("met", "not_met", "not_rated")), owner=body, on=rng.choice(DAYS),
            organisation_id=rng.choice((of, None)), service_id=rng.choice((service, service, None)),
            same_as_id=rng.choice((None, None, None, *known[:1])),
        )  # fmt: skip
    elif act < 0.35:
        report_tables.remove(session, [rng.choice(known)], ACT, "removed")
    else:
        documents = Reports(session)
        id_ = rng.choice(known)
        before = documents.documents([id_])[id_]
        choices: dict[str, list[Any]] = {
            "published_on": [None, *(day.isoformat() for day in DAYS)],
            "1.held_on": [None, *(day.isoformat() for day in DAYS)],
            "1.service": [None, slug, slug], "1.kind": ["assessment", "mock"],
            "1.stage": ["alpha", "beta"],
            "1.organisations": [[f"portal:{body}"] for body in BODIES],
        }  # fmt: skip
        changed = {name: rng.choice(choices[name]) for name in rng.sample(sorted(choices), 3)}
        documents.write([Change(id_, before, {**before, **changed})], ACT, "changed")


def test_random_writes_keep_the_facts(session: Session) -> None:
    start(session)
    seen = set[str | None]()
    for part in range(4):
        write_at_random(session, 30 + part, 15, one_write)
        session.commit()
        agree(session)
        facts = pipeline_facts.kept(session).values()
        seen |= {fact.used for fact in facts} | {"days" for fact in facts if fact.days}
    figures_agree(session)
    assert seen == {None, "none", "declared", "confirmed", "days"}


def test_one_assessment_from_its_report_to_the_end_of_its_copy(session: Session) -> None:
    start(session)
    service = session.scalars(select(Service.id).where(Service.slug == "s-1")).one()
    first = add_report(session, "First", on=DAYS[0], service_id=service).id
    copy = add_report(session, "Again", on=DAYS[0], same_as_id=first).assessments[0].id

    def used() -> str | None:
        session.commit()
        [fact] = pipeline_facts.kept(session).values()
        session.expunge_all()
        return fact.used

    assert used() == "none"
    add_usage(session, "s-1", "fees", component="purse", since="2023-01-01")
    assert used() == "declared"
    confirm(session, "s-1", DAYS[0])
    assert used() == "confirmed"
    services.remove(session, [service], ACT, "removed")
    assert used() is None
    report_tables.remove(session, [first], ACT, "removed")
    assert used() is None and list(pipeline_facts.kept(session)) == [copy]
    agree(session)


def test_rebuilding_mends_what_is_wrong(session: Session, app: Flask, database: Database) -> None:
    for n, day in enumerate(DAYS):
        add_report(session, f"Report {n}", on=day)
    session.commit()
    expected = pipeline_facts.kept(session)
    assert "pipeline: 0 wrong" in run(app, "check-data").output
    session.execute(update(PipelineFact).values(used="confirmed"))
    session.commit()
    assert "pipeline: 8 wrong" in run(app, "check-data", code=1).output
    run(app, "rollups", "rebuild")
    assert pipeline_facts.kept(session) == expected
    session.execute(delete(PipelineFact))
    session.commit()
    assert pipeline_facts.never_kept(session)
    acts.catch_up(database, ACT.day)
    assert pipeline_facts.kept(session) == expected
