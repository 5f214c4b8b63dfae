"""What the files of a data set's values say."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.errors import Invalid
from portal.performance.models.data_sets import DataDimension, DataMeasure, DataSet
from portal.performance.rules import schemas
from portal.performance.store import data_sets
from portal.performance.views import data_set_values
from portal.performance.words import Period, SetKind, Unit
from tests.performance.places import Place
from tests.support.data import ACT
from tests.support.pages import PageClient
from tests.support.performance import number

JUNE = date(2026, 6, 1)
_NAMES = ("reason", "source", "dimension_source", "dimension_dimension_source", "channel")


@given(st.permutations(_NAMES))
def test_each_column_is_of_one_thing(keys: list[str]) -> None:
    columns = schemas.columns_of(keys, data_set_values.COLUMNS)
    every = [*columns.values(), *data_set_values.COLUMNS]
    assert len(every) == len(set(every))
    assert columns["channel"] == "channel" and columns["reason"] == "dimension_reason"


def test_what_files_have_as_well_is_no_name_of_a_dimension() -> None:
    with pytest.raises(Invalid):
        schemas.own_dimension("Start", ("a", "b"), ())


@pytest.fixture
def place(app: Flask, session: Session) -> Place:
    return Place(app, session)


def own(place: Place) -> DataSet:
    row = DataSet(
        group="a-fine", type="waits", title="Waits", kind=SetKind.OWN, period=Period.MONTH,
        service_id=place.service,
    )  # fmt: skip
    values = [{"value": each, "title": each} for each in ("east", "west")]
    dimensions = [DataDimension(key=k, title=k, values=values) for k in ("source", "unit", "place")]
    made = DataMeasure(key="people", title="People", unit=Unit.COUNT, summable=True)
    data_sets.add(place.session, row, dimensions, [made], ACT)
    return row


def test_no_value_of_a_dimension_is_lost_in_another() -> None:
    with pytest.raises(Invalid) as problem:
        schemas.own_dimension("Age", ("<5", ">5", "other"), ())
    assert problem.value.values == {"one": "<5", "other": ">5"}
    made = schemas.own_dimension("Region", ("North", "north", "South"), ())
    assert made.values == {"north": "North", "south": "South"}


def test_dimensions_called_like_another_column_stand_in_files(
    client: PageClient, place: Place
) -> None:
    place.keep(place.add(SetKind.CALLS), number(JUNE, "count", 9, "chase-progress"))
    place.keep(own(place), number(JUNE, "people", 7, "east|west|east"))
    expected = {
        "calls": {"dimension_reason": "chase-progress", "reason": None},
        "waits": {
            "dimension_source": "east", "dimension_unit": "west", "place": "east",
            "unit": "count", "source": None,
        },
    }  # fmt: skip
    for type_, wanted in expected.items():
        address = f"/data-sets/a-fine/{type_}"
        for each in (address, f"{address}/values/2026-06-01"):
            [item] = client.get(f"{each}.json").json["items"]
            [line] = csv.DictReader(io.StringIO(client.get(f"{each}.csv").get_data(as_text=True)))
            assert item.items() >= wanted.items(), each
            assert line.items() >= {k: v or "" for k, v in wanted.items()}.items(), each
        about = client.get(f"{address}.json").json["dimensions"]
        assert [each["column"] for each in about] == [
            name for name in wanted if name.startswith(("dimension_", "place"))
        ]  # fmt: skip
