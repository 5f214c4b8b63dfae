"""Figures of assessments: the kept counts say what the rows say, and the pages what the counts."""

from __future__ import annotations

import csv
import io
import random
from datetime import date

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.assessments.models.assessments import Assessment, Report, ReportCheck
from portal.assessments.models.standards import StandardPoint
from portal.assessments.store import counts, statistics
from portal.assessments.words import AssessmentKind, CheckState, Rating, Stage
from portal.audit import record
from portal.catalogue.models.organisations import Organisation, OrganisationSuccession
from portal.catalogue.words import SuccessionKind
from tests.support.assessment_data import add_report, add_version
from tests.support.data import ACT, add_organisation, add_service
from tests.support.pages import PageClient, soup_of
from tests.support.queries import statements
from tests.support.transactions import RolledBackDatabase

HERE = "/reports/statistics"
SUBS = ("", "/years", "/reassessments", "/points", "/organisations", "/organisations?as=today")


def test_kept_counts_are_those_of_the_rows(session: Session) -> None:
    rng = random.Random(7)
    versions = [None, add_version(session, "s", 1, "A", "B"), add_version(session, "s", 2, "A")]
    reports = []
    for n in range(40):
        version = rng.choice(versions)
        report = add_report(
            session, f"Report {n}", version, rng.choice(list(Stage)), rng.choice(list(Rating)),
            {1: rng.choice(list(Rating))} if rng.random() < 0.8 else None,
            on=rng.choice([None, date(2015, 1, 1), date(2015, 12, 31), date(2016, 1, 1)]),
            kind=rng.choice([AssessmentKind.ASSESSMENT, AssessmentKind.MOCK]),
            same_as_id=reports[0].id if reports and rng.random() < 0.1 else None,
        )  # fmt: skip
        reports.append(report)
    counts.settle(session)
    assert counts.kept(session) == counts.counted(session) != {}
    moved, gone = reports[3], reports[20]
    counts.touch(session, [moved.id, gone.id])
    moved.assessments[0].held_on = date(2019, 5, 5)
    moved.assessments[0].standard_version_id = None
    session.flush()
    session.execute(delete(Report).where(Report.id == gone.id))
    counts.settle(session)
    assert counts.kept(session) == counts.counted(session)
    before = counts.kept(session)
    assert counts.rebuild(session) == len(before)
    assert counts.kept(session) == before


def test_a_change_that_is_not_told_is_found(session: Session) -> None:
    report = add_report(session, "One", result="met")
    counts.settle(session)
    session.get_one(Assessment, report.assessments[0].id).result = Rating.NOT_MET
    session.flush()
    assert counts.kept(session) != counts.counted(session)


def _fill(session: Session) -> None:
    old = add_version(session, "standard", 1, "Users", "Team", "Assisted digital")
    new = add_version(session, "standard", 2, "Users", "Team")
    ministry = add_organisation(session, "ministry")
    agency = add_organisation(session, "agency")
    add_service(session, "moved", owner="agency")
    ids = {o.slug: o.id for o in session.query(Organisation)}
    assert {ministry.slug, agency.slug} <= set(ids)
    from portal.catalogue.models.services import Service

    moved = session.query(Service).filter_by(slug="moved").one().id
    for n in range(6):
        ratings = {1: "met", 3: "not_met" if n < 2 else "met"}
        add_report(
            session, f"Alpha {n}", old, "alpha", "met", ratings,
            owner="MoX", organisation_id=ids["ministry"], service_id=moved if n < 4 else None,
        )  # fmt: skip
    failed = add_report(
        session, "Beta", old, "beta", "not_met", {1: "not_met", 2: "not_rated"}, owner="Unheard of",
    )  # fmt: skip
    add_report(
        session, "Beta again", old, "beta", "met", kind="reassessment", owner="Unheard of",
        again_of_id=failed.assessments[0].id, on=date(2015, 9, 1),
    )  # fmt: skip
    add_report(session, "Alpha 0 copy", old, same_as_id=failed.id)
    add_report(session, "Self", old, kind="self_certification", result="not_rated")
    add_report(session, "New", new, "live", "met", {1: "met"}, on=date(2016, 2, 1))
    counts.settle(session)
    session.flush()


def test_figures(client: PageClient, session: Session) -> None:
    _fill(session)
    found = client.get(f"{HERE}.json").get_json()
    assert found["standard"] == "standard-1", "the version with the most"
    assert found["left_out"] == {"copy": 1, "self_certification": 1}
    alpha, beta = found["items"]
    assert (alpha["rated"], alpha["met"], alpha["passed_percent"]) == (6, 6, 100)
    assert (alpha["passed_points_known"], alpha["passed_with_failed_points"]) == (6, 2)
    assert alpha["failed_points_percent"] == 33
    assert (beta["rated"], beta["passed_percent"]) == (2, None), "too few for a rate"
    text = soup_of(client.get(HERE)).get_text(" ", strip=True)
    assert "2 of 6 (33%)" in text and "Too few for a rate" in text
    assert "Not known for 8 of 8 assessments" in text
    [new] = client.get(f"{HERE}.json?standard=standard-2").get_json()["items"]
    assert (new["stage"], new["rated"]) == ("live", 1), "versions are never mixed"
    _alpha, first, again = client.get(f"{HERE}/reassessments.json").get_json()["items"]
    assert (first["not_passed_first"], first["assessed_again"], first["passed_then"]) == (1, 1, 1)
    assert (again["held"], again["rated"], again["met"]) == ("again", 1, 1)
    years = client.get(f"{HERE}/years.json?stage=alpha").get_json()["items"]
    assert [(y["year"], y["rated"]) for y in years] == [(2015, 6)]
    points = client.get(f"{HERE}/points.json").get_json()["items"]
    assert [(p["number"], p["rated"], p["not_met"], p["not_rated"]) for p in points] == [
        (1, 7, 1, 0), (2, 0, 0, 1), (3, 6, 2, 0),
    ]  # fmt: skip
    assert (
        client.get(f"{HERE}/points.json?held=first&stage=beta").get_json()["items"][0]["rated"] == 1
    )


def test_passes_with_failed_points_lead_to_their_reports(
    client: PageClient, session: Session
) -> None:
    new = add_version(session, "standard", 1, "Users", "Team")
    for n, result in enumerate(("met", "met_with_conditions", "met_with_conditions", "not_met")):
        add_report(session, f"Beta {n}", new, "beta", result, {1: "not_met" if n else "met"})
    counts.settle(session)
    session.flush()
    links = soup_of(client.get(HERE)).find_all("a", string="2 of 3")
    assert len(links) == 3, "above the table, of the stage, of all"
    for link in links:
        href = str(link["href"]).replace("/reports?", "/reports.json?")
        assert client.get(href).get_json()["count"] == 2


def test_what_is_shown_first_and_what_is_not_sure(client: PageClient, session: Session) -> None:
    _fill(session)
    why = "This version is shown first because most assessments are against it"
    first = client.get(HERE).text
    assert why in first and "still to be checked" not in first
    assert why not in client.get(f"{HERE}?standard=standard-1").text, "it was asked for"
    doubt = {"reason": "?", "state": CheckState.OPEN}
    for title in ("Alpha 0", "Beta", "Self", "Alpha 0 copy"):
        report = session.query(Report).filter_by(title=title).one()
        for field in ("links", "date"):
            session.add(ReportCheck(report_id=report.id, field=field, **doubt))
    record(session, ACT, "x.y", "x", 1, None, {"n": 1})
    session.flush()
    assert "2 assessments count although something" in client.get(HERE).text
    asked = (".json", "/points.json?stage=beta", ".json?standard=standard-2")
    found = {a: client.get(f"{HERE}{a}").get_json()["to_be_checked"] for a in asked}
    assert list(found.values()) == [2, 1, 0], "each once, of those that count"


def test_what_the_store_counts(session: Session) -> None:
    _fill(session)
    old, new = (each.id for each in statistics.versions(session))
    assert {c.version for c in statistics.cells(session)} == {old, new}
    points = statistics.points(session, old, Stage.ALPHA, True)
    assert [(p.number, p.title, p.ratings.rated, p.ratings.not_met) for p in points] == [
        (1, "Users", 6, 0), (2, "Team", 0, 0), (3, "Assisted digital", 6, 2),
    ]  # fmt: skip
    key = old, Stage.BETA
    row = statistics.again(session, {key: 1})[key]
    assert (row.failed, row.tried, row.passed) == (1, 1, 1)
    assert statistics.points(session, new, Stage.BETA, False)[0].ratings.rated == 0
    ids = {p.number: p.id for p in session.query(StandardPoint).filter_by(version_id=old)}
    told = statistics.of_point(session, ids[3])
    assert told and (told[0].value, told[1].ratings.not_met) == ("standard-1", 2)
    assert statistics.of_point(session, ids[2]) is None
    for today, alpha in ((False, 6), (True, 4)):
        found = statistics.by_organisation(session, old, Stage.ALPHA, today)
        assert found[0].outcomes.rated == alpha
    assert statistics.by_organisation(session, 0, None, True) == []


def test_a_body_that_ended_is_followed(session: Session) -> None:
    for slug in ("gone", "heir"):
        add_organisation(session, slug)
    ids = {o.slug: o.id for o in session.query(Organisation)}
    session.get_one(Organisation, ids["gone"]).end_date = date(2016, 7, 1)
    session.add(
        OrganisationSuccession(
            predecessor_id=ids["gone"], successor_id=ids["heir"], happened_on=date(2016, 7, 1),
            kind=SuccessionKind.MERGED,
        )
    )  # fmt: skip
    version = add_version(session, "standard", 1, "Users")
    add_report(session, "One", version, owner="Gone", organisation_id=ids["gone"])
    [row] = statistics.by_organisation(session, version.id, None, True)
    assert (row.slug, row.unsure) == ("heir", 0)
    [row] = statistics.by_organisation(session, version.id, None, False)
    assert row.slug == "gone"


def test_by_organisation_then_and_today(client: PageClient, session: Session) -> None:
    _fill(session)
    then = client.get(f"{HERE}/organisations.json").get_json()["items"]
    assert [(o["organisation_slug"], o["organisation"], o["rated"]) for o in then] == [
        ("ministry", "Ministry", 6), (None, "Unheard of", 2),
    ]  # fmt: skip
    now = client.get(f"{HERE}/organisations.json?as=today").get_json()["items"]
    assert [(o["organisation_slug"], o["rated"]) for o in now] == [
        ("agency", 4), ("ministry", 2), (None, 2),
    ]  # fmt: skip


def test_every_page_in_three_formats_with_few_statements(
    client: PageClient, session: Session, database: RolledBackDatabase
) -> None:
    for address in SUBS:
        assert client.get(HERE + address).status_code == 200, "an empty portal has its pages"
    _fill(session)
    for address in SUBS:
        path, _, query = address.partition("?")
        database.kept.clear()
        record(session, ACT, "x.y", "x", 1, None, {"n": address})
        with statements(database) as sent:
            page = client.get(HERE + address)
        assert page.status_code == 200
        assert len(sent) <= {"": 5, "/years": 4}.get(address, 6), address
        rows = list(csv.DictReader(io.StringIO(client.get(f"{HERE}{path}.csv?{query}").text)))
        assert len(rows) == client.get(f"{HERE}{path}.json?{query}").get_json()["count"] > 0
    assert "nonsense" in soup_of(client.get(f"{HERE}?nonsense=1&standard=x")).get_text()
    assert client.get(f"{HERE}.json?standard=x").status_code == 400


def test_organisations_are_paged(client: PageClient, session: Session) -> None:
    version = add_version(session, "standard", 1, "Users")
    for n in range(60):
        add_report(session, f"R {n}", version, owner=f"Body {n:02}")
    counts.settle(session)
    first = soup_of(client.get(f"{HERE}/organisations"))
    [more] = first.select("a[rel=next]")
    second = soup_of(client.get(f"{HERE}/organisations{more['href'][len(HERE) + 14 :]}"))
    names = [th.get_text() for page in (first, second) for th in page.select("tbody th")]
    assert len(names) == len(set(names)) == 60


def test_versions_of_a_standard(session: Session) -> None:
    add_version(session, "standard", 2, "A")
    add_version(session, "standard", 1, "A", "B")
    assert [v.value for v in statistics.versions(session)] == ["standard-1", "standard-2"]


@pytest.mark.parametrize("demo", [True])
def test_imports_and_decisions_keep_the_counts(session: Session) -> None:
    assert counts.kept(session) == counts.counted(session) != {}
