from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.importing import Aside, Parsed
from portal.errors import Invalid
from portal.interchange import performance_platform
from portal.performance.words import Period
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
        ("X,Dept,,Name,a--b,,,,,,,,,", "Slug", "single hyphens"),
        ("X,Dept,,Name,,,,,,,,,,", "Slug", "This is needed"),
        ("X,,,Name,a-slug,,,,,,,,,", "Department", "needed"),
        (f"X,Dept,{'x' * 301},Name,a-slug,,,,,,,,,", "Agency/body", "300 characters"),
        (f"X,Dept,,{'x' * 301},a-slug,,,,,,,,,", "Name of service", "300 characters"),
        ("X,Dept,,Na\u202eme,a-slug,,,,,,,,,", "Name of service", "invisible characters"),
        ("X,Dept,,,a-slug,,,,,,,,,", "Name of service", "needed"),
    ],
)
def test_bad_rows(tmp_path: Path, line: str, column: str, reason: str) -> None:
    path = write(tmp_path, "s.csv", SERVICES_HEADER + line + "\n")
    parsed = performance_platform.parse_services(path)
    assert not parsed.desired
    assert [a.column for a in parsed.aside] == [column], "said once"
    assert reason in parsed.aside[0].reason


def test_same_service_twice(tmp_path: Path) -> None:
    row = "X,Dept,,Name,a-slug,,,,,,,,,\n"
    parsed = performance_platform.parse_services(
        write(tmp_path, "s.csv", SERVICES_HEADER + row + row)
    )
    assert len(parsed.desired) == 1
    assert parsed.aside[0].reason == "This service is in the file twice: line 5 has it already"


def service(tmp_path: Path, **cells: str) -> tuple[Document, list[Aside]]:
    """The fields of a service whose row has these cells, and what was set aside."""
    header = next(csv.reader([*SERVICES_HEADER.splitlines(keepends=True)]))
    row = {"Department": "Dept", "Name of service": "Name", "Slug": "a-slug"} | cells
    made = io.StringIO()
    csv.writer(made).writerow([row.get(column, "") for column in header])
    parsed = performance_platform.parse_services(
        write(tmp_path, "s.csv", SERVICES_HEADER + made.getvalue())
    )
    return next(iter(parsed.desired)).fields, parsed.aside


@pytest.mark.parametrize(
    ("column", "value", "lost"),
    [
        ("URL", "htp:/broken", {"start_page"}),
        ("URL", "https://me:secret@www.example.gov.uk", {"start_page"}),
        ("Description of service", "x" * 20_001, {"purpose"}),
        ("Category", "x" * 121, {"category"}),
        ("Customer type", "x" * 121, {"customer_type", "audiences"}),
        ("Business model", "x" * 201, {"business_model"}),
        ("Keywords", "x" * 301, {"keywords"}),
    ],
)
def test_cell_set_aside_says_nothing(
    tmp_path: Path, column: str, value: str, lost: set[str]
) -> None:
    whole, _ = service(tmp_path)
    fields, aside = service(tmp_path, **{column: value})
    assert set(whole) - set(fields) == lost
    assert [(a.row, a.column) for a in aside] == [(5, column)]


def test_empty_cell_says_that_there_is_nothing(tmp_path: Path) -> None:
    fields, aside = service(tmp_path, URL="-", Keywords="")
    assert (fields["start_page"], fields["purpose"], fields["keywords"]) == (None, None, [])
    assert not aside


def test_unknown_sort_of_customer_says_nothing_of_the_audience(tmp_path: Path) -> None:
    fields, aside = service(tmp_path, **{"Customer type": "Charities"})
    assert fields["customer_type"] == "Charities" and not aside
    assert "audiences" not in fields


def test_absent_column_says_nothing(tmp_path: Path) -> None:
    text = SERVICES_HEADER
    for column in ("Category", "Customer type", "Business model", "Keywords"):
        text = text.replace(column, f"Other {column}")
    path = write(tmp_path, "s.csv", text + "X,Dept,,Name,a-slug,Cat,,,Business,Model,word,,,\n")
    parsed = performance_platform.parse_services(path)
    assert set(next(iter(parsed.desired)).fields) == {
        "name", "owners", "transactional", "purpose", "start_page", "slug"
    }  # fmt: skip


@pytest.mark.parametrize("column", ["Slug", "Category", "Keywords"])
def test_column_there_twice_is_refused(tmp_path: Path, column: str) -> None:
    text = SERVICES_HEADER.replace("Abbr", column)
    path = write(tmp_path, "s.csv", text + "X,Dept,,Name,a-slug,,,,,,,,,\n")
    with pytest.raises(Invalid, match="twice"):
        performance_platform.parse_services(path)


def test_sums_with_one_heading_are_read_by_position(tmp_path: Path) -> None:
    text = SERVICES_HEADER.replace("Oct16-Sep17", "Oct16 - Sep17")
    path = write(tmp_path, "s.csv", text + "X,Dept,,Name,a-slug,,,,,,,,7,5\n")
    parsed = performance_platform.parse_services(path)
    assert next(iter(parsed.desired)).fields["yearly_transactions"] == 7
    (row,) = parsed.rows([])
    said = [(entry.measure, entry.number) for entry in row.entries[Period.YEAR]]
    assert said == [("transactions", 7), ("digital", 5)]


def test_what_is_published_counts_before_the_sum_of_a_caseload(tmp_path: Path) -> None:
    header = SERVICES_HEADER.rstrip("\n") + ",2017-Q3 Vol.,2017-Q4 Vol.\n"
    rows = "X,Dept,,Name,a-slug,,,,,,,,8,8,3,2\nX,Dept,,Other,b-slug,,,,,,,,8,8,3,-\n"
    parsed = performance_platform.parse_services(write(tmp_path, "s.csv", header + rows))
    said = [(d.fields["yearly_transactions"], d.fields["transactions_to"]) for d in parsed.desired]
    assert said == [(2, "2017-09-30"), (3, "2017-06-30")]


def test_bad_first_row_does_not_hide_a_good_second(tmp_path: Path) -> None:
    rows = "X,Dept,,,a-slug,,,,,,,,,\nX,Dept,,Name,a-slug,,,,,,,,,\n"
    parsed = performance_platform.parse_services(write(tmp_path, "s.csv", SERVICES_HEADER + rows))
    assert [d.row for d in parsed.desired] == [6]
    assert [(a.row, a.reason) for a in parsed.aside] == [(5, "This is needed")]


def test_only_rows_are_counted_as_read(tmp_path: Path) -> None:
    path = write(tmp_path, "s.csv", SERVICES.replace("Data", "Dat\xe9") + "short\n", "cp1252")
    parsed = performance_platform.parse_services(path)
    assert (parsed.read, len(parsed.desired)) == (3, 2)
    assert len(parsed.aside) == 4, "two cells, a row and the encoding"


def volumes(tmp_path: Path, rows: str, header: str = "") -> Parsed:
    """Rows of department, body, name, two years, read."""
    header = header or (
        "Department,Body/Agency,Name of service,URL,Description of service,"
        "April 2011 to March 2012: volume,October 2016 to September 2017: volume\n"
    )
    return performance_platform.parse_volumes(write(tmp_path, "v.csv", header + rows))


@pytest.mark.parametrize(
    ("cell", "volume"),
    [
        ("7", 7), ("0", 0), ('"1,200"', 1200), ("1200", 1200), ("999999999999999", 10**15 - 1),
        ("12 thousand", None), ('"1,5"', None), ('"1,2000"', None), ("1.5", None), ("-3", None),
        ("#REF!", None), ("1000000000000000", None), ("9" * 5000, None), ("١", None),
    ],
)  # fmt: skip
def test_newest_volume_or_none(tmp_path: Path, cell: str, volume: int | None) -> None:
    parsed = volumes(tmp_path, f"Dept,,Name,,,100,{cell}\n")
    assert next(iter(parsed.desired)).fields.get("yearly_transactions") == volume, (
        "never an older year"
    )
    assert len(parsed.aside) == (volume is None)


def test_figure_at_the_end_of_a_file_cut_off(tmp_path: Path) -> None:
    parsed = volumes(tmp_path, "Dept,,One,,,100,12\nDept,,Two,,,100,12")
    assert [d.fields.get("yearly_transactions") for d in parsed.desired] == [12, None]
    assert [(a.row, a.column is None) for a in parsed.aside] == [(3, True), (3, False)]


@pytest.mark.parametrize("years", ["0000", "May", "Octopus"])
def test_columns_of_years_that_do_not_exist(tmp_path: Path, years: str) -> None:
    column = "October 0000 to September 0001: volume"
    if years != "0000":
        column = f"{years[:-1]}x 2016 to September 2017: volume"
    header = (
        "Department,Body/Agency,Name of service,URL,Description of service,"
        f"April 2011 to March 2012: volume,{column}\n"
    )
    parsed = volumes(tmp_path, "Dept,,Name,,,100,5\n", header)
    assert next(iter(parsed.desired)).fields["yearly_transactions"] == 100
    assert [(a.row, a.column) for a in parsed.aside] == [(1, column)]


def test_names_that_differ_in_a_sign_are_two(tmp_path: Path) -> None:
    parsed = volumes(
        tmp_path, "Dept,,C++,,,1,1\nDept,,C#,,,1,1\ndept,,c  ++,,,1,1\nDEPT,,c++,,,1,1\n"
    )
    assert [d.fields["name"] for d in parsed.desired] == ["C++", "C#", "c ++"]
    assert [a.reason for a in parsed.aside] == [
        "This service is in the file twice: line 2 has it already"
    ]


def test_long_names_keep_keys_of_their_own(tmp_path: Path) -> None:
    long = "d" * 300
    parsed = volumes(tmp_path, f"{long},{long},Name one,,,1,1\n{long},{long},Name two,,,1,1\n")
    keys = {d.key for d in parsed.desired}
    assert len(keys) == 2
    assert all(len(key) <= 500 for key in keys)


def test_volumes_are_found_by_name_and_owner_only(tmp_path: Path) -> None:
    parsed = volumes(tmp_path, "Home Office,,Complaints widget,,,1,1\n")
    assert next(iter(parsed.desired)).ref == "", (
        "another department may have a service of this address"
    )


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
