"""What the commands refuse, and how they say things."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from portal import create_app
from portal.audit import ImportBatch
from portal.catalogue.store import organisations, services
from portal.db import Database
from tests.interchange.commands import counts, load, number, run
from tests.interchange.files import SERVICES, SERVICES_HEADER, VOLUMES, write
from tests.support.data import ACT
from tests.support.provision import settings_for


@pytest.mark.parametrize("content", [b"", b"\x00", b'Slug,"cut', b"a,b\n1,2\n"])
def test_bad_file_is_refused_and_nothing_changes(
    app: Flask, database: Database, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    result = run(app, "import", "services-csv", str(path), "--yes", code=1)
    assert result.stderr.startswith("Refused: bad.csv")
    assert number(database, ImportBatch) == 0


def test_rejects_are_refused_before_anything_is_touched(
    app: Flask, database: Database, files: dict[str, str], tmp_path: Path
) -> None:
    own, alias = Path(files["services.csv"]), tmp_path / "alias.csv"
    alias.symlink_to(own)
    before = own.read_bytes()
    for path in (own, alias, tmp_path, tmp_path / "none" / "x.csv", Path("/dev/null")):
        words = ("import", "services-csv", str(own), "--yes", "--rejects", str(path))
        assert "Refused" in run(app, *words, code=1).stderr
    assert own.read_bytes() == before
    assert number(database, ImportBatch) == 0
    write(tmp_path, "kept.csv", "my own notes\n")
    refused = ("import", "services-csv", files["volumes.csv"], "--rejects")
    run(app, *refused, str(tmp_path / "kept.csv"), code=1)
    assert (tmp_path / "kept.csv").read_text() == "my own notes\n"
    assert not list(tmp_path.glob(".*")), "nothing half written is left"


def test_rejects_may_not_be_the_database(tmp_path: Path, fresh_database: Database) -> None:
    if not fresh_database.sqlite:
        pytest.skip("a server's database is no file")
    app = create_app(settings_for(fresh_database), fresh_database)
    path = write(tmp_path, "s.csv", SERVICES)
    name = str(fresh_database.url.database)
    for rejects in (name, f"{name}-wal"):
        words = ("import", "services-csv", str(path), "--yes", "--rejects", rejects)
        assert "own files" in run(app, *words, code=1).stderr


def test_json_stands_alone(app: Flask, files: dict[str, str], tmp_path: Path) -> None:
    words = ("import", "services-csv", files["services.csv"], "--json")
    result = run(app, *words, answer="y\n")
    assert json.loads(result.stdout)["created"] == 2
    assert "would be created: 2" in result.stderr
    only = run(app, *words, "--preview")
    assert json.loads(only.stdout)["batch"] is None
    refused = run(app, "import", "services-csv", files["volumes.csv"], "--json", code=1)
    assert "has no column" in json.loads(refused.stdout)["refused"]
    refused = run(app, "import", "undo", "999999", "--yes", "--json", code=1)
    assert "There is no such import" in json.loads(refused.stdout)["refused"]
    loaded = json.loads(run(app, "demo", "load", "--json", "--yes").stdout)
    assert loaded["journeys"] == {"created": 3}


@pytest.mark.parametrize("number", ["0", "-1", str(10**30), "x"])
def test_numbers_that_nothing_can_have(app: Flask, number: str) -> None:
    run(app, "import", "undo", "--yes", "--", number, code=2)
    run(app, "match", "decide", "--reason", "x", "--", number, "none", code=2)


def test_database_in_use_or_not_ready(tmp_path: Path) -> None:
    path = write(tmp_path, "s.csv", SERVICES)
    words = ("import", "services-csv", str(path), "--yes", "--json")
    database = Database(f"sqlite:///{tmp_path / 'new.sqlite'}", busy_timeout_ms=10)
    app = create_app(settings_for(database), database)
    for command in (words, ("match", "queue"), ("demo", "load")):
        assert "run flask db upgrade first" in run(app, *command, code=1).stderr
    run(app, "db", "upgrade")
    with database.writing() as session:
        session.execute(text("SELECT 1"))
        result = run(app, *words, code=1)
    assert "another command is writing" in json.loads(result.stdout)["refused"]
    assert "Refused" in run(app, "db", "upgrade", "no-such-revision", code=1).stderr
    database.close()
    write(tmp_path, "no.sqlite", "not a database at all " * 100)
    database = Database(f"sqlite:///{tmp_path / 'no.sqlite'}")
    app = create_app(settings_for(database), database)
    assert "is not a database" in run(app, *words, code=1).stderr
    database.close()


def test_words_of_a_conflict(app: Flask, files: dict[str, str], tmp_path: Path) -> None:
    load(app, files)
    changed = write(tmp_path, "v.csv", VOLUMES.replace("100,1200,5", "100,900,5"))
    counts(app, "services-csv", files["services.csv"])
    run(app, "import", "transaction-volumes", str(changed), "--yes")
    words = SERVICES.replace('"1,200"', "800")
    path = write(tmp_path, "services.csv", words)
    told = run(app, "import", "services-csv", str(path), "--yes").stdout
    assert "services.csv, line 5, Transactions in 12 months: the file says “800”." in told


def test_words_of_a_conflict_with_nothing(
    app: Flask, database: Database, files: dict[str, str], tmp_path: Path
) -> None:
    load(app, files)
    with database.writing() as session:
        service = services.by_slug(session, "dft-sorn")
        before = services.document_of(service)
        refs = organisations.ids_by_reference(session)
        services.save(session, service, before, before | {"start_page": None}, refs, ACT, "edited")
    changed = SERVICES.replace("gov.uk/sorn", "gov.uk/new")
    path = write(tmp_path, "services.csv", changed)
    told = run(app, "import", "services-csv", str(path), "--yes").stdout
    assert (
        "services.csv, line 5, Start page: the file says “https://www.gov.uk/new”. "
        "The record here has nothing\n"
    ) in told


def test_cells_do_nothing_to_a_terminal(app: Flask, tmp_path: Path) -> None:
    row = "X,Dept,,Name,bad\x1b[2J\u202eslug,,,,,,,,,\n"
    path = write(tmp_path, "s.csv", SERVICES_HEADER + row)
    told = run(app, "import", "services-csv", str(path), "--yes").stdout
    assert "bad\\x1b[2J\\u202eslug" in told
    path = write(tmp_path, "n.tsv", "name\nbad\u009b\u202e\u00ef\n")
    line = run(app, "match", "organisations", str(path)).stdout
    assert json.loads(line)["name"] == "bad\u009b\u202e\u00ef"
    assert "\u009b" not in line and "\u00ef" in line


def test_match_says_which_rows_it_left_out(app: Flask, tmp_path: Path) -> None:
    path = write(tmp_path, "n.tsv", "name\nDVLA\nToo\tmany\n")
    result = run(app, "match", "organisations", str(path))
    assert len(result.stdout.splitlines()) == 1
    assert "n.tsv, line 3: The row has 2 cells, the header 1" in result.stderr


def test_match_prints_json_lines(app: Flask, files: dict[str, str], tmp_path: Path) -> None:
    load(app, files)
    path = write(tmp_path, "names.tsv", "name\nDVLA\nthe Cabinet Office\nQuite Unknown\n")
    lines = run(app, "match", "organisations", str(path)).output.splitlines()
    found = [json.loads(line) for line in lines]
    assert [f["matched"] for f in found] == [
        "government-organisation:EA74",
        "government-organisation:D2",
        None,
    ]
    assert all(len(f["suggestions"]) <= 3 for f in found)
