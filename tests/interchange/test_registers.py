from __future__ import annotations

from pathlib import Path

import pytest

from portal.errors import Invalid
from portal.interchange import registers
from tests.interchange.files import GOVERNMENT, WALES, write


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
        ("D2\tAgain\t\t\t", "government-organisation", "This organisation is in the files twice"),
        ("D3\tX\t\t31/12/2010\t", "start-date", "This is not a date"),
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


def test_unknown_register_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "x.tsv", "country\tname\nGB\tUnited Kingdom\n")
    with pytest.raises(Invalid, match="no register the portal knows"):
        registers.parse([path])
