"""The import, match and demo commands, on both databases."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.audit import HistoryEvent, ImportBatch
from portal.catalogue.models.organisations import OrganisationMatch
from portal.catalogue.models.services import Service
from portal.catalogue.store import matches, organisations, services
from portal.catalogue.words import MatchState
from portal.db import Database
from tests.interchange.commands import counts, load, number, run
from tests.interchange.files import GOVERNMENT, SERVICES, SERVICES_HEADER, VOLUMES, write
from tests.interchange.published import assert_agrees
from tests.support.data import ACT

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"


def test_imports_print_what_they_did(app: Flask, files: dict[str, str]) -> None:
    found = counts(app, "organisations", files["government.tsv"], files["wales.tsv"])
    assert found["read"] == 4
    assert found["created"] > 4, "newer bodies come from our own facts, and are not rows read"
    found = counts(app, "services-csv", files["services.csv"])
    assert (found["read"], found["created"], found["set_aside"]) == (2, 2, 2)
    assert found["names_waiting"] == 1
    found = counts(app, "transaction-volumes", files["volumes.csv"])
    assert (found["read"], found["created"], found["conflicts"]) == (2, 1, 0)


def test_same_files_again_change_nothing(
    app: Flask, database: Database, files: dict[str, str]
) -> None:
    load(app, files)
    before = number(database, HistoryEvent), number(database, ImportBatch)
    for words in (
        ("organisations", files["wales.tsv"], files["government.tsv"]),
        ("services-csv", files["services.csv"]),
        ("transaction-volumes", files["volumes.csv"]),
    ):
        found = counts(app, *words)
        assert (found["created"], found["updated"]) == (0, 0), words
    assert (number(database, HistoryEvent), number(database, ImportBatch)) == before


def test_preview_writes_nothing(app: Flask, database: Database, files: dict[str, str]) -> None:
    result = run(app, "import", "organisations", files["government.tsv"], "--preview")
    assert "would be created" in result.output
    assert number(database, ImportBatch) == number(database, HistoryEvent) == 0


def test_question_and_answer(app: Flask, database: Database, files: dict[str, str]) -> None:
    words = ("import", "organisations", files["wales.tsv"])
    run(app, *words, code=1, answer="n\n")
    assert number(database, ImportBatch) == 0
    run(app, *words, answer="y\n")
    assert number(database, ImportBatch) == 1


def test_owners_departments_now_and_before(
    app: Flask, database: Database, files: dict[str, str]
) -> None:
    load(app, files)
    with database.reading() as session:
        sorn = services.document_of(services.by_slug(session, "dft-sorn"))
        petitions = services.document_of(services.by_slug(session, "co-petitions"))
    assert [(o["role"], o["organisation"]) for o in sorn["owners"]] == [
        ("accountable", "government-organisation:D9"),
        ("delivers", "government-organisation:EA74"),
    ], "DfT was the department before June 2016 as well"
    assert [(o["organisation"], o["until"], o["published_name"]) for o in petitions["owners"]] == [
        ("government-organisation:D9", "2016-06-01", "Department for Transport"),
        ("government-organisation:D2", None, "Cabinet Office"),
        (None, None, "Nobody in Particular Office"),
    ]


def test_edit_here_is_a_conflict_not_overwritten(
    app: Flask, database: Database, files: dict[str, str], tmp_path: Path
) -> None:
    load(app, files)
    with database.writing() as session:
        service = services.by_slug(session, "dft-sorn")
        before = services.document_of(service)
        refs = organisations.ids_by_reference(session)
        services.save(session, service, before, before | {"name": "SORN"}, refs, ACT, "edited")
    changed = SERVICES.replace("Sorn: off road", "Off road notice").replace("Data for", "For")
    rejects = tmp_path / "rejects.csv"
    write(tmp_path, "services.csv", changed)
    result = run(
        app, "import", "services-csv", files["services.csv"], "--yes", "--rejects", str(rejects)
    )
    assert "conflicts: 1" in result.output
    rows = list(csv.DictReader(rejects.open(encoding="utf-8")))
    assert ("name", "Off road notice", "true") in [
        (r["column"], r["value"], r["conflict"]) for r in rows
    ]
    with database.reading() as session:
        service = services.by_slug(session, "dft-sorn")
        assert (service.name, service.purpose) == ("SORN", "For off road, declared")


def test_decided_name_gives_services_their_owner(
    app: Flask, database: Database, files: dict[str, str]
) -> None:
    load(app, files)
    with database.reading() as session:
        waiting = str(matches.queue(session, MatchState.WAITING)[0].id)
    assert "Nobody in Particular Office" in run(app, "match", "queue").output
    words = ("match", "decide", waiting, "government-organisation:EA74", "--reason", "Asked")
    assert "services changed: 1" in run(app, *words).output
    assert "decided already" in run(app, *words, code=1).stderr
    other = ("match", "decide", waiting, "none", "--reason", "Asked again", "--revise", "--json")
    assert json.loads(run(app, *other).stdout) == {
        "name": "Nobody in Particular Office", "state": "no_match", "organisation": None,
        "services_changed": 1,
    }  # fmt: skip
    run(app, *words, "--revise")
    with database.reading() as session:
        document = services.document_of(services.by_slug(session, "co-petitions"))
        assert document["owners"][2]["organisation"] == "government-organisation:EA74"
    assert counts(app, "services-csv", files["services.csv"])["updated"] == 0


def test_decide_unknown(app: Flask, files: dict[str, str]) -> None:
    load(app, files)
    for words in (("999999", "none"), ("1", "government-organisation:NONE")):
        result = run(app, "match", "decide", *words, "--reason", "x", code=1)
        assert "There is no" in result.stderr
    bare = run(app, "match", "decide", "1", "D2", "--reason", "x", code=1)
    assert "Did you mean government-organisation:D2?" in bare.stderr
    bare = run(app, "match", "decide", "1", "none", "--reason", " ", "--json", code=1)
    assert json.loads(bare.stdout) == {
        "refused": "say why with --reason; it is kept in the history"
    }


def test_undo_takes_everything_back(app: Flask, database: Database, files: dict[str, str]) -> None:
    load(app, files)
    assert "Refused" in run(app, "import", "undo", "1", "--yes", code=1).stderr
    with database.reading() as session:
        batches = list(session.scalars(select(ImportBatch.id).order_by(ImportBatch.id.desc())))
    refused = run(app, "import", "undo", str(batches[-1]), "--yes", code=1)
    assert "These use what it brought: service “" in refused.stderr
    for batch in batches:
        run(app, "import", "undo", str(batch), "--yes")
    assert number(database, Service) == number(database, OrganisationMatch) == 0
    assert organisations_left(database) == 0
    again = run(app, "import", "undo", str(batches[0]), "--yes", code=1)
    assert "undone already" in again.stderr
    assert counts(app, "organisations", files["wales.tsv"])["created"] >= 1


def organisations_left(database: Database) -> int:
    """How many organisations there are."""
    with database.reading() as session:
        return organisations.count(session)


def test_undo_refuses_what_changed_since(
    app: Flask, database: Database, files: dict[str, str]
) -> None:
    load(app, files)
    with database.writing() as session:
        service = services.by_slug(session, "co-petitions")
        before = services.document_of(service)
        refs = organisations.ids_by_reference(session)
        services.save(session, service, before, before | {"purpose": "x"}, refs, ACT, "edited")
        batch = session.scalar(select(ImportBatch.id).where(ImportBatch.kind == "services-csv"))
    result = run(app, "import", "undo", str(batch), "--yes", code=1)
    assert f"service “{service.name}”" in result.stderr
    assert number(database, Service) == 3


def test_slug_belongs_to_one_service(app: Flask, tmp_path: Path) -> None:
    row = "X,Dept of Tests,,{},{},,,,,,,,,\n"
    first = write(tmp_path, "a.csv", SERVICES_HEADER + row.format("One", "same"))
    counts(app, "services-csv", str(first))
    second = write(tmp_path, "b.csv", SERVICES_HEADER + row.format("Two", "same"))
    found = counts(app, "services-csv", str(second))
    assert (found["created"], found["updated"]) == (0, 1), "the slug is the source's own key"


def test_demo_loads_once(app: Flask, database: Database) -> None:
    result = run(app, "demo", "load")
    for said in ("services: 47 created", "capabilities: 40 created", "components: 34 created",
                 "usages: 93 created", "answers: 63 created"):  # fmt: skip
        assert said in result.output
    assert not result.stderr, "nothing of the demo is set aside"
    before = number(database, HistoryEvent)
    again = run(app, "demo", "load").output
    for name in ("journeys", "capabilities", "components", "usages", "answers"):
        assert f"{name}: 0 created" in again
    assert number(database, HistoryEvent) == before


@pytest.mark.skipif(not REAL.exists(), reason="the real files are not part of the project")
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.judge)])
def test_real_files_beside_the_demo(app: Flask) -> None:
    run(app, "demo", "load")
    # Six of its services have volumes, which are in the file as well.
    run(app, "import", "undo", str(counts_batch(app, "demo-volumes")), "--yes")
    registers = sorted(str(p) for p in (REAL / "registers").glob("*.tsv"))
    found = counts(app, "organisations", *registers)
    assert found["conflicts"] == 0
    assert found["created"] > 1_400
    platform = REAL / "performance-platform"
    words = ("services-csv", str(platform / "services.csv"))
    assert counts(app, *words) == {
        "kind": "services-csv", "batch": counts_batch(app), "read": 591, "created": 591,
        "updated": 0, "unchanged": 0, "set_aside": 0, "conflicts": 0, "names_waiting": 0,
        "data_sets_created": 1_130, "values_created": 34_641, "values_revised": 0,
        "values_unchanged": 0, "values_doubted": 320,
    }  # fmt: skip
    assert_agrees(app.extensions["portal"].database, platform / "services.csv")
    volumes = ("transaction-volumes", str(platform / "transaction-volumes.csv"))
    found = counts(app, *volumes)
    assert (found["read"], found["created"], found["conflicts"]) == (591, 0, 0)
    for again in (words, volumes, ("organisations", *registers)):
        found = counts(app, *again)
        assert (found["created"], found["updated"]) == (0, 0)


def yearly(database: Database, slug: str) -> tuple[object, object]:
    """A service's volume and the day its period ends."""
    with database.reading() as session:
        found = services.document_of(services.by_slug(session, slug))
    return found["yearly_transactions"], found["transactions_to"]


def test_bad_cells_leave_the_record_as_it_is(
    app: Flask, database: Database, files: dict[str, str], tmp_path: Path
) -> None:
    load(app, files)
    with database.reading() as session:
        before = services.document_of(services.by_slug(session, "dft-sorn"))
    bad = SERVICES.replace("https://www.gov.uk/sorn", "htp:/broken").replace("Keywords", "Other")
    bad = bad.replace("Data for off", "x" * 20_001).replace('"1,200"', "12 thousand")
    found = counts(app, "services-csv", str(write(tmp_path, "services.csv", bad)))
    assert (found["updated"], found["set_aside"]) == (0, 5)
    with database.reading() as session:
        assert services.document_of(services.by_slug(session, "dft-sorn")) == before
    bad = VOLUMES.replace("100,1200,5", "100,12 thousand,5")
    assert counts(app, "transaction-volumes", str(write(tmp_path, "v.csv", bad)))["updated"] == 0
    assert yearly(database, "dft-sorn") == (1200, "2017-09-30")


def test_partial_register_takes_no_links_away(
    app: Flask, database: Database, files: dict[str, str], tmp_path: Path
) -> None:
    counts(app, "organisations", files["government.tsv"])
    rows = GOVERNMENT.splitlines(keepends=True)
    part = write(tmp_path, "part.tsv", rows[0] + rows[3])
    assert counts(app, "organisations", str(part))["updated"] == 0
    with database.reading() as session:
        ids = organisations.ids_by_reference(session)
        [agency] = organisations.load(session, [ids["government-organisation:EA74"]])
        parents = organisations.document_of(agency)["parents"]
    assert [p["organisation"] for p in parents] == ["government-organisation:D9"]


def test_volumes_of_another_departments_service_of_the_same_name(
    app: Flask, database: Database, tmp_path: Path
) -> None:
    row = "X,Cabinet Office,,Complaints widget,complaints-widget,,,,,,,,,\n"
    counts(app, "services-csv", str(write(tmp_path, "s.csv", SERVICES_HEADER + row)))
    volumes = VOLUMES.splitlines(keepends=True)[0] + "Home Office,HO,,Complaints widget,1,2,,,,,,\n"
    found = counts(app, "transaction-volumes", str(write(tmp_path, "v.csv", volumes)))
    assert (found["created"], found["updated"]) == (1, 0)
    assert yearly(database, "complaints-widget") == (None, None)


def counts_batch(app: Flask, kind: str | None = None) -> int:
    """The newest batch, of a kind where one is given."""
    database: Database = app.extensions["portal"].database
    query = select(func.max(ImportBatch.id))
    with database.reading() as session:
        return session.scalar(query.where(ImportBatch.kind == kind) if kind else query) or 0
