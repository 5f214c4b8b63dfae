"""Past reports come in: once, with what they name, and they go again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.assessments.actions import report_checks
from portal.assessments.actions.findings import group_new
from portal.assessments.actions.report_services import About, decide
from portal.assessments.models.assessments import Assessment, AssessmentPoint, Report, ReportCheck
from portal.assessments.models.findings import FindingSentence
from portal.assessments.store import findings, report_record
from portal.assessments.store.report_documents import Reports
from portal.audit import HistoryEvent, history_of
from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.store import matches
from portal.errors import Stale
from tests.interchange.commands import counts, run
from tests.support.accounts import act
from tests.support.data import ACT, add_organisation, add_service
from tests.support.reports import REPORTS, fill, report, table, write
from tests.support.transactions import RolledBackDatabase

#: Real data is never committed: it stands beside the repository, where it stands at all.
REAL = Path(__file__).parents[3] / "shared" / "data" / "service-standard-reports.json"


@pytest.fixture
def there(app: Flask, session: Session, database: RolledBackDatabase) -> None:
    fill(session, database)


def documents(session: Session) -> dict[str, dict[str, Any]]:
    session.expire_all()
    ids = list(session.scalars(select(Report.id)))
    return {each["slug"]: each for each in Reports(session).documents(ids).values()}


@pytest.mark.usefixtures("there")
def test_a_file_comes_in_once(app: Flask, session: Session, tmp_path: Path) -> None:
    file = write(tmp_path, [*REPORTS, {"original_url": "x", "title": "No", "body": ""}, 7])
    found = counts(app, "reports", file)
    assert (found["read"], found["created"], found["set_aside"]) == (7, 5, 2)
    said = documents(session)
    boat = said["hire-a-boat-service-assessment"]
    assert (boat["1.service"], boat["1.service_match"]) == ("hire-a-boat", "sure")
    assert (boat["1.standard"], boat["1.pinned_because"]) == ("service-standard.1", "table")
    assert [p["number"] for p in boat["1.points"] if p["rating"] == "not_met"] == [10, 15]
    assert boat["1.organisations"] == ["portal:ministry"]
    kite = said["fly-a-kite-service-assessment"]
    assert kite["1.owners"] == ["Ministry of Boats", "Board of Wind"]
    assert [kite[f"{n}.result"] for n in (1, 2)] == ["not_met", "met"]
    assert (kite["2.kind"], kite["2.again_of"]) == ("reassessment", f"{kite['slug']}.1")
    assert kite["1.service_match"] == "waiting", "another name"
    purse = said["purse-service-assessment"]
    assert (purse["1.component"], purse["1.service"]) == ("purse", None)
    alone, copy = said["sail-alone-service-assessment"], said["sail-alone-service-assessment-2"]
    assert (copy["same_as"], alone["same_as"]) == (alone["slug"], None)
    assert alone["1.organisations"] == [None], "its name waits"
    known = session.scalar(select(func.count()).where(AssessmentPoint.point_id.is_not(None)))
    assert known == 26 + 18 + 18
    again = counts(app, "reports", file)
    assert (again["unchanged"], again["batch"]) == (5, None)


@pytest.mark.usefixtures("there")
def test_undo_and_what_stands_in_its_way(app: Flask, session: Session, tmp_path: Path) -> None:
    file = write(tmp_path)
    first = counts(app, "reports", file)
    changed = [{**row, "summary": "Now otherwise."} for row in REPORTS[:2]]
    changed.append({**REPORTS[2], "body": REPORTS[2]["body"].replace("liked", "loved")})
    second = counts(app, "reports", write(tmp_path, changed, "later.json"))
    assert (second["updated"], second["unchanged"]) == (3, 0)
    assert "loved" in documents(session)["purse-service-assessment"]["body"]
    run(app, "import", "undo", str(second["batch"]), "--yes")
    said = documents(session)
    assert said["hire-a-boat-service-assessment"]["summary"] == "About hire a boat."
    assert "liked" in said["purse-service-assessment"]["body"]
    run(app, "import", "undo", str(first["batch"]), "--yes")
    assert documents(session) == {}
    assert session.scalar(select(func.count()).select_from(Assessment)) == 0
    assert counts(app, "reports", file)["created"] == 5


@pytest.mark.usefixtures("there")
def test_undo_says_what_goes_along(
    app: Flask, session: Session, database: RolledBackDatabase, tmp_path: Path
) -> None:
    text = "The team had not done research with people who need support to use it."
    batch = str(counts(app, "reports", write(tmp_path, [report("Row", text=text)]))["batch"])
    no = run(app, "import", "undo", batch, code=1, answer="n")
    assert "they go as well" not in no.output
    [sentence] = session.scalars(select(FindingSentence).where(FindingSentence.sentence == text))
    said = {"title": "No research", "summary": None, "capability": "fees", "point": None}
    slug = group_new(database, [sentence.id], said, act())
    no = run(app, "import", "undo", batch, code=1, answer="n")
    assert "they go as well: 1 (findings: 1)" in no.output
    run(app, "import", "undo", batch, "--yes")
    session.expire_all()
    row = findings.by_slug(session, slug)
    assert row.sentences == 0
    last = history_of(session, "finding", row.id)[0]
    assert (last.tag, last.before) == (
        "finding.report_gone",
        {"quoted": ["row-service-assessment"]},
    )


@pytest.mark.usefixtures("there")
def test_people_are_not_overruled(
    app: Flask, session: Session, database: RolledBackDatabase, tmp_path: Path
) -> None:
    row = report("Row home", stage="Gamma", date="31/2/2015", result="Maybe", rated=table(26))
    found = counts(app, "reports", write(tmp_path, [row]))
    slug = "row-home-service-assessment"
    checks = list(session.scalars(select(ReportCheck)))
    assert {c.field for c in checks} >= {"stage", "date", "result"}
    version = report_record.by_slug(session, slug).version
    fields = {"1.stage": "beta", "1.held_on": "2015-02-28", "1.result": "met_with_conditions"}
    wanted = report_checks.Said(fields, [c.id for c in checks], "Read it")
    report_checks.check(database, slug, version, wanted, act())
    with pytest.raises(Stale):
        report_checks.check(database, slug, version, wanted, act())
    decide(database, slug, About(service="kites"), act())
    said = documents(session)[slug]
    assert {each["state"] for each in said["checks"]} == {"corrected"}
    later = report("Row home", stage="Live", date="1/3/2015", rated=table(26), result="Maybe",
                   text="More text.")  # fmt: skip
    found = counts(app, "reports", write(tmp_path, [later]))
    assert (found["conflicts"], found["updated"]) == (2, 1)
    said = documents(session)[slug]
    assert (said["1.stage"], said["1.held_on"]) == ("beta", "2015-02-28")
    assert (said["1.service"], said["1.service_match"]) == ("kites", "decided")
    assert "More text" in said["body"]
    batch = str(found["batch"])
    assert "Row home" in app.test_client().get(f"/imports/{batch}").text
    assert counts(app, "reports", write(tmp_path, [later]))["batch"] is None


@pytest.mark.usefixtures("there")
def test_a_name_decided_later_reaches_the_owners(
    app: Flask, session: Session, database: RolledBackDatabase, tmp_path: Path
) -> None:
    found = counts(app, "reports", write(tmp_path))
    name = session.scalars(
        select(OrganisationMatch).where(OrganisationMatch.published_name == "Office of Nothing")
    ).one()
    assert name.organisation_id is None
    add_organisation(session, "office", name="Bureau of Nothing at All")
    session.commit()
    run(app, "match", "decide", str(name.id), "portal:office", "--reason", "It was renamed")
    said = documents(session)["sail-alone-service-assessment"]
    assert said["1.organisations"] == ["portal:office"]
    event = session.scalars(select(HistoryEvent).where(HistoryEvent.tag == "owner matched")).first()
    assert event is not None
    assert event.after == {"1.organisations": ["portal:office"]}
    # A service that comes later is found at the next import, for a name and owner that are sure.
    add_service(session, "sail", owner="office", name="Sail alone")
    session.commit()
    assert counts(app, "reports", write(tmp_path))["updated"] == 2
    assert documents(session)["sail-alone-service-assessment"]["1.service"] == "sail"
    why = run(app, "import", "undo", str(found["batch"]), "--yes", code=1).output
    assert "changed after the import" in why


@pytest.mark.usefixtures("there")
def test_a_second_page_continues_the_first(app: Flask, session: Session, tmp_path: Path) -> None:
    rows = [
        report("Dig a well", "Ministry of Boats", "1/5/2014", "Beta", "Not passed"),
        report("Dig a well", "Ministry of Boats", "1/8/2014", "Beta", "Pass",
               address="dig-a-well-2"),
    ]  # fmt: skip
    counts(app, "reports", write(tmp_path, rows))
    said = documents(session)
    first, second = said["dig-a-well-service-assessment"], said["dig-a-well-service-assessment-2"]
    assert first["later"] == second["slug"]
    assert (second["1.kind"], second["1.again_of"]) == ("reassessment", f"{first['slug']}.1")


def test_names_keep_their_rows_while_reports_carry_them(
    app: Flask, session: Session, there: None, tmp_path: Path
) -> None:
    counts(app, "reports", write(tmp_path))
    ids = {row.id for row in session.scalars(select(OrganisationMatch))}
    from portal.assessments.store.report_matching import names_carried

    assert names_carried(session, ids) == ids
    matches.add(session, [matches.new("Nobody's", None, "", ACT)], {}, ACT)
    assert len(names_carried(session, ids | {max(ids) + 1})) == len(ids)


@pytest.mark.skipif(not REAL.exists(), reason="the published reports are not here")
def test_the_published_reports(app: Flask, session: Session, database: RolledBackDatabase) -> None:
    fill(session, database)
    found = counts(app, "reports", str(REAL))
    assert (found["created"], found["set_aside"]) == (151, 0)
    assert counts(app, "reports", str(REAL))["batch"] is None
    copies = select(func.count()).where(Report.same_as_id.is_not(None))
    assert (session.scalar(copies) or 0) >= 1
    said = documents(session).values()
    assert "name withheld" not in json.dumps([each["1.name"] for each in said])
    assert sum(each["1.held_on"] is not None for each in said) == 151
