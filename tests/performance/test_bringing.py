"""Published volumes come in as data sets of their services, and can be taken back."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.audit import HistoryEvent
from portal.catalogue.actions import importing
from portal.catalogue.actions.undo import goes_along, undo
from portal.catalogue.models.services import Service
from portal.catalogue.rules.importing import Outcome
from portal.db import Base, Database
from portal.errors import Clash
from portal.interchange import performance_platform
from portal.performance.actions import bringing, keeping, taking_back
from portal.performance.models.data_sets import DataMeasure, DataSet
from portal.performance.models.figures import FigureTotal, ThingFigure
from portal.performance.models.notes import FigureNote
from portal.performance.models.values import DataRecord, DataValue
from portal.performance.rules.comparing import Compared, Group
from portal.performance.store import comparing, data_sets, figures
from portal.performance.words import Doubt, Figure, Period, ValueStatus
from tests.interchange.files import write
from tests.support.data import ACT, add_service
from tests.support.performance import FORM, add_set, number

FIXED = ("Department", "Agency/body", "Name of service", "Slug", "URL", "Description of service")
YEARS = ("2017-Q2 Vol.", "2017-Q3 Vol.", "2017-Q3 Digital vol.", "2017-Q3 CPT (£)")
QUARTERS = tuple(f"Total transactions\n{months}" for months in (
    "Jul - Sep 2016", "Oct - Dec 2016", "Jan - Mar 2017", "Apr - Jun 2017",
))  # fmt: skip
Q2, Q3 = date(2016, 4, 1), date(2016, 7, 1)


@pytest.fixture(autouse=True)
def _installed() -> None:
    taking_back.install()


def bring(database: Database, folder: Path, *rows: tuple[str, ...]) -> Outcome:
    """Import services: (slug, the years' cells, the quarters' cells)."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow([*FIXED, *YEARS, *QUARTERS])
    for slug, *cells in rows:
        cells += [""] * (len(YEARS) + len(QUARTERS) - len(cells))
        writer.writerow(["Dept", "", slug.capitalize(), slug, "", "", *cells])
    path = write(folder, "services.csv", made.getvalue())
    parsed = performance_platform.parse_services(path)
    return importing.run(database, parsed, ACT, bringing.apply)


def bring_volumes(database: Database, folder: Path, *cells: str) -> Outcome:
    """Import one service's 12 months from July 2016 by the other file."""
    header = (
        "Department,Body/Agency,Name of service,URL,Description of service,"
        "July 2016 to June 2017: volume\n"
    )
    text = header + "".join(f"Dept,,A,,,{cell}\n" for cell in cells)
    parsed = performance_platform.parse_volumes(write(folder, "volumes.csv", text))
    return importing.run(database, parsed, ACT, bringing.apply)


def found_set(session: Session, slug: str, period: Period) -> DataSet:
    found = data_sets.find(session, slug, bringing.SETS[period][0])
    assert found is not None
    return found


def values(
    database: Database, period: Period = Period.YEAR
) -> dict[tuple[str, date], tuple[float | None, Doubt | None]]:
    """The current values of the data sets of a period, by measure and start."""
    with database.reading() as session:
        query = (
            select(DataMeasure.key, DataValue.start, DataValue.number, DataValue.doubt)
            .join(DataMeasure, DataMeasure.id == DataValue.measure_id)
            .join(DataSet, DataSet.id == DataValue.data_set_id)
            .where(DataValue.current, DataSet.period == period)
        )
        rows = session.execute(query).all()
    return {(key, start): (value, doubt) for key, start, value, doubt in rows}


def number_of(database: Database, model: type[Base]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_12_months_and_quarters_are_two_data_sets(database: Database, tmp_path: Path) -> None:
    outcome = bring(database, tmp_path, ("a", "90", "100", "101", "2.5", "10", "20", "30", "41"))
    assert outcome.further == {
        "data_sets_created": 2, "values_created": 8, "values_revised": 0, "values_unchanged": 0,
        "values_doubted": 2,
    }  # fmt: skip
    assert values(database) == {
        ("transactions", Q2): (90, None),
        ("transactions", Q3): (100, Doubt.QUARTERS_DIFFER),
        ("digital", Q3): (101, Doubt.DIGITAL_ABOVE_TOTAL),
        ("unit_cost", Q3): (2.5, None),
    }
    by_quarter = values(database, Period.QUARTER)
    assert sorted(value or 0 for value, _ in by_quarter.values()) == [10, 20, 30, 41]
    with database.reading() as session:
        by_year = found_set(session, "a", Period.YEAR)
        assert (by_year.first_start, by_year.last_start) == (Q2, Q3)
        record = session.scalars(
            select(DataRecord).where(DataRecord.data_set_id == by_year.id, DataRecord.day == Q3)
        ).one()
        assert record.body["transactions"] == 100
        assert record.body["_timestamp"] == "2016-07-01T00:00:00+00:00"
        totals = session.scalars(
            select(FigureTotal).where(
                FigureTotal.organisation_id == figures.GOVERNMENT,
                FigureTotal.figure == "transactions",
            )
        ).all()
        tops = {(each.period, each.start): each.top for each in totals}
        assert tops[Period.YEAR, Q3] == 100
        assert tops[Period.QUARTER, date(2017, 4, 1)] == 41


def test_the_same_file_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    row = ("a", "90", "100", "101", "2.5", "10", "20", "30", "41")
    bring(database, tmp_path, row)
    before = number_of(database, HistoryEvent), number_of(database, DataValue)
    again = bring(database, tmp_path, row)
    assert again.batch_id is None
    assert (again.further["values_unchanged"], again.further["values_created"]) == (8, 0)
    assert (number_of(database, HistoryEvent), number_of(database, DataValue)) == before
    other = bring(database, tmp_path, (*row[:2], "101", *row[3:]))
    assert (other.further["values_revised"], other.further["values_unchanged"]) == (2, 6)
    assert values(database)["transactions", Q3] == (101, None), "it is the sum of its quarters"
    assert values(database)["digital", Q3] == (101, None), "and no more are digital than all"


def test_what_somebody_revised_stays_and_a_new_word_is_a_conflict(
    database: Database, tmp_path: Path
) -> None:
    bring(database, tmp_path, ("a", "90", "100"))
    with database.writing() as session:
        by_year = found_set(session, "a", Period.YEAR)
        keeping.keep(session, by_year.id, [number(Q3, "transactions", 7)], [], FORM, ACT)
    assert bring(database, tmp_path, ("a", "90", "100")).batch_id is None, "it says nothing new"
    outcome = bring(database, tmp_path, ("a", "90", "200"))
    assert [(a.row, a.value, a.thing) for a in outcome.conflicts] == [(6, "200", "service")]
    assert values(database)["transactions", Q3] == (7, None)


def test_the_other_file_says_the_same(database: Database, tmp_path: Path) -> None:
    bring(database, tmp_path, ("a", "90", "100", "", "", "10", "20", "30", "41"))
    outcome = bring_volumes(database, tmp_path, "100")
    assert outcome.further["values_unchanged"] == 1
    assert not outcome.wrote
    assert bring_volumes(database, tmp_path, "101").conflicts[-1].value == "101"


def test_two_rows_about_one_service(database: Database, tmp_path: Path) -> None:
    bring(database, tmp_path, ("a", "90", "100"))
    header = "Department,Body/Agency,Name of service,URL,Description of service,"
    rows = "Dept,,A,,,100\nDept,Other,A,,,7\n"
    path = write(tmp_path, "v.csv", header + "July 2016 to June 2017: volume\n" + rows)
    parsed = performance_platform.parse_volumes(path)
    outcome = importing.run(database, parsed, ACT, bringing.apply)
    assert "Line 2 has volumes of the same service already" in {a.reason for a in outcome.aside}
    assert values(database)["transactions", Q3] == (100, None)


def test_whoever_imports_beside_the_demo_is_told_what_would_count_twice(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "DEMO", "services-csv")
    demo = bring(database, tmp_path, ("tax-your-vehicle", "90"))
    assert demo.notes == []
    [note] = bring_volumes(database, tmp_path, "80").notes
    assert "into 1 data set." in note
    assert note.endswith(f"flask import undo {demo.batch_id}")
    undo(database, demo.batch_id or 0, ACT)
    assert bring_volumes(database, tmp_path, "81").notes == []


def test_undo_takes_the_values_back(database: Database, tmp_path: Path) -> None:
    with database.writing() as session:
        add_service(session, "a")
    first = bring(database, tmp_path, ("a", "90", "100"))
    second = bring(database, tmp_path, ("a", "90", "110", "", "", "5"))
    assert first.batch_id and second.batch_id
    counts = undo(database, second.batch_id, ACT)
    assert (counts["values_taken_back"], counts["data_sets_removed"]) == (2, 1)
    assert values(database) == {("transactions", Q2): (90, None), ("transactions", Q3): (100, None)}
    with database.reading() as session:
        total = session.get(
            FigureTotal, (figures.GOVERNMENT, Period.YEAR, Figure.TRANSACTIONS.value, Q3)
        )
        assert total is not None and total.top == 100
    assert undo(database, first.batch_id, ACT)["data_sets_removed"] == 1
    for model in (DataSet, DataValue, DataRecord, ThingFigure, FigureTotal):
        assert number_of(database, model) == 0
    assert number_of(database, Service) == 1


def test_undo_leaves_what_was_revised_since_and_says_so(database: Database, tmp_path: Path) -> None:
    with database.writing() as session:
        add_service(session, "a")
    batch = bring(database, tmp_path, ("a", "90", "100")).batch_id
    assert batch
    with database.writing() as session:
        by_year = found_set(session, "a", Period.YEAR)
        keeping.keep(session, by_year.id, [number(Q3, "transactions", 7)], [], FORM, ACT)
    (line,) = goes_along(database, batch)
    assert "a/volumes-by-12-months" in line
    counts = undo(database, batch, ACT)
    assert (counts["values_taken_back"], counts["values_that_stay"]) == (1, 1)
    assert values(database) == {("transactions", Q3): (7, None)}
    with database.reading() as session:
        kept = session.scalars(select(ThingFigure)).one()
        assert (kept.start, kept.number, kept.status) == (Q3, 7, ValueStatus.REVISED)


def test_undo_is_refused_where_a_service_it_made_has_other_data(
    database: Database, tmp_path: Path
) -> None:
    batch = bring(database, tmp_path, ("a", "90", "100")).batch_id
    assert batch
    with database.writing() as session:
        service = session.scalars(select(Service)).one()
        made = add_set(session, group="other", service_id=service.id, title="Our own")
        session.add(FigureNote(service_id=service.id, day=Q3, note="Moved", edited_at=ACT.at))
        place, slug = f"/data-sets/other/{made.type}", service.slug
    with pytest.raises(Clash, match="Our own") as problem:
        undo(database, batch, ACT)
    assert place in problem.value.message
    assert f"1 note of A (/services/{slug}/performance/notes)" in problem.value.message
    assert "bring a corrected file in" in problem.value.message
    assert values(database)["transactions", Q3] == (100, None)


def test_services_with_long_names_have_addresses_of_their_own(
    database: Database, tmp_path: Path
) -> None:
    long = "a" * 70
    bring(database, tmp_path, (long, "1"), (long + "b", "2"), ("a" * 60, "3"))
    with database.reading() as session:
        groups = session.scalars(select(DataSet.group)).all()
    assert len(set(groups)) == 3
    assert max(map(len, groups)) == 60


def test_an_address_that_another_service_has(database: Database, tmp_path: Path) -> None:
    with database.writing() as session:
        other = add_service(session, "other")
        add_set(session, group="a", type=bringing.SETS[Period.YEAR][0], service_id=other.id)
    bring(database, tmp_path, ("a", "90"))
    with database.reading() as session:
        assert len(set(session.scalars(select(DataSet.group)))) == 2


def test_growth_like_for_like_between_any_two_periods(database: Database, tmp_path: Path) -> None:
    bring(database, tmp_path, ("a", "100", "99"), ("b", "900", "-"), ("c", "", "5"))
    with database.reading() as session:
        asked = comparing.Asked(Period.YEAR, Figure.TRANSACTIONS, Q3, Q2, Q3)
        found = comparing.between(session, asked)
    assert found == Compared(Group(1, 100, 99), Group(1, 0, 5), Group(1, 900, 0))
