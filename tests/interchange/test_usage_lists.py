"""What providers publish of the use of their components: read, applied, corrected, taken back."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.audit import HistoryEvent, ImportBatch
from portal.catalogue.actions import matching, merging, roster_names
from portal.catalogue.component_words import RosterSort
from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.models.rosters import AdoptionPoint, Roster, RosterRow
from portal.catalogue.store import adoption, components, duplicates, imports, movers, rosters
from portal.catalogue.words import MatchAbout, MatchState, RecordKind
from portal.errors import Invalid
from portal.interchange import component_adoption
from portal.interchange import rosters as roster_files
from portal.interchange.rows import called
from tests.interchange.commands import counts, number, run
from tests.interchange.files import write
from tests.support.data import ACT, add_organisation, add_service
from tests.support.storefront import add_capability, add_component
from tests.support.transactions import RolledBackDatabase

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"
TODAY = date(2026, 11, 22)
ADOPTION = """recorded_on,payments_cumulative,amount_gbp_cumulative,live_services,organisations,note
2026-05-04,"1,200",£10000.50,12,,
2026-05-11,1300,11000,13,4,
2026-05-11,1300,11000,13,4,
2026-05-18,many,12000,14,5,seen
2030-01-01,1,1,1,1,
2026-13-01,1,1,1,1,
,1,1,1,1,
2026-05-25,,,,,
"""
COUNTS = """organisation,live_services,recorded_on
Tide Council,"1,000",2026-05-04
Ebb and Flow,3,2026-05-04
Tide Council,5,2026-07-06
Tide Council,5,2026-07-06
Ebb and Flow,none,2026-07-06
,3,2026-07-06
"""
SERVICES = """service,organisation,since
boats,Tide Council,2020-01-01
https://www.boats.example/start/,,
Sail a ship,Tide Council,soon
Sail a ship,Ebb and Flow,
Nothing of ours,,
"""


@pytest.fixture
def catalogue(session: Session) -> Session:
    add_organisation(session, "ministry")
    add_organisation(session, "tide", name="Tide Council", kind="local_authority")
    add_organisation(session, "flow", name="Flow Agency")
    add_capability(session, "needs")
    add_capability(session, "pay", "needs")
    add_component(session, "pay-box", "pay")
    add_service(session, "boats", owner="tide", start_page="https://boats.example/start")
    add_service(session, "ships", owner="tide", name="Sail a ship")
    session.commit()
    return session


def component(session: Session) -> int:
    return components.ids_by_slug(session)["pay-box"]


def take(app: Flask, tmp_path: Path, kind: str, text: str, *more: str) -> dict[str, int]:
    name = f"{kind}.json" if text.lstrip().startswith(("[", "{")) else f"{kind}.csv"
    path = str(write(tmp_path, name, text))
    return counts(app, kind, path, "--component", "pay-box", *more)


def reasons(session: Session, batch: int) -> list[tuple[int | None, str | None]]:
    return [(row.row, row.column) for row in imports.set_aside(session, batch)]


def test_figures_by_day(catalogue: Session, app: Flask, tmp_path: Path) -> None:
    found = take(app, tmp_path, "component-adoption", ADOPTION, "--source", "https://a.example/")
    assert (found["read"], found["created"], found["set_aside"]) == (8, 3, 7)
    latest = {each.measure: each for each in adoption.latest(catalogue, component(catalogue))}
    assert set(latest) == {
        "payments_cumulative", "amount_gbp_cumulative", "live_services", "organisations",
    }  # fmt: skip
    assert (latest["payments_cumulative"].value, latest["organisations"].value) == (1300, 5)
    assert latest["organisations"].source == "https://a.example/"
    first = adoption.days(catalogue, component(catalogue))[-1]
    assert first.figures == {
        "payments_cumulative": 1200, "amount_gbp_cumulative": 10000.5, "live_services": 12,
    }, "what is not published is not 0"  # fmt: skip
    assert set(reasons(catalogue, found["batch"])) == {
        (1, "note"), (4, "recorded_on"), (5, "payments_cumulative"), (6, "recorded_on"),
        (7, "recorded_on"), (8, "recorded_on"), (9, "recorded_on"),
    }  # fmt: skip


def test_the_same_again_changes_nothing_and_a_correction_does(
    catalogue: Session, app: Flask, database: RolledBackDatabase, tmp_path: Path
) -> None:
    take(app, tmp_path, "component-adoption", ADOPTION)
    first = take(app, tmp_path, "roster", COUNTS)
    before = number(database, HistoryEvent), number(database, ImportBatch)
    assert take(app, tmp_path, "component-adoption", ADOPTION)["batch"] is None
    assert take(app, tmp_path, "roster", COUNTS)["batch"] is None
    assert (number(database, HistoryEvent), number(database, ImportBatch)) == before
    corrected = "recorded_on,live_services\n2026-05-04,11\n2026-05-11,\n"
    found = take(app, tmp_path, "component-adoption", corrected)
    assert (found["updated"], found["set_aside"]) == (1, 1)
    days = adoption.documents(catalogue, component(catalogue))
    assert days["2026-05-04"][1]["figures"]["live_services"] == 11
    assert days["2026-05-04"][1]["figures"]["payments_cumulative"] == 1200, "not spoken of"
    assert days["2026-05-11"][1]["figures"]["live_services"] == 13, "an empty cell says nothing"
    kept = catalogue.scalars(select(RosterRow.id).order_by(RosterRow.id)).all()
    text = "recorded_on,organisation,live_services\n2026-05-04,Tide Council,7\n"
    found = take(app, tmp_path, "roster", text)
    assert (found["updated"], found["created"]) == (1, 0)
    catalogue.expire_all()
    row = catalogue.scalars(select(RosterRow).where(RosterRow.services == 7)).one()
    assert row.id in kept, "a row that stays is the same row"
    run(app, "import", "undo", str(found["batch"]), "--yes")
    catalogue.expire_all()
    roster = catalogue.scalars(select(Roster).order_by(Roster.taken_on)).first()
    assert roster is not None and roster.batch_id == first["batch"]
    assert [r.services for r in rosters.rows(catalogue, roster.id)] == [3, 1000]


def test_lists_of_counts(catalogue: Session, app: Flask, tmp_path: Path) -> None:
    found = take(app, tmp_path, "roster", COUNTS)
    assert (found["read"], found["created"], found["set_aside"]) == (6, 2, 3)
    assert found["names_waiting"] == 1
    new, old = rosters.listing(catalogue, component(catalogue))
    assert (new.rows, new.matched, new.services) == (1, 1, 5)
    assert (old.rows, old.matched, old.unmatched, old.services) == (2, 1, 1, 1003)
    latest = rosters.latest(catalogue, component(catalogue))
    assert latest is not None and latest.taken_on == date(2026, 7, 6)
    assert rosters.latest(catalogue, component(catalogue), RosterSort.PER_SERVICE) is None
    [line] = rosters.rows(catalogue, old.id, matched=False)
    assert (line.published_organisation, line.match_state) == ("Ebb and Flow", "waiting")
    assert (line.organisation, line.service_id) == (None, None)
    [line] = rosters.rows(catalogue, old.id, matched=True)
    assert line.organisation_slug == "tide"


def test_deciding_a_name_fills_the_rows(
    catalogue: Session, app: Flask, database: RolledBackDatabase, tmp_path: Path
) -> None:
    take(app, tmp_path, "roster", COUNTS)
    name = catalogue.scalars(
        select(OrganisationMatch).where(OrganisationMatch.about == MatchAbout.ROSTER)
        .where(OrganisationMatch.state == MatchState.WAITING)
    ).one()  # fmt: skip
    assert name.published_name == "Ebb and Flow"
    matching.decide(database, name.id, "portal:flow", ACT)
    catalogue.expire_all()
    old = rosters.listing(catalogue, component(catalogue))[1]
    assert (old.matched, old.unmatched) == (2, 0)
    row = catalogue.scalars(select(RosterRow).where(RosterRow.services == 3)).one()
    assert row.organisation_id == name.organisation_id is not None


def test_names_are_looked_at_again(
    catalogue: Session, app: Flask, database: RolledBackDatabase, tmp_path: Path
) -> None:
    take(app, tmp_path, "roster", COUNTS)
    assert run(app, "match", "rosters").stdout == "Matched: 0.\n"
    add_organisation(catalogue, "ebb", name="Ebb and Flow")
    catalogue.commit()
    assert json.loads(run(app, "match", "rosters", "--json").stdout) == {"matched": 1}
    assert roster_names.match(database, ACT) == 0, "none waits any more"
    catalogue.expire_all()
    old = rosters.listing(catalogue, component(catalogue))[1]
    assert old.unmatched == 0


def test_lists_of_services(
    catalogue: Session, app: Flask, database: RolledBackDatabase, tmp_path: Path
) -> None:
    found = take(app, tmp_path, "roster", SERVICES, "--on", "2026-05-04")
    assert (found["read"], found["created"], found["set_aside"]) == (5, 1, 1)
    roster = rosters.latest(catalogue, component(catalogue))
    assert roster is not None
    lines = {(r.published_service, r.published_organisation): r.service_slug
             for r in rosters.rows(catalogue, roster.id)}  # fmt: skip
    assert lines == {
        ("boats", "Tide Council"): "boats",
        ("https://www.boats.example/start/", None): "boats",
        ("Sail a ship", "Tide Council"): "ships",
        ("Sail a ship", "Ebb and Flow"): None,
        ("Nothing of ours", None): None,
    }
    batch = found["batch"]
    stays, goes = (duplicates.id_at(catalogue, RecordKind.SERVICE, s) for s in ("ships", "boats"))
    merge = movers.Merge(RecordKind.SERVICE, stays, goes, "ships", "boats", ACT)
    assert ("Rows on the lists of providers", 2) in movers.counts(catalogue, merge)
    assert merging.TAGS
    movers._MOVERS[RecordKind.SERVICE]["rosters"].move(catalogue, merge)
    assert {r.service_slug for r in rosters.rows(catalogue, roster.id)} == {"ships", None}
    catalogue.commit()
    refused = run(app, "import", "undo", str(batch), "--yes", code=1)
    assert "changed after the import: roster “Pay box”" in refused.output


def test_an_import_can_be_taken_back(
    catalogue: Session, app: Flask, database: RolledBackDatabase, tmp_path: Path
) -> None:
    figures = take(app, tmp_path, "component-adoption", ADOPTION)
    again = take(app, tmp_path, "component-adoption", "recorded_on,organisations\n2026-05-04,9\n")
    lists = take(app, tmp_path, "roster", COUNTS)
    more = take(app, tmp_path, "roster",
                "recorded_on,organisation,live_services\n2026-08-03,Ebb and Flow,4\n")  # fmt: skip
    run(app, "import", "undo", str(lists["batch"]), "--yes")
    names = catalogue.scalars(select(OrganisationMatch.published_name)).all()
    assert names == ["Ebb and Flow"], "a name on a list that stays stays in the queue"
    run(app, "import", "undo", str(more["batch"]), "--yes")
    assert number(database, Roster) == number(database, RosterRow) == 0
    run(app, "import", "undo", str(again["batch"]), "--yes")
    first = adoption.documents(catalogue, component(catalogue))["2026-05-04"][1]
    assert "organisations" not in first["figures"]
    run(app, "import", "undo", str(figures["batch"]), "--yes")
    assert number(database, AdoptionPoint) == 0


@pytest.mark.parametrize("whole", ["%s", '{"items": %s}'])
def test_json_says_the_same(whole: str, tmp_path: Path) -> None:
    rows = [
        {"Recorded on": "2026-05-04T00:00:00Z", "live_services": 12, "note": None, "deep": [1]},
        {"recorded_on": "2026-05-11", "live_services": "1,300", "amount": 3.25},
        "planted",
    ]
    path = write(tmp_path, "a.json", "\ufeff" + whole % json.dumps(rows))
    parsed = component_adoption.parse(path, "x", None, TODAY)
    figures = [desired.fields["figures"] for desired in parsed.desired]
    assert figures == [{"live_services": 12}, {"live_services": 1300, "amount": 3.25}]
    assert parsed.read == 3
    assert [(a.row, a.column) for a in parsed.aside] == [(1, "deep"), (3, None)]


@pytest.mark.parametrize(
    ("text", "on", "why"),
    [
        ("organisation,recorded_on\nX,2026-05-04\n", None, "no column 'live_services'"),
        ("service\nX\n", None, "give --on DAY"),
        ("service,recorded_on\nX,2026-05-04\n", date(2026, 5, 4), "leave out --on DAY"),
        ("service\nX\n", date(2027, 5, 4), "not come yet"),
        ("[1", None, "is not JSON"),
        ('{"a": 1}', None, "must be a JSON list"),
        ("[]", None, "has no entries"),
        ("service,Service\nX,Y\n", None, "twice"),
        ("", None, "is empty"),
    ],
)
def test_refused_files(tmp_path: Path, text: str, on: date | None, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        roster_files.parse(write(tmp_path, "r.csv", text), "x", None, on, TODAY)


def test_there_must_be_such_a_component(catalogue: Session, app: Flask, tmp_path: Path) -> None:
    path = str(write(tmp_path, "a.csv", ADOPTION))
    words = ("import", "component-adoption", path, "--component", "nothing", "--yes")
    assert "There is no component nothing" in run(app, *words, code=1).output


@pytest.mark.parametrize(
    "row",
    [
        {"organisation": "X", "services": 1, "service_id": 1},
        {"organisation": "X", "services": 1, "service": "Y"},
        {"organisation": "X"},
        {"services": 1},
        {"organisation": "X", "services": -1},
    ],
)
def test_the_database_refuses(catalogue: Session, row: dict[str, object]) -> None:
    """A count names no service, whatever a program says."""
    if "service_id" in row:
        row = {**row, "service_id": duplicates.id_at(catalogue, RecordKind.SERVICE, "boats")}
    roster = Roster(component_id=component(catalogue), taken_on=TODAY, sort=RosterSort.COUNTS)
    catalogue.add(roster)
    catalogue.flush()
    catalogue.add(RosterRow(roster_id=roster.id, position=0, **row))
    with pytest.raises(IntegrityError):
        catalogue.flush()


def test_a_soft_hyphen_is_no_part_of_a_name() -> None:
    assert called("organisation", "UK Civil Avia\N{SOFT HYPHEN}tion") == "UK Civil Aviation"


@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not here")
def test_the_real_files() -> None:
    pay, forms = REAL / "govuk-pay", REAL / "govuk-forms"
    parsed = component_adoption.parse(pay / "adoption-history.csv", "x", None, TODAY)
    assert (len(parsed.desired), parsed.aside) == (266, [])
    parsed = component_adoption.parse(forms / "adoption-history.csv", "x", None, TODAY)
    assert (len(parsed.desired), parsed.aside) == (59, [])
    assert "organisations" not in parsed.desired[0].fields["figures"]
    parsed = roster_files.parse(pay / "services-by-organisation.csv", "x", None, None, TODAY)
    assert (parsed.read, len(parsed.desired), len(parsed.aside)) == (9015, 23, 8)
