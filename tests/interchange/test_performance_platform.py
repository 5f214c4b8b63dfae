from __future__ import annotations

from pathlib import Path

import pytest

from portal.errors import Invalid
from portal.interchange import performance_platform
from tests.interchange.files import SERVICES, SERVICES_HEADER, VOLUMES, write


def test_services_file(tmp_path: Path) -> None:
    parsed = performance_platform.parse_services(write(tmp_path, "s.csv", SERVICES))
    assert parsed.read == 2
    sorn, petitions = (d.fields for d in parsed.desired)
    assert sorn["slug"] == "dft-sorn"
    assert sorn["audiences"] == ["public"]
    assert sorn["keywords"] == ["sorn", "off road"]
    assert (sorn["yearly_transactions"], sorn["transactions_to"]) == (1200, "2017-09-30")
    assert [(o["role"], o["published_name"], o["until"]) for o in sorn["owners"]] == [
        ("accountable", "DfT", "2016-06-01"),
        ("accountable", "Department for Transport", None),
        ("delivers", "Driver and Vehicle Licensing Agency", None),
    ]
    assert petitions["customer_type"] is None
    assert "yearly_transactions" not in petitions


def test_cells_set_aside_say_where_and_why(tmp_path: Path) -> None:
    parsed = performance_platform.parse_services(write(tmp_path, "s.csv", SERVICES))
    assert [(a.column, a.value) for a in parsed.aside] == [
        ("URL", "gov.uk/x"),
        ("Total \nOct16-Sep17 [12 MONTHS]", "#REF!"),
    ]
    assert all(a.file == "s.csv" and a.row for a in parsed.aside)


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("X,Dept,,Name,Bad Slug,,,,,,,,,", "Slug", "lower-case"),
        ("X,,,Name,a-slug,,,,,,,,,", "Department", "needed"),
        ("X,Dept,,,a-slug,,,,,,,,,", "Name of service", "needed"),
    ],
)
def test_bad_rows(tmp_path: Path, line: str, column: str, reason: str) -> None:
    path = write(tmp_path, "s.csv", SERVICES_HEADER + line + "\n")
    parsed = performance_platform.parse_services(path)
    assert not parsed.desired
    assert parsed.aside[0].column == column
    assert reason in parsed.aside[0].reason


def test_same_service_twice(tmp_path: Path) -> None:
    row = "X,Dept,,Name,a-slug,,,,,,,,,\n"
    parsed = performance_platform.parse_services(
        write(tmp_path, "s.csv", SERVICES_HEADER + row + row)
    )
    assert len(parsed.desired) == 1
    assert "twice" in parsed.aside[0].reason


def test_volumes_file_takes_the_newest_whole_year(tmp_path: Path) -> None:
    parsed = performance_platform.parse_volumes(write(tmp_path, "v.csv", VOLUMES))
    sorn, honours = (d.fields for d in parsed.desired)
    assert (sorn["yearly_transactions"], sorn["transactions_from"]) == (1200, "2016-10-01")
    assert (honours["yearly_transactions"], honours["transactions_to"]) == (7, "2012-03-31")
    assert len(honours["owners"]) == 1, "a department that delivers itself is said once"
    assert [(a.row, a.column) for a in parsed.aside] == [
        (1, "January 2014 to December 2015: volume")
    ]


def test_files_of_the_wrong_kind(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no column"):
        performance_platform.parse_services(write(tmp_path, "v.csv", VOLUMES))
    header = "Department,Body/Agency,Name of service,URL,Description of service\n"
    with pytest.raises(Invalid, match="no column of 12 months"):
        performance_platform.parse_volumes(write(tmp_path, "v.csv", header))
