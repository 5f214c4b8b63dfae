from __future__ import annotations

from pathlib import Path

import pytest

from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.importing import Parsed
from portal.errors import Invalid
from portal.interchange import registers
from tests.interchange.files import ENGLAND, GOVERNMENT, WALES, write


def test_names_in_both_languages_and_dates(tmp_path: Path) -> None:
    parsed = registers.parse([write(tmp_path, "wales.tsv", WALES)])
    fields = next(d.fields for d in parsed.desired if d.key == "principal-local-authority:AGY")
    assert fields["start_date"] == "1996-04-01"
    assert [(n["name"], n["language"], n["kind"]) for n in fields["names"]][:4] == [
        ("Isle of Anglesey", "en", "name"),
        ("Isle of Anglesey County Council", "en", "official"),
        ("Sir Ynys Môn", "cy", "name"),
        ("Cyngor Sir Ynys Môn", "cy", "official"),
    ]


def test_own_facts_are_added(tmp_path: Path) -> None:
    parsed = registers.parse([write(tmp_path, "government.tsv", GOVERNMENT)])
    found = {d.key: d.fields for d in parsed.desired}
    assert found["government-organisation:D9"]["kind"] == "department"
    parents = found["government-organisation:EA74"]["parents"]
    assert [p["organisation"] for p in parents] == ["government-organisation:D9"]
    assert all(p["source"].startswith("https://") for p in parents)
    assert not any(key.startswith("local-authority") for key in found), "only what was asked for"


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("D3\t\t\t\t", "name", "This is needed"),
        ("\tNo code\t\t\t", "government-organisation", "This is needed"),
        (
            "D2\tAgain\t\t\t",
            "government-organisation",
            "This organisation is in the files twice: g.tsv, line 2 has it already",
        ),
        ("D3\tX\t\t31/12/2010\t", "start-date", "This is not a date"),
        ("D3\tX\t\t2011-04-01-garbage\t", "start-date", "This is not a date"),
        ("D3\tX\t\t2011-W05-1\t", "start-date", "This is not a date"),
        ("D3\tX\t\t20110401\t", "start-date", "This is not a date"),
        ("D3\tX\t\t0000\t", "start-date", "This is not a date"),
        ("D3\tX\t\t2011-05\t2011-04-30", "end-date", "It ends before it starts"),
        (
            "D 3\tX\t\t\t",
            "government-organisation",
            "Use letters, digits, hyphens and dots, at most 60",
        ),
        ("D3\t" + "x" * 301 + "\t\t\t", "name", "This must be 300 characters or fewer"),
        ("D3\tCabinet\u200b Office\t\t\t", "name", "This must not include invisible characters"),
        ("D3\tX\t\t2010-01-01\t2009-01-01", "end-date", "It ends before it starts"),
        ("D3\tX", None, "The row has 2 cells, the header 5"),
    ],
)
def test_rows_set_aside(tmp_path: Path, row: str, column: str | None, reason: str) -> None:
    parsed = registers.parse([write(tmp_path, "g.tsv", GOVERNMENT + row + "\n")])
    assert [(a.file, a.row, a.column, a.reason) for a in parsed.aside] == [
        ("g.tsv", 5, column, reason)
    ]


def test_part_dates_are_their_first_day(tmp_path: Path) -> None:
    text = GOVERNMENT + "D3\tX\t\t2010\t2011-04\n"
    parsed = registers.parse([write(tmp_path, "g.tsv", text)])
    fields = next(d.fields for d in parsed.desired if d.key == "government-organisation:D3")
    assert (fields["start_date"], fields["end_date"]) == ("2010-01-01", "2011-04-01")


def read(tmp_path: Path, text: str, key: str) -> tuple[Parsed, Document]:
    """Read a register; also one organisation of it."""
    parsed = registers.parse([write(tmp_path, "g.tsv", text)])
    return parsed, next(d.fields for d in parsed.desired if d.key == key)


def test_part_of_a_year_does_not_end_before_it_starts(tmp_path: Path) -> None:
    text = GOVERNMENT + "D3\tX\t\t2011-04\t2011\n"
    parsed, fields = read(tmp_path, text, "government-organisation:D3")
    assert not parsed.aside
    assert (fields["start_date"], fields["end_date"]) == ("2011-04-01", "2011-04-01")


def test_part_date_at_the_end_of_a_file_cut_off(tmp_path: Path) -> None:
    for end, whole in (("2015-03", False), ("2015-03-31", True)):
        text = GOVERNMENT + f"D3\tX\t\t\t{end}"
        parsed = registers.parse([write(tmp_path, "g.tsv", text)])
        assert ("government-organisation:D3" in [d.key for d in parsed.desired]) == whole
        assert [a.row for a in parsed.aside] == ([5] if whole else [5, 5])


def test_year_that_a_spreadsheet_turned_into_a_day(tmp_path: Path) -> None:
    text = ENGLAND + "MDW\tMedway\tMedway Council\t1905-06-19\t\n"
    parsed, fields = read(tmp_path, text, "local-authority-eng:MDW")
    assert [(a.row, a.column, a.value, a.reason) for a in parsed.aside] == [
        (3, "start-date", "1905-06-19",
         "This looks like the year 1997 that a spreadsheet turned into a day")
    ]  # fmt: skip
    assert "start_date" not in fields, "what the record says stays"
    assert [n["since"] for n in fields["names"]] == [None, None]


def test_bad_website_is_the_only_thing_set_aside(tmp_path: Path) -> None:
    for bad in ("not a url", "https://me:secret@www.example.gov.uk/"):
        text = GOVERNMENT + f"D3\tX\t{bad}\t\t\n"
        parsed, fields = read(tmp_path, text, "government-organisation:D3")
        assert [(a.row, a.column, a.value) for a in parsed.aside] == [(5, "website", bad)]
        assert "website" not in fields


def test_register_without_a_column_says_nothing_of_it(tmp_path: Path) -> None:
    text = "government-organisation\tname\tstart-date\tend-date\nD2\tCabinet Office\t\t\n"
    _, fields = read(tmp_path, text, "government-organisation:D2")
    assert "website" not in fields
    with pytest.raises(Invalid, match="no column 'official-name'"):
        registers.parse([write(tmp_path, "e.tsv", ENGLAND.replace("official-name", "other"))])
    with pytest.raises(Invalid, match="the column 'website' twice"):
        registers.parse(
            [write(tmp_path, "g.tsv", GOVERNMENT.replace("end-date", "end-date\twebsite"))]
        )


def test_every_fact_of_a_body_is_stated(tmp_path: Path) -> None:
    text = GOVERNMENT.replace("D9\t", "D99\t")
    _, fields = read(tmp_path, text, "government-organisation:EA74")
    assert [p["organisation"] for p in fields["parents"]] == ["government-organisation:D9"]


def test_columns_in_any_order(tmp_path: Path) -> None:
    rows = [line.split("\t") for line in GOVERNMENT.splitlines()]
    text = "".join("\t".join(row[1:2] + row[:1] + row[2:]) + "\n" for row in rows)
    parsed, fields = read(tmp_path, text, "government-organisation:D2")
    assert (fields["name"], parsed.read, parsed.aside) == ("Cabinet Office", 3, [])


def test_files_that_are_no_registers_are_passed_over(tmp_path: Path) -> None:
    paths = [
        write(tmp_path, "g.tsv", GOVERNMENT),
        write(tmp_path, "t.tsv", "local-authority-type\tname\nUA\tUnitary authority\n"),
        write(tmp_path, "v.tsv", "name\tlocal-authority\nleds\tlocal-authority-eng:LDS\n"),
    ]
    parsed = registers.parse(paths)
    assert parsed.read == 3
    assert [a.file for a in parsed.aside] == ["t.tsv", "v.tsv"]
    assert parsed.files == ["g.tsv", "t.tsv", "v.tsv"]


@pytest.mark.parametrize(
    ("row", "name", "short"),
    [
        ("LDS\tLeeds\tLeeds City Council\t\t", "Leeds City Council", "Leeds"),
        ("XXX\tBare\t\t\t", "Bare", "Bare"),
        # These took other names after the register was closed.
        ("NYK\tNorth Yorkshire\tNorth Yorkshire County Council\t\t", "North Yorkshire Council",
         "North Yorkshire"),
        ("SHE\tShepway\tShepway District Council\t\t", "Folkestone and Hythe District Council",
         "Folkestone and Hythe"),
    ],
)  # fmt: skip
def test_councils_are_called_by_their_official_names(
    tmp_path: Path, row: str, name: str, short: str
) -> None:
    code = row.split("\t")[0]
    _, fields = read(tmp_path, ENGLAND + row + "\n", f"local-authority-eng:{code}")
    assert fields["name"] == name
    names = [n for n in fields["names"] if n["until"] is None]
    assert [n["name"] for n in names if n["kind"] == "name"] == [short]


def test_newer_councils_have_official_names_too(tmp_path: Path) -> None:
    _, fields = read(tmp_path, ENGLAND, "portal:cumberland")
    assert fields["name"] == "Cumberland Council"
    assert [n["name"] for n in fields["names"]] == ["Cumberland", "Cumberland Council"]


def test_unknown_register_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "x.tsv", "country\tname\nGB\tUnited Kingdom\n")
    with pytest.raises(Invalid, match="no register the portal knows"):
        registers.parse([path])
